package jaas_test

import (
	"errors"
	"testing"

	"gavel/shared/jaas"
	"gavel/shared/jitsimeet"
)

func TestParseRoom(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		in, want string
		err      error
	}{
		{"vpaas-magic-cookie-0123456789abcdef0123456789abcdef/standup", "", jaas.ErrRoomTenant},
		{"vpaas-magic-cookie-0123456789abcdef0123456789abcdef%2Fstandup", "", jaas.ErrRoomTenant},
		{"*", "", jitsimeet.ErrRoomWildcard},
		{"a/Stand Up", "astand%20up", nil},
		{"100%/x", "100%25x", nil},
	} {
		if room, err := jaas.ParseRoom(tc.in); !errors.Is(err, tc.err) || string(room) != tc.want {
			t.Errorf("%q: got %q, %v; want %q, %v", tc.in, room, err, tc.want, tc.err)
		}
	}
}

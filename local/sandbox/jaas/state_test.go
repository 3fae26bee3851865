package jaas

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"
)

func TestState_Limits(t *testing.T) {
	t.Parallel()
	full := func(what string, limit int, add func(i int) error) {
		t.Helper()
		for i := range limit {
			if err := add(i); err != nil {
				t.Fatalf("%s %d: %v", what, i, err)
			}
		}
		if err := add(limit); !errors.Is(err, errFull) {
			t.Errorf("%s beyond the limit: %v, want %v", what, err, errFull)
		}
	}
	users := &state{tenants: map[string]*tenant{}}
	full("user", maxBans, func(i int) error { return users.banUser("a", fmt.Sprint(i)) })
	if err := users.banUser("a", "0"); err != nil {
		t.Errorf("a ban that is there already: %v", err)
	}
	tenants := &state{tenants: map[string]*tenant{}}
	full("tenant", maxTenants, func(i int) error { return tenants.banToken(fmt.Sprint(i), [32]byte{}) })
	rooms := &state{tenants: map[string]*tenant{}}
	full("room", maxRooms, func(i int) error { return rooms.dial("a", fmt.Sprint(i), "+123456") })
	calls := &state{tenants: map[string]*tenant{}}
	full("call", maxCalls, func(int) error { return calls.dial("a", "r", "+123456") })
}

func TestNewcomer(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		user any
		want participant
	}{
		{nil, participant{}},
		{"Ada", participant{}},
		{map[string]any{"id": "u-17", "name": "Ada", "moderator": true}, participant{UserID: "u-17", Name: "Ada", Moderator: true}},
		{map[string]any{"id": json.Number("17"), "name": false}, participant{UserID: "17"}},
	} {
		got := newcomer(map[string]any{"context": map[string]any{"user": tc.user}})
		if got != tc.want {
			t.Errorf("newcomer(%v) = %+v, want %+v", tc.user, got, tc.want)
		}
	}
}

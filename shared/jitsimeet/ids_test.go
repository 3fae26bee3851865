package jitsimeet_test

import (
	"errors"
	"strings"
	"testing"

	"gavel/shared/jitsimeet"
)

func TestParseParticipantID(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ in, want string }{
		{"", ""},
		{"f0aa9e1", ""},
		{"f0aa9e1e0", ""},
		{"f0aa9e1g", ""},
		{"f0aa9e1e\n", ""},
		{" f0aa9e1e", ""},
		{"f0aa-e1e", ""},
		{"auth0|5f", ""},
		{"fc1ea14a-9bca-4218-a563-8c627e803d56", ""},
		{"f0aa9e1e@conference.8x8.vc", ""},
		{"１２３４５６７８", ""},
		{"f0aa9e1e", "f0aa9e1e"},
		{"F0AA9E1E", "f0aa9e1e"},
		{"00000000", "00000000"},
	} {
		id, err := jitsimeet.ParseParticipantID(tc.in)
		if string(id) != tc.want || (tc.want == "") != errors.Is(err, jitsimeet.ErrParticipantID) {
			t.Errorf("%q: got %q, %v; want %q", tc.in, id, err, tc.want)
		}
	}
}

func TestCheckUserID(t *testing.T) {
	t.Parallel()
	for _, id := range []string{
		"", " ", "\t\n", "\u3000", ".", "..", "a\x00", "a\nb", "a\x7f", "\u0085a", "a\xff", "\xed\xa0\x80",
		strings.Repeat("a", jitsimeet.MaxUserID+1), strings.Repeat("é", jitsimeet.MaxUserID+1),
	} {
		if err := jitsimeet.CheckUserID(id); !errors.Is(err, jitsimeet.ErrUserID) {
			t.Errorf("%q: got %v, want ErrUserID", id, err)
		}
	}
	for _, id := range []string{
		"u-17", "auth0|5f90/x y", "100%", "a+b@c.d", "?#&;:", "...", ". .", "../x", "%2e%2e", "😀", "é", "e\u0301", "\u200b", "0",
		strings.Repeat("a", jitsimeet.MaxUserID), strings.Repeat("😀", jitsimeet.MaxUserID),
	} {
		if err := jitsimeet.CheckUserID(id); err != nil {
			t.Errorf("%q: got %v, want none", id, err)
		}
	}
}

func TestParticipantIDOf(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ in, want string }{
		{"", ""},
		{"focus@auth.meet.jitsi/focus", ""},
		{"14f01c40@meet.jitsi", ""},
		{"14f01c4-05195-4a4d-8efb-f58b49d18741@meet.jitsi", ""},
		{"14f01c40-5195-4a4d-8efb-f58b49d18741", "14f01c40"},
		{"14F01C40-5195-4a4d-8efb-f58b49d18741@meet.jitsi", "14f01c40"},
		{"14f01c40-5195-4a4d-8efb-f58b49d18741@meet.jitsi/OWhl8jSh", "14f01c40"},
	} {
		id, err := jitsimeet.ParticipantIDOf(tc.in)
		if string(id) != tc.want || (tc.want == "") != errors.Is(err, jitsimeet.ErrParticipantID) {
			t.Errorf("%q: got %q, %v; want %q", tc.in, id, err, tc.want)
		}
	}
}

package jitsimeet

import (
	"errors"
	"testing"
)

func TestMatchLua(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		pattern, text, want string
		found               bool
	}{
		{"b+", "abbbc", "bbb", true},
		{"b-", "abbbc", "", true},
		{"^b", "abbbc", "", false},
		{"c$", "abbbc", "c", true},
		{"(a)(b)", "abbbc", "a", true},
		{"()b", "abbbc", "2", true},
		{"%bac", "abbbc", "abbbc", true},
		{"[^a]+", "abbbc", "bbbc", true},
		{"a%.c", "abc", "", false},
	} {
		got, found, err := matchLua(tc.pattern, tc.text)
		if err != nil || got != tc.want || found != tc.found {
			t.Errorf("match(%q, %q) = %q %t %v, want %q %t", tc.text, tc.pattern, got, found, err, tc.want, tc.found)
		}
	}
}

func TestCountQuantifiers(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		pattern string
		want    int
		err     error
	}{
		{"abc", 0, nil},
		{"[a-z0-9%-]+%-%d+", 2, nil}, // the example in the library's change
		{"a*b+c-d?", 4, nil},
		{"%*%+%-%?%%", 0, nil},
		{"[]*]", 0, nil},
		{"[^]*]?", 1, nil},
		{"[%]*]", 0, nil},
		{"%b**", 0, nil},
		{"%b**+", 1, nil},
		{"%", 0, errPattern},
		{"a%", 0, errPattern},
		{"[", 0, errPattern},
		{"[^", 0, errPattern},
		{"[]", 0, errPattern},
		{"[a%", 0, errPattern},
		{"[a%]", 0, errPattern},
		{"%b", 0, errPattern},
		{"%bx", 0, errPattern},
		{"%f[a]", 0, errPattern},
	} {
		if got, err := countQuantifiers(tc.pattern); got != tc.want || !errors.Is(err, tc.err) {
			t.Errorf("countQuantifiers(%q) = %d %v, want %d %v", tc.pattern, got, err, tc.want, tc.err)
		}
	}
}

// Whatever stands in a signed token, the sandbox has to survive it.
func FuzzCheckRoomPattern(f *testing.F) {
	for _, seed := range []string{"team%-%d+", "(a", "%1", "[a-", "[%a-z]", "%b()", "()", "a-$^"} {
		f.Add(seed, "team-12")
	}
	f.Fuzz(func(t *testing.T, pattern, room string) {
		if len(room) == 0 || len(pattern) > 64 || len(room) > 32 {
			t.Skip()
		}
		_ = CheckRoomPattern(pattern, room)
	})
}

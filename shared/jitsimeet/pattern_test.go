package jitsimeet_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/yuin/gopher-lua/pm"

	"gavel/shared/jitsimeet"
)

func TestParsePattern_RefusesWhatTheServerWould(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, in string
		want     error
	}{
		{"nothing", "", jitsimeet.ErrPatternEmpty},
		{"too long", strings.Repeat("a", 129), jitsimeet.ErrPatternLong},
		{"four quantifiers", "a*b+c-d?", jitsimeet.ErrPatternQuantifiers},
		{"literal hyphens not escaped", "a-b-c-d-e", jitsimeet.ErrPatternQuantifiers},
		{"stars alone", "****", jitsimeet.ErrPatternQuantifiers},
		{"behind a set", "[a-z]+[a-z]+[a-z]+[a-z]+", jitsimeet.ErrPatternQuantifiers},
		{"behind a set with a bracket first", "[]]*[^]]*a*b*", jitsimeet.ErrPatternQuantifiers},
		{"behind a set with an escaped bracket", "[%]]*a*b*c*", jitsimeet.ErrPatternQuantifiers},
		{"backslash digit", `team-\d+`, jitsimeet.ErrPatternSyntax},
		{"a choice", "a|b", jitsimeet.ErrPatternSyntax},
		{"a choice in brackets", "(a|b)", jitsimeet.ErrPatternSyntax},
		{"an open bracket", "team(", jitsimeet.ErrPatternSyntax},
		{"a closing bracket", "team)", jitsimeet.ErrPatternSyntax},
		{"an open set", "[a-z", jitsimeet.ErrPatternSyntax},
		{"an open set, hyphen last", "[a-", jitsimeet.ErrPatternSyntax},
		{"a set without members", "[]", jitsimeet.ErrPatternSyntax},
		{"a negated set without members", "[^]", jitsimeet.ErrPatternSyntax},
		{"a set whose end is escaped", "[a%]", jitsimeet.ErrPatternSyntax},
		{"a lone bracket", "[", jitsimeet.ErrPatternSyntax},
		{"a lone percent", "%", jitsimeet.ErrPatternSyntax},
		{"a percent at the end", "100%", jitsimeet.ErrPatternSyntax},
		{"a percent at the end of a set", "[%", jitsimeet.ErrPatternSyntax},
		{"a balance without its two", "%b", jitsimeet.ErrPatternSyntax},
		{"a balance with one of two", "%b(", jitsimeet.ErrPatternSyntax},
		{"a frontier without a set", "%fa", jitsimeet.ErrPatternSyntax},
		{"a frontier at the end", "a%f", jitsimeet.ErrPatternSyntax},
		{"a capture that is not there", "%1", jitsimeet.ErrPatternSyntax},
		{"capture zero", "%0", jitsimeet.ErrPatternSyntax},
		{"not UTF-8", "a\xff", jitsimeet.ErrPatternSyntax},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			pattern, err := jitsimeet.ParsePattern(tc.in)
			if !errors.Is(err, tc.want) || pattern != "" {
				t.Errorf("got %q, %v; want %v", pattern, err, tc.want)
			}
		})
	}
}

func TestParsePattern_KeepsWhatIsWellFormed(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ pattern, matches, misses string }{
		{"team%-%d+", "team-17", "team17"},
		{"team%-%d+%-%a+", "team-17-red", "team-17"},
		{"^team$", "team", "teams"},
		{"te^am$x", "te^am$x", "team"},
		{"[a-z]+", "abc", "123"},
		{"[^a-z]", "1", "a"},
		{"[]]", "]", "a"},
		{"[]*+?-]", "]", "a"},
		{"[^]*+?-]", "a", "]"},
		{"[*+?-][*+?-][*+?-][*+?-]", "*+?-", "abc"},
		{"[%]%-]", "]", "a"},
		{"[%a_]", "_", "1"},
		{"%*%+%-%?%%", "*+-?%", "a"},
		{"a*b+c?", "bc", "a"},
		{"(a)(b)%2%1", "abba", "abab"},
		{"()a", "a", "b"},
		{"%b()", "(a(b))", "(a"},
		{"%A", "1", "a"},
		{"%u%l", "Ab", "ab"},
		{"...", "abc", "ab"},
		{"]", "]", "a"},
		{"{2,3}", "{2,3}", "aa"},
		{"room%%20one", "room%20one", "room one"},
		{strings.Repeat("a", 128), strings.Repeat("a", 128), "a"},
	} {
		t.Run(tc.pattern, func(t *testing.T) {
			t.Parallel()
			got, err := jitsimeet.ParsePattern(tc.pattern)
			if err != nil || string(got) != tc.pattern {
				t.Fatalf("got %q, %v; want %q", got, err, tc.pattern)
			}
			if !matches(t, got, tc.matches) || matches(t, got, tc.misses) {
				t.Errorf("want %q to match %q and not %q", got, tc.matches, tc.misses)
			}
		})
	}
}

func TestParsePattern_TakesTheFrontier(t *testing.T) {
	t.Parallel()
	if got, err := jitsimeet.ParsePattern("%f[%w]team%f[%W]"); err != nil || got != "%f[%w]team%f[%W]" {
		t.Errorf("got %q, %v; want it as it is", got, err)
	}
}

func TestParsePattern_TakesTheWildcard(t *testing.T) {
	t.Parallel()
	if got, err := jitsimeet.ParsePattern("*"); err != nil || got != jitsimeet.AllRooms {
		t.Errorf("got %q, %v; want %q", got, err, jitsimeet.AllRooms)
	}
}

// FuzzParsePattern checks that ParsePattern never panics, and that a pattern it takes can be
// applied to a room's name and comes back as it was.
func FuzzParsePattern(f *testing.F) {
	for _, pattern := range []string{
		"*", "team%-%d+", "[]a-z%]]*", "%b()", "%f[%w]", "(()a)%1", "((((((", "[^", "%", "[%a-z]", "a-", "^$", "[[", "%1%9", "[a-]", `\d`, "a|b", "\x00",
	} {
		f.Add(pattern)
	}
	f.Fuzz(func(t *testing.T, text string) {
		pattern, err := jitsimeet.ParsePattern(text)
		if err != nil {
			if pattern != "" {
				t.Errorf("got %q beside %v", pattern, err)
			}
			return
		}
		if string(pattern) != text || text == "" || len(text) > 128 || strings.ContainsAny(text, `\|`) {
			t.Errorf("got %q from %q", pattern, text)
		}
		again, err := jitsimeet.ParsePattern(string(pattern))
		if err != nil || again != pattern {
			t.Errorf("got %q, %v the second time, want %q", again, err, pattern)
		}
	})
}

// matches applies a pattern as the server would.
func matches(t *testing.T, pattern jitsimeet.Pattern, room string) bool {
	t.Helper()
	found, err := pm.Find(string(pattern), []byte(room), 0, 1)
	if err != nil {
		t.Fatalf("%q cannot be applied: %v", pattern, err)
	}
	return len(found) > 0
}

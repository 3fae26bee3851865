package jitsimeet_test

import (
	"errors"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"

	"gavel/shared/jitsimeet"
)

func TestParseRoom_RefusesWhatCanBeNoOneRoom(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, in string
		want     error
	}{
		{"nothing", "", jitsimeet.ErrRoomEmpty},
		{"a blank", " ", jitsimeet.ErrRoomEmpty},
		{"blanks", " \u00a0\u3000", jitsimeet.ErrRoomEmpty},
		{"a blank, encoded", "%20", jitsimeet.ErrRoomEmpty},
		{"a dot", ".", jitsimeet.ErrRoomEmpty},
		{"two dots", "..", jitsimeet.ErrRoomEmpty},
		{"two dots, encoded", "%2E%2e", jitsimeet.ErrRoomEmpty},
		{"one dot encoded", ".%2e", jitsimeet.ErrRoomEmpty},
		{"dots and blanks", " . . ", jitsimeet.ErrRoomEmpty},
		{"two dot leader", "\u2025", jitsimeet.ErrRoomEmpty},
		{"full-width dots", "．．", jitsimeet.ErrRoomEmpty},
		{"dots around what is dropped", ".?/#.", jitsimeet.ErrRoomEmpty},
		{"slashes", "//", jitsimeet.ErrRoomEmpty},
		{"all that is dropped", `:?#[]@!$&'()*+,;=><"/`, jitsimeet.ErrRoomEmpty},
		{"all that is dropped, encoded", url.QueryEscape(`:?#[]@!$&'()*+,;=><"/`), jitsimeet.ErrRoomEmpty},
		{"full-width, dropped once normal", "？＊", jitsimeet.ErrRoomEmpty},
		{"every room", "*", jitsimeet.ErrRoomWildcard},
		{"every room, blanks around", " *\n", jitsimeet.ErrRoomWildcard},
		{"every room, encoded", "%2a", jitsimeet.ErrRoomEmpty},
		{"a line end", "stand\nup", jitsimeet.ErrRoomControl},
		{"a line end behind", "standup\n", jitsimeet.ErrRoomControl},
		{"a line end, encoded", "standup%0a", jitsimeet.ErrRoomControl},
		{"a null", "a\x00", jitsimeet.ErrRoomControl},
		{"a null, encoded", "a%00b", jitsimeet.ErrRoomControl},
		{"delete", "a\x7f", jitsimeet.ErrRoomControl},
		{"a control character of Latin-1", "a\u0085b", jitsimeet.ErrRoomControl},
		{"not UTF-8", "a\xff", jitsimeet.ErrRoomEncoding},
		{"UTF-8 cut short", "caf\xc3", jitsimeet.ErrRoomEncoding},
		{"a surrogate", "a\xed\xa0\x80", jitsimeet.ErrRoomEncoding},
		{"one letter too many", strings.Repeat("a", 129), jitsimeet.ErrRoomLong},
		{"one letter too many, encoded", strings.Repeat("%61", 129), jitsimeet.ErrRoomLong},
		{"a ligature that grows", strings.Repeat("ﷺ", 8), jitsimeet.ErrRoomLong},
		{"too long for an address", strings.Repeat("😀", 86), jitsimeet.ErrRoomLong},
		{"a megabyte", strings.Repeat("é", 1<<19), jitsimeet.ErrRoomLong},
		{"a megabyte of what is dropped", strings.Repeat("?", 1<<20), jitsimeet.ErrRoomLong},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			room, err := jitsimeet.ParseRoom(tc.in)
			if !errors.Is(err, tc.want) || room != "" {
				t.Errorf("got %q, %v; want %v", room, err, tc.want)
			}
		})
	}
}

// The results are those of the web client's own function, run in Node.js, save where a comment
// says otherwise.
func TestParseRoom_NormalisesAsTheClient(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, in, want string }{
		{"as it is", "standup", "standup"},
		{"mixed case", "testRoom", "testroom"},
		{"unreserved", "A-b_c.d~9", "a-b_c.d~9"},
		{"a blank", "stand up", "stand%20up"},
		{"a blank, encoded", "stand%20up", "stand%20up"},
		{"blanks around stay", " a ", "%20a%20"},
		{"plus is dropped, not a blank", "stand+up", "standup"},
		{"dropped characters", `a:b?c#d[e]f@g!h$i&j'k(l)m*n+o,p;q=r>s<t/u"v`, "abcdefghijklmnopqrstuv"},
		{"other punctuation stays", "a\\b|c^d`e{f}g", "a%5cb%7cc%5ed%60e%7bf%7dg"},
		{"accent composed", "\u00e9", "%c3%a9"},
		{"accent composed, upper case", "\u00c9", "%c3%a9"},
		{"accent decomposed", "e\u0301", "%c3%a9"},
		{"accent decomposed, upper case", "E\u0301", "%c3%a9"},
		{"accent encoded", "%C3%A9", "%c3%a9"},
		{"accent encoded, upper case letter", "%c3%89", "%c3%a9"},
		{"Cyrillic upper case", "ПРИВЕТ", "%d0%bf%d1%80%d0%b8%d0%b2%d0%b5%d1%82"},
		{"Cyrillic lower case", "привет", "%d0%bf%d1%80%d0%b8%d0%b2%d0%b5%d1%82"},
		{"Greek final sigma", "ΟΔΟΣ", "%ce%bf%ce%b4%ce%bf%cf%82"},
		{"Greek sigma inside", "ΣΑΣ ΑΣΑ", "%cf%83%ce%b1%cf%82%20%ce%b1%cf%83%ce%b1"},
		{"Turkish I with a dot", "İ", "i%cc%87"},
		{"Turkish i without", "ı", "%c4%b1"},
		{"Turkish city", "DİYARBAKIR", "di%cc%87yarbakir"},
		{"German sharp s, capital", "STRAẞE", "stra%c3%9fe"},
		{"full-width", "ＡＢＣ１", "abc1"},
		{"full-width percent is no escape", "％41", "%2541"},
		{"ligature", "ﬁn", "fin"},
		{"circled digit", "①", "1"},
		{"Kelvin", "\u212a", "k"},
		{"Hangul jamo", "\u1112\u1161\u11ab", "%ed%95%9c"},
		{"emoji", "😀", "%f0%9f%98%80"},
		{"emoji with a joiner", "👩\u200d💻", "%f0%9f%91%a9%e2%80%8d%f0%9f%92%bb"},
		{"stray percent", "100%", "100%25"},
		{"stray percent, then an escape", "100%%41", "100%25%2541"},
		{"half an escape", "a%4", "a%254"},
		{"no hex digits", "%zz", "%25zz"},
		{"escape of no UTF-8", "%ff", "%25ff"},
		{"escape of UTF-8 cut short", "%c3", "%25c3"},
		{"encoded twice is decoded once", "%2541", "%2541"},
		{"encoded percent", "%25", "%25"},
		{"encoded, mixed", "%41b%43", "abc"},
		{"three dots", "a...b", "a...b"},
		{"a climbing path", "../../etc", "....etc"},
		{"dots before a name", "..a", "..a"},
		{"dropping brings an accent to its letter", "e(\u0301", "%c3%a9"},
		// The client drops them from its URL only as long as they are not encoded.
		{"encoded slash is dropped too", "a%2fb%3F", "ab"},
		{"full-width slash is dropped too", "a／b", "ab"},
		// The client itself would turn its first result into another room's name.
		{"lower case composes anew", "Ώ\u0345", "%e1%bf%b4"},
		{"the longest", strings.Repeat("A", 128), strings.Repeat("a", 128)},
		{"the longest, in other letters", strings.Repeat("Ж", 128), strings.Repeat("%d0%b6", 128)},
		{"the longest address", strings.Repeat("😀", 85), strings.Repeat("%f0%9f%98%80", 85)},
		{"long by what is dropped", strings.Repeat("?", 2000) + "a", "a"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			room, err := jitsimeet.ParseRoom(tc.in)
			if err != nil || string(room) != tc.want {
				t.Fatalf("got %q, %v; want %q", room, err, tc.want)
			}
			isSettled(t, room)
		})
	}
}

// FuzzParseRoom checks that whatever the name, the client finds our result as it is: the claim,
// the link and the conference's name stay one room.
func FuzzParseRoom(f *testing.F) {
	for _, name := range []string{
		"testRoom", "100%", "%ff", "%25%32%35", "e(\u0301", "ΣΑΣ \u0345Σ", "İ\u0307", "／．．％", "Ώ\u0345", "ŉ;\u0301", "*", "..", "a\xff", "ẞﬃ\u1e9b\u0323",
		strings.Repeat("ﷺ", 7), "%EF%BC%85" + "41", "\u1112\u1161(\u11ab", "K\u0327\u0301",
	} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		room, err := jitsimeet.ParseRoom(name)
		if err != nil {
			if room != "" {
				t.Errorf("got %q beside %v", room, err)
			}
			return
		}
		isSettled(t, room)
	})
}

var roomForm = regexp.MustCompile(`^([a-z0-9._~-]|%[0-9a-f]{2})+$`)

// isSettled checks what holds of every room's name.
func isSettled(t *testing.T, room jitsimeet.Room) {
	t.Helper()
	if !roomForm.MatchString(string(room)) || strings.Trim(string(room), ".") == "" {
		t.Errorf("got %q, want letters, digits, ._~- and escapes in lower case", room)
	}
	if len(room) > 1023 {
		t.Errorf("got %d bytes, want at most 1023", len(room))
	}
	if again, err := jitsimeet.ParseRoom(string(room)); err != nil || again != room {
		t.Errorf("got %q, %v from %q, want no change", again, err, room)
	}
	if got := clientTreatment(string(room)); got != string(room) {
		t.Errorf("the client makes %q of %q, want no change", got, room)
	}
	plain, err := url.PathUnescape(string(room))
	if err != nil || !utf8.ValidString(plain) || strings.ContainsAny(plain, `:?#[]@!$&'()*+,;=><"/`) {
		t.Errorf("got %q, %v behind %q, want UTF-8 without what the client drops", plain, err, room)
	}
}

var excluded = regexp.MustCompile(`[:?#\[\]@!$&'()*+,;=></"]`)

// clientTreatment is what the web client does to the room in a URL, in two functions of
// https://github.com/jitsi/jitsi-meet/blob/master/react/features/base/util/uri.ts
func clientTreatment(room string) string {
	room = excluded.ReplaceAllString(room, "")
	if plain, err := url.PathUnescape(room); err == nil && utf8.ValidString(plain) {
		room = plain
	}
	room = cases.Lower(language.Und).String(norm.NFKC.String(room))
	// What encodeURIComponent leaves alone beside url.QueryEscape: !'()*
	room = strings.NewReplacer("+", "%20", "%21", "!", "%27", "'", "%28", "(", "%29", ")", "%2A", "*").Replace(url.QueryEscape(room))
	return strings.ToLower(room)
}

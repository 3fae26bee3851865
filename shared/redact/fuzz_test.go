package redact_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"gavel/shared/redact"
)

// FuzzText checks that no known value comes through, whatever stands around it, and that the result is short, valid
// and on one line.
func FuzzText(f *testing.F) {
	f.Add("cannot ban ", "auth0|5f90/x y", "eyJhbGciOiJSUzI1NiJ9.eyJhZG1pbiI6dHJ1ZX0.c2lnbmF0dXJl", " now", 512)
	f.Add("{\"phoneNo\":\"", "+40747777777", "40747777777", "\"}", 20)
	f.Add("a", "ada", "ada-lovelace", "b", 3)
	f.Add("\n", "a\n\nb", "a b", "\xff", 100)
	f.Add("Bearer", "x", " x ", "@example.org", 0)
	f.Add(strings.Repeat(" ", 4096), "+40 747 777 777", "s3cret", strings.Repeat("x", 4096), 512)
	f.Fuzz(func(t *testing.T, before, one, other, after string, limit int) {
		limit = int(uint(limit) % 1024)
		got := redact.Text(before+one+after+other+before+other+one, limit, one, other)
		if len(got) > limit+len("…") || !utf8.ValidString(got) || strings.ContainsAny(got, "\r\n\t") {
			t.Fatalf("got %q, want at most %d bytes of valid UTF-8 on one line", got, limit)
		}
		for _, value := range []string{one, other} {
			value = strings.ToValidUTF8(value, "\ufffd")
			// What a value has in common with the placeholder, the ellipsis or the white space stays.
			if !strings.ContainsAny(value, redact.Placeholder+"…") && strings.TrimSpace(value) != "" && strings.Contains(got, value) {
				t.Fatalf("got %q, want it without %q", got, value)
			}
		}
	})
}

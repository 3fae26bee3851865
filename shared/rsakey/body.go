package rsakey

import (
	"encoding/base64"
	"iter"
	"strings"
)

const (
	// minLetters is the length from which base64 is taken for key material; an Ed25519 key, the shortest, has 64.
	minLetters = 64
	lineLength = 64 // of a line of PEM, RFC 7468 section 2
)

func isBlank(c byte) bool { return c == ' ' || c == '\n' }

// isLetter tells whether c belongs to either base64 alphabet.
func isLetter(c byte) bool {
	return c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' ||
		c == '+' || c == '/' || c == '-' || c == '_'
}

// letters returns the base64 in s in the standard alphabet, without padding or anything else.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case !isLetter(byte(r)):
			return -1
		case r == '-':
			return '+'
		case r == '_':
			return '/'
		}
		return r
	}, s)
}

// readings yields the ways a body may be meant, the likeliest first. Only the right one gives a valid key.
func readings(body string) iter.Seq[string] {
	trimmed := strings.TrimRight(body, "- \n") // dashes of the END line
	return func(yield func(string) bool) {
		if !yield(trimmed) || !yield(withLastDash(body)) {
			return
		}
		for _, repair := range []func(string) string{
			fromFirstLine, withoutDashes, withoutJoins, formDecoded, formDecodedLines, withoutStrayN,
		} {
			if !yield(repair(trimmed)) {
				return
			}
		}
		for whole := range withLastPlus(body) {
			if !yield(formDecoded(whole)) || !yield(formDecodedLines(whole)) {
				return
			}
		}
	}
}

// withLastDash is for URL-safe base64 that ends in a dash and runs into the END line.
func withLastDash(s string) string {
	trimmed := strings.TrimRight(s, "- \n")
	if strings.ContainsAny(trimmed, "+/") {
		return trimmed
	}
	tail := s[len(trimmed):]
	return trimmed + tail[:len(tail)-len(strings.TrimLeft(tail, "-"))]
}

// mostLastPlus is how many plus signs at the end of a key are thought of. One in a thousand keys has more than one.
const mostLastPlus = 4

// withLastPlus is for form decoding of what ended in plus signs: blanks at the end, of which one may be that of the line.
func withLastPlus(s string) iter.Seq[string] {
	trimmed := strings.TrimRight(s, "- \n")
	tail := s[len(trimmed):]
	blanks := len(tail) - len(strings.TrimLeft(tail, " "))
	return func(yield func(string) bool) {
		for n := range min(blanks, mostLastPlus) {
			if !yield(trimmed + strings.Repeat("+", n+1)) {
				return
			}
		}
	}
}

// fromFirstLine skips headers, comments and the rest of a misspelt BEGIN line.
func fromFirstLine(s string) string {
	if starts := derStarts(s, 1); len(starts) > 0 {
		return s[starts[0]:]
	}
	return s
}

// derStarts returns where base64 of DER may begin, at most so many places: an RSA key starts with MII.
func derStarts(s string, most int) []int {
	var starts []int
	for i := 0; i < len(s) && len(starts) < most; i++ {
		if strings.HasPrefix(s[i:], "MII") && (i == 0 || s[i-1] == '-' || s[i-1] == '_' || !isLetter(s[i-1])) {
			starts = append(starts, i)
		}
	}
	return starts
}

// withoutDashes is for a body in the standard alphabet with dashes strewn in, as in lists and rulers.
func withoutDashes(s string) string {
	return strings.NewReplacer("-", "", "_", "").Replace(s)
}

// withoutJoins drops the plus signs of "…" + "…", string concatenation copied from source code.
func withoutJoins(s string) string {
	parts := strings.Split(s, "+")
	var b strings.Builder
	for i, part := range parts[:len(parts)-1] {
		b.WriteString(part)
		if !endsInQuote(part) || !startsWithQuote(parts[i+1]) {
			b.WriteByte('+')
		}
	}
	b.WriteString(parts[len(parts)-1])
	return fromFirstLine(b.String())
}

func endsInQuote(s string) bool {
	s = strings.TrimRight(s, " \n")
	return s != "" && strings.ContainsAny(s[len(s)-1:], "\"'`")
}

func startsWithQuote(s string) bool {
	s = strings.TrimLeft(s, " \n")
	return s != "" && strings.ContainsAny(s[:1], "\"'`")
}

// formDecoded is for form decoding of what was never form encoded: plus signs became spaces.
func formDecoded(s string) string { return strings.ReplaceAll(s, " ", "+") }

// formDecodedLines is for the same after line breaks became spaces: a space is a line break where a line of PEM is
// full, and a plus sign elsewhere.
func formDecodedLines(s string) string {
	column := 0
	return strings.Map(func(r rune) rune {
		if isBlank(byte(r)) && (column == lineLength || r == '\n') {
			column = 0
			return -1
		}
		column++
		if r == ' ' {
			return '+'
		}
		return r
	}, s)
}

// withoutStrayN is for "\n" that lost its backslash to a shell: an n before each full line.
func withoutStrayN(s string) string {
	column := lineLength
	return strings.Map(func(r rune) rune {
		if column == lineLength {
			column = 0
			if r == 'n' {
				return -1
			}
		}
		column++
		return r
	}, s)
}

// decode returns the bytes that base64 stands for, as far as whole bytes are there.
func decode(b64 string) []byte {
	if len(b64)%4 == 1 {
		b64 = b64[:len(b64)-1]
	}
	raw, err := base64.RawStdEncoding.DecodeString(b64)
	if err != nil {
		return nil
	}
	return raw
}

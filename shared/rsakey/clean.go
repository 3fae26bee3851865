package rsakey

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxEscapes is how many layers of escaping are undone; JSON in a URL in JSON is three.
const maxEscapes = 3

// clean returns the text in printable ASCII and line feeds, with escapes resolved and typography undone.
// Nothing it removes can be part of PEM, base64 or hexadecimal.
func clean(s string) string {
	s = ascii(s)
	for range maxEscapes {
		before := s
		s = unescape(s)
		if s == before {
			break
		}
	}
	return s
}

// ascii replaces typographic characters by what they stood for and drops the invisible ones.
func ascii(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for i, r := range s {
		switch {
		case r >= ' ' && r <= '~':
			b.WriteByte(byte(r))
		case r == utf8.RuneError && !strings.HasPrefix(s[i:], "\uFFFD"):
			// Not UTF-8: the byte order mark of UTF-16, whose zero bytes go the same way.
		default:
			b.WriteString(asciiFor(r))
		}
	}
	return b.String()
}

func asciiFor(r rune) string {
	switch {
	case r == '\n', r == '\r', r == '\u0085', r == '\u2028', r == '\u2029':
		return "\n"
	case r >= ' ' && r <= '~':
		return string(r)
	case r == '\u2014', r == '\u2015': // what autocorrect makes of two hyphens
		return "--"
	case r == '\u2026':
		return "..."
	case r == '\u2212', unicode.Is(unicode.Pd, r):
		return "-"
	case r >= '\uFF01' && r <= '\uFF5E': // full-width forms, from East Asian input methods
		return string(r - 0xFEE0)
	case unicode.Is(unicode.Cf, r), r == 0, r == 0x7F, r == '\u034F', r >= '\uFE00' && r <= '\uFE0F':
		return "" // zero-width characters, soft hyphens, byte order marks
	case unicode.Is(unicode.Pi, r), unicode.Is(unicode.Pf, r):
		return `"`
	}
	return " "
}

// unescape undoes one layer of backslash, percent and numeric character escapes. None of \ % & occurs in a key.
func unescape(s string) string {
	if !strings.ContainsAny(s, `\%&`) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for len(s) > 0 {
		text, width := token(s)
		b.WriteString(text)
		s = s[width:]
	}
	return b.String()
}

// token returns the text that s starts with, and how many bytes of s wrote it.
func token(s string) (text string, width int) {
	switch s[0] {
	case '\\':
		return backslash(s)
	case '%':
		if len(s) >= 3 {
			return number(s[1:3], 16, s[:1], 3)
		}
	case '&':
		return entity(s)
	}
	return s[:1], 1
}

// backslash treats any number of backslashes as one, since each round of quoting doubles them. A backslash before
// anything but a known letter is dropped: PHP writes "\/", shells end lines with it.
func backslash(s string) (text string, width int) {
	rest := strings.TrimLeft(s, `\`)
	width = len(s) - len(rest)
	if rest == "" {
		return "", width
	}
	switch rest[0] {
	case 'n', 'r':
		return "\n", width + 1
	case 't':
		return " ", width + 1
	case 'u':
		if len(rest) >= 5 {
			text, used := number(rest[1:5], 16, "", 5)
			return text, width + used
		}
	}
	return "", width
}

// entity reads "&#10;" and "&#x2B;", which template engines make of line feeds and plus signs, and "&quot;".
func entity(s string) (text string, width int) {
	if strings.HasPrefix(s, "&quot;") {
		return `"`, len("&quot;")
	}
	end := strings.IndexByte(s[:min(len(s), 10)], ';')
	if end < 0 || !strings.HasPrefix(s, "&#") {
		return "&", 1
	}
	if digits, ok := strings.CutPrefix(strings.ToLower(s[2:end]), "x"); ok {
		return number(digits, 16, "&", end+1)
	}
	return number(s[2:end], 10, "&", end+1)
}

// number returns the character with the code written in digits; if that is no number, it gives back the literal
// text and its width.
func number(digits string, base int, literal string, width int) (string, int) {
	code, err := strconv.ParseUint(digits, base, 16)
	if err != nil {
		return literal, len(literal)
	}
	return asciiFor(rune(code)), width
}

// Package redact takes out of a foreign text what must not be passed on: tokens, keys,
// phone numbers, e-mail addresses, and the values a caller says were in the request.
package redact

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// Placeholder stands where something was taken out.
const Placeholder = "[redacted]"

// patterns are compiled on first use: a function that never sees a failing provider
// does not pay for them at its start.
var patterns = sync.OnceValue(func() []*regexp.Regexp {
	return []*regexp.Regexp{
		regexp.MustCompile(`(?s)-----BEGIN [^-]*-----.*?(-----END [^-]*-----|$)`),
		regexp.MustCompile(`eyJ[A-Za-z0-9_-]{8,}(\.[A-Za-z0-9_-]*)*`), // also one that was cut off, or encrypted
		regexp.MustCompile(`[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*`),
		regexp.MustCompile(`(?i)\b(bearer|basic)\s+[^\s"'<>,]+`),
		regexp.MustCompile(`whsec_[A-Za-z0-9+/=_-]+`),
		regexp.MustCompile(`[\p{L}\p{N}_.+%-]+(@|%40)[\p{L}\p{N}-]+(\.[\p{L}\p{N}-]+)+`),
		regexp.MustCompile(`(\+|%2[Bb]|\b00)?\d([\d ()./+−\p{Pd}\p{Cf}]|%20){5,}\d`),
	}
})

// longest is the length of an e-mail address, the longest thing that a pattern finds whole or not at all.
const longest = 254

// Text gives at most limit bytes of text with everything sensitive taken out, on one line, and an ellipsis where more
// was left out. known are values of the request that may be echoed in it.
func Text(text string, limit int, known ...string) string {
	known = ordered(known)
	margin := longest
	if len(known) > 0 {
		margin = max(margin, len(known[0]))
	}
	// Redaction is linear but not free, and never needs more than the beginning.
	beginning := text[:min(len(text), 8*limit+margin)]
	redacted := one(beginning, known)
	if len(beginning) == len(text) {
		return cut(redacted, limit)
	}
	// Half a value at the end was not recognised.
	return cut(redacted, min(limit, max(0, len(redacted)-margin)))
}

// one redacts a text that is bounded. The white space comes first: a value may be broken over two lines.
func one(text string, known []string) string {
	text = line(text)
	pairs := make([]string, 0, 2*len(known))
	for _, value := range known {
		pairs = append(pairs, value, Placeholder)
	}
	text = strings.NewReplacer(pairs...).Replace(text)
	for _, pattern := range patterns() {
		text = pattern.ReplaceAllString(text, Placeholder)
	}
	return text
}

// ordered gives the values as they look on one line, the longest first: what stands before and after a value within
// another must not be left over.
func ordered(known []string) []string {
	lines := make([]string, 0, len(known))
	for _, value := range known {
		if value = line(value); value != "" {
			lines = append(lines, value)
		}
	}
	slices.SortFunc(lines, func(a, b string) int { return len(b) - len(a) })
	return lines
}

func line(text string) string {
	return strings.Join(strings.Fields(strings.ToValidUTF8(text, "\uFFFD")), " ")
}

func cut(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	for limit > 0 && !utf8.RuneStart(text[limit]) {
		limit--
	}
	return text[:limit] + "…"
}

package jitsimeet

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/yuin/gopher-lua/pm"
)

// Limits of the open-source token library on room claims that are patterns.
// https://github.com/jitsi/jitsi-meet/pull/17803
const (
	maxPatternRoom = 128
	maxQuantifiers = 3
)

var errPattern = errors.New("malformed Lua pattern")

// matchLua is Lua's string.match: it returns the first capture, or the whole match when the pattern has
// none. found is false when nothing matches.
func matchLua(pattern, text string) (match string, found bool, err error) {
	// The library panics on some malformed patterns instead of reporting them.
	defer func() {
		if p := recover(); p != nil {
			match, found, err = "", false, fmt.Errorf("%w: %v", errPattern, p)
		}
	}()
	all, err := pm.Find(pattern, []byte(text), 0, 1)
	if err != nil || len(all) == 0 {
		return "", false, err
	}
	m, first := all[0], 0
	if m.CaptureLength() > 2 {
		first = 2
	}
	if m.IsPosCapture(first) {
		return strconv.Itoa(m.Capture(first)), true, nil
	}
	return text[m.Capture(first):m.Capture(first+1)], true, nil
}

// countQuantifiers counts * + - ? outside of escapes and character classes, as the library does. It
// also reports what the matcher would misread: a lone % at the end, a class without its ], %b without
// its two characters, and the frontier %f, which the matcher does not know.
func countQuantifiers(pattern string) (int, error) {
	n := 0
	for i := 0; i < len(pattern); i++ {
		switch pattern[i] {
		case '%':
			i++
			if i == len(pattern) || pattern[i] == 'f' || pattern[i] == 'b' && i+2 >= len(pattern) {
				return 0, errPattern
			}
			if pattern[i] == 'b' {
				i += 2
			}
		case '[':
			end, err := classEnd(pattern, i)
			if err != nil {
				return 0, err
			}
			i = end
		case '*', '+', '-', '?':
			n++
		}
	}
	return n, nil
}

// classEnd returns where the class that starts at pattern[i] has its closing bracket. A bracket in the
// first place stands for itself.
func classEnd(pattern string, i int) (int, error) {
	i++
	if strings.HasPrefix(pattern[i:], "^") {
		i++
	}
	for first := i; i < len(pattern); i++ {
		switch {
		case pattern[i] == '%':
			i++
		case pattern[i] == ']' && i > first:
			return i, nil
		}
	}
	return 0, errPattern
}

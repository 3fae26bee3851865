package jitsimeet

import (
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/yuin/gopher-lua/pm"
)

// Pattern is a room claim that admits to more than one room: a Lua pattern, or AllRooms.
type Pattern string

// AllRooms admits to every room of the tenant. Such a token is a master key.
const AllRooms Pattern = "*"

// The reasons for which ParsePattern refuses a pattern.
var (
	ErrPatternEmpty       = errors.New("expected a Lua pattern or *")
	ErrPatternLong        = errors.New("expected a Lua pattern of at most 128 characters")
	ErrPatternQuantifiers = errors.New("expected a Lua pattern with at most 3 quantifiers (* + - ?); a literal hyphen is written %-")
	ErrPatternSyntax      = errors.New("expected a well-formed Lua pattern; % is the escape character, there is no | and no backslash")
)

const maxQuantifiers = 3

// ParsePattern checks a pattern by the limits of the open-source server module
// (https://github.com/jitsi/jitsi-meet/blob/master/resources/prosody-plugins/token/util.lib.lua).
// A pattern is not lower-cased: in Lua %A and %a are opposites.
func ParsePattern(text string) (Pattern, error) {
	switch {
	case text == "":
		return "", ErrPatternEmpty
	case text == string(AllRooms):
		return AllRooms, nil
	case len(text) > maxRoomLength:
		return "", ErrPatternLong
	// JSON would carry another text than the one that was checked here.
	case !utf8.ValidString(text), strings.ContainsAny(text, `\|`):
		return "", ErrPatternSyntax
	}
	count, whole := quantifiers(text)
	switch {
	case !whole || !isLuaPattern(text):
		return "", ErrPatternSyntax
	case count > maxQuantifiers:
		return "", ErrPatternQuantifiers
	}
	return Pattern(text), nil
}

// isLuaPattern tries the pattern on an empty text, which parses it whole.
func isLuaPattern(text string) (ok bool) {
	defer func() {
		// The parser panics with whatever is not an error of its own.
		if recover() != nil {
			ok = false
		}
	}()
	_, err := pm.Find(text, nil, 0, 1)
	return err == nil
}

// quantifiers counts * + - ? outside of sets and not escaped by %, as the server module does. whole
// is false for an escape or a set that is cut short, of which the parser passes over some.
func quantifiers(text string) (count int, whole bool) {
	for text != "" {
		width := 1
		switch text[0] {
		case '%':
			width = escapeWidth(text)
		case '[':
			width = setWidth(text)
		case '*', '+', '-', '?':
			count++
		}
		if width == 0 {
			return 0, false
		}
		text = text[width:]
	}
	return count, true
}

// escapeWidth measures the escape that text starts with: a % takes one character, %b two more, and
// %f stands before a set. It gives 0 when they are not there.
func escapeWidth(text string) int {
	switch {
	case len(text) < 2:
		return 0
	case text[1] == 'f' && !strings.HasPrefix(text[2:], "["):
		return 0
	case text[1] != 'b':
		return 2
	case len(text) < 4:
		return 0
	}
	return 4
}

// setWidth measures the set that text starts with; a ] in the first place stands for itself. It
// gives 0 when the set has no end.
func setWidth(text string) int {
	first := 1
	if strings.HasPrefix(text[first:], "^") {
		first++
	}
	for i := first; i < len(text); i++ {
		switch {
		case text[i] == '%':
			i++
		case text[i] == ']' && i > first:
			return i + 1
		}
	}
	return 0
}

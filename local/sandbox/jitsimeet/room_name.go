package jitsimeet

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// excluded are the characters the web client drops from a room in a URL.
// https://github.com/jitsi/jitsi-meet/blob/master/react/features/base/util/uri.ts
const excluded = `:?#[]@!$&'()*+,;=></"`

// unescaped are the characters encodeURIComponent leaves alone, beside letters and digits.
const unescaped = `-_.!~*'()`

// MaxRoomBytes is the longest local part of an XMPP address (RFC 7622, 3.3).
const MaxRoomBytes = 1023

// NormalRoom turns a room as it stands in a URL into the name the back end knows, as the client does:
// drop the excluded characters, percent-decode, NFKC, lower-case, percent-encode, lower-case.
func NormalRoom(room string) string {
	room = dropExcluded(room)
	if decoded, err := url.PathUnescape(room); err == nil && utf8.ValidString(decoded) {
		room = decoded
	}
	room = encodeComponent(lower(norm.NFKC.String(room)))
	// Decoding can bring back the few excluded characters that encoding leaves alone.
	return dropExcluded(strings.ToLower(room))
}

// IsNormalRoom says whether room is a name as webhooks carry it and commands should.
func IsNormalRoom(room string) bool {
	return room != "" && len(room) <= MaxRoomBytes && NormalRoom(room) == room
}

func dropExcluded(text string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(excluded, r) {
			return -1
		}
		return r
	}, text)
}

// lower is JavaScript's toLowerCase. It differs from strings.ToLower in two letters of Unicode's
// SpecialCasing.txt: İ becomes two code points, and Σ at the end of a word becomes ς.
func lower(text string) string {
	runes := []rune(text)
	var b strings.Builder
	for i, r := range runes {
		switch {
		case r == 'İ':
			b.WriteString("i\u0307")
		case r == 'Σ' && cased(runes, i, -1) && !cased(runes, i, +1):
			b.WriteRune('ς')
		default:
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

// cased says whether the next rune in one direction, marks and the like left out, is a cased letter.
func cased(runes []rune, at, step int) bool {
	for i := at + step; i >= 0 && i < len(runes); i += step {
		if !unicode.In(runes[i], unicode.Mn, unicode.Me, unicode.Cf, unicode.Lm, unicode.Sk) &&
			!strings.ContainsRune(`'.:·’`, runes[i]) {
			return unicode.In(runes[i], unicode.Lu, unicode.Ll, unicode.Lt)
		}
	}
	return false
}

// encodeComponent is JavaScript's encodeURIComponent.
func encodeComponent(text string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for _, c := range []byte(text) {
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
		if letter || strings.IndexByte(unescaped, c) >= 0 {
			b.WriteByte(c)
			continue
		}
		b.WriteByte('%')
		b.WriteByte(hex[c>>4])
		b.WriteByte(hex[c&15])
	}
	return b.String()
}

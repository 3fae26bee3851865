package jitsimeet

import (
	"strings"
	"unicode"
)

// lower is toLowerCase of JavaScript, which the web client uses. It differs from Go's for the two
// letters that Unicode's SpecialCasing.txt has rules for in every language. golang.org/x/text/cases
// knows them too, but costs each function 0.15 ms of its start.
func lower(text string) string {
	if !strings.ContainsAny(text, "İΣ") {
		return strings.ToLower(text)
	}
	var out strings.Builder
	runes := []rune(text)
	for i, r := range runes {
		switch {
		case r == 'İ':
			out.WriteString("i\u0307")
		case r == 'Σ' && endsWord(runes, i):
			out.WriteRune('ς')
		default:
			out.WriteRune(unicode.ToLower(r))
		}
	}
	return out.String()
}

// endsWord is the condition Final_Sigma: a letter with case before, none after, not counting what
// case ignores.
func endsWord(runes []rune, at int) bool {
	before := at - 1
	for before >= 0 && ignoredByCase(runes[before]) {
		before--
	}
	after := at + 1
	for after < len(runes) && ignoredByCase(runes[after]) {
		after++
	}
	return before >= 0 && hasCase(runes[before]) && (after == len(runes) || !hasCase(runes[after]))
}

func hasCase(r rune) bool {
	return unicode.In(r, unicode.Lu, unicode.Ll, unicode.Lt, unicode.Other_Lowercase, unicode.Other_Uppercase)
}

// ignoredByCase is Unicode's Case_Ignorable: marks, formats, modifiers and the marks inside words.
func ignoredByCase(r rune) bool {
	return unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf, unicode.Lm, unicode.Sk) ||
		strings.ContainsRune("'.:··՟״‘’․‧︓﹒﹕＇．：", r)
}

package jitsi

import (
	"net/http"
	"strings"
)

// hasQuery says whether the URL has a question mark.
func hasQuery(r *http.Request) bool { return r.URL.RawQuery != "" || r.URL.ForceQuery }

// formDecode reads a query as Prosody's util.http.formdecode does: what is badly encoded stays as it is, and of a name
// given twice the last one counts.
func formDecode(query string) map[string]string {
	got := map[string]string{}
	for pair := range strings.SplitSeq(query, "&") {
		if name, value, found := strings.Cut(pair, "="); found {
			got[formText(name)] = formText(value)
		}
	}
	return got
}

// rawPairs reads a query as mod_muc_size does, which decodes nothing.
func rawPairs(query string) map[string]string {
	got := map[string]string{}
	for pair := range strings.SplitSeq(query, "&") {
		if name, value, found := strings.Cut(pair, "="); found && name != "" {
			got[name] = value
		}
	}
	return got
}

// formText decodes one name or value.
func formText(text string) string {
	text = strings.ReplaceAll(text, "+", " ")
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == '%' && i+2 < len(text) {
			high, low := strings.IndexByte(hexDigits, lowerHex(text[i+1])), strings.IndexByte(hexDigits, lowerHex(text[i+2]))
			if high >= 0 && low >= 0 {
				b.WriteByte(byte(high<<4 | low))
				i += 2
				continue
			}
		}
		b.WriteByte(text[i])
	}
	return b.String()
}

const hexDigits = "0123456789abcdef"

func lowerHex(c byte) byte {
	if 'A' <= c && c <= 'F' {
		return c + 'a' - 'A'
	}
	return c
}

// urlEncode is Prosody's util.http.urlencode, with digits in lower case as in the names of rooms.
func urlEncode(text string) string {
	var b strings.Builder
	for _, c := range []byte(text) {
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
		if letter || strings.IndexByte(".~_-", c) >= 0 {
			b.WriteByte(c)
			continue
		}
		b.WriteByte('%')
		b.WriteByte(hexDigits[c>>4])
		b.WriteByte(hexDigits[c&15])
	}
	return b.String()
}

// withoutTokens takes the values of tokens out of a query, which is kept in the record.
func withoutTokens(query string) string {
	pairs := strings.Split(query, "&")
	for i, pair := range pairs {
		name, _, found := strings.Cut(pair, "=")
		if decoded := strings.ToLower(formText(name)); found && (decoded == "token" || decoded == "jwt") {
			pairs[i] = name + "="
		}
	}
	return strings.Join(pairs, "&")
}

package objects

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// canonicalRequest is step 1 of https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html.
func canonicalRequest(r *http.Request, query url.Values, c claim) string {
	var headers strings.Builder
	for _, name := range c.signedHeaders {
		headers.WriteString(name + ":" + headerValue(r, name) + "\n")
	}
	return strings.Join([]string{
		r.Method,
		uriEncode(r.URL.Path, true),
		canonicalQuery(query),
		headers.String(),
		strings.Join(c.signedHeaders, ";"),
		c.payloadHash,
	}, "\n")
}

func headerValue(r *http.Request, name string) string {
	values := r.Header.Values(name)
	if name == "host" { // net/http keeps it elsewhere
		values = []string{r.Host}
	}
	folded := make([]string, 0, len(values))
	for _, value := range values {
		folded = append(folded, strings.Join(strings.Fields(value), " "))
	}
	return strings.Join(folded, ",")
}

// canonicalQuery sorts after encoding, by name and then by value.
func canonicalQuery(query url.Values) string {
	encoded := map[string][]string{}
	for name, values := range query {
		if name == "X-Amz-Signature" {
			continue
		}
		name = uriEncode(name, false)
		for _, value := range values {
			encoded[name] = append(encoded[name], name+"="+uriEncode(value, false))
		}
	}
	var pairs []string
	for _, name := range slices.Sorted(maps.Keys(encoded)) {
		pairs = append(pairs, slices.Sorted(slices.Values(encoded[name]))...)
	}
	return strings.Join(pairs, "&")
}

// uriEncode is the UriEncode() of the same page.
func uriEncode(text string, isPath bool) string {
	var out strings.Builder
	for i := range len(text) {
		b := text[i]
		switch {
		case 'A' <= b && b <= 'Z', 'a' <= b && b <= 'z', '0' <= b && b <= '9', strings.IndexByte("-._~", b) >= 0, isPath && b == '/':
			out.WriteByte(b)
		default:
			fmt.Fprintf(&out, "%%%02X", b)
		}
	}
	return out.String()
}

// stringToSign is step 2.
func stringToSign(c claim, canonical string) string {
	hash := sha256.Sum256([]byte(canonical))
	return strings.Join([]string{algorithm, c.date.Format(timeFormat), c.scope(), hex.EncodeToString(hash[:])}, "\n")
}

// sign is step 3.
func sign(secretKey, scope, text string) []byte {
	key := []byte("AWS4" + secretKey)
	for part := range strings.SplitSeq(scope, "/") {
		key = hmacSHA256(key, part)
	}
	return hmacSHA256(key, text)
}

func hmacSHA256(key []byte, text string) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(text))
	return mac.Sum(nil)
}

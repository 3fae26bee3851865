// Package sandbox keeps what the local stand-ins of the meeting systems have in common: the record of
// what they were asked and what they answered.
package sandbox

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"
)

// MaxTextBytes is the longest body, path or query kept in one [Exchange]. What a meeting API receives is
// far shorter; without a limit, twenty thousand hostile requests would fill the memory of a laptop.
const MaxTextBytes = 16 << 10

// Exchange is one request to a sandbox provider together with its answer.
// It never holds the caller's credential: of the Authorization header only the scheme is kept.
type Exchange struct {
	// Time is when the request arrived, by the provider's clock.
	Time time.Time `json:"time"`
	// Provider names the stand-in, such as "jaas".
	Provider string `json:"provider"`
	Method   string `json:"method"`
	// Path is the path below the provider's mount as it came in, percent-encoding included.
	Path  string `json:"path"`
	Query string `json:"query,omitempty"`
	// ContentType is the Content-Type header, unparsed.
	ContentType string `json:"contentType,omitempty"`
	// Authorization is the scheme alone, such as "Bearer".
	Authorization string `json:"authorization,omitempty"`
	// TraceID is the root in the X-Amzn-Trace-Id header: that of the lines which the caller's log has of the same call.
	TraceID string `json:"traceId,omitempty"`
	// Claims are those of a token that verified; numbers are [json.Number]. Nil when none did.
	Claims map[string]any `json:"claims"`
	// TokenError says why the token did not verify.
	TokenError string `json:"tokenError,omitempty"`
	// Body is what [Body] made of the request body.
	Body any `json:"body"`
	// Answer is what the provider sent back.
	Answer Answer `json:"answer"`
}

// Answer is the response half of an [Exchange].
type Answer struct {
	Status int `json:"status"`
	Body   any `json:"body"`
}

// TraceID reads the root out of the header that AWS hands traces on with; "" when there is none.
func TraceID(header http.Header) string {
	for part := range strings.SplitSeq(header.Get("X-Amzn-Trace-Id"), ";") {
		if root, found := strings.CutPrefix(strings.TrimSpace(part), "Root="); found {
			return clip(root)
		}
	}
	return ""
}

// Body turns a raw body into what an [Exchange] holds: nil when empty, the JSON value when it is JSON
// (numbers as [json.Number]), otherwise the text. What exceeds [MaxTextBytes] is kept as cut text.
func Body(raw []byte) any {
	if len(raw) == 0 {
		return nil
	}
	if len(raw) > MaxTextBytes {
		return clip(string(raw[:MaxTextBytes+1]))
	}
	if value, ok := jsonValue(raw); ok {
		return value
	}
	return string(raw)
}

func jsonValue(raw []byte) (any, bool) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var value any
	if err := dec.Decode(&value); err != nil {
		return nil, false
	}
	_, err := dec.Token()
	return value, err == io.EOF
}

// clip shortens text to MaxTextBytes without breaking a character, and marks that it did.
func clip(text string) string {
	if len(text) <= MaxTextBytes {
		return text
	}
	cut := MaxTextBytes
	for back := 0; back < utf8.UTFMax && !utf8.RuneStart(text[cut]); back++ {
		cut--
	}
	return text[:cut] + "…"
}

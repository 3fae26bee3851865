package veeting

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"slices"
	"strings"

	"gavel/local/sandbox"
)

func (s *Server) record(c *call, a answer) {
	h := s.newHider(c)
	s.recorder.Record(sandbox.Exchange{
		Time: c.now, Provider: Provider, Method: c.r.Method,
		Path: h.escaped(escapedPath(c.r.URL)), Query: h.escaped(c.r.URL.RawQuery),
		ContentType: h.text(c.r.Header.Get("Content-Type")), Authorization: authScheme(c.r.Header.Get("Authorization")),
		TraceID: sandbox.TraceID(c.r.Header),
		Claims:  s.claims(c), TokenError: c.keyError, Body: h.value("", sandbox.Body(c.body)),
		Answer: sandbox.Answer{Status: a.status, Body: h.value("", sandbox.Body(a.body))},
	})
}

// claims are what there is to know of a good key, in place of those of a token.
func (s *Server) claims(c *call) map[string]any {
	if c.keyError != "" {
		return nil
	}
	claims := map[string]any{"key": s.fingerprint("key", c.key.Value), "level": c.key.Level}
	if user := c.userHeaders(); user != "" {
		claims["user"] = user
	}
	return claims
}

// authScheme is the part of the header that is no secret. A header of one word may be a bare key.
func authScheme(header string) string {
	scheme, _, found := strings.Cut(header, " ")
	if !found || len(scheme) > 20 {
		return ""
	}
	return scheme
}

// fingerprint stands for a secret in the record. It is the same for the same value and says nothing of it, also of a
// key that could be guessed: its own key is the server's.
func (s *Server) fingerprint(kind, value string) string {
	mac := hmac.New(sha256.New, s.secret)
	mac.Write([]byte(value))
	return kind + ":" + hex.EncodeToString(mac.Sum(nil))[:8]
}

// hider takes the secrets out of what is recorded: keys, wherever a client may have put them, and calendar tokens.
type hider struct {
	s    *Server
	keys *strings.Replacer
}

func (s *Server) newHider(c *call) hider {
	keys := slices.Clone(c.r.Header.Values(headerKey))
	for _, key := range c.known {
		keys = append(keys, key.Value)
	}
	// The longest first, as one key may begin with another.
	slices.SortFunc(keys, func(a, b string) int { return len(b) - len(a) })
	pairs := []string{}
	for _, key := range keys {
		if key != "" {
			pairs = append(pairs, key, s.fingerprint("key", key))
		}
	}
	return hider{s, strings.NewReplacer(pairs...)}
}

func (h hider) text(text string) string { return h.keys.Replace(text) }

// escaped shows percent-encoded text as it came in, unless there is a key in it.
func (h hider) escaped(text string) string {
	decoded, err := url.PathUnescape(text)
	if err == nil && h.text(decoded) != decoded {
		return h.text(decoded)
	}
	return h.text(text)
}

// value works on what [sandbox.Body] returns; name is that of the member it is in.
func (h hider) value(name string, value any) any {
	switch v := value.(type) {
	case map[string]any:
		shown := map[string]any{}
		for key, member := range v {
			shown[h.text(key)] = h.value(key, member)
		}
		return shown
	case []any:
		for i, item := range v {
			v[i] = h.value(name, item)
		}
	case string:
		if name == "icsToken" || name == "icsPath" {
			return h.s.fingerprint("ics", v)
		}
		return h.text(v)
	}
	return value
}

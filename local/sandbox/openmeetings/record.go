package openmeetings

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"sync"

	"gavel/local/sandbox"
)

// uuid is the form of sids and hashes. Compiled at the first use, to keep the start of the program short.
var uuid = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}`)
})

// fingerprint stands for a secret in the record. It is the same for the same value and says nothing of it, also of a
// password that could be guessed: its key is the server's own.
func (s *Server) fingerprint(kind, value string) string {
	if value == "" {
		return ""
	}
	mac := hmac.New(sha256.New, s.secret)
	mac.Write([]byte(value))
	return kind + ":" + hex.EncodeToString(mac.Sum(nil))[:8]
}

func (s *Server) record(c *call, a answer) {
	s.recorder.Record(sandbox.Exchange{
		Time: c.now, Provider: Provider, Method: c.r.Method,
		Path: s.hideUUIDs(escapedPath(c.r.URL)), Query: s.recordedQuery(c.r.URL.RawQuery),
		ContentType: c.r.Header.Get("Content-Type"), Authorization: authScheme(c.r.Header.Get("Authorization")),
		TraceID:    sandbox.TraceID(c.r.Header),
		TokenError: c.denied, Body: s.recordedBody(c),
		Answer: sandbox.Answer{Status: a.status, Body: s.recordedAnswer(a)},
	})
}

// authScheme is the part of the header that is no secret. A header of one word may be a bare token.
func authScheme(header string) string {
	scheme, _, found := strings.Cut(header, " ")
	if !found || len(scheme) > 20 {
		return ""
	}
	return scheme
}

func (s *Server) hideUUIDs(text string) string {
	return uuid().ReplaceAllStringFunc(text, func(found string) string { return s.fingerprint("uuid", found) })
}

// secretKind says what to call the value of a member or parameter of this name, "" when it is no secret.
func secretKind(name string) string {
	switch strings.ToLower(name) {
	case "sid":
		return "sid"
	case "pass", "password":
		return "pass"
	case "hash", "secure", "invitation":
		return "hash"
	}
	return ""
}

func (s *Server) recordedQuery(raw string) string {
	if raw == "" {
		return ""
	}
	query, err := parseParams(raw)
	if err != nil {
		return unread(raw)
	}
	shown := url.Values{}
	for name, value := range query {
		if hidden, isText := s.hide(name, value).(string); isText {
			shown.Set(name, hidden)
			continue
		}
		shown.Set(name, string(s.hideJSON([]byte(value))))
	}
	return shown.Encode()
}

// recordedBody shows a form as its fields, with JSON texts as values. What cannot be read might hold a password
// anywhere.
func (s *Server) recordedBody(c *call) any {
	if len(c.body) == 0 {
		return nil
	}
	form, err := readForm(c.r.Header, c.body)
	switch {
	case len(c.body) > sandbox.MaxTextBytes:
		return unread(string(c.body))
	case err == nil && len(form) > 0:
		shown := map[string]any{}
		for name, value := range form {
			shown[name] = s.hide(name, value)
		}
		return shown
	case json.Valid(c.body):
		return sandbox.Body(s.hideJSON(c.body))
	}
	return unread(string(c.body))
}

func unread(text string) string { return fmt.Sprintf("(%d bytes)", len(text)) }

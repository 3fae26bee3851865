package openmeetings

import (
	"encoding/json"
	"fmt"
	"strings"

	"gavel/local/sandbox"
)

// hide returns what the record may show of a parameter: text, or the value of a JSON object in it.
func (s *Server) hide(name, value string) any {
	if kind := secretKind(name); kind != "" {
		return s.fingerprint(kind, value)
	}
	if !strings.HasPrefix(strings.TrimSpace(value), "{") {
		return s.hideUUIDs(value)
	}
	if !json.Valid([]byte(value)) {
		return unread(value)
	}
	return sandbox.Body(s.hideJSON([]byte(value)))
}

func (s *Server) recordedAnswer(a answer) any {
	if a.contentType != jsonType {
		return sandbox.Body(a.body)
	}
	body := string(a.body)
	if a.secret != "" {
		body = strings.ReplaceAll(body, a.secret, s.fingerprint(a.kind, a.secret))
	}
	return sandbox.Body(s.hideJSON([]byte(body)))
}

// hideJSON rewrites valid JSON text without the secrets in it.
func (s *Server) hideJSON(text []byte) []byte {
	var value any
	dec := json.NewDecoder(strings.NewReader(string(text)))
	dec.UseNumber()
	if err := dec.Decode(&value); err != nil {
		return []byte(unread(string(text)))
	}
	out, err := json.Marshal(s.hideValue("", value))
	if err != nil {
		return []byte(unread(string(text)))
	}
	return out
}

func (s *Server) hideValue(name string, value any) any {
	switch v := value.(type) {
	case map[string]any:
		for key, member := range v {
			v[key] = s.hideValue(key, member)
		}
	case []any:
		for i, item := range v {
			v[i] = s.hideValue(name, item)
		}
	case json.Number, string:
		text := fmt.Sprint(v)
		if kind := secretKind(name); kind != "" {
			return s.fingerprint(kind, text)
		}
		if _, isText := v.(string); isText {
			return s.hideUUIDs(text)
		}
	}
	return value
}

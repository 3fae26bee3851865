package jitsimeet

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"unicode/utf8"
)

// MaxBodyBytes caps request bodies.
const MaxBodyBytes = 1 << 20

// ReadBody returns the body, also as far as it got when it is refused.
func ReadBody(r *http.Request) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(r.Body, MaxBodyBytes+1))
	if err != nil {
		return body, BadRequest("the body could not be read")
	}
	if len(body) > MaxBodyBytes {
		return body, Refuse(http.StatusRequestEntityTooLarge, "too_large", "the body is larger than 1 MiB")
	}
	return body, nil
}

// RequireJSON checks the Content-Type, which the documents ask for wherever there is a body.
func RequireJSON(h http.Header) error {
	mediaType, _, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err != nil || mediaType != "application/json" {
		return Refuse(http.StatusUnsupportedMediaType, "unsupported_media_type", "Content-Type must be application/json")
	}
	return nil
}

// Object reads a JSON object that has exactly the given fields. encoding/json by itself would also
// take names in another case, and names given twice.
func Object(raw []byte, fields ...string) (map[string]json.RawMessage, error) {
	got, err := members(raw)
	if err != nil {
		return nil, BadRequest(err.Error())
	}
	for _, name := range fields {
		if v, ok := got[name]; !ok || string(v) == "null" {
			return nil, BadRequest(fmt.Sprintf("field %s is missing", name))
		}
	}
	if len(got) != len(fields) {
		return nil, BadRequest("there is an unknown field")
	}
	return got, nil
}

func members(raw []byte) (map[string]json.RawMessage, error) {
	if !utf8.Valid(raw) || !json.Valid(raw) || bytes.TrimLeft(raw, " \t\r\n")[0] != '{' {
		return nil, errors.New("the body and its payload must be JSON objects")
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	if _, err := dec.Token(); err != nil {
		return nil, err
	}
	got := map[string]json.RawMessage{}
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return nil, err
		}
		key, _ := name.(string)
		if _, twice := got[key]; twice {
			return nil, errors.New("a field is given twice")
		}
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return nil, err
		}
		got[key] = value
	}
	return got, nil
}

// Text reads a member that must be a string with something in it.
func Text(got map[string]json.RawMessage, name string) (string, error) {
	var s string
	if err := json.Unmarshal(got[name], &s); err != nil || s == "" {
		return "", BadRequest(fmt.Sprintf("field %s must be a string that is not empty", name))
	}
	return s, nil
}

// JoinToken reads {"jwt":"…"}, the body with which somebody joins.
func JoinToken(r *http.Request) (string, error) {
	body, err := ReadBody(r)
	if err != nil {
		return "", err
	}
	if err := RequireJSON(r.Header); err != nil {
		return "", err
	}
	fields, err := Object(body, "jwt")
	if err != nil {
		return "", err
	}
	return Text(fields, "jwt")
}

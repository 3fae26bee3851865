package openmeetings

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"unicode/utf8"
)

// inputError says why JSON text was refused. Which status that becomes depends on where the text was.
type inputError struct {
	message string
	// broken text fails in the JSON parser; a value is refused by the code behind it.
	broken bool
}

// Error returns the message.
func (e *inputError) Error() string { return e.message }

// input reads the members of one JSON object. The first mistake stays in err, and all that is read after it is empty.
type input struct {
	got  map[string]json.RawMessage
	read map[string]bool
	err  *error
}

// readObject starts to read a JSON object. encoding/json by itself would take names in another case, and names given
// twice.
func readObject(raw []byte) *input {
	in := &input{got: map[string]json.RawMessage{}, read: map[string]bool{}, err: new(error)}
	if !utf8.Valid(raw) || !json.Valid(raw) || bytes.TrimLeft(raw, " \t\r\n")[0] != '{' {
		in.fail(true, "the text is no JSON object")
		return in
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	_, _ = dec.Token() // valid, as is all that follows
	for dec.More() {
		name, _ := dec.Token()
		key, _ := name.(string)
		if _, twice := in.got[key]; twice {
			in.fail(false, "field %s is given twice", key)
		}
		var value json.RawMessage
		_ = dec.Decode(&value)
		in.got[key] = value
	}
	return in
}

func (in *input) fail(broken bool, format string, args ...any) {
	if *in.err == nil {
		*in.err = &inputError{message: fmt.Sprintf(format, args...), broken: broken}
	}
}

// value returns a member, nil when it is absent or null.
func (in *input) value(name string) json.RawMessage {
	in.read[name] = true
	if raw := in.got[name]; *in.err == nil && string(raw) != "null" {
		return raw
	}
	return nil
}

func (in *input) decode(name string, to any, kind string) bool {
	raw := in.value(name)
	if raw == nil {
		return false
	}
	if err := json.Unmarshal(raw, to); err != nil {
		in.fail(true, "field %s must be %s", name, kind)
		return false
	}
	return true
}

// text reads a string. The real server reads null as the text "null", which nobody wants.
func (in *input) text(name string) *string {
	if raw, there := in.got[name]; there && string(raw) == "null" {
		in.fail(false, "field %s must not be null", name)
	}
	var s string
	if !in.decode(name, &s, "a text") {
		return nil
	}
	return &s
}

// word is text with "" for what is absent.
func (in *input) word(name string) string {
	if s := in.text(name); s != nil {
		return *s
	}
	return ""
}

func (in *input) integer(name string) *int64 {
	var n int64
	if !in.decode(name, &n, "a whole number") {
		return nil
	}
	return &n
}

func (in *input) flag(name string) bool {
	var b bool
	in.decode(name, &b, "true or false")
	return b
}

func (in *input) enum(name string, allowed []string) string {
	var s string
	if in.decode(name, &s, "a text") && !slices.Contains(allowed, s) {
		in.fail(false, "no enum constant for field %s", name)
	}
	return s
}

func (in *input) enums(name string, allowed []string) []string {
	var all []string
	in.decode(name, &all, "a list of texts")
	for _, s := range all {
		if !slices.Contains(allowed, s) {
			in.fail(false, "no enum constant for field %s", name)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// object reads an inner object, nil when there is none. It shares the error.
func (in *input) object(name string) *input {
	raw := in.value(name)
	if raw == nil {
		return nil
	}
	return in.inner(raw)
}

func (in *input) objects(name string) []*input {
	var raws []json.RawMessage
	in.decode(name, &raws, "a list")
	all := []*input{}
	for _, raw := range raws {
		all = append(all, in.inner(raw))
	}
	return all
}

func (in *input) inner(raw []byte) *input {
	inner := readObject(raw)
	if *in.err == nil {
		*in.err = *inner.err
	}
	inner.err = in.err
	return inner
}

// close refuses members that nobody read, save those that are known to be of no use.
func (in *input) close(useless ...string) {
	for name := range in.got {
		if !in.read[name] && !slices.Contains(useless, name) {
			in.fail(false, "there is no field %s", name)
		}
	}
}

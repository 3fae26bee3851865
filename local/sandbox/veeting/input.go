package veeting

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/mail"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"
)

// input reads the members of a JSON object, all of which must be there. The first mistake stays in err.
type input struct {
	got map[string]json.RawMessage // what nobody has read yet
	err error
}

// readObject starts to read a JSON object. encoding/json by itself would take names in another case, and names given
// twice.
func readObject(raw []byte) *input {
	in := &input{got: map[string]json.RawMessage{}}
	if !utf8.Valid(raw) || !json.Valid(raw) || bytes.TrimLeft(raw, " \t\r\n")[0] != '{' {
		in.err = invalid("the body must be a JSON object")
		return in
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	_, _ = dec.Token() // valid, as is all that follows
	for dec.More() {
		token, _ := dec.Token()
		name, _ := token.(string)
		if _, twice := in.got[name]; twice {
			in.fail(name, "is given twice")
		}
		var value json.RawMessage
		_ = dec.Decode(&value)
		in.got[name] = value
	}
	return in
}

func (in *input) fail(name, message string) {
	if in.err == nil {
		in.err = invalid("field " + name + " " + message)
	}
}

// take returns a member's JSON text, "" when it is not there.
func (in *input) take(name string) string {
	raw, there := in.got[name]
	if !there {
		in.fail(name, "is missing")
	}
	delete(in.got, name)
	return string(raw)
}

func (in *input) text(name string) string {
	raw := in.take(name)
	var text string
	// Unmarshal takes null for a text as well.
	if err := json.Unmarshal([]byte(raw), &text); err != nil || text == "" {
		in.fail(name, "must be a string that is not empty")
	}
	return text
}

// word reads a text for which the tutorial knows but one value.
func (in *input) word(name, only string) {
	if in.text(name) != only {
		in.fail(name, "must be "+strconv.Quote(only)+"; no other value is public")
	}
}

func (in *input) email(name string) string {
	text := in.text(name)
	address, err := mail.ParseAddress(text)
	if err != nil || address.Address != text {
		in.fail(name, "must be an e-mail address")
	}
	return text
}

func (in *input) flag(name string) bool {
	raw := in.take(name)
	if raw != "true" && raw != "false" {
		in.fail(name, "must be true or false")
	}
	return raw == "true"
}

// number reads a whole number, written without fraction or exponent.
func (in *input) number(name string) int64 {
	n, err := strconv.ParseInt(in.take(name), 10, 64)
	if err != nil {
		in.fail(name, "must be a whole number")
	}
	return n
}

func (in *input) moment(name string) time.Time {
	t, ok := parseTime(in.text(name))
	if !ok {
		in.fail(name, "must have the form YYYY-MM-DDTHH:mm:ss.sssZ")
	}
	return t
}

// literal reads a member for which the tutorial knows but one JSON value.
func (in *input) literal(name, only string) {
	var b bytes.Buffer
	err := json.Compact(&b, []byte(in.take(name)))
	if err != nil || b.String() != only {
		in.fail(name, "must be "+only+"; no other value is public")
	}
}

// done returns the first mistake; a member that nobody read is one.
func (in *input) done() error {
	for _, name := range slices.Sorted(maps.Keys(in.got)) {
		in.fail(name, "is unknown here")
	}
	return in.err
}

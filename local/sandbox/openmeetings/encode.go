package openmeetings

import (
	"bytes"
	"encoding/json"
	"strconv"
)

// fields is a JSON object whose members keep their order. A value is nil, a string, a bool, an int64, fields, or a list
// of these.
type fields []field

type field struct {
	name  string
	value any
}

// opt is the value behind a pointer, nil when there is none.
func opt[T any](p *T) any {
	if p == nil {
		return nil
	}
	return *p
}

// anyOf makes a list of what fields can hold.
func anyOf[T any](items []T) []any {
	all := make([]any, 0, len(items))
	for _, item := range items {
		all = append(all, item)
	}
	return all
}

// single is serializer A for one object.
func single(root string, f fields) []byte {
	return append(appendA(append(appendText([]byte("{"), root), ':'), f), '}')
}

// list is serializer A for a list, which outermost is always an array.
func list(root string, items []any) []byte {
	b := append(appendText([]byte("{"), root), ":["...)
	for i, item := range items {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendA(b, item)
	}
	return append(b, "]}"...)
}

// appendA writes as Jettison does in its mapped convention over JAXB, with two losses: an inner list of one element is
// the element itself, and text that looks like a number or a boolean becomes one. Without elements or without a value
// a member is absent.
func appendA(b []byte, value any) []byte {
	switch v := value.(type) {
	case fields:
		return appendObject(b, v, absentA, appendA)
	case []any:
		if len(v) == 1 {
			return appendA(b, v[0])
		}
		return appendArray(b, v, appendA)
	case string:
		return appendLoose(b, v)
	}
	return appendScalar(b, value)
}

// appendB writes plain JSON.
func appendB(b []byte, value any) []byte {
	switch v := value.(type) {
	case fields:
		return appendObject(b, v, func(value any) bool { return value == nil }, appendB)
	case []any:
		return appendArray(b, v, appendB)
	}
	return appendScalar(b, value)
}

func absentA(value any) bool {
	items, isList := value.([]any)
	return value == nil || isList && len(items) == 0
}

func appendObject(b []byte, f fields, absent func(any) bool, appendValue func([]byte, any) []byte) []byte {
	b = append(b, '{')
	first := true
	for _, member := range f {
		if absent(member.value) {
			continue
		}
		if !first {
			b = append(b, ',')
		}
		first = false
		b = appendValue(append(appendText(b, member.name), ':'), member.value)
	}
	return append(b, '}')
}

func appendArray(b []byte, items []any, appendValue func([]byte, any) []byte) []byte {
	b = append(b, '[')
	for i, item := range items {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendValue(b, item)
	}
	return append(b, ']')
}

func appendScalar(b []byte, value any) []byte {
	switch v := value.(type) {
	case string:
		return appendText(b, v)
	case bool:
		return strconv.AppendBool(b, v)
	case int64:
		return strconv.AppendInt(b, v, 10)
	}
	return append(b, "null"...)
}

func appendText(b []byte, text string) []byte {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(text) // a string always encodes
	return append(b, bytes.TrimSpace(out.Bytes())...)
}

package jitsimeet

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
)

// DecodeExactly reads an object into a struct as json.Unmarshal does, but for names that differ in case: those are other fields. Meeting
// systems add fields to their events, and one that is called Timestamp must not be taken for timestamp. Its errors
// are those of json.Unmarshal; a *json.UnmarshalTypeError has the Field.
func DecodeExactly(text []byte, into any) error {
	var all map[string]json.RawMessage
	if err := json.Unmarshal(text, &all); err != nil {
		return err
	}
	return FillExactly(all, into)
}

// FillExactly does so from an object that was read into its fields already.
func FillExactly(all map[string]json.RawMessage, into any) error {
	return fill(reflect.ValueOf(into).Elem(), all)
}

func fill(object reflect.Value, all map[string]json.RawMessage) error {
	for i := range object.NumField() {
		field := object.Type().Field(i)
		if field.Anonymous {
			if err := fill(object.Field(i), all); err != nil {
				return err
			}
			continue
		}
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		text, given := all[name]
		if !given {
			continue
		}
		if err := json.Unmarshal(text, object.Field(i).Addr().Interface()); err != nil {
			return within(name, err)
		}
	}
	return nil
}

// within has an error name the field that it is of.
func within(name string, err error) error {
	if unfit, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		unfit.Field = strings.Trim(name+"."+unfit.Field, ".")
	}
	return err
}

package main

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"

	"gavel/shared/secrets"
)

// draft is the secret as it is to be: what it has, and over it what the call names.
type draft struct {
	fields map[string]json.RawMessage
	set    map[string]bool
}

// newDraft begins with the secret as it is. One that is no object is only given up with force.
func newDraft(old []byte, force bool) (*draft, error) {
	d := &draft{fields: map[string]json.RawMessage{}, set: map[string]bool{}}
	if old == nil {
		return d, nil
	}
	if json.Unmarshal(old, &d.fields) != nil || d.fields == nil {
		if !force {
			return nil, errors.New("the secret has a content that is no JSON object, of which nothing can be kept; to replace it as a whole, add -force")
		}
		d.fields = map[string]json.RawMessage{}
	}
	return d, nil
}

// text sets a field that the call names.
func (d *draft) text(field, value string) {
	if value != "" {
		d.put(field, value)
	}
}

// put sets a field; one inside an object has a dot in its name.
func (d *draft) put(field string, value any) {
	d.set[field] = true
	outer, inner, nested := strings.Cut(field, ".")
	claim(d.fields, outer)
	if nested {
		var object map[string]any
		if json.Unmarshal(d.fields[outer], &object) != nil || object == nil {
			object = map[string]any{} // what is no object, null included, gives way to one
		}
		claim(object, inner)
		object[inner] = value
		field, value = outer, object
	}
	d.fields[field], _ = json.Marshal(value) // texts, lists and objects of them can always be written
}

// claim gives a field its name that somebody has written in letters of another case. The functions read either, and of two the last
// one: what the call sets must not stand beside what it was.
func claim[V any](fields map[string]V, name string) {
	for other, value := range fields {
		if other == name || !strings.EqualFold(other, name) {
			continue
		}
		if _, there := fields[name]; !there {
			fields[name] = value
		}
		delete(fields, other)
	}
}

// unset takes fields out; they are named with commas between them. One that is not there is told, as whoever misspells a field
// would believe it gone.
func (d *draft) unset(names string) error {
	has := strings.Join(slices.Sorted(maps.Keys(d.fields)), ", ")
	for name := range strings.SplitSeq(names, ",") {
		if name = strings.TrimSpace(name); name == "" {
			continue
		}
		if d.set[name] {
			return errors.New("-unset takes out a field that the call sets")
		}
		outer, inner, nested := strings.Cut(name, ".")
		object := map[string]json.RawMessage{}
		_, there := d.fields[outer]
		if nested && there {
			_ = json.Unmarshal(d.fields[outer], &object)
			_, there = object[inner]
		}
		if !there {
			return errors.New("-unset: the secret has no such field; it has " + has)
		}
		if !nested {
			delete(d.fields, outer)
			continue
		}
		delete(object, inner)
		d.put(outer, object)
	}
	return nil
}

// accept sets a field that senders are known by, where the call says from where: one text to a line, the one in use first. With
// overlap what the secret has goes on being taken behind them.
func (d *draft) accept(field, flagName, from string, overlap bool, in *inputs) error {
	if from == "" {
		return nil
	}
	text, err := in.lines(flagName, from)
	if err != nil {
		return err
	}
	var texts secrets.Accepted
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			texts = append(texts, line)
		}
	}
	if len(texts) == 0 {
		return errors.New("-" + flagName + ": the value is empty; to take the field out use -unset " + field)
	}
	if overlap {
		before, err := d.accepted(field)
		if err != nil {
			return err
		}
		for _, text := range before {
			if !slices.Contains(texts, text) {
				texts = append(texts, text)
			}
		}
	}
	if len(texts) == 1 {
		d.put(field, texts[0])
		return nil
	}
	d.put(field, texts)
	return nil
}

// accepted gives what the secret has in such a field.
func (d *draft) accepted(field string) (texts secrets.Accepted, err error) {
	outer, inner, nested := strings.Cut(field, ".")
	claim(d.fields, outer)
	raw := d.fields[outer]
	if nested {
		object := map[string]json.RawMessage{}
		if raw != nil && json.Unmarshal(raw, &object) != nil {
			return nil, errors.New("-overlap: " + outer + " as it is cannot be read; leave -overlap out to replace it")
		}
		raw = object[inner]
	}
	if raw != nil && json.Unmarshal(raw, &texts) != nil {
		return nil, errors.New("-overlap: " + outer + " as it is cannot be read; leave -overlap out to replace it")
	}
	return texts, nil
}

func (d *draft) content() ([]byte, error) {
	if len(d.fields) == 0 {
		return nil, errors.New("there is nothing to write: give the fields of the secret, -h shows them")
	}
	return json.Marshal(d.fields)
}

func (d *draft) fieldsSet() string { return strings.Join(slices.Sorted(maps.Keys(d.set)), ", ") }

func (d *draft) fieldsKept() string {
	var kept []string
	for _, field := range slices.Sorted(maps.Keys(d.fields)) {
		if !slices.ContainsFunc(slices.Collect(maps.Keys(d.set)), func(set string) bool {
			return set == field || strings.HasPrefix(set, field+".")
		}) {
			kept = append(kept, field)
		}
	}
	return strings.Join(kept, ", ")
}

// read sets a field that is secret, where the call says from where.
func (d *draft) read(field, flagName, from string, read func(flagName, from string) (string, error)) error {
	if from == "" {
		return nil
	}
	value, err := read(flagName, from)
	if err != nil {
		return err
	}
	if value == "" {
		return errors.New("-" + flagName + ": the value is empty; to take the field out use -unset " + field)
	}
	d.put(field, value)
	return nil
}

package jitsimeet

import "encoding/json"

// LooseText is a text of an event that tokens of others also have as a number, which servers pass on. Any other value is none.
type LooseText string

// UnmarshalJSON takes any value.
func (l *LooseText) UnmarshalJSON(raw []byte) error {
	var text string
	var number json.Number
	switch {
	case json.Unmarshal(raw, &text) == nil:
		*l = LooseText(text)
	case json.Unmarshal(raw, &number) == nil:
		*l = LooseText(number)
	}
	return nil
}

package openmeetings

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Most answers are written by Jettison in its "mapped" form (https://github.com/jettison-json/jettison), which has no
// types: text that looks like a number or a boolean is written as one, and a list with one element as the element.
// These types read both what it writes and what it means.

// Text is a text that may come as a number or a boolean.
type Text string

// UnmarshalJSON takes any scalar; numbers keep the form they came in.
func (t *Text) UnmarshalJSON(data []byte) error {
	switch {
	case string(data) == "null":
		*t = ""
	case data[0] == '"':
		return json.Unmarshal(data, (*string)(t))
	case data[0] == '{' || data[0] == '[':
		return fmt.Errorf("expected text, got %q", data[0])
	default:
		*t = Text(data)
	}
	return nil
}

// Whole is an integer that may come as text.
type Whole int64

// UnmarshalJSON takes a number, or text that is one; empty text and null are 0.
func (w *Whole) UnmarshalJSON(data []byte) error {
	var text Text
	if err := text.UnmarshalJSON(data); err != nil {
		return err
	}
	if text == "" {
		*w = 0
		return nil
	}
	n, err := strconv.ParseInt(string(text), 10, 64)
	if err != nil {
		return fmt.Errorf("expected an integer: %w", err)
	}
	*w = Whole(n)
	return nil
}

// Flag is a boolean that may come as text.
type Flag bool

// UnmarshalJSON takes true, false and text that is one of them; empty text and null are false.
func (f *Flag) UnmarshalJSON(data []byte) error {
	var text Text
	if err := text.UnmarshalJSON(data); err != nil {
		return err
	}
	switch strings.ToLower(string(text)) {
	case "true":
		*f = true
	case "false", "":
		*f = false
	default:
		return fmt.Errorf("expected true or false, got %d characters", len(text))
	}
	return nil
}

// List is a list that may come as its one element.
type List[T any] []T

// UnmarshalJSON takes a list, or one element; empty text and null are no element.
func (l *List[T]) UnmarshalJSON(data []byte) error {
	data = bytes.TrimSpace(data)
	*l = List[T]{}
	switch {
	case string(data) == "null" || string(data) == `""`:
		return nil
	case data[0] == '[':
		return json.Unmarshal(data, (*[]T)(l))
	}
	var one T
	if err := json.Unmarshal(data, &one); err != nil {
		return err
	}
	*l = List[T]{one}
	return nil
}

// orEmpty gives an empty list for one that was left out, as those without elements are.
func (l List[T]) orEmpty() List[T] {
	if l == nil {
		return List[T]{}
	}
	return l
}

// layouts are the forms in which the server writes times: the calendar, and XML's of recordings. dateLayout is also the
// only form that it reads with the zone; of others it takes the digits and its own zone.
const dateLayout = "2006-01-02T15:04:05-0700"

var layouts = []string{dateLayout, time.RFC3339}

// moment is a time in one of the layouts, or in milliseconds since 1970; what cannot be read is the zero time.
type moment time.Time

// UnmarshalJSON reads a time. Odd ones are none: the server writes some dates as objects that say nothing of use.
func (m *moment) UnmarshalJSON(data []byte) error {
	var text Text
	if text.UnmarshalJSON(data) != nil {
		return nil //nolint:nilerr // an object is no time, see above
	}
	if at := parseTime(string(text)); printable(at) {
		*m = moment(at)
	}
	return nil
}

func parseTime(text string) time.Time {
	for _, layout := range layouts {
		if at, err := time.Parse(layout, text); err == nil {
			return at
		}
	}
	if millis, err := strconv.ParseInt(text, 10, 64); err == nil {
		return time.UnixMilli(millis).UTC()
	}
	return time.Time{}
}

// printable tells a time that JSON can hold: in a year of four digits, and with an offset of less than a day.
func printable(t time.Time) bool {
	_, err := t.MarshalText()
	return err == nil
}

// MarshalJSON writes the one form that is read with its zone.
func (m moment) MarshalJSON() ([]byte, error) { return json.Marshal(formatTime(time.Time(m))) }

func formatTime(t time.Time) string { return t.Format(dateLayout) }

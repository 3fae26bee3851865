package inboxapi

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
)

// MaxEvent is the most bytes that an event may come with. What is larger does not get through a function in any case, which takes
// 6 MB with the body as a JSON text in it.
const MaxEvent = 4 << 20

// MostData is how many bytes of an event are kept, with room for what the table adds.
const MostData = 200 << 10

// leftOutField says of an event that is kept in part how many bytes it had.
const leftOutField = "$leftOut"

// Bounded gives an event as it can be kept: one that would not fit the table without its largest fields, and with a note of how
// many bytes it had. It says whether that is another than it was.
func Bounded(data map[string]json.RawMessage) (kept map[string]json.RawMessage, cut bool) {
	size := Size(data)
	if size <= MostData {
		return data, false
	}
	kept = maps.Clone(data)
	left := size
	for _, field := range bySize(data) {
		if left <= MostData {
			break
		}
		delete(kept, field.name)
		left -= field.size
	}
	kept[leftOutField] = json.RawMessage(strconv.Itoa(size))
	return kept, true
}

type field struct {
	name string
	size int
}

// bySize gives the fields, the largest first, and those of one size in an order that stays.
func bySize(data map[string]json.RawMessage) []field {
	all := make([]field, 0, len(data))
	for name, value := range data {
		all = append(all, field{name, fieldSize(name, value)})
	}
	slices.SortFunc(all, func(a, b field) int { return cmp.Or(cmp.Compare(b.size, a.size), cmp.Compare(a.name, b.name)) })
	return all
}

// TakeLeftOut takes the note of Bounded out of an event, and gives how many bytes it had; 0 for one that is whole.
func TakeLeftOut(kept map[string]json.RawMessage) int {
	note, cut := kept[leftOutField]
	if !cut {
		return 0
	}
	delete(kept, leftOutField)
	size, _ := strconv.Atoi(string(note)) // of our own making
	return size
}

// Size is that of an event as it is written, or more.
func Size(data map[string]json.RawMessage) int {
	total := 0
	for name, value := range data {
		total += fieldSize(name, value)
	}
	return total
}

// fieldSize counts a character of the name as the six that it can take.
func fieldSize(name string, value json.RawMessage) int { return 6*len(name) + len(`"":,`) + len(value) }

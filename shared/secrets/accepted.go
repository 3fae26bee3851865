package secrets

import (
	"encoding/json"
	"fmt"
	"slices"
)

// MostAccepted is how many texts an Accepted has at most: a rotation needs two, and each one more is another that opens.
const MostAccepted = 5

// Accepted is a field of a secret that senders are known by. In JSON it is one text, or a list of them while one is being
// replaced: the one in use first, and behind it those that are taken as well. No text, null and an empty text are none.
type Accepted []string

// UnmarshalJSON reads either form.
func (a *Accepted) UnmarshalJSON(raw []byte) error {
	var one string
	if json.Unmarshal(raw, &one) != nil {
		return json.Unmarshal(raw, (*[]string)(a))
	}
	if *a = nil; one != "" {
		*a = Accepted{one}
	}
	return nil
}

// ParseAccepted gives what parse makes of each text of a field. It refuses more than MostAccepted and what is there twice. Its
// errors begin with the field, and hold nothing of the texts as long as those of parse do not.
func ParseAccepted[T comparable](field string, texts Accepted, parse func(string) (T, error)) ([]T, error) {
	if len(texts) > MostAccepted {
		return nil, fmt.Errorf("%s: there are more than %d; take out those that nobody uses any more", field, MostAccepted)
	}
	var all []T
	for _, text := range texts {
		one, err := parse(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", field, err)
		}
		if slices.Contains(all, one) {
			return nil, fmt.Errorf("%s: one of them is there twice", field)
		}
		all = append(all, one)
	}
	return all, nil
}

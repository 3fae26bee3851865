package phone_test

import (
	"errors"
	"regexp"
	"strings"
	"testing"

	"gavel/shared/phone"
)

// FuzzParse checks that what is accepted is E.164 with the very digits that were given, is accepted again as it is,
// and that what is refused is refused for one of the reasons.
func FuzzParse(f *testing.F) {
	for _, text := range []string{
		"", "+", "+40747777777", "0040 747-777-777", "+40 (747) 777.777", "＋40\u00a0747–777−777", "\u202a+40747777777\u202c",
		"+44 (0)20 7946 0958", "+44 ( 0 ) 20 7946 0958", "0747777777", "00+40", "tel:+40747777777", "+407477777777777777", "+4\xff",
	} {
		f.Add(text)
	}
	e164 := regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)
	reasons := []error{phone.ErrEmpty, phone.ErrNoCountryCode, phone.ErrCharacter, phone.ErrTrunkZero, phone.ErrLength}
	f.Fuzz(func(t *testing.T, text string) {
		number, err := phone.Parse(text)
		if err != nil {
			for _, reason := range reasons {
				if errors.Is(err, reason) && number == (phone.Number{}) {
					return
				}
			}
			t.Fatalf("got %q, %v, want one of the reasons alone", number.E164(), err)
		}
		if !e164.MatchString(number.E164()) {
			t.Fatalf("got %q, want E.164", number.E164())
		}
		if got, want := strings.TrimPrefix(number.E164(), "+"), digits(text); got != want && "00"+got != want {
			t.Fatalf("got digits %s, want those given: %s", got, want)
		}
		if again, err := phone.Parse(number.E164()); err != nil || again != number {
			t.Fatalf("got %q, %v from %s, want the same", again.E164(), err, number.E164())
		}
	})
}

func digits(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, text)
}

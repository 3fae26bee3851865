// Package phone reads telephone numbers as people write them and gives the one form that
// providers take: E.164 with a leading +.
package phone

import (
	"errors"
	"log/slog"
	"strings"
	"unicode"
)

// Number is a number in E.164 form, such as +40747777777. It is personal data, so it logs as
// a placeholder; turn it into a string with E164 where it really goes out.
type Number struct{ e164 string }

// E164 gives the number itself.
func (n Number) E164() string { return n.e164 }

// String hides the number.
func (n Number) String() string { return "[phone]" }

// GoString hides the number.
func (n Number) GoString() string { return "[phone]" }

// LogValue hides the number.
func (n Number) LogValue() slog.Value { return slog.StringValue("[phone]") }

// MarshalJSON hides the number.
func (n Number) MarshalJSON() ([]byte, error) { return []byte(`"[phone]"`), nil }

// The reasons for which Parse refuses a number.
var (
	ErrEmpty         = errors.New("expected a phone number")
	ErrNoCountryCode = errors.New("expected an international number starting with + and the country code")
	ErrCharacter     = errors.New("expected digits after the +, with nothing but spaces, dashes, dots, slashes and brackets between them")
	ErrTrunkZero     = errors.New("expected the number without the national (0)")
	ErrLength        = errors.New("expected 7 to 15 digits after the +")
)

// E.164 allows 15 digits at most; no country has a complete number of less than 7.
const (
	minDigits = 7
	maxDigits = 15
)

// Parse reads a number: +40747777777, "0040 747-777-777", "+40 (747) 777.777".
// JaaS does not say which forms it takes, its example is +40747777777
// (https://developer.8x8.com/jaas/docs/webhooks-jaas-endpoints), and a hang-up must name the
// very string of the dial-out, so everything is brought to that one form.
func Parse(text string) (Number, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return Number{}, ErrEmpty
	}
	digits, plus, err := strip(text)
	if err != nil {
		return Number{}, err
	}
	if !plus {
		rest, international := strings.CutPrefix(digits, "00")
		if !international {
			return Number{}, ErrNoCountryCode
		}
		digits = rest
	}
	if strings.HasPrefix(digits, "0") {
		return Number{}, ErrNoCountryCode
	}
	if len(digits) < minDigits || len(digits) > maxDigits {
		return Number{}, ErrLength
	}
	return Number{e164: "+" + digits}, nil
}

// strip takes the separators away and tells whether the number began with a plus.
func strip(text string) (digits string, plus bool, err error) {
	var out, shape strings.Builder // shape has the digits and the brackets, all of them round
	for _, r := range text {
		switch {
		case r >= '0' && r <= '9':
			out.WriteRune(r)
			shape.WriteRune(r)
		case strings.ContainsRune("([{", r):
			shape.WriteByte('(')
		case strings.ContainsRune(")]}", r):
			shape.WriteByte(')')
		case (r == '+' || r == '＋') && out.Len() == 0 && !plus:
			plus = true
		case !separator(r):
			return "", false, ErrCharacter
		}
	}
	// "+44 (0)20 …": dropping the brackets alone would call somebody else.
	if strings.Contains(shape.String(), "(0)") {
		return "", false, ErrTrunkZero
	}
	return out.String(), plus, nil
}

func separator(r rune) bool {
	return unicode.IsSpace(r) || unicode.Is(unicode.Pd, r) || unicode.Is(unicode.Cf, r) ||
		strings.ContainsRune("−./", r)
}

package phone_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"gavel/shared/phone"
)

func TestParse_Refuses(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		text string
		want error
	}{
		"nothing":                       {"", phone.ErrEmpty},
		"white space":                   {" \t\r\n\u00a0", phone.ErrEmpty},
		"a plus":                        {"+", phone.ErrLength},
		"separators":                    {"-()", phone.ErrNoCountryCode},
		"national":                      {"0747777777", phone.ErrNoCountryCode},
		"national without the zero":     {"747777777", phone.ErrNoCountryCode},
		"country code without plus":     {"40747777777", phone.ErrNoCountryCode},
		"North American prefix":         {"01140747777777", phone.ErrNoCountryCode},
		"plus and 00":                   {"+0040747777777", phone.ErrNoCountryCode},
		"plus and 0":                    {"+0747777777", phone.ErrNoCountryCode},
		"000":                           {"00040747777777", phone.ErrNoCountryCode},
		"00 twice":                      {"000040747777777", phone.ErrNoCountryCode},
		"00 alone":                      {"00", phone.ErrLength},
		"two pluses":                    {"++40747777777", phone.ErrCharacter},
		"a plus inside":                 {"+40+747777777", phone.ErrCharacter},
		"a plus behind":                 {"40747777777+", phone.ErrCharacter},
		"00 and a plus":                 {"00+40747777777", phone.ErrCharacter},
		"letters":                       {"+1 800 FLOWERS", phone.ErrCharacter},
		"an extension":                  {"+40747777777 ext. 5", phone.ErrCharacter},
		"an extension in short":         {"+40747777777x5", phone.ErrCharacter},
		"an extension as in a URI":      {"+40747777777;ext=5", phone.ErrCharacter},
		"a pause":                       {"+40747777777,,123#", phone.ErrCharacter},
		"a URI":                         {"tel:+40747777777", phone.ErrCharacter},
		"a SIP address":                 {"sip:+40747777777@8x8.vc", phone.ErrCharacter},
		"two numbers":                   {"+40747777777, +40747777778", phone.ErrCharacter},
		"two numbers on two lines":      {"+40747777777\n+40747777778", phone.ErrCharacter},
		"percent encoded":               {"%2B40747777777", phone.ErrCharacter},
		"hexadecimal":                   {"0x40747777777", phone.ErrCharacter},
		"a float":                       {"4.0747777777e+10", phone.ErrCharacter},
		"a NUL":                         {"+40747777777\x00", phone.ErrCharacter},
		"broken UTF-8":                  {"+40747777777\xff", phone.ErrCharacter},
		"Arabic digits":                 {"+٤٠٧٤٧٧٧٧٧٧٧", phone.ErrCharacter},
		"wide digits":                   {"+４０７４７７７７７７７", phone.ErrCharacter},
		"a digit that is a superscript": {"+4074777777⁷", phone.ErrCharacter},
		"trunk zero":                    {"+44 (0)20 7946 0958", phone.ErrTrunkZero},
		"trunk zero after 00":           {"0044(0)2079460958", phone.ErrTrunkZero},
		"trunk zero in wide brackets":   {"+44 ( 0 ) 20 7946 0958", phone.ErrTrunkZero},
		"trunk zero in other brackets":  {"+44 [0] 20 7946 0958", phone.ErrTrunkZero},
		"trunk zero after a mark":       {"+44 (\u200b0)20 7946 0958", phone.ErrTrunkZero},
		"six digits":                    {"+407477", phone.ErrLength},
		"six digits after 00":           {"00407477", phone.ErrLength},
		"sixteen digits":                {"+4074777777777777", phone.ErrLength},
		"sixteen digits after 00":       {"004074777777777777", phone.ErrLength},
		"very many digits":              {"+" + strings.Repeat("4", 1<<20), phone.ErrLength},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			number, err := phone.Parse(tt.text)
			if !errors.Is(err, tt.want) {
				t.Errorf("%.40q: got %q, %v, want %v", tt.text, number.E164(), err, tt.want)
			}
			if number != (phone.Number{}) {
				t.Errorf("%.40q: got %q beside the error, want nothing", tt.text, number.E164())
			}
		})
	}
}

// An error goes to the caller and into logs.
func TestParse_ErrorHidesTheNumber(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"0747777777", "+40747777777x5", "+44 (0)747777777", "+4074777777747777777", "747777777"} {
		_, err := phone.Parse(text)
		if err == nil || strings.Contains(err.Error(), "747") {
			t.Errorf("%s: got error %v, want one without the number", text, err)
		}
	}
}

func TestParse_BringsEveryFormToOne(t *testing.T) {
	t.Parallel()
	const want = "+40747777777"
	for name, text := range map[string]string{
		"as it goes out":              "+40747777777",
		"00":                          "0040747777777",
		"00 with spaces":              "00 40 747 777 777",
		"0 0":                         "0 040747777777",
		"spaces":                      "+40 747 777 777",
		"space after the plus":        "+ 40747777777",
		"space around":                "  +40747777777\r\n",
		"tabs":                        "\t+40\t747777777\t",
		"dashes":                      "+40-747-777-777",
		"dots":                        "+40.747.777.777",
		"slashes":                     "+40/747/777777",
		"brackets":                    "+40 (747) 777-777",
		"brackets around the code":    "(+40) 747777777",
		"brackets around all":         "(+40747777777)",
		"brackets around 00":          "(00)40747777777",
		"square brackets":             "[+40] 747777777",
		"everything":                  "0040 (747) 777-7.7/7",
		"hyphens":                     "+40\u2010747\u2010777777",
		"hyphens that do not break":   "+40\u2011747\u2011777777",
		"en dashes":                   "+40–747–777–777",
		"em dashes":                   "+40—747777777",
		"minus signs":                 "+40−747−777777",
		"soft hyphens":                "+40\u00ad747777777",
		"wide hyphens":                "+40－747777777",
		"spaces that do not break":    "+40\u00a0747\u202f777\u2007777",
		"thin spaces":                 "+40\u2009747777777",
		"ideographic space":           "+40\u3000747777777",
		"no-width space":              "+40\u200b747777777",
		"byte order mark":             "\ufeff+40747777777",
		"direction marks of contacts": "\u202a+40747777777\u202c",
		"wide plus":                   "＋40747777777",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got, err := phone.Parse(text); err != nil || got.E164() != want {
				t.Errorf("%+q: got %q, %v, want %s", text, got.E164(), err, want)
			}
		})
	}
}

func TestParse_TakesTheLengthsOfE164(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"+2902123":           "+2902123", // Saint Helena had 4 digits after its code
		"+407477777777777":   "+407477777777777",
		"00407477777777777":  "+407477777777777",
		"+39 06 69812345":    "+390669812345", // Italy keeps its zero
		"+39 (06) 6981 2345": "+390669812345",
		"+1 (300) 555-0100":  "+13005550100",
	} {
		if got, _ := phone.Parse(text); got.E164() != want {
			t.Errorf("%s: got %q, want %q", text, got.E164(), want)
		}
	}
}

// Hanging up must name the very string of the dial-out.
func TestParse_IsIdempotent(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"+40747777777", "0040 747 777 777", "(+1) 300-555-0100", "+2902123", "+407477777777777"} {
		once, err := phone.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if twice, err := phone.Parse(once.E164()); err != nil || twice != once {
			t.Errorf("%s: got %q, %v, want %q again", text, twice.E164(), err, once.E164())
		}
	}
}

func TestNumber_HidesItself(t *testing.T) {
	t.Parallel()
	number, err := phone.Parse("+40747777777")
	if err != nil {
		t.Fatal(err)
	}
	if got := slog.AnyValue(number).Resolve(); got.Kind() != slog.KindString || got.String() != "[phone]" {
		t.Errorf("as an attribute: got %s, want a placeholder before any handler sees it", got)
	}
	call := struct {
		Number  phone.Number
		Pointer *phone.Number
		List    []phone.Number
	}{number, &number, []phone.Number{number}}
	for _, value := range []any{number, &number, call, &call, map[string]any{"to": number}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X"} {
			hidden(t, fmt.Sprintf("%T as %s", value, verb), fmt.Sprintf(verb, value))
		}
		hidden(t, fmt.Sprintf("%T as an error", value), fmt.Errorf("call %v", value).Error())

		encoded, err := json.Marshal(value)
		if err != nil {
			t.Errorf("%T as JSON: got %v, want none", value, err)
		}
		hidden(t, fmt.Sprintf("%T as JSON", value), string(encoded))
		if !bytes.Contains(encoded, []byte(`"[phone]"`)) {
			t.Errorf("%T as JSON: got %s, want a placeholder", value, encoded)
		}

		var log bytes.Buffer
		for _, handler := range []slog.Handler{slog.NewJSONHandler(&log, nil), slog.NewTextHandler(&log, nil)} {
			slog.New(handler).With("with", value).Info("call", "to", value, slog.Group("group", "to", value))
		}
		hidden(t, fmt.Sprintf("%T in the log", value), log.String())
		if !strings.Contains(log.String(), "[phone]") {
			t.Errorf("%T in the log: got %s, want a placeholder", value, &log)
		}
	}
}

// hidden looks for the number, also as a list of bytes or in hexadecimal.
func hidden(t *testing.T, how, text string) {
	t.Helper()
	for _, digits := range []string{"747777777", "55 52 55 55 55", "373437373737", "0x37, 0x34, 0x37"} {
		if strings.Contains(text, digits) {
			t.Errorf("%s: got %s, want the number hidden", how, text)
			return
		}
	}
}

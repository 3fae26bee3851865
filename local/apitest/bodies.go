package apitest

import (
	"fmt"
	"strings"
)

// Unreadable gives bodies, by what is wrong with them, that are no JSON, or JSON that two readers could understand in two
// ways: with a field of the body, and made of a whole one.
func Unreadable(field, whole string) map[string]string {
	name := `{"` + field + `":`
	return map[string]string{
		"cut short":                  `{`,
		"cut short in a value":       name + `"` + Rejected,
		"blank":                      " \n",
		"no JSON":                    Rejected,
		"a form":                     field + "=" + Rejected,
		"name without quotes":        `{` + field + `:"` + Rejected + `"}`,
		"single quotes":              `{'` + field + `':'` + Rejected + `'}`,
		"comma at the end":           name + `"` + Rejected + `",}`,
		"comment":                    "// " + Rejected + "\n" + whole,
		"not a number":               name + `NaN}`,
		"leading zero":               name + `0747}`,
		"byte order mark":            "\ufeff" + whole,
		"text after it":              whole + Rejected,
		"a second value":             whole + whole,
		"a name twice":               name + `"` + Rejected + `","` + field + `":"` + Rejected + `"}`,
		"a name twice, once escaped": name + `1,"` + fmt.Sprintf(`\u%04x`, field[0]) + field[1:] + `":1}`,
		"a name twice further down":  name + `{"a":1,"a":2}}`,
		"invalid UTF-8":              name + `"` + Rejected + "\xff\"}",
		"invalid UTF-8 in a name":    "{\"\xff\":1}",
		"overlong UTF-8":             name + "\"\xc0\xaf\"}",
		"surrogate in UTF-8":         name + "\"\xed\xa0\x80\"}",
		"half a surrogate pair":      name + `"\ud800"}`,
		"surrogates the wrong way":   name + `"\udc00\ud800"}`,
		"control character":          name + "\"a\x00b\"}",
		"UTF-16":                     "{\x00}\x00",
		"nested too deep":            strings.Repeat("[", 20_000),
		"objects nested too deep":    strings.Repeat(`{"a":`, 12_000),
		"number beyond all bounds":   name + `747e400}`,
	}
}

package openmeetings

import (
	"strconv"
	"strings"
)

// appendLoose writes text as Jettison's converter reads it: what Java would print for a long, a double or a boolean
// becomes that. Run against Jettison 1.5.3; a double of the form 1.0E-5 is left alone there, and 1.0 loses its end.
// https://github.com/jettison-json/jettison/blob/master/src/main/java/org/codehaus/jettison/mapped/DefaultConverter.java
func appendLoose(b []byte, text string) []byte {
	if text == "true" || text == "false" {
		return append(b, text...)
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil && strconv.FormatInt(n, 10) == text {
		return append(b, text...)
	}
	if d, err := strconv.ParseFloat(text, 64); err == nil && javaDouble(d) == text && !strings.Contains(text, "E-") {
		if !strings.Contains(text, "E") {
			text = strings.TrimSuffix(text, ".0")
		}
		return append(b, text...)
	}
	return appendText(b, text)
}

// javaDouble is Double.toString. https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/lang/Double.html
func javaDouble(d float64) string {
	abs := max(d, -d)
	if abs == 0 || abs >= 1e-3 && abs < 1e7 {
		s := strconv.FormatFloat(d, 'f', -1, 64)
		if !strings.Contains(s, ".") {
			s += ".0"
		}
		return s
	}
	mantissa, exponent, found := strings.Cut(strconv.FormatFloat(d, 'E', -1, 64), "E")
	if !found { // not a number, or infinite: no JSON number
		return ""
	}
	if !strings.Contains(mantissa, ".") {
		mantissa += ".0"
	}
	exponent = strings.TrimPrefix(exponent, "+")
	sign := ""
	if strings.HasPrefix(exponent, "-") {
		sign, exponent = "-", exponent[1:]
	}
	return mantissa + "E" + sign + strings.TrimLeft(exponent, "0")
}

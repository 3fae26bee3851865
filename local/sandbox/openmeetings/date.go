package openmeetings

import (
	"strings"
	"time"
)

const (
	dateTime = "2006-01-02T15:04:05"
	// dateTimeZone is ISO8601_FULL_FORMAT.
	dateTimeZone = dateTime + "-0700"
)

// parseDate reads a date as the server does, with what commons-lang makes of it: only a zone of the form ±hhmm is read
// as one. Whatever else follows the seconds, Z and +03:00 too, is ignored, and the time is the server's. So is a date
// alone, and a date with what is no time behind it.
// See DateParamConverter.java in openmeetings-webservice.
func parseDate(text string) (time.Time, bool) {
	for _, layout := range []string{dateTimeZone, dateTime, time.DateOnly} {
		// Each layout writes as many characters as it reads.
		if n := len(layout); len(text) >= n {
			if at, err := time.ParseInLocation(layout, text[:n], serverZone); err == nil {
				return at, true
			}
		}
	}
	return time.Time{}, false
}

// date reads a date of a DTO, zero when it is missing or empty. Milliseconds are a number, and refused as any text is
// that is no date.
func (in *input) date(name string) time.Time {
	raw := in.value(name)
	if raw == nil || string(raw) == `""` {
		return time.Time{}
	}
	at, ok := parseDate(strings.Trim(string(raw), `"`))
	if !ok {
		in.fail(false, "Unparsable format: field %s", name)
	}
	return at
}

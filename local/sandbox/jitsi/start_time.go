package jitsi

import (
	"regexp"
	"strconv"
	"time"
)

var (
	dateTime = regexp.MustCompile(`^(\d{4})-?(\d\d)-?(\d\d)T(\d\d:\d\d:\d\d)\.?\d*([Z+-]?.*)$`)
	offset   = regexp.MustCompile(`^([+-])(\d\d):?(\d*)`)
)

// startTime reads a date as Prosody's util.datetime does: fractions of a second are dropped, and without a zone it is
// UTC.
func startTime(v any) (time.Time, bool) {
	part := dateTime.FindStringSubmatch(word(v))
	if part == nil {
		return time.Time{}, false
	}
	t, err := time.Parse("20060102 15:04:05", part[1]+part[2]+part[3]+" "+part[4])
	if err != nil {
		return time.Time{}, false
	}
	if zone := part[5]; zone != "" && zone != "Z" {
		shift, ok := zoneShift(zone)
		if !ok {
			return time.Time{}, false
		}
		t = t.Add(-shift)
	}
	return t, true
}

func zoneShift(zone string) (time.Duration, bool) {
	part := offset.FindStringSubmatch(zone)
	if part == nil {
		return 0, false
	}
	hours, _ := strconv.Atoi(part[2])
	minutes, _ := strconv.Atoi(part[3]) // none is 0
	shift := time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute
	if part[1] == "-" {
		return -shift, true
	}
	return shift, true
}

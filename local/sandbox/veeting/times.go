package veeting

import "time"

// timeLayout is the one form of every timestamp in the tutorial: UTC with milliseconds.
const timeLayout = "2006-01-02T15:04:05.000Z"

func formatTime(t time.Time) string { return t.UTC().Format(timeLayout) }

// parseTime also refuses what [time.Parse] reads leniently, such as a comma before the milliseconds.
func parseTime(text string) (time.Time, bool) {
	t, err := time.Parse(timeLayout, text)
	return t, err == nil && formatTime(t) == text
}

// wholeMinutes returns the minutes from start to end, 0 when they are not whole.
func wholeMinutes(start, end time.Time) int64 {
	d := end.Sub(start)
	if d%time.Minute != 0 {
		return 0
	}
	return int64(d / time.Minute)
}

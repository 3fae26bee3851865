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

// begunMinutes returns the minutes from start to end, begun ones included: times need not lie whole minutes apart.
func begunMinutes(start, end time.Time) int64 {
	return int64((end.Sub(start) + time.Minute - 1) / time.Minute)
}

package schedule

import "time"

// notice is how far ahead a schedule must be, so that it is not in the past when it arrives.
const notice = 5 * time.Second

// expression gives the time for a one-time schedule, in UTC. It knows whole seconds; a room's end
// must not be announced before it has come.
func expression(at, now time.Time) string {
	if soonest := now.Add(notice); at.Before(soonest) {
		at = soonest
	}
	whole := at.UTC().Truncate(time.Second)
	if whole.Before(at) {
		whole = whole.Add(time.Second)
	}
	return whole.Format("at(2006-01-02T15:04:05)")
}

package table

import (
	"errors"
	"time"
)

// lastExpiry is the last second of the year 9999, and of what RFC 3339 can write.
const lastExpiry = 253402300799

// Expired says whether the time of an item has come, as it is stored.
func (i Item) Expired(now time.Time) bool { return !i.Expires.IsZero() && !now.Before(i.Expires) }

// ExpirySeconds gives a time as engines store it: in whole seconds since 1970, rounded up.
func ExpirySeconds(expires time.Time) int64 {
	seconds := expires.Unix()
	if expires.Nanosecond() > 0 {
		seconds++
	}
	return seconds
}

// ExpiryAt reads what ExpirySeconds made. It knows seconds that CheckChanges would not have let in.
func ExpiryAt(seconds int64) (expires time.Time, ok bool) {
	if seconds < 0 || seconds > lastExpiry {
		return time.Time{}, false
	}
	return time.Unix(seconds, 0).UTC(), true
}

func checkExpiry(expires time.Time) error {
	if expires.IsZero() {
		return nil
	}
	if expires.Unix() < 0 || ExpirySeconds(expires) > lastExpiry {
		return errors.New("an expiry before 1970 or after 9999")
	}
	return nil
}

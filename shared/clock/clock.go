// Package clock is the clock of everything that outlives a call.
package clock

import "time"

// Now gives the time without a monotonic reading. Lambda freezes the process between calls and
// the monotonic clock may stand still meanwhile, so that what was cached would look fresh for
// hours (https://github.com/hashicorp/vault-lambda-extension/issues/113).
func Now() time.Time { return time.Now().Round(0) }

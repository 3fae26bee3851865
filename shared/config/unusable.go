package config

// Unusable says that something the settings name outside of the process is not there, or may not be used. It stays so until an
// operator mends it.
type Unusable struct {
	What  string // names it, with the setting, and says what is wrong; for callers as well
	Cause error  // for the log alone
}

// Error says what is wrong, and the cause.
func (u *Unusable) Error() string {
	if u.Cause == nil {
		return u.What
	}
	return u.What + ": " + u.Cause.Error()
}

// Unwrap gives the cause.
func (u *Unusable) Unwrap() error { return u.Cause }

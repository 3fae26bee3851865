package audit

import "gavel/shared/config"

// Configured makes the Trail that the settings ask for.
func Configured(c config.Config) Trail { return NewTrail(c.AuditDays) }

package schedule

import (
	"gavel/shared/awsenv"
	"gavel/shared/config"
)

// Configured makes the Scheduler that the settings ask for, with the credentials Lambda puts into
// the environment.
func Configured(c config.Config) *Scheduler {
	return New(Options{
		Group:         c.ScheduleGroup,
		TargetARN:     c.ScheduleTargetARN,
		RoleARN:       c.ScheduleRoleARN,
		DeadLetterARN: c.ScheduleDeadLetterARN,
		Region:        c.AWSRegion,
		Endpoint:      c.ScheduleEndpoint,
		Credentials:   awsenv.Credentials(),
	})
}

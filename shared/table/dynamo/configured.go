package dynamo

import (
	"gavel/shared/awsenv"
	"gavel/shared/config"
	"gavel/shared/table"
)

// Configured makes the Store that the settings ask for, with the credentials Lambda puts into the
// environment.
func Configured(c config.Config) *Store {
	return New(Options{
		Table:       c.Table,
		Region:      c.AWSRegion,
		Endpoint:    c.TableEndpoint,
		Credentials: awsenv.Credentials(),
	})
}

// Lazy makes it when it is first needed. That spares a function that seldom needs it up to a quarter of a millisecond of
// its start.
func Lazy(c config.Config) func() table.Store {
	return func() table.Store { return Configured(c) }
}

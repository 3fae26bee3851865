package dynamo

import (
	"sync"

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

// Lazy makes it when it is first needed, and gives the same one ever after. That spares the start of a function that does
// not need it at once up to a quarter of a millisecond.
func Lazy(c config.Config) func() table.Store {
	return sync.OnceValue(func() table.Store { return Configured(c) })
}

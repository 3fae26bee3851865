package objects

import (
	"gavel/shared/awsenv"
	"gavel/shared/config"
)

// Configured makes the Store that the settings ask for, with the credentials Lambda puts into the
// environment.
func Configured(c config.Config) *Store {
	return New(Options{
		Bucket:      c.FilesBucket,
		Region:      c.AWSRegion,
		Endpoint:    c.FilesEndpoint,
		Credentials: awsenv.Credentials(),
	})
}

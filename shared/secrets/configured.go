package secrets

import (
	"gavel/shared/awsenv"
	"gavel/shared/config"
)

// Configured makes the Source that the settings ask for: the secrets file if there is one, else
// Secrets Manager with the credentials Lambda puts into the environment.
func Configured(c config.Config) Source {
	if c.SecretsFile != "" {
		return NewFile(c.SecretsFile, c.SecretPrefix)
	}
	return NewManager(ManagerOptions{
		Prefix:      c.SecretPrefix,
		Region:      c.AWSRegion,
		Endpoint:    c.SecretsEndpoint,
		Credentials: awsenv.Credentials(),
	})
}

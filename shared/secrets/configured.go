package secrets

import (
	"context"
	"errors"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"

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
		Credentials: aws.CredentialsProviderFunc(environmentCredentials),
	})
}

func environmentCredentials(context.Context) (aws.Credentials, error) {
	credentials := aws.Credentials{
		AccessKeyID:     os.Getenv("AWS_ACCESS_KEY_ID"),
		SecretAccessKey: os.Getenv("AWS_SECRET_ACCESS_KEY"),
		SessionToken:    os.Getenv("AWS_SESSION_TOKEN"),
		Source:          "environment",
	}
	if !credentials.HasKeys() {
		return aws.Credentials{}, errors.New("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set")
	}
	return credentials, nil
}

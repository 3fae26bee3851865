// Package awsenv gives AWS clients what Lambda puts into the environment. The SDK's own config
// package does the same and more, for several milliseconds of each start.
package awsenv

import (
	"context"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"

	"gavel/shared/config"
)

// Credentials reads the credentials from the environment, anew each time it is asked.
func Credentials() aws.CredentialsProvider { return aws.CredentialsProviderFunc(fromEnvironment) }

func fromEnvironment(context.Context) (aws.Credentials, error) {
	credentials := aws.Credentials{
		AccessKeyID:     os.Getenv("AWS_ACCESS_KEY_ID"),
		SecretAccessKey: os.Getenv("AWS_SECRET_ACCESS_KEY"),
		SessionToken:    os.Getenv("AWS_SESSION_TOKEN"),
		Source:          "environment",
	}
	if !credentials.HasKeys() {
		return aws.Credentials{}, &config.Unusable{What: "the environment has no AWS credentials: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set"}
	}
	return credentials, nil
}

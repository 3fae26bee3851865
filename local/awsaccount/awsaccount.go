// Package awsaccount finds the AWS account that commands of a developer's terminal work on, as AWS's own tools do, and says in
// words what stands against it.
package awsaccount

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/smithy-go"
)

// patience is how long credentials are looked for: a machine in AWS is asked over the network whether it has some. So long is one
// answer of a service waited for, too: the SDK itself waits for ever where a connection is taken and nothing comes.
const patience = 20 * time.Second

// Load gives what clients of AWS services are made of, from the environment and from the files of AWS's own tools
// (https://docs.aws.amazon.com/sdkref/latest/guide/creds-config-files.html). Region and profile go before what is found there,
// where they are not empty.
func Load(ctx context.Context, region, profile string) (aws.Config, error) {
	return load(ctx, region, profile, patience)
}

func load(ctx context.Context, region, profile string, patience time.Duration) (aws.Config, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	options := []func(*config.LoadOptions) error{config.WithHTTPClient(awshttp.NewBuildableClient().WithTimeout(patience))}
	if region != "" {
		options = append(options, config.WithRegion(region))
	}
	if profile != "" {
		options = append(options, config.WithSharedConfigProfile(profile))
	}
	loaded, err := config.LoadDefaultConfig(ctx, options...)
	if _, missing := errors.AsType[config.SharedConfigProfileNotExistError](err); missing {
		return aws.Config{}, errors.New("there is no such AWS profile on this machine: aws configure list-profiles shows those there are")
	}
	if err != nil {
		return aws.Config{}, errors.New("the AWS settings of this machine (~/.aws/config, AWS_…) cannot be read: aws configure list may say why")
	}
	if loaded.Region == "" {
		return aws.Config{}, errors.New("no AWS region is set: add -region eu-central-1, or set AWS_REGION")
	}
	if _, err := loaded.Credentials.Retrieve(ctx); err != nil {
		return aws.Config{}, errors.New("there are no AWS credentials, or they have expired: log in (aws sso login, aws configure), " +
			"name a profile (-profile), or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
	}
	return loaded, nil
}

// Denied says whether AWS refuses an action to these credentials.
func Denied(err error) bool {
	var api smithy.APIError
	if !errors.As(err, &api) {
		return false
	}
	switch api.ErrorCode() {
	case "AccessDeniedException", "AccessDenied", "UnauthorizedOperation":
		return true
	}
	return false
}

// Missing says whether AWS does not know what was asked for.
func Missing(err error) bool {
	var api smithy.APIError
	if !errors.As(err, &api) {
		return false
	}
	switch api.ErrorCode() {
	case "ResourceNotFoundException", "NoSuchBucket", "NoSuchEntity", "NotFound":
		return true
	}
	return false
}

// Explain says in words what AWS answered to an action on something, and what to do. AWS's own message stays out: it may name
// people and quote the request.
func Explain(action, what string, err error) error {
	var api smithy.APIError
	switch {
	case !errors.As(err, &api):
		return fmt.Errorf("AWS did not answer to %s: is the region right, and is there a way out of this network?", action)
	case Denied(err):
		return fmt.Errorf("these credentials may not do %s on %s: have it allowed, or use another -profile", action, what)
	case Missing(err):
		return fmt.Errorf("%s does not exist in this account and region", what)
	}
	switch code := api.ErrorCode(); code {
	case "InvalidRequestException":
		return fmt.Errorf("%s is marked for deletion, or has no version: take that back with aws secretsmanager restore-secret", what)
	case "UnrecognizedClientException", "InvalidClientTokenId", "InvalidSignatureException", "SignatureDoesNotMatch",
		"RequestTimeTooSkewed", "InvalidAccessKeyId":
		return errors.New("AWS does not take these credentials: are they those of the account, whole, and is this machine's clock right?")
	case "ExpiredTokenException", "ExpiredToken", "RequestExpired":
		return errors.New("the AWS credentials have expired: log in again (aws sso login)")
	case "EncryptionFailure", "DecryptionFailure", "KMSAccessDeniedException":
		return fmt.Errorf("the KMS key of %s cannot be used: it is disabled, of another account or region, or its policy does not let you", what)
	default:
		return fmt.Errorf("AWS answered %s to %s on %s", code, action, what)
	}
}

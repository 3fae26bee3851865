package secrets

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/smithy-go"

	"gavel/shared/awsenv"
	"gavel/shared/awsretry"
	"gavel/shared/config"
)

// Manager reads secrets from AWS Secrets Manager, always the version labelled AWSCURRENT.
type Manager struct {
	client *secretsmanager.Client
	prefix string
}

var _ Source = (*Manager)(nil)

// ManagerOptions say where Secrets Manager is and as whom to ask it.
type ManagerOptions struct {
	Prefix      string // first part of every secret's name, without a slash
	Region      string
	Endpoint    string // empty for the region's own
	Credentials aws.CredentialsProvider
	HTTP        aws.HTTPClient // nil for the SDK's own
}

// NewManager makes a Manager. The client is built from its options and not by the SDK's
// config package, which would cost each function several milliseconds of start.
func NewManager(opt ManagerOptions) *Manager {
	sdk := secretsmanager.Options{
		Region:      opt.Region,
		Credentials: opt.Credentials,
		HTTPClient:  opt.HTTP,
		Retryer:     awsretry.New(), // the SDK's own pauses may be longer than fetchTimeout, and hide what Secrets Manager says
	}
	if opt.Endpoint != "" {
		sdk.BaseEndpoint = aws.String(opt.Endpoint)
	}
	return &Manager{client: secretsmanager.New(sdk), prefix: opt.Prefix}
}

// FullName gives prefix/name.
func (m *Manager) FullName(name string) string { return m.prefix + "/" + name }

// Read gets the secret's current version
// (https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html).
func (m *Manager) Read(ctx context.Context, name string) (Raw, error) {
	full := m.FullName(name)
	out, err := m.client.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: aws.String(full)})
	if err != nil {
		return Raw{}, managerError(full, err)
	}
	if out.VersionId == nil {
		return Raw{}, unreadable(full, errors.New("an answer without a version"))
	}
	content := out.SecretBinary
	if out.SecretString != nil {
		content = []byte(*out.SecretString)
	}
	return NewRaw(aws.ToString(out.VersionId), content), nil
}

// managerError tells what an operator can mend from what passes by itself.
func managerError(full string, err error) *Error {
	known := &Error{Name: full, Reason: "Secrets Manager did not answer", Passing: true, Cause: err}
	if unusable, ok := errors.AsType[*config.Unusable](err); ok { // nothing was asked for want of credentials
		return &Error{Name: full, Reason: unusable.What}
	}
	if _, garbled := errors.AsType[*smithy.DeserializationError](err); garbled {
		return unreadable(full, fmt.Errorf("HTTP %d", httpStatus(err)))
	}
	var api smithy.APIError
	if !errors.As(err, &api) {
		return known
	}
	known.Reason = "Secrets Manager answered " + api.ErrorCode()
	if httpStatus(err) >= http.StatusInternalServerError {
		return known
	}
	if awsenv.NotTaken(api) {
		return &Error{Name: full, Reason: "the AWS credentials in the environment are not taken: " + api.ErrorCode(), Cause: err}
	}
	switch api.ErrorCode() {
	case "ResourceNotFoundException":
		known.Reason, known.Passing, known.Missing = "it does not exist", false, true
	case "InvalidRequestException":
		known.Reason, known.Passing = "it is marked for deletion or has no current version", false
	case "AccessDeniedException":
		known.Reason, known.Passing = "this function may not read it: it lacks secretsmanager:GetSecretValue for it, or kms:Decrypt for its key", false
	case "DecryptionFailure":
		known.Reason, known.Passing = "it cannot be decrypted with its KMS key", false
	}
	return known
}

// unreadable is the error of an answer that Secrets Manager would not give. The SDK's own error stays out of the log:
// it may quote the answer, and with it the secret.
func unreadable(full string, cause error) *Error {
	return &Error{Name: full, Reason: "Secrets Manager's answer cannot be read", Passing: true, Cause: cause}
}

// httpStatus gives 0 when there was no answer.
func httpStatus(err error) int {
	var response interface{ HTTPStatusCode() int }
	if !errors.As(err, &response) {
		return 0
	}
	return response.HTTPStatusCode()
}

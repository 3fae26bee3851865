package secretstore

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"

	"gavel/local/awsaccount"
)

// Tag is on every secret that is written: by it they are found, and paid for, together.
const (
	Tag      = "application"
	TagValue = "gavel"
)

// Manager is AWS Secrets Manager.
type Manager struct {
	client *secretsmanager.Client
	prefix string
	region string
	kmsKey string
}

var _ Store = (*Manager)(nil)

// ManagerOptions say where secrets are made.
type ManagerOptions struct {
	AWS    aws.Config
	Prefix string // first part of every secret's name, without a slash
	// KMSKey is the ARN or id of the key that encrypts the secrets; empty leaves it as it is, which is the AWS managed key for a
	// new secret.
	KMSKey string
}

// NewManager makes a Manager; nothing is asked yet.
func NewManager(opt ManagerOptions) *Manager {
	return &Manager{
		client: secretsmanager.NewFromConfig(opt.AWS), prefix: opt.Prefix, region: opt.AWS.Region, kmsKey: opt.KMSKey,
	}
}

// Where names the service and its region.
func (m *Manager) Where() string { return "Secrets Manager in " + m.region }

// FullName gives prefix/name.
func (m *Manager) FullName(name string) string { return m.prefix + "/" + name }

// Read gives the current version
// (https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html).
func (m *Manager) Read(ctx context.Context, name string) ([]byte, error) {
	full := m.FullName(name)
	out, err := m.client.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: &full})
	if awsaccount.Missing(err) {
		return nil, nil
	}
	if err != nil {
		return nil, awsaccount.Explain("secretsmanager:GetSecretValue", "the secret "+full, err)
	}
	if out.SecretString != nil {
		return []byte(*out.SecretString), nil
	}
	return out.SecretBinary, nil
}

// Write puts a new version of the secret, or makes it, and tags it. The version before it stays, as AWSPREVIOUS.
func (m *Manager) Write(ctx context.Context, name string, content []byte) error {
	full := m.FullName(name)
	err := m.update(ctx, full, string(content))
	if awsaccount.Missing(err) {
		return m.create(ctx, full, string(content))
	}
	return err
}

func tags() []types.Tag { return []types.Tag{{Key: aws.String(Tag), Value: aws.String(TagValue)}} }

func (m *Manager) create(ctx context.Context, full, content string) error {
	in := &secretsmanager.CreateSecretInput{
		Name: &full, SecretString: &content, Tags: tags(), Description: aws.String("Read by Gavel's functions"),
	}
	if m.kmsKey != "" {
		in.KmsKeyId = &m.kmsKey
	}
	if _, err := m.client.CreateSecret(ctx, in); err != nil {
		return awsaccount.Explain("secretsmanager:CreateSecret and secretsmanager:TagResource", "the secret "+full, err)
	}
	return nil
}

// update gives AWS's own error where there is no such secret. It tags first: once the content is written nothing may fail any more,
// as the caller would take it for not written.
func (m *Manager) update(ctx context.Context, full, content string) error {
	_, err := m.client.TagResource(ctx, &secretsmanager.TagResourceInput{SecretId: &full, Tags: tags()})
	action := "secretsmanager:TagResource"
	switch {
	case err != nil:
	case m.kmsKey == "":
		action = "secretsmanager:PutSecretValue"
		_, err = m.client.PutSecretValue(ctx, &secretsmanager.PutSecretValueInput{SecretId: &full, SecretString: &content})
	default: // a new version under the new key
		action = "secretsmanager:UpdateSecret"
		_, err = m.client.UpdateSecret(ctx, &secretsmanager.UpdateSecretInput{SecretId: &full, SecretString: &content, KmsKeyId: &m.kmsKey})
	}
	if err == nil || awsaccount.Missing(err) {
		return err
	}
	return awsaccount.Explain(action, "the secret "+full, err)
}

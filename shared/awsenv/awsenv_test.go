package awsenv_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"gavel/shared/awsenv"
	"gavel/shared/config"
)

func set(t *testing.T, id, secret, session string) {
	t.Helper()
	t.Setenv("AWS_ACCESS_KEY_ID", id)
	t.Setenv("AWS_SECRET_ACCESS_KEY", secret)
	t.Setenv("AWS_SESSION_TOKEN", session)
}

//nolint:paralleltest // it changes the process's environment
func TestCredentials_AreThoseOfTheEnvironment(t *testing.T) {
	provider := awsenv.Credentials()
	for _, session := range []string{"session", ""} { // the second after the first: nothing is kept
		set(t, "id", "secret", session)
		got, err := provider.Retrieve(t.Context())
		want := aws.Credentials{AccessKeyID: "id", SecretAccessKey: "secret", SessionToken: session, Source: "environment"}
		if err != nil || got != want {
			t.Errorf("got %+v, %v, want %+v", got, err, want)
		}
	}
}

//nolint:paralleltest // it changes the process's environment
func TestCredentials_NeedIDAndSecret(t *testing.T) {
	for _, pair := range [][2]string{{"", ""}, {"id", ""}, {"", "s3cret"}} {
		set(t, pair[0], pair[1], "session")
		got, err := awsenv.Credentials().Retrieve(t.Context())
		if err == nil || got != (aws.Credentials{}) {
			t.Errorf("got %+v, %v, want an error and no credentials", got, err)
			continue
		}
		if _, ok := errors.AsType[*config.Unusable](err); !ok {
			t.Errorf("got %v, want it to be mended", err)
		}
		if text := err.Error(); !strings.Contains(text, "AWS_ACCESS_KEY_ID") || strings.Contains(text, "s3cret") {
			t.Errorf("got %q, want it to name the variables and hold no value", err)
		}
	}
}

package secrets_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"gavel/local/standin"
	"gavel/shared/secrets"
)

const (
	ttl = 5 * time.Minute
	// hush stands in secrets and must not be seen anywhere else.
	hush = "hush-hush"
)

func newClock() *standin.Clock {
	return standin.NewClock(time.Date(2026, time.August, 3, 12, 0, 0, 0, time.UTC))
}

// parse takes any content but one that begins with "bad".
func parse(_ string, raw secrets.Raw) (string, error) {
	if len(raw.Bytes()) >= 3 && string(raw.Bytes()[:3]) == "bad" {
		return "", errors.New("it has no keyId")
	}
	return string(raw.Bytes()), nil
}

// source gives what the test puts into it.
type source struct {
	raw secrets.Raw
	err error
}

func (s *source) Read(context.Context, string) (secrets.Raw, error) { return s.raw, s.err }
func (s *source) FullName(name string) string                       { return "gavel/" + name }

func (s *source) put(version, content string) {
	s.raw, s.err = secrets.NewRaw(version, []byte(content)), nil
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func secretsFile(t *testing.T, text string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "secrets.json")
	write(t, path, text)
	return path
}

// known checks that an error is an *Error about gavel/<name> and returns it.
func known(t *testing.T, err error, fullName string) *secrets.Error {
	t.Helper()
	var got *secrets.Error
	if !errors.As(err, &got) {
		t.Fatalf("got %v, want an *Error", err)
	}
	if got.Name != fullName {
		t.Errorf("got an error about %q, want %q", got.Name, fullName)
	}
	if want := "secret " + fullName + ": " + got.Reason; got.Error() != want {
		t.Errorf("got %q, want %q", got.Error(), want)
	}
	return got
}

// staticCredentials are what moto and the tests' own servers take.
func staticCredentials(context.Context) (aws.Credentials, error) {
	return aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "example"}, nil
}

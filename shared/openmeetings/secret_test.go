package openmeetings_test

import (
	"testing"

	"gavel/shared/openmeetings"
	"gavel/shared/secrets"
)

func TestParseSecret(t *testing.T) {
	t.Parallel()
	if _, err := openmeetings.ParseSecret(secrets.NewRaw("1", []byte(`{"baseUrl": "https://meet.example.org/openmeetings", "user": "u"}`))); err == nil {
		t.Error("got no error for an account without a password")
	}
	secret, err := openmeetings.ParseSecret(secrets.NewRaw("1", []byte(`{"baseUrl": "https://meet.example.org/openmeetings/", "user": "u", "password": "p"}`)))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := secret.BaseURL(), "https://meet.example.org/openmeetings"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

package veeting_test

import (
	"slices"
	"testing"

	"gavel/shared/secrets"
	"gavel/shared/veeting"
)

func TestParseSecret_RefusesWhatAClientRefuses(t *testing.T) {
	t.Parallel()
	if _, err := veeting.ParseSecret(secrets.NewRaw("1", []byte(`{"baseUrl": "https://meet.example.org", "apiKey": "k"}`))); err == nil {
		t.Error("got no error for a key without its level")
	}
}

func TestSecret_TellsWhatIsNotSecret(t *testing.T) {
	t.Parallel()
	secret, err := veeting.ParseSecret(secrets.NewRaw("1", []byte(`{"baseUrl": "https://meet.example.org/", "apiKey": "k", "level": "instance",
		"webhookKeys": {"onMeetingUpdated": "b", "onMeetingClosed": "a"}}`)))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := secret.Hooks(), []string{"onMeetingClosed", "onMeetingUpdated"}; !slices.Equal(got, want) {
		t.Errorf("got hooks %q, want %q", got, want)
	}
	if secret.BaseURL() != "https://meet.example.org/api/v6" || !secret.OfInstance() || secret.HasJoinURL() {
		t.Errorf("got %q, instance %t, join links %t", secret.BaseURL(), secret.OfInstance(), secret.HasJoinURL())
	}
	if got, want := secret.HookHeader("onMeetingClosed").Get("X-API-KEY"), "a"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

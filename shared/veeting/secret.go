package veeting

import (
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"

	"gavel/shared/secrets"
)

// Secret is the secret of the instance, read as a Client reads it. The keys stay inside.
type Secret struct{ access *access }

// ParseSecret reads the secret. Its errors say what to mend and hold nothing of the content.
func ParseSecret(raw secrets.Raw) (Secret, error) {
	parsed, err := parseAccess(secretName, raw)
	if err != nil {
		return Secret{}, err
	}
	return Secret{parsed}, nil
}

// BaseURL gives that of the API, without a slash at its end.
func (s Secret) BaseURL() string { return s.access.base }

// OfInstance says whether the key is one of the instance, and not of one account.
func (s Secret) OfInstance() bool { return s.access.level == instanceLevel }

// Hooks gives the names of the hooks that the secret has keys for, in order.
func (s Secret) Hooks() []string { return slices.Sorted(maps.Keys(s.access.webhooks)) }

// CheckHooks says whether there is a key for a hook that Veeting does not have, whose events never come: it is misspelt. What it is called
// stays out of the error, as it may be a key in the wrong place.
func (s Secret) CheckHooks() error {
	for hook := range s.access.webhooks {
		if !slices.Contains(HookNames(), hook) {
			return errors.New("webhookKeys names a hook that Veeting does not have; there are " + strings.Join(HookNames(), ", "))
		}
	}
	return nil
}

// HookHeader gives the headers with which Veeting would send an event of the hook, for checks of a receiver.
func (s Secret) HookHeader(hook string) http.Header {
	header := http.Header{}
	if keys := s.access.webhooks[hook]; len(keys) > 0 {
		header.Set("X-API-KEY", keys[0])
	}
	return header
}

// Rotating says whether a hook may come with another key than the one in use.
func (s Secret) Rotating() bool {
	for _, keys := range s.access.webhooks {
		if len(keys) > 1 {
			return true
		}
	}
	return false
}

// HasJoinURL says whether rooms of people can meet on the instance.
func (s Secret) HasJoinURL() bool { return s.access.joinURL != "" }

package veeting

import (
	"maps"
	"net/http"
	"slices"

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

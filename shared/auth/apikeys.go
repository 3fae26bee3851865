package auth

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"gavel/shared/secrets"
)

// APIKeysSecret is the name of the secret that holds the API keys.
const APIKeysSecret = "api-keys"

// APIKeyEntry is one key as it stands in the secret {"keys": [...]}: hashed, named, scoped.
// Keys are 256 random bits, so a plain SHA-256 cannot be guessed back.
type APIKeyEntry struct {
	Name   string   `json:"name"`
	SHA256 string   `json:"sha256"` // of the key, in hex
	Scopes []string `json:"scopes"`
	// ExpiresAt ends the key's life; it has no end when missing.
	ExpiresAt *time.Time `json:"expiresAt,omitempty"`
}

// APIKeyList is the content of the secret.
type APIKeyList struct {
	Keys []APIKeyEntry `json:"keys"`
}

// NewAPIKey makes a fresh key and its entry. The key is to be shown once and kept nowhere.
func NewAPIKey(name string, scopes []string) (key string, entry APIKeyEntry) {
	random := make([]byte, 32)
	// Read never fails (https://pkg.go.dev/crypto/rand#Read).
	_, _ = rand.Read(random)
	key = "gvl_" + base64.RawURLEncoding.EncodeToString(random)
	return key, APIKeyEntry{Name: name, SHA256: hex.EncodeToString(digest(key)), Scopes: scopes}
}

// APIKeys verifies API keys against the secret.
type APIKeys struct {
	cache *secrets.Cache[[]hashedKey]
	now   func() time.Time
}

var _ Verifier = (*APIKeys)(nil)

type hashedKey struct {
	APIKeyEntry
	sum []byte
}

// apiKeysTTL is how long a key that was taken back may still be let in.
const apiKeysTTL = time.Minute

// NewAPIKeys makes an APIKeys; nothing is read yet.
func NewAPIKeys(source secrets.Source, now func() time.Time) *APIKeys {
	return &APIKeys{cache: secrets.NewCache(source, apiKeysTTL, now, parseAPIKeys), now: now}
}

var errAPIKeys = errors.New(`expected a JSON object such as {"keys": [{"name": "crm", "sha256": "…", "scopes": ["jaas"], ` +
	`"expiresAt": "2027-01-01T00:00:00Z"}]} and no other names in it`)

// ParseAPIKeys reads the secret as it is read for every call: it refuses the whole of a list with one bad entry. Its errors hold
// nothing of the content.
func ParseAPIKeys(raw secrets.Raw) ([]APIKeyEntry, error) {
	parsed, err := parseAPIKeys(APIKeysSecret, raw)
	if err != nil {
		return nil, err
	}
	entries := make([]APIKeyEntry, len(parsed))
	for i, key := range parsed {
		entries[i] = key.APIKeyEntry
	}
	return entries, nil
}

// parseAPIKeys refuses a list with any entry that does not mean what it seems to: an empty
// scope list or a hash of the wrong form would otherwise be found out much later. So would a
// secret without a list, such as {} or null, which is not an empty one, or with another behind it.
func parseAPIKeys(_ string, raw secrets.Raw) ([]hashedKey, error) {
	var list APIKeyList
	decoder := json.NewDecoder(bytes.NewReader(raw.Bytes()))
	decoder.DisallowUnknownFields() // a misspelt expiresAt would be a key without an end
	if err := decoder.Decode(&list); err != nil || list.Keys == nil || decoder.More() {
		return nil, errAPIKeys
	}
	keys := make([]hashedKey, 0, len(list.Keys))
	for i, entry := range list.Keys {
		sum, err := hex.DecodeString(entry.SHA256)
		switch {
		case entry.Name == "":
			return nil, fmt.Errorf("keys[%d] has no name", i)
		case err != nil || len(sum) != sha256.Size:
			return nil, fmt.Errorf("keys[%d].sha256 is not the SHA-256 of a key in hex", i)
		case len(entry.Scopes) == 0 || slices.ContainsFunc(entry.Scopes, isNoScope):
			return nil, fmt.Errorf("keys[%d].scopes is not a list of scopes", i)
		}
		keys = append(keys, hashedKey{APIKeyEntry: entry, sum: sum})
	}
	return keys, nil
}

func isNoScope(scope string) bool { return scope == "" || strings.ContainsFunc(scope, unicode.IsSpace) }

// Verify finds the key among the hashed ones. It compares with every one of them in constant
// time, so that neither the time nor the order tells anything.
func (k *APIKeys) Verify(ctx context.Context, key string) (Principal, error) {
	kept, err := k.cache.GetForStranger(ctx, APIKeysSecret)
	if err != nil {
		return Principal{}, err
	}
	sum := digest(key)
	var found *hashedKey
	for i := range kept.Value {
		if subtle.ConstantTimeCompare(sum, kept.Value[i].sum) == 1 {
			found = &kept.Value[i]
		}
	}
	if found == nil || found.ExpiresAt != nil && !k.now().Before(*found.ExpiresAt) {
		return Principal{}, ErrBadCredentials
	}
	return Principal{Kind: APIKey, Name: found.Name, Scopes: found.Scopes}, nil
}

func digest(key string) []byte {
	sum := sha256.Sum256([]byte(key))
	return sum[:]
}

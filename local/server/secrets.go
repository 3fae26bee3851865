package server

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"

	"gavel/shared/api/catalog"
	"gavel/shared/auth"
	"gavel/shared/secrets"
)

// localKeyName is the name of the API key that GET /local shows.
const localKeyName = "local"

// allScopes are the scopes of the local API key: every one an operation can ask for. All operations are set up to find them,
// which is not to be done again for each look at the keys.
var allScopes = sync.OnceValue(catalog.Scopes)

// loadSecrets takes the secrets from the file that was named, or those of the sandbox.
func (s *Server) loadSecrets() error {
	if s.settings.SecretsFile == "" {
		s.appID = s.state.AppID
		s.secrets = s.generatedAt(s.url)
		return nil
	}
	file := secrets.NewFile(s.settings.SecretsFile, s.settings.SecretPrefix)
	names, err := file.Names()
	if err != nil {
		return errors.New("GAVEL_SECRETS_FILE: " + err.Error())
	}
	slices.Sort(names)
	for _, name := range names {
		if id, ok := strings.CutPrefix(name, "jaas/"); ok && s.appID == "" {
			s.appID = id
		}
	}
	s.secrets = localSecrets{inner: file, state: s.state}
	return nil
}

// generatedAt gives the sandboxes' secrets as they are for whoever reaches the server at the URL.
func (s *Server) generatedAt(url string) secrets.Source {
	return localSecrets{inner: generated{s.state, s.settings.SecretPrefix, url}, state: s.state}
}

// generated are the sandboxes' own secrets.
type generated struct {
	state  *state
	prefix string
	url    string // of the local server
}

var _ secrets.Source = generated{}

// FullName gives prefix/name.
func (g generated) FullName(name string) string { return g.prefix + "/" + name }

// Read gives the secret of the JaaS sandbox's tenant, or that of one of the other sandboxes.
func (g generated) Read(_ context.Context, name string) (secrets.Raw, error) {
	switch name {
	case "jaas/" + g.state.AppID:
		return rawJSON(map[string]string{
			"keyId": g.state.KeyID, "privateKey": g.state.PrivateKey, "webhookSecret": g.state.WebhookSecret,
		})
	case "jitsi":
		return rawJSON(newJitsiAccess(g.url+jitsiPrefix, g.state))
	case "openmeetings":
		return rawJSON(openmeetingsAccount{
			BaseURL: g.url + openmeetingsPrefix, User: "gavel", Password: g.state.OpenMeetingsPassword,
		})
	case "veeting":
		return rawJSON(newVeetingAccess(g.url+veetingPrefix, g.state))
	}
	return secrets.Raw{}, &secrets.Error{Name: g.FullName(name), Reason: "it does not exist", Missing: true}
}

// localSecrets adds the local API key to the API keys of another source.
type localSecrets struct {
	inner secrets.Source
	state *state
}

var _ secrets.Source = localSecrets{}

// FullName gives the other source's name.
func (l localSecrets) FullName(name string) string { return l.inner.FullName(name) }

// Read gives the other source's secret, with one API key more in the list of them.
func (l localSecrets) Read(ctx context.Context, name string) (secrets.Raw, error) {
	raw, err := l.inner.Read(ctx, name)
	if name != auth.APIKeysSecret {
		return raw, err
	}
	var list auth.APIKeyList
	if err == nil {
		if err := json.Unmarshal(raw.Bytes(), &list); err != nil {
			return secrets.Raw{}, &secrets.Error{Name: l.FullName(name), Reason: "expected a JSON object with a list of keys"}
		}
	}
	list.Keys = append(list.Keys, auth.APIKeyEntry{Name: localKeyName, SHA256: l.state.APIKeyHash, Scopes: allScopes()})
	return rawJSON(list)
}

func rawJSON(v any) (secrets.Raw, error) {
	content, err := json.Marshal(v)
	if err != nil {
		return secrets.Raw{}, err
	}
	sum := sha256.Sum256(content)
	return secrets.NewRaw(hex.EncodeToString(sum[:]), content), nil
}

package server

import (
	"context"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"strings"

	"gavel/shared/clock"
	"gavel/shared/rsakey"
	"gavel/shared/secrets"
)

// keyRing plays the part of the JaaS console: it knows the public half of the keys that stand in
// the secrets, by their kid.
type keyRing struct {
	cache *secrets.Cache[console]
}

type console struct {
	kid string
	key *rsa.PublicKey
}

// newKeyRing looks at the secret each time, so that a key counts as uploaded to the console as
// soon as it stands in the secret.
func newKeyRing(source secrets.Source) keyRing {
	return keyRing{secrets.NewCache(source, 0, clock.Now, uploaded)}
}

func uploaded(name string, raw secrets.Raw) (console, error) {
	var content struct{ KeyID, PrivateKey string }
	if err := json.Unmarshal(raw.Bytes(), &content); err != nil {
		return console{}, errors.New("expected a JSON object")
	}
	key, err := rsakey.Parse(content.PrivateKey)
	if err != nil {
		return console{}, err
	}
	appID := strings.TrimPrefix(name, "jaas/")
	id := strings.TrimPrefix(strings.TrimSpace(content.KeyID), appID+"/")
	return console{kid: appID + "/" + id, key: &key.PublicKey}, nil
}

func (k keyRing) find(ctx context.Context, kid string) (*rsa.PublicKey, error) {
	appID, _, _ := strings.Cut(kid, "/")
	kept, err := k.cache.Get(ctx, "jaas/"+appID)
	if err != nil {
		return nil, err
	}
	if kept.Value.kid != kid {
		return nil, errors.New("no key with this id was uploaded")
	}
	return kept.Value.key, nil
}

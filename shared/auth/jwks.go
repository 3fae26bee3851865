package auth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/golang-jwt/jwt/v5"

	"gavel/shared/cache"
)

// Getter fetches a document over HTTPS.
type Getter func(ctx context.Context, url string) ([]byte, error)

// ErrUnavailable means that a token could not be checked; it says nothing of the token.
var ErrUnavailable = errors.New("the issuer's keys could not be fetched")

var (
	errNoKey  = errors.New("no key of the issuer fits the token")
	errHeader = errors.New("the token's header cannot be accepted")
)

const (
	keysTTL   = 15 * time.Minute
	keysRetry = 30 * time.Second
	// keysPause is the least time between two fetches for keys not known: anybody can send a
	// token with a made-up kid, and must not make us flood the issuer with it.
	keysPause   = 30 * time.Second
	keysTimeout = 5 * time.Second
)

// keySets keeps the issuer's public keys.
type keySets struct {
	issuer Issuer
	get    Getter
	now    func() time.Time
	cache  *cache.Cache[keySet]

	mu    sync.Mutex
	asked time.Time // when the issuer was last asked, whatever came of it
}

type keySet struct {
	keys map[string]jose.JSONWebKey
}

func newKeySets(issuer Issuer, get Getter, now func() time.Time) *keySets {
	k := &keySets{issuer: issuer, get: get, now: now}
	k.cache = cache.New(cache.Options[keySet]{
		Fetch:   k.fetch,
		Passing: func(error) bool { return true },
		TTL:     keysTTL, Retry: keysRetry, Timeout: keysTimeout, Now: now,
	})
	return k
}

// find gives the key the token's header names, asking the issuer again for one not known:
// that is how a key rotation looks from here.
func (k *keySets) find(ctx context.Context, token *jwt.Token) (any, error) {
	kid, _ := token.Header["kid"].(string)
	if _, critical := token.Header["crit"]; kid == "" || critical {
		return nil, errHeader
	}
	set, err := k.cache.Get(ctx, k.issuer.URL)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	if _, known := set.keys[kid]; !known && k.pausedEnough() {
		if set, err = k.cache.Refresh(ctx, k.issuer.URL, set); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrUnavailable, err)
		}
	}
	key, known := set.keys[kid]
	if !known || key.Algorithm != "" && key.Algorithm != token.Method.Alg() {
		return nil, errNoKey
	}
	return key.Key, nil
}

func (k *keySets) pausedEnough() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.now().Sub(k.asked) >= keysPause
}

func (k *keySets) note() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.asked = k.now()
}

func (k *keySets) fetch(ctx context.Context, _ string, _ *keySet) (*keySet, error) {
	k.note()
	set, err := k.load(ctx)
	if err != nil {
		slog.WarnContext(ctx, "issuer's keys not fetched", "issuer", k.issuer.URL, "error", err)
	}
	return set, err
}

func (k *keySets) load(ctx context.Context) (*keySet, error) {
	url, err := k.jwksURL(ctx)
	if err != nil {
		return nil, err
	}
	document, err := k.get(ctx, url)
	if err != nil {
		return nil, err
	}
	var list struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(document, &list); err != nil {
		return nil, fmt.Errorf("read the key set: %w", err)
	}
	return &keySet{keys: publicKeys(list.Keys)}, nil
}

// Keys gives the ids of the keys that an issuer has published and that can verify a token's signature, in order. Its error says
// that they cannot be had, as ErrUnavailable would for a token.
func (i Issuer) Keys(ctx context.Context, get Getter) ([]string, error) {
	set, err := newKeySets(i, get, time.Now).load(ctx)
	if err != nil {
		return nil, err
	}
	return slices.Sorted(maps.Keys(set.keys)), nil
}

// publicKeys takes the keys that can verify a signature. One that cannot be read does not spoil
// the others: issuers publish keys for other uses and of newer kinds beside them.
func publicKeys(list []json.RawMessage) map[string]jose.JSONWebKey {
	keys := map[string]jose.JSONWebKey{}
	for _, text := range list {
		var key jose.JSONWebKey
		if key.UnmarshalJSON(text) != nil || !key.IsPublic() || !key.Valid() {
			continue
		}
		if key.KeyID != "" && (key.Use == "" || key.Use == "sig") {
			keys[key.KeyID] = key
		}
	}
	return keys
}

// jwksURL asks the issuer where its keys are
// (https://openid.net/specs/openid-connect-discovery-1_0.html, section 4).
func (k *keySets) jwksURL(ctx context.Context) (string, error) {
	if k.issuer.JWKSURL != "" {
		return k.issuer.JWKSURL, nil
	}
	document, err := k.get(ctx, strings.TrimRight(k.issuer.URL, "/")+"/.well-known/openid-configuration")
	if err != nil {
		return "", err
	}
	var found struct {
		Issuer  string `json:"issuer"`
		JWKSURI string `json:"jwks_uri"`
	}
	if err := json.Unmarshal(document, &found); err != nil {
		return "", fmt.Errorf("read the issuer's configuration: %w", err)
	}
	if found.Issuer != k.issuer.URL || found.JWKSURI == "" {
		return "", errors.New("the issuer's configuration is of another issuer or names no keys")
	}
	return found.JWKSURI, nil
}

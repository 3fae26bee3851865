package auth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/golang-jwt/jwt/v5"

	"gavel/shared/baseurl"
	"gavel/shared/cache"
	"gavel/shared/config"
	"gavel/shared/httpclient"
)

// Getter fetches a document over HTTPS.
type Getter func(ctx context.Context, url string) ([]byte, error)

// ErrUnavailable means that a token could not be checked; it says nothing of the token. Beside a *config.Unusable it stays so until
// an operator mends what that names.
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

func (k *keySets) fetch(ctx context.Context, _ string, old *keySet) (*keySet, error) {
	k.note()
	set, err := k.load(ctx)
	if _, told := errors.AsType[*config.Unusable](err); told && old == nil {
		return nil, err // whoever answers the caller tells of it once
	}
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
	setting := settingIssuer
	if k.issuer.JWKSURL != "" {
		setting = "GAVEL_OIDC_JWKS_URL"
	}
	noSet := "what is answered where the keys of the issuer of access tokens should be (" + setting + ") is no set of keys"
	document, err := k.get(ctx, url)
	if err != nil {
		return nil, lasting(err, setting, noSet)
	}
	var list struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(document, &list); err != nil || list.Keys == nil {
		return nil, &config.Unusable{What: noSet, Cause: err}
	}
	return &keySet{keys: publicKeys(list.Keys)}, nil
}

const settingIssuer = "GAVEL_OIDC_ISSUER"

// lasting gives a *config.Unusable for an error of a Getter that no waiting mends: a certificate that is not good, which the
// setting leads to, or an answer that what is asked for is not there. Any other error it gives back.
func lasting(err error, setting, notThere string) error {
	failure, ok := errors.AsType[*httpclient.Error](err)
	switch {
	case ok && failure.Kind == httpclient.Certificate:
		return &config.Unusable{What: failure.Hint + " (" + setting + ")", Cause: err}
	case ok && failure.Kind != httpclient.Busy && failure.Status != 0 && failure.Status < http.StatusInternalServerError:
		return &config.Unusable{What: notThere, Cause: err}
	}
	return err
}

// Keys gives the ids of the keys that an issuer has published and that can verify a token's signature, in order. Its error says
// that they cannot be had, as ErrUnavailable would for a token, and is a *config.Unusable where that stays so.
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
	const notIts = "the issuer of access tokens (" + settingIssuer + ") has no configuration of its own in .well-known/openid-configuration " +
		"below it that names its keys; the setting has to be the iss of its tokens to the letter"
	document, err := k.get(ctx, strings.TrimRight(k.issuer.URL, "/")+"/.well-known/openid-configuration")
	if err != nil {
		return "", lasting(err, settingIssuer, notIts)
	}
	var found struct {
		Issuer  string `json:"issuer"`
		JWKSURI string `json:"jwks_uri"`
	}
	if err := json.Unmarshal(document, &found); err != nil || found.Issuer != k.issuer.URL || found.JWKSURI == "" {
		return "", &config.Unusable{What: notIts, Cause: err}
	}
	bare, _, _ := strings.Cut(found.JWKSURI, "?")
	if err := baseurl.Check(bare); err != nil { // whoever listens in there could answer with keys of their own
		return "", &config.Unusable{What: "the address of the keys that the issuer of access tokens (" + settingIssuer + ") names " + err.Error()}
	}
	return found.JWKSURI, nil
}

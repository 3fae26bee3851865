package jitsi

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"gavel/local/sandbox/jitsimeet"
)

// methods are the algorithms of
// https://github.com/jitsi/jitsi-meet/blob/master/resources/prosody-plugins/luajwtjitsi.lib.lua
var methods = map[string]jwt.SigningMethod{
	"HS256": jwt.SigningMethodHS256, "HS384": jwt.SigningMethodHS384, "HS512": jwt.SigningMethodHS512,
	"RS256": jwt.SigningMethodRS256, "RS384": jwt.SigningMethodRS384, "RS512": jwt.SigningMethodRS512,
}

// verifier is what one of Prosody's modules holds a token against. It follows
// https://github.com/jitsi/jitsi-meet/blob/master/resources/prosody-plugins/token/util.lib.lua
type verifier struct {
	set       Settings
	algorithm string
	secret    string
	keyServer string
	keys      *keyCache
	client    *http.Client
	now       time.Time
}

// login verifies what people join with.
func (s *Server) login(set Settings) verifier {
	return verifier{
		set: set, algorithm: set.Algorithm, secret: set.AppSecret, keyServer: set.KeyServer,
		keys: &s.loginKeys, client: s.client, now: s.now(),
	}
}

// system verifies what other servers act with. Issuers and audiences are those of login.
func (s *Server) system(set Settings) verifier {
	return verifier{
		set: set, algorithm: set.systemAlgorithm(s.traits), keyServer: set.SystemKeyServer,
		keys: &s.systemKeys, client: s.client, now: s.now(),
	}
}

// verify checks everything about a token but whether it fits a room, and returns its claims.
func (v verifier) verify(ctx context.Context, raw string) (map[string]any, error) {
	t, err := jitsimeet.ParseToken(raw)
	if err != nil {
		return nil, err
	}
	key, err := v.key(ctx, t)
	if err != nil {
		return nil, err
	}
	if t.Header["typ"] != "JWT" {
		return nil, errors.New("typ must be JWT")
	}
	method := methods[v.algorithm]
	if method == nil || t.Header["alg"] != v.algorithm {
		return nil, errors.New("alg must be the configured " + v.algorithm)
	}
	if method.Verify(t.Signed, t.Signature, key) != nil {
		return nil, jitsimeet.ErrSignature
	}
	if err := jitsimeet.CheckTimes(t.Claims, v.now); err != nil {
		return nil, err
	}
	if err := v.checkClaims(t.Claims); err != nil {
		return nil, err
	}
	return t.Claims, nil
}

// key is the shared secret or, with a key server, the public key that the header names.
func (v verifier) key(ctx context.Context, t jitsimeet.Token) (any, error) {
	if v.keyServer == "" {
		if v.secret == "" {
			return nil, errors.New("signature verification key is missing")
		}
		return []byte(v.secret), nil
	}
	kid, ok := t.Header["kid"].(string)
	if !ok {
		return nil, errors.New("kid must be a string in the token's header")
	}
	if alg, _ := t.Header["alg"].(string); !strings.HasPrefix(alg, "RS") {
		return nil, errors.New("alg must be of the RS family, as there is a key server")
	}
	key, err := v.keys.find(ctx, v.client, v.keyServer, kid)
	if err != nil {
		return nil, errors.New("could not obtain public key")
	}
	return key, nil
}

func (v verifier) checkClaims(claims map[string]any) error {
	for _, check := range []struct {
		name     string
		accepted []string
	}{{"iss", v.set.AppIDs}, {"aud", v.set.Audiences}} {
		value := claims[check.name]
		if value == nil {
			return errors.New("'" + check.name + "' claim is missing")
		}
		if !accepts(check.accepted, value) {
			return errors.New("invalid '" + check.name + "' claim")
		}
	}
	for _, name := range []string{"room", "sub"} {
		if _, ok := claims[name].(string); !ok {
			return errors.New("'" + name + "' claim is missing or no string")
		}
	}
	return nil
}

// accepts compares a claim as one string, also when it is a list.
func accepts(accepted []string, value any) bool {
	if slices.Contains(accepted, "*") {
		return true
	}
	text, ok := value.(string)
	return ok && slices.Contains(accepted, text)
}

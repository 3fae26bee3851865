package jaas

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"gavel/local/sandbox/jitsimeet"
)

// appIDPrefix starts every tenant id.
const appIDPrefix = "vpaas-magic-cookie"

// tenantOf returns the part of kid before the slash, once header and kid have the required form.
func tenantOf(t jitsimeet.Token) (string, error) {
	if t.Header["typ"] != "JWT" {
		return "", errors.New("typ must be JWT")
	}
	if t.Header["alg"] != "RS256" {
		return "", errors.New("alg must be RS256")
	}
	kid, _ := t.Header["kid"].(string)
	tenant, _, found := strings.Cut(kid, "/")
	if !found || !strings.HasPrefix(kid, appIDPrefix) {
		return "", errors.New("kid must be a string of the form {appId}/{keyId}")
	}
	return tenant, nil
}

// verify checks everything about a token that does not change with time: header, key, signature,
// issuer, audience, tenant. It follows the open-source token library
// https://github.com/jitsi/jitsi-meet/blob/master/resources/prosody-plugins/token/util.lib.lua and
// the luajwtjitsi.lib.lua beside it.
func (s *Server) verify(ctx context.Context, t jitsimeet.Token) error {
	tenant, err := tenantOf(t)
	if err != nil {
		return err
	}
	if err := s.verifySignature(ctx, t); err != nil {
		return err
	}
	switch {
	case t.Claims["iss"] != "chat":
		return errors.New("iss must be chat")
	case t.Claims["aud"] != "jitsi":
		return errors.New("aud must be jitsi")
	case t.Claims["sub"] != tenant:
		return errors.New("sub must equal the tenant in kid")
	}
	return nil
}

func (s *Server) verifySignature(ctx context.Context, t jitsimeet.Token) error {
	errKey := errors.New("could not obtain public key")
	if s.publicKey == nil {
		return errKey
	}
	kid, _ := t.Header["kid"].(string)
	key, err := s.publicKey(ctx, kid)
	if err != nil || key == nil {
		return errKey
	}
	if jwt.SigningMethodRS256.Verify(t.Signed, t.Signature, key) != nil {
		return jitsimeet.ErrSignature
	}
	return nil
}

// checkTimes demands exp, beside what is checked of it and of nbf.
func checkTimes(claims map[string]any, now time.Time) error {
	if _, ok := claims["exp"]; !ok {
		return errors.New("exp must be a number of seconds")
	}
	return jitsimeet.CheckTimes(claims, now)
}

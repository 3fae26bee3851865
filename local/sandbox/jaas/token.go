package jaas

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"strings"

	"github.com/golang-jwt/jwt/v5"
)

// appIDPrefix starts every tenant id.
const appIDPrefix = "vpaas-magic-cookie"

var (
	errTokenForm = errors.New("the token must be three parts of base64url, on one line")
	errHeader    = errors.New("the token's header cannot be read")
	errPayload   = errors.New("the token's payload cannot be read")
	errSignature = errors.New("invalid signature")
)

// token is a JWT taken apart; nothing in it is verified yet.
type token struct {
	header    map[string]any
	claims    map[string]any
	signed    string
	signature []byte
	// hash stands for the token in the list of bans.
	hash [sha256.Size]byte
}

// parseToken takes a compact JWT apart. The alphabet is read strictly: one token has one spelling, so
// that a ban of it cannot be walked around.
func parseToken(raw string) (token, error) {
	parts := strings.Split(raw, ".")
	// encoding/base64 skips line ends, in strict mode too.
	if len(parts) != 3 || strings.ContainsAny(raw, "\r\n") {
		return token{}, errTokenForm
	}
	header, ok := decodePart(parts[0])
	if !ok {
		return token{}, errHeader
	}
	claims, ok := decodePart(parts[1])
	if !ok {
		return token{}, errPayload
	}
	signature, err := base64.RawURLEncoding.Strict().DecodeString(parts[2])
	if err != nil {
		return token{}, errSignature
	}
	return token{header, claims, parts[0] + "." + parts[1], signature, sha256.Sum256([]byte(raw))}, nil
}

// decodePart reads a base64url part that must hold one JSON object. Numbers stay [json.Number], which
// keeps them apart from strings that look like numbers.
func decodePart(part string) (map[string]any, bool) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(part)
	if err != nil {
		return nil, false
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var got map[string]any
	if err := dec.Decode(&got); err != nil || got == nil {
		return nil, false
	}
	_, err = dec.Token()
	return got, errors.Is(err, io.EOF)
}

// tenant returns the part of kid before the slash, once header and kid have the required form.
func (t token) tenant() (string, error) {
	if t.header["typ"] != "JWT" {
		return "", errors.New("typ must be JWT")
	}
	if t.header["alg"] != "RS256" {
		return "", errors.New("alg must be RS256")
	}
	kid, _ := t.header["kid"].(string)
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
func (s *Server) verify(ctx context.Context, t token) error {
	tenant, err := t.tenant()
	if err != nil {
		return err
	}
	if err := s.verifySignature(ctx, t); err != nil {
		return err
	}
	switch {
	case t.claims["iss"] != "chat":
		return errors.New("iss must be chat")
	case t.claims["aud"] != "jitsi":
		return errors.New("aud must be jitsi")
	case t.claims["sub"] != tenant:
		return errors.New("sub must equal the tenant in kid")
	}
	return nil
}

func (s *Server) verifySignature(ctx context.Context, t token) error {
	errKey := errors.New("could not obtain public key")
	if s.publicKey == nil {
		return errKey
	}
	kid, _ := t.header["kid"].(string)
	key, err := s.publicKey(ctx, kid)
	if err != nil || key == nil {
		return errKey
	}
	if jwt.SigningMethodRS256.Verify(t.signed, t.signature, key) != nil {
		return errSignature
	}
	return nil
}

package jitsimeet

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"strings"
)

// Why [ParseToken] could not take a token apart.
var (
	ErrTokenForm = errors.New("the token must be three parts of base64url, on one line")
	ErrHeader    = errors.New("the token's header cannot be read")
	ErrPayload   = errors.New("the token's payload cannot be read")
	// ErrSignature is also what a signature is that does not verify.
	ErrSignature = errors.New("invalid signature")
)

// Token is a JWT taken apart; nothing in it is verified yet.
type Token struct {
	Header map[string]any
	Claims map[string]any
	// Signed is the text that Signature is for.
	Signed    string
	Signature []byte
	// Hash stands for the token in a list of bans.
	Hash [sha256.Size]byte
}

// ParseToken takes a compact JWT apart. The alphabet is read strictly: one token has one spelling, so
// that a ban of it cannot be walked around.
func ParseToken(raw string) (Token, error) {
	parts := strings.Split(raw, ".")
	// encoding/base64 skips line ends, in strict mode too.
	if len(parts) != 3 || strings.ContainsAny(raw, "\r\n") {
		return Token{}, ErrTokenForm
	}
	header, ok := decodePart(parts[0])
	if !ok {
		return Token{}, ErrHeader
	}
	claims, ok := decodePart(parts[1])
	if !ok {
		return Token{}, ErrPayload
	}
	signature, err := base64.RawURLEncoding.Strict().DecodeString(parts[2])
	if err != nil {
		return Token{}, ErrSignature
	}
	return Token{header, claims, parts[0] + "." + parts[1], signature, sha256.Sum256([]byte(raw))}, nil
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

// Package testtoken reads JWTs in tests, with none of the code that makes them.
package testtoken

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// Verify checks an RS256 signature twice: with another library than the one that signs, and by hand.
func Verify(token string, key *rsa.PublicKey) error {
	signed, err := jose.ParseSigned(token, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		return fmt.Errorf("read a token: %w", err)
	}
	if _, err := signed.Verify(key); err != nil {
		return fmt.Errorf("verify a token: %w", err)
	}
	at := strings.LastIndexByte(token, '.')
	signature, err := base64.RawURLEncoding.DecodeString(token[at+1:])
	if err != nil {
		return fmt.Errorf("decode a signature: %w", err)
	}
	sum := sha256.Sum256([]byte(token[:at]))
	if err := rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], signature); err != nil {
		return fmt.Errorf("verify a token by hand: %w", err)
	}
	return nil
}

// Unpack gives a token's header and claims, with numbers as they are written.
func Unpack(token string) (header, claims map[string]any, err error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil, nil, errors.New("not a JWT")
	}
	for i, into := range []*map[string]any{&header, &claims} {
		text, err := base64.RawURLEncoding.DecodeString(parts[i])
		if err != nil {
			return nil, nil, fmt.Errorf("decode a token: %w", err)
		}
		decoder := json.NewDecoder(bytes.NewReader(text))
		decoder.UseNumber()
		if err := decoder.Decode(into); err != nil {
			return nil, nil, fmt.Errorf("read a token: %w", err)
		}
	}
	return header, claims, nil
}

// UnixSeconds takes a number without a fraction, and not one of milliseconds.
func UnixSeconds(claim any) (time.Time, error) {
	number, isNumber := claim.(json.Number)
	seconds, err := strconv.ParseInt(number.String(), 10, 64)
	if !isNumber || err != nil || seconds > 1e11 {
		return time.Time{}, fmt.Errorf("%v is not a number of seconds", claim)
	}
	return time.Unix(seconds, 0), nil
}

package jitsi

import (
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"

	"gavel/shared/secrets"
)

// mostFormer is how many former keys there are at most, with the one in use.
const mostFormer = secrets.MostAccepted - 1

// shortestFormer is how long a former key has to be, in bits, as the one in use.
const shortestFormer = 2048

// formerKey is a key that signed logins before the one in use. Links that were signed with it go on working where the server
// looks it up, which it does anew after a restart.
type formerKey struct {
	KeyID     string `json:"keyId"`
	PublicKey string `json:"publicKey"`
}

// parseFormer has the public halves of former login keys served beside that of the one in use.
func (a *access) parseFormer(c *content) error {
	if len(c.FormerKeys) > mostFormer {
		return fmt.Errorf("formerKeys: there are more than %d; take out those whose links have ended", mostFormer)
	}
	for i, former := range c.FormerKeys {
		key, err := former.parse()
		switch {
		case err != nil:
			return fmt.Errorf("formerKeys[%d]: %w", i, err)
		case a.login.kid == "":
			return errors.New("formerKeys: with a shared secret for logins no server looks keys up")
		case a.system != nil && a.system.signs(key.Public):
			return fmt.Errorf("formerKeys[%d] is the other half of system.privateKey: with it participants could end meetings; make another for the system", i)
		}
		for _, known := range append(a.login.keys(), a.former...) {
			if known.ID == key.ID {
				return fmt.Errorf("formerKeys[%d] has the keyId of another key", i)
			}
		}
		a.former = append(a.former, key)
	}
	return nil
}

func (f formerKey) parse() (Key, error) {
	id := strings.TrimSpace(f.KeyID)
	if id == "" {
		return Key{}, errors.New("keyId is missing")
	}
	block, rest := pem.Decode([]byte(strings.TrimSpace(f.PublicKey) + "\n"))
	if block == nil || block.Type != "PUBLIC KEY" || len(rest) > 0 {
		return Key{}, errors.New("publicKey: expected one public key in PEM (BEGIN PUBLIC KEY), never the private one")
	}
	parsed, err := x509.ParsePKIXPublicKey(block.Bytes)
	key, isRSA := parsed.(*rsa.PublicKey)
	if err != nil || !isRSA {
		return Key{}, errors.New("publicKey: it does not decode as an RSA key; copy it again")
	}
	if bits := key.N.BitLen(); bits < shortestFormer {
		return Key{}, fmt.Errorf("publicKey: this RSA key has %d bits; with fewer than %d somebody else could sign logins", bits, shortestFormer)
	}
	return publicKey(LoginKey, id, key)
}

// publicKey gives a key by its public half, as it is served.
func publicKey(use KeyUse, id string, key *rsa.PublicKey) (Key, error) {
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return Key{}, errors.New("the public half cannot be written")
	}
	sum := sha256.Sum256([]byte(id))
	return Key{
		Use: use, ID: id, File: hex.EncodeToString(sum[:]) + ".pem", PEM: pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), Public: key,
	}, nil
}

// signs says whether a public key is the other half of the signer's.
func (s *signer) signs(public *rsa.PublicKey) bool {
	key, isRSA := s.key.(*rsa.PrivateKey)
	return isRSA && key.PublicKey.Equal(public)
}

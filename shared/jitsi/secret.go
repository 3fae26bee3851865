package jitsi

import (
	"crypto/rsa"

	"github.com/golang-jwt/jwt/v5"

	"gavel/shared/secrets"
)

// Secret is the secret of the server, read as a Client reads it. What signs stays inside.
type Secret struct{ access *access }

// Key is one of the keys of the secret, by its public half.
type Key struct {
	Use KeyUse
	ID  string // the kid
	// File is the name under which the server looks for it, see Client.PublicKey.
	File   string
	PEM    []byte // what is served under that name
	Public *rsa.PublicKey
}

// ParseSecret reads the secret. Its errors say what to mend and hold nothing of the content.
func ParseSecret(raw secrets.Raw) (Secret, error) {
	parsed, err := parseAccess(secretName, raw)
	if err != nil {
		return Secret{}, err
	}
	return Secret{parsed}, nil
}

// BaseURL gives that of the web client, without a slash at its end.
func (s Secret) BaseURL() string { return s.access.base }

// SystemURL gives that of Prosody's HTTP port, without a slash at its end, and nothing where the secret has no key for commands.
func (s Secret) SystemURL() string {
	if s.access.system == nil {
		return ""
	}
	return s.access.system.base
}

// Keys gives the keys in use whose public halves the server looks up; a shared secret is none.
func (s Secret) Keys() []Key {
	found := s.access.login.keys()
	if s.access.system != nil {
		found = append(found, s.access.system.keys()...)
	}
	return found
}

// FormerKeys gives those that signed logins before and whose public halves are still served.
func (s Secret) FormerKeys() []Key { return s.access.former }

// keys gives the one public half that there is, or none of a shared secret.
func (s *signer) keys() []Key {
	if s.kid == "" {
		return nil
	}
	return []Key{s.public}
}

// Guessable says whether logins are signed with a shared secret that is shorter than what the algorithm asks for
// (https://www.rfc-editor.org/rfc/rfc7518#section-3.2), so that it may be a word: whoever has a token can try secrets on it until one
// fits, and make a moderator's.
func (s Secret) Guessable() bool {
	method, shared := s.access.login.method.(*jwt.SigningMethodHMAC)
	secret, _ := s.access.login.key.([]byte)
	return shared && len(secret) < method.Hash.Size()
}

// Rotating says whether the server may come with another token than the one in use.
func (s Secret) Rotating() bool { return len(s.access.callbacks) > 1 }

// Callback gives a value of Authorization with which the server may come, for checks of a receiver; empty where the secret has
// none.
func (s Secret) Callback() string {
	if len(s.access.callbacks) == 0 {
		return ""
	}
	return "Bearer " + s.access.callbacks[0]
}

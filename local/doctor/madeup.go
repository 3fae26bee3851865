package main

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"strings"

	"gavel/local/keyfile"
	"gavel/shared/secrets"
)

// madeUp reads secrets with a new private key in the place of their own, under the same id. Nobody knows it: who does not refuse it
// does not look.
type madeUp struct {
	secrets.Source

	part string // the object of the secret that the key is in; empty for the secret itself
}

// Read makes the key.
func (m madeUp) Read(ctx context.Context, name string) (secrets.Raw, error) {
	raw, err := m.Source.Read(ctx, name)
	if err != nil {
		return secrets.Raw{}, err
	}
	var secret map[string]any
	if err := json.Unmarshal(raw.Bytes(), &secret); err != nil {
		return secrets.Raw{}, err
	}
	holder, ok := secret, true
	if m.part != "" {
		holder, ok = secret[fieldOf(secret, m.part)].(map[string]any)
	}
	if !ok {
		return secrets.Raw{}, errors.New("the secret has changed meanwhile")
	}
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return secrets.Raw{}, err
	}
	if holder[fieldOf(holder, "privateKey")], err = keyfile.PEM(key); err != nil {
		return secrets.Raw{}, err
	}
	content, err := json.Marshal(secret)
	return secrets.NewRaw("made up", content), err
}

// fieldOf gives the name under which an object has a field: the functions take it in letters of either case.
func fieldOf(object map[string]any, name string) string {
	for written := range object {
		if strings.EqualFold(written, name) {
			return written
		}
	}
	return name
}

package jitsi

import "context"

// KeyUse says what a key signs.
type KeyUse string

// The uses. They are apart so that a server which is pointed at one of them does not take tokens of the other: with a
// participant's token nobody must end meetings.
const (
	LoginKey  KeyUse = "login"  // for asap_key_server
	SystemKey KeyUse = "system" // for prosody_password_public_key_repo_url
)

// PublicKey gives the public half of a key in PEM, by the name under which the server looks for it: the SHA-256 of the
// key's id in hex digits, and .pem (get_public_key in token/util.lib.lua). It returns ErrNotFound or a *secrets.Error.
func (c *Client) PublicKey(ctx context.Context, use KeyUse, file string) ([]byte, error) {
	used, err := c.access.GetForStranger(ctx, secretName)
	if err != nil {
		return nil, err
	}
	pem, found := used.Value.publicKey(use, file)
	if !found {
		pem, found = c.access.LookAgain(ctx, secretName, used).Value.publicKey(use, file)
	}
	if !found {
		return nil, ErrNotFound
	}
	return pem, nil
}

func (a *access) publicKey(use KeyUse, file string) (pem []byte, found bool) {
	var keys []Key
	switch {
	case use == LoginKey:
		keys = append(a.login.keys(), a.former...)
	case a.system != nil:
		keys = a.system.keys()
	}
	for _, key := range keys {
		if key.File == file {
			return key.PEM, true
		}
	}
	return nil, false
}

// Conference gives the name under which Prosody keeps a room of the secret's tenant. Its error is a *secrets.Error.
func (c *Client) Conference(ctx context.Context, p Place) (string, error) {
	as, err := c.get(ctx)
	if err != nil {
		return "", err
	}
	return as.at(p).Node(), nil
}

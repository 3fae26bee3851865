package jitsi

import (
	"context"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

const (
	// keyTimeout is how long a key server may take. Prosody waits half a minute, and tries again.
	keyTimeout = 10 * time.Second
	// maxKeys is jwt_pubkey_cache_size.
	maxKeys = 128
	// maxReplyBytes is how much is read of what others answer.
	maxReplyBytes = 1 << 20
)

// keyCache keeps the public keys of one kind of token, for good: Prosody asks again only when it was started anew.
// What could not be fetched is asked for again. The zero value is ready.
type keyCache struct {
	mu   sync.Mutex
	keys map[string]*rsa.PublicKey // by server and kid, as the operator may change the server
	old  []string                  // the names in keys, oldest first
}

// find returns the key of a kid.
func (c *keyCache) find(ctx context.Context, client *http.Client, server, kid string) (*rsa.PublicKey, error) {
	name := keyURL(server, kid)
	c.mu.Lock()
	key := c.keys[name]
	c.mu.Unlock()
	if key != nil {
		return key, nil
	}
	key, err := fetchKey(ctx, client, name)
	if err != nil {
		return nil, err
	}
	c.keep(name, key)
	return key, nil
}

func (c *keyCache) keep(name string, key *rsa.PublicKey) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.keys == nil {
		c.keys = map[string]*rsa.PublicKey{}
	}
	if c.keys[name] == nil {
		c.old = append(c.old, name)
	}
	c.keys[name] = key
	if len(c.old) > maxKeys {
		delete(c.keys, c.old[0])
		c.old = c.old[1:]
	}
}

// keyURL is where a key lies. A slash at the server's end is doubled, as in Prosody.
func keyURL(server, kid string) string {
	sum := sha256.Sum256([]byte(kid))
	return server + "/" + hex.EncodeToString(sum[:]) + ".pem"
}

func fetchKey(ctx context.Context, client *http.Client, url string) (*rsa.PublicKey, error) {
	ctx, cancel := context.WithTimeout(ctx, keyTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	res, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxReplyBytes))
	if err != nil {
		return nil, err
	}
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the key server answered %d", res.StatusCode)
	}
	return parseKey(body)
}

// parseKey reads a public key in PEM. A certificate, a JSON document and a private key are none:
// https://github.com/jitsi/docker-jitsi-meet/issues/1900
func parseKey(raw []byte) (*rsa.PublicKey, error) {
	block, _ := pem.Decode(raw)
	if block == nil || block.Type != "PUBLIC KEY" {
		return nil, errors.New("the key server's answer is no public key in PEM")
	}
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	public, ok := key.(*rsa.PublicKey)
	if !ok {
		return nil, errors.New("the public key is not RSA")
	}
	return public, nil
}

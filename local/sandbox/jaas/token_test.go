package jaas_test

import (
	"crypto/rand"
	"crypto/rsa"
	"strings"
	"sync"
	"testing"

	"github.com/golang-jwt/jwt/v5"
)

var (
	signingKey = sync.OnceValue(newKey)
	strangeKey = sync.OnceValue(newKey)
)

func newKey() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
}

// claims is a payload to change: nil removes, and "context.user.id" reaches inside.
type claims map[string]any

func (c claims) with(path string, value any) claims {
	var at map[string]any = c
	keys := strings.Split(path, ".")
	for _, key := range keys[:len(keys)-1] {
		at = at[key].(map[string]any)
	}
	last := keys[len(keys)-1]
	if value == nil {
		delete(at, last)
	} else {
		at[last] = value
	}
	return c
}

func adminClaims() claims {
	return claims{
		"aud": "jitsi", "iss": "chat", "sub": appID, "admin": true,
		"exp": start.Unix() + 300, "nbf": start.Unix() - 10,
	}
}

// participantClaims is the documented example.
func participantClaims() claims {
	return claims{
		"aud": "jitsi", "iss": "chat", "sub": appID, "room": "standup",
		"exp": 1760007200, "nbf": 1759999990,
		"context": map[string]any{
			"user": map[string]any{
				"id": "u-17", "name": "Ada", "email": "ada@example.org", "avatar": "",
				"moderator": "true", "hidden-from-recorder": "false",
			},
			"features": map[string]any{
				"livestreaming": "false", "recording": "true", "transcription": "false",
				"sip-inbound-call": "false", "sip-outbound-call": "false",
				"inbound-call": "false", "outbound-call": "true",
			},
			"room": map[string]any{"regex": false},
		},
	}
}

func user(id string) claims { return participantClaims().with("context.user.id", id) }

func sign(t *testing.T, c claims) string {
	t.Helper()
	return signWith(t, signingKey(), nil, c)
}

// signWith signs with changes to the header: nil removes.
func signWith(t *testing.T, key *rsa.PrivateKey, header, c map[string]any) string {
	t.Helper()
	token := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims(c))
	token.Header["kid"] = kid
	for name, value := range header {
		token.Header[name] = value
		if value == nil {
			delete(token.Header, name)
		}
	}
	raw, err := token.SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

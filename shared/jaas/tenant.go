package jaas

import (
	"crypto/rsa"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"gavel/shared/rsakey"
	"gavel/shared/secrets"
)

const (
	// adminLifetime is how long an admin token is good for: JaaS documents no limit, and what
	// can end any meeting should not live longer than the calls it is made for.
	adminLifetime = 5 * time.Minute
	// adminReserve is how long before its end an admin token is replaced: more than a call
	// with all its tries may take.
	adminReserve = time.Minute
	// backdate is how far nbf lies in the past. The servers allow no leeway at all, so a clock
	// that runs slightly fast would make tokens that are not valid yet; the official samples
	// use the same 10 seconds.
	backdate = 10 * time.Second
)

// tenant is what the secret of one AppID gives: who signs, and the admin token in use.
type tenant struct {
	appID AppID
	kid   string
	key   *rsa.PrivateKey
	// webhooks are what JaaS may sign its events with, the one in use first; none where the secret has none.
	webhooks []WebhookSecret
	// authorizations are what the Authorization header of its events may hold; none where the secret does not say.
	authorizations []string

	mu         sync.Mutex
	admin      string
	adminUntil time.Time
}

// parseTenant reads {"keyId": …, "privateKey": …, "webhookSecret": …, "webhookAuthorization": …}, the last two of which are
// secrets.Accepted. Its errors are shown to callers.
func parseTenant(name string, raw secrets.Raw) (*tenant, error) {
	appID := AppID(strings.TrimPrefix(name, secretName("")))
	var content struct {
		KeyID      string           `json:"keyId"`
		PrivateKey string           `json:"privateKey"`
		Webhook    secrets.Accepted `json:"webhookSecret"`
		Header     secrets.Accepted `json:"webhookAuthorization"`
	}
	if err := json.Unmarshal(raw.Bytes(), &content); err != nil {
		return nil, errors.New(`expected a JSON object such as {"keyId": "…", "privateKey": "…"} with strings in it;` +
			` webhookSecret and webhookAuthorization may be lists of them`)
	}
	keyID, err := parseKeyID(appID, content.KeyID)
	if err != nil {
		return nil, err
	}
	key, err := rsakey.Parse(content.PrivateKey)
	if err != nil {
		return nil, errors.New("privateKey: " + err.Error())
	}
	parsed := &tenant{appID: appID, kid: string(appID) + "/" + keyID, key: key}
	if parsed.webhooks, err = secrets.ParseAccepted("webhookSecret", content.Webhook, ParseWebhookSecret); err != nil {
		return nil, err
	}
	parsed.authorizations, err = secrets.ParseAccepted("webhookAuthorization", content.Header, parseAuthorization)
	return parsed, err
}

// parseKeyID takes the short id, and the whole kid ("<appId>/<id>") that the console shows
// beside it. A kid of another account is refused: JaaS would not find the public key.
func parseKeyID(appID AppID, text string) (string, error) {
	text = strings.Trim(text, " \t\r\n\"'")
	owner, id, whole := strings.Cut(text, "/")
	if !whole {
		owner, id = string(appID), text
	}
	switch {
	case text == "":
		return "", errors.New("keyId is missing")
	case owner != string(appID):
		return "", errors.New("keyId belongs to another AppID")
	case id == "" || strings.ContainsAny(id, "/ \t\r\n") || strings.HasPrefix(id, appIDPrefix):
		return "", errors.New("keyId has not the form of a key id")
	}
	return id, nil
}

// adminToken gives a token for the server-side endpoints, signing a new one only when the last
// is about to end: a signature costs more than everything else in a call
// (https://developer.8x8.com/jaas/docs/webhooks-jaas-endpoints).
func (t *tenant) adminToken(now time.Time) (string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if now.Before(t.adminUntil) {
		return t.admin, nil
	}
	claims := t.claims(now, adminLifetime)
	claims["admin"] = true
	token, err := t.sign(claims)
	if err != nil {
		return "", err
	}
	t.admin, t.adminUntil = token, now.Add(adminLifetime-adminReserve)
	return token, nil
}

// claims are those every token has. Audience and issuer are fixed words for all of JaaS; times
// are Unix seconds, and numbers: as strings or milliseconds they are refused.
func (t *tenant) claims(now time.Time, lifetime time.Duration) jwt.MapClaims {
	return jwt.MapClaims{
		"aud": "jitsi",
		"iss": "chat",
		"sub": string(t.appID),
		"nbf": now.Add(-backdate).Unix(),
		"exp": now.Add(lifetime).Unix(),
	}
}

func (t *tenant) sign(claims jwt.MapClaims) (string, error) {
	token := jwt.NewWithClaims(jwt.SigningMethodRS256, claims)
	token.Header["kid"] = t.kid
	return token.SignedString(t.key)
}

package jaas

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"gavel/shared/httpclient"
	"gavel/shared/jitsimeet"
)

const accessPath = "/jaccess/v1/access-management/"

// BanUser keeps the user with the id of context.user.id from joining again (BAN_USER,
// POST {base}/jaccess/v1/access-management/{appId}/ban/user/{userId},
// https://developer.8x8.com/jaas/docs/webhooks-jaas-endpoints). Whoever is inside already
// is probably not removed: kick as well. It returns jitsimeet.ErrUserID, a *secrets.Error or an
// *httpclient.Error.
func (c *Client) BanUser(ctx context.Context, appID AppID, userID string) (Outcome, error) {
	if err := jitsimeet.CheckUserID(userID); err != nil {
		return "", err
	}
	err := c.send(ctx, appID, command{
		name:       "BAN_USER",
		path:       accessPath + string(appID) + "/ban/user/" + httpclient.EscapeSegment(userID),
		repeatable: true,
		sensitive:  []string{userID, httpclient.EscapeSegment(userID)},
	})
	return outcome(Banned, err)
}

// ErrJWT says that a text is not a participant token of the tenant.
var ErrJWT = errors.New("expected a participant's JWT of this AppID: three base64url parts separated by dots")

// CheckJWT checks that a text can be a participant token of the tenant. It is the provider who
// verifies it; here a slip is caught: another tenant's token, an admin token, not a token at all.
func CheckJWT(appID AppID, token string) error {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return ErrJWT
	}
	for _, part := range parts {
		// The decoder passes over line ends, and the provider would then ban another text than
		// the one that is presented to it.
		if strings.ContainsAny(part, "\r\n") {
			return ErrJWT
		}
		if _, err := base64.RawURLEncoding.DecodeString(part); part == "" || err != nil {
			return ErrJWT
		}
	}
	payload, _ := base64.RawURLEncoding.DecodeString(parts[1])
	var claims struct {
		Subject string `json:"sub"`
		Admin   any    `json:"admin"`
	}
	if json.Unmarshal(payload, &claims) == nil && (claims.Admin != nil || claims.Subject != "" && claims.Subject != string(appID)) {
		return ErrJWT
	}
	return nil
}

// BanJWT keeps one participant token from being used again (BAN_JWT,
// POST {base}/jaccess/v1/access-management/{appId}/ban/jwt,
// https://developer.8x8.com/jaas/docs/webhooks-jaas-endpoints). It returns ErrJWT, a
// *secrets.Error or an *httpclient.Error.
func (c *Client) BanJWT(ctx context.Context, appID AppID, token string) (Outcome, error) {
	if err := CheckJWT(appID, token); err != nil {
		return "", err
	}
	body, err := json.Marshal(struct {
		JWT string `json:"jwt"`
	}{token})
	if err != nil {
		return "", fmt.Errorf("encode BAN_JWT: %w", err)
	}
	err = c.send(ctx, appID, command{
		name:       "BAN_JWT",
		path:       accessPath + string(appID) + "/ban/jwt",
		body:       body,
		repeatable: true,
		sensitive:  []string{token},
	})
	return outcome(Banned, err)
}

func outcome(done Outcome, err error) (Outcome, error) {
	if err != nil {
		return "", err
	}
	return done, nil
}

// outcomeOrGone takes a provider that knows nothing of the target as an outcome of its own.
func outcomeOrGone(done Outcome, err error) (Outcome, error) {
	if isGone(err) {
		return NotFound, nil
	}
	return outcome(done, err)
}

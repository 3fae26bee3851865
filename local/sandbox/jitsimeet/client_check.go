package jitsimeet

import (
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"slices"
	"strings"
	"time"
)

// features are the keys the web client knows.
// https://github.com/jitsi/jitsi-meet/blob/master/react/features/base/jwt/constants.ts
var features = []string{
	"branding", "calendar", "create-polls", "file-upload", "flip", "inbound-call", "list-visitors",
	"live-translation", "livestreaming", "lobby", "moderation", "outbound-call", "recording", "room",
	"screen-sharing", "send-groupchat", "send-private-message", "sip-inbound-call", "sip-outbound-call",
	"transcription",
}

// appIDPrefix starts what the client takes for a tenant of JaaS.
const appIDPrefix = "vpaas-magic-cookie"

// CheckAsClient is the web client's look at a token before it connects, with the client's own error
// keys: https://github.com/jitsi/jitsi-meet/blob/master/react/features/base/jwt/functions.ts
//
// It is stricter in two places where the client notices nothing and the user waits for ever: a header
// or payload that cannot be read gets its key, and times in milliseconds are invalid.
func CheckAsClient(raw string, now time.Time) (Token, error) {
	t, err := ParseToken(raw)
	switch {
	case errors.Is(err, ErrTokenForm), errors.Is(err, ErrHeader):
		return Token{}, clientRefusal("headerNotFound")
	case errors.Is(err, ErrPayload):
		return Token{}, clientRefusal("payloadNotFound")
	case err != nil:
		// The client does not look at signatures; the server does.
		return Token{}, NotAllowed(err.Error())
	}
	if sub, _ := t.Claims["sub"].(string); strings.HasPrefix(sub, appIDPrefix) && falsy(t.Header["kid"]) {
		return Token{}, clientRefusal("kidNotFound")
	}
	keys := slices.Concat(jaasKeys(t), timeKeys(t.Claims, now), contextKeys(t.Claims))
	if len(keys) > 0 {
		return Token{}, clientRefusal(keys...)
	}
	return t, nil
}

func clientRefusal(keys ...string) error {
	return &Refusal{
		Status: http.StatusForbidden, Code: keys[0], Keys: keys,
		Message: "the web client rejects the token: " + strings.Join(keys, ", "),
	}
}

// jaasKeys are the checks the client makes only when sub is a JaaS tenant.
func jaasKeys(t Token) []string {
	sub, _ := t.Claims["sub"].(string)
	if !strings.HasPrefix(sub, appIDPrefix) {
		return nil
	}
	var keys []string
	kid, isString := t.Header["kid"].(string)
	// A kid that is no string makes the client's check fail silently; the server refuses it later.
	if tenant, _, found := strings.Cut(kid, "/"); isString && (!found || tenant != sub) {
		keys = append(keys, "kidMismatch")
	}
	if t.Claims["aud"] != "jitsi" {
		keys = append(keys, "audInvalid")
	}
	if t.Claims["iss"] != "chat" {
		keys = append(keys, "issInvalid")
	}
	if falsy(ClaimContext(t.Claims)["features"]) {
		keys = append(keys, "featuresNotFound")
	}
	return keys
}

func timeKeys(claims map[string]any, now time.Time) []string {
	var keys []string
	ms := float64(now.UnixMilli())
	if value := claims["nbf"]; !falsy(value) {
		if nbf, ok := clientSeconds(value); !ok {
			keys = append(keys, "nbfInvalid")
		} else if ms < nbf*1000 {
			keys = append(keys, "nbfFuture")
		}
	}
	if exp, ok := clientSeconds(claims["exp"]); !ok {
		keys = append(keys, "expInvalid")
	} else if ms > exp*1000 {
		keys = append(keys, "tokenExpired")
	}
	return keys
}

// clientSeconds is the client's isValidUnixTimestamp: whole milliseconds only.
func clientSeconds(value any) (float64, bool) {
	f, ok := Seconds(value)
	return f, ok && math.Trunc(f*1000) == f*1000
}

func contextKeys(claims map[string]any) []string {
	if falsy(claims["context"]) {
		return []string{"contextNotFound"}
	}
	value := ClaimContext(claims)["features"]
	if falsy(value) {
		return nil // found by jaasKeys
	}
	given, ok := value.(map[string]any)
	if !ok {
		return []string{"featureInvalid"}
	}
	var keys []string
	for name, on := range given {
		if !slices.Contains(features, name) {
			keys = append(keys, "featureInvalid")
		} else if _, ok := Flag(on); !ok {
			keys = append(keys, "featureValueInvalid")
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// ClaimContext returns the context claim, empty when it is none.
func ClaimContext(claims map[string]any) map[string]any {
	got, _ := claims["context"].(map[string]any)
	return got
}

// Flag reads a boolean in the two spellings tokens have for it, true and "true".
func Flag(v any) (on, ok bool) {
	switch v {
	case true, "true":
		return true, true
	case false, "false":
		return false, true
	}
	return false, false
}

// falsy is JavaScript's idea of nothing.
func falsy(v any) bool {
	if n, ok := v.(json.Number); ok {
		f, err := n.Float64()
		return err == nil && f == 0
	}
	return v == nil || v == false || v == ""
}

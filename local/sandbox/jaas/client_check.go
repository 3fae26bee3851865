package jaas

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

// checkAsClient is the web client's look at a token before it connects, with the client's own error
// keys: https://github.com/jitsi/jitsi-meet/blob/master/react/features/base/jwt/functions.ts
//
// It is stricter in two places where the client notices nothing and the user waits for ever: a header
// or payload that cannot be read gets its key, and times in milliseconds are invalid.
func checkAsClient(raw string, now time.Time) (token, error) {
	t, err := parseToken(raw)
	switch {
	case errors.Is(err, errTokenForm), errors.Is(err, errHeader):
		return token{}, clientRefusal("headerNotFound")
	case errors.Is(err, errPayload):
		return token{}, clientRefusal("payloadNotFound")
	case err != nil:
		// The client does not look at signatures; the server does.
		return token{}, notAllowed(err.Error())
	}
	if sub, _ := t.claims["sub"].(string); strings.HasPrefix(sub, appIDPrefix) && falsy(t.header["kid"]) {
		return token{}, clientRefusal("kidNotFound")
	}
	keys := slices.Concat(jaasKeys(t), timeKeys(t.claims, now), contextKeys(t.claims))
	if len(keys) > 0 {
		return token{}, clientRefusal(keys...)
	}
	return t, nil
}

func clientRefusal(keys ...string) error {
	return &refusal{
		status: http.StatusForbidden, code: keys[0], keys: keys,
		message: "the web client rejects the token: " + strings.Join(keys, ", "),
	}
}

// jaasKeys are the checks the client makes only when sub is a JaaS tenant.
func jaasKeys(t token) []string {
	sub, _ := t.claims["sub"].(string)
	if !strings.HasPrefix(sub, appIDPrefix) {
		return nil
	}
	var keys []string
	kid, isString := t.header["kid"].(string)
	// A kid that is no string makes the client's check fail silently; the server refuses it later.
	if tenant, _, found := strings.Cut(kid, "/"); isString && (!found || tenant != sub) {
		keys = append(keys, "kidMismatch")
	}
	if t.claims["aud"] != "jitsi" {
		keys = append(keys, "audInvalid")
	}
	if t.claims["iss"] != "chat" {
		keys = append(keys, "issInvalid")
	}
	if falsy(claimContext(t.claims)["features"]) {
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
	f, ok := seconds(value)
	return f, ok && math.Trunc(f*1000) == f*1000
}

func contextKeys(claims map[string]any) []string {
	if falsy(claims["context"]) {
		return []string{"contextNotFound"}
	}
	value := claimContext(claims)["features"]
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
		} else if _, ok := flag(on); !ok {
			keys = append(keys, "featureValueInvalid")
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// claimContext returns the context claim, empty when it is none.
func claimContext(claims map[string]any) map[string]any {
	got, _ := claims["context"].(map[string]any)
	return got
}

// flag reads a boolean in the two spellings JaaS takes, true and "true".
func flag(v any) (on, ok bool) {
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

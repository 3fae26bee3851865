package functions_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestJaaSFunctions_Events has the built webhook keep an event in DynamoDB Local, where the others find it.
func TestJaaSFunctions_Events(t *testing.T) {
	t.Parallel()
	s := newStory(t, "jaas")
	s.settings = append(s.settings, "GAVEL_JAAS_BASE_URL="+s.server.Info().Sandboxes["jaas"].BaseURL)
	appID, secret := s.server.Info().AppID, s.madeUp(t, "webhookSecret")
	signed := func(e map[string]any) {
		e["body"] = strings.NewReplacer("vpaas-magic-cookie-96f0941768964ab380ed0fbada7a502f", appID, "sampleappromanticshiftsstripas", "testroom").Replace(e["body"].(string))
		signedWith(secret)(e)
	}
	s.outcome(t, "webhook", "kept", inPath("appId", appID), signed)
	s.outcome(t, "webhook", "known", inPath("appId", appID), signed)
	s.feed(t, "webhook", http.StatusUnauthorized)
	if got := s.feed(t, "list-events", http.StatusOK)["events"].([]any); len(got) != 1 {
		t.Errorf("got %v, want the event once", got)
	}
	people := s.feed(t, "list-participants", http.StatusOK)["participants"].([]any)
	if len(people) != 1 || people[0].(map[string]any)["participantId"] != "fc1ea14a" {
		t.Errorf("got %v, want the one who joined", people)
	}
	s.outcome(t, "kick-participant", "not_found", inBody(`"participantId": "f0aa9e1e"`, `"userId": "auth0|5f903d7a77f3b4006eb8e67d"`))
	s.outcome(t, "ban-user", "banned")
	if got := s.feed(t, "list-bans", http.StatusOK)["bans"].([]any); len(got) != 1 {
		t.Errorf("got %v, want the ban", got)
	}
	s.feed(t, "create-token", http.StatusCreated)
	s.feed(t, "lift-ban", http.StatusOK)
	if got := s.feed(t, "list-bans", http.StatusOK)["bans"].([]any); len(got) != 0 {
		t.Errorf("got %v, want no ban any more", got)
	}
}

// signedWith signs an event as JaaS does.
func signedWith(secret string) edit {
	return func(e map[string]any) {
		at := strconv.FormatInt(time.Now().Unix(), 10)
		mac := hmac.New(sha256.New, []byte(secret))
		_, _ = mac.Write([]byte(at + "." + e["body"].(string)))
		e["headers"].(map[string]any)["x-jaas-signature"] = "t=" + at + ",v1=" + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	}
}

package jaasapi_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"gavel/local/apitest"
	"gavel/shared/clock"
	"gavel/shared/inbox"
	"gavel/shared/jaas"
	"gavel/shared/roster"
	"gavel/shared/table"
)

const webhookSecret = "whsec_0123456789abcdef0123456789abcdef"

// hook is a gateway with a webhook and the roster behind it.
type hook struct {
	*gateway

	roster *roster.Roster
	path   string
}

func setupHook(t *testing.T, store table.Store) hook {
	t.Helper()
	return hookBefore(t, store, nil)
}

// hookBefore has an upstream of its own behind it.
func hookBefore(t *testing.T, store table.Store, upstream http.HandlerFunc) hook {
	t.Helper()
	return hookWith(t, store, upstream, webhookSecret)
}

// hookWith has something else for the webhook's secret.
func hookWith(t *testing.T, store table.Store, upstream http.HandlerFunc, webhook any) hook {
	t.Helper()
	if store == nil {
		store = apitest.Embedded(t)
	}
	secret := map[string]any{"jaas/" + appID: map[string]any{"keyId": "4f4910", "privateKey": tenantKey(), "webhookSecret": webhook}}
	guests := roster.New(store, clock.Now, apitest.Days)
	return hook{setup(t, options{
		secrets: apitest.SecretsFile(t, secret), roster: guests, events: inbox.New(store, clock.Now, apitest.Days), store: store, upstream: upstream,
	}), guests, "/webhooks/jaas/" + appID}
}

// deliver sends a body as JaaS does, signed now with the secret.
func (h hook) deliver(t *testing.T, body, secret string) answer {
	t.Helper()
	at := fmt.Sprint(time.Now().Unix())
	mac := hmac.New(sha256.New, []byte(secret))
	_, _ = mac.Write([]byte(at + "." + body))
	signature := "t=" + at + ",v1=" + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	return h.send(t, http.MethodPost, h.path, body, http.Header{jaas.SignatureHeader: {signature}})
}

func (h hook) present(t *testing.T, user string) []string {
	t.Helper()
	ids, err := h.roster.Present(t.Context(), appID+"/standup", user)
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(ids)
	return ids
}

// sighting is an event about user u-17 at a time in milliseconds; the odd spaces are part of what is signed.
func sighting(kind, id string, at int64) string {
	return fmt.Sprintf(`{ "eventType" :"%s","idempotencyKey":"k-%s-%s","appId":"%s","fqn":"%s/StandUp","sessionId":"s","timestamp":%d,
		"data":{"id":"u-17","participantId":"%s","name":"Ada","email":"ada@example.org","moderator":"true"}}`, kind, kind, id, appID, appID, at, id)
}

func TestWebhook_KeepsWhoIsInside(t *testing.T) {
	t.Parallel()
	h := setupHook(t, nil)
	for _, step := range []struct {
		kind, id string
		at       int64
		want     []string
	}{
		{"PARTICIPANT_JOINED", "aaaaaaaa", 1000, []string{"aaaaaaaa"}},
		{"PARTICIPANT_JOINED", "aaaaaaaa", 1000, []string{"aaaaaaaa"}}, // twice
		{"PARTICIPANT_JOINED", "bbbbbbbb", 2000, []string{"aaaaaaaa", "bbbbbbbb"}},
		{"PARTICIPANT_LEFT", "aaaaaaaa", 3000, []string{"bbbbbbbb"}},
		{"PARTICIPANT_JOINED", "aaaaaaaa", 1000, []string{"bbbbbbbb"}}, // late
		{"PARTICIPANT_LEFT", "cccccccc", 5000, []string{"bbbbbbbb"}},   // before it came
		{"PARTICIPANT_JOINED", "cccccccc", 4000, []string{"bbbbbbbb"}},
		{"PARTICIPANT_LEFT", "bbbbbbbb", 2000, []string{}}, // in the same millisecond
		{"PARTICIPANT_JOINED", "bbbbbbbb", 2000, []string{}},
	} {
		if got := h.deliver(t, sighting(step.kind, step.id, step.at), webhookSecret); got.Status != http.StatusOK {
			t.Fatalf("%s %s: got %d %s", step.kind, step.id, got.Status, got.Body)
		}
		if got := h.present(t, "u-17"); !slices.Equal(got, step.want) {
			t.Errorf("after %s %s at %d: got %v, want %v", step.kind, step.id, step.at, got, step.want)
		}
	}
	if got := h.present(t, "u-18"); len(got) != 0 {
		t.Errorf("somebody else: got %v", got)
	}
}

func TestWebhook_KeepsWhatTellsOfNobody(t *testing.T) {
	t.Parallel()
	h := setupHook(t, nil)
	for _, body := range []string{
		strings.Replace(sighting("ROOM_CREATED", "aaaaaaaa", 1), `"data"`, `"x"`, 1),
		sighting("SOMETHING_NEW", "aaaaaaaa", 1),
		strings.Replace(sighting("PARTICIPANT_JOINED", "aaaaaaaa", 1), `"id":"u-17",`, "", 1),
		sighting("PARTICIPANT_JOINED", "x", 1),
		strings.Replace(sighting("PARTICIPANT_LEFT", "aaaaaaaa", 1), `"data":{`, `"data":[],"x":{`, 1),
		strings.Replace(sighting("ROOM_DESTROYED", "aaaaaaaa", 1), `"data":{`, `"data":7,"x":{`, 1),
	} {
		if got := h.deliver(t, body, webhookSecret); got.Status != http.StatusOK || !strings.Contains(string(got.Body), `"kept"`) {
			t.Errorf("got %d %s, want it kept: %s", got.Status, got.Body, body)
		}
	}
}

func TestWebhook_BelievesNobodyElse(t *testing.T) {
	t.Parallel()
	h := setupHook(t, nil)
	body := sighting("PARTICIPANT_JOINED", "aaaaaaaa", 1000)
	another := hook{h.gateway, h.roster, "/webhooks/jaas/vpaas-magic-cookie-ffffffffffffffffffffffffffffffff"}
	for name, got := range map[string]answer{
		"another secret":   h.deliver(t, body, webhookSecret+"0"),
		"no prefix":        h.deliver(t, body, strings.TrimPrefix(webhookSecret, "whsec_")),
		"no signature":     h.post(t, h.path, body),
		"no signature v1":  h.send(t, http.MethodPost, h.path, body, http.Header{jaas.SignatureHeader: {"t=1"}}),
		"an unknown place": another.deliver(t, body, webhookSecret),
		"no secret there":  another.deliver(t, body, ""),
	} {
		if p := document(t, got); got.Status != http.StatusUnauthorized || strings.Contains(p.Detail, "secret") || p.Secret != "" {
			t.Errorf("%s: got %d %s, want 401 that tells nothing", name, got.Status, got.Body)
		}
	}
	if got := h.present(t, "u-17"); len(got) != 0 {
		t.Errorf("present: got %v, want nobody", got)
	}
}

// Where a tenant's secret is there and does not do, that is for the operator to know; who sent it cannot be told.
func TestWebhook_WithoutAUsableSecretIsNotConfigured(t *testing.T) {
	t.Parallel()
	for says, webhook := range map[string][]any{
		"webhookSecret is missing": {nil, "", []string{}},
		"webhookSecret: ":          {"nope", "whsec_", []string{""}, []string{webhookSecret, webhookSecret}},
		"strings in it":            {12, true, map[string]any{}, []int{1}},
	} {
		for _, w := range webhook {
			h := hookWith(t, nil, nil, w)
			for _, secret := range []string{"", webhookSecret} {
				got := h.deliver(t, sighting("PARTICIPANT_JOINED", "aaaaaaaa", 1000), secret)
				problems.LacksSecret(t, "jaas-webhook", got, "gavel/jaas/"+appID, says)
			}
			if got := h.present(t, "u-17"); len(got) != 0 {
				t.Errorf("%v: got %v inside, want nobody believed", w, got)
			}
		}
	}
}

func TestWebhook_RefusesWhatIsSignedButNoEvent(t *testing.T) {
	t.Parallel()
	h := setupHook(t, nil)
	for name, body := range map[string]string{
		"no JSON":        "{",
		"nothing":        "{}",
		"another tenant": strings.ReplaceAll(sighting("PARTICIPANT_JOINED", "aaaaaaaa", 1), appID, "vpaas-magic-cookie-ffffffffffffffffffffffffffffffff"),
		"no UTF-8":       strings.Replace(sighting("PARTICIPANT_JOINED", "aaaaaaaa", 1), "Ada", "\xff", 1),
		"no key":         strings.Replace(sighting("PARTICIPANT_JOINED", "aaaaaaaa", 1), "idempotencyKey", "x", 1),
		"settings":       `{"fqn":"` + appID + `/standup"}`,
	} {
		if got := h.deliver(t, body, webhookSecret); got.Status != http.StatusUnprocessableEntity || strings.Contains(string(got.Body), "ada@") {
			t.Errorf("%s: got %d %s, want 422", name, got.Status, got.Body)
		}
	}
	if got := h.deliver(t, strings.Repeat(" ", 4<<20+1), webhookSecret); got.Status != http.StatusRequestEntityTooLarge {
		t.Errorf("too large: got %d", got.Status)
	}
}

func TestWebhook_SaysWhenItCouldNotKeepAnEvent(t *testing.T) {
	t.Parallel()
	h := setupHook(t, busyStore{})
	got := h.deliver(t, sighting("PARTICIPANT_JOINED", "aaaaaaaa", 1), webhookSecret)
	if p := document(t, got); got.Status != http.StatusServiceUnavailable || got.Header.Get("Retry-After") == "" {
		t.Errorf("got %d %+v, want 503 so that JaaS delivers again", got.Status, p)
	}
}

// busyStore is a state that is never reached in time.
type busyStore struct{ table.Store }

func (busyStore) Write(context.Context, ...table.Change) error { return table.ErrBusy }

func (busyStore) Query(context.Context, table.Range) ([]table.Item, error) {
	return nil, table.ErrBusy
}

func (busyStore) Get(context.Context, ...table.Key) ([]table.Item, error) {
	return nil, table.ErrBusy
}

package rooms_test

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gavel/shared/api"
	"gavel/shared/api/jaasapi"
	"gavel/shared/bans"
	"gavel/shared/clock"
	"gavel/shared/config"
	"gavel/shared/inbox"
	"gavel/shared/jaas"
	"gavel/shared/roster"
	"gavel/shared/secrets"
)

// BenchmarkIntake sends signed events of JaaS through the webhook's handler.
func BenchmarkIntake(b *testing.B) { onEngines(b, showIntake) }

const intakeSecret = "whsec_0123456789abcdef0123456789abcdef"

// newIntake gives the webhook's code from its handler on.
func newIntake(tb testing.TB, e *engine) http.Handler {
	tb.Helper()
	t := newTenant(tb)
	raw, err := t.secrets.Read(tb.Context(), "jaas/"+appID)
	if err != nil {
		tb.Fatal(err)
	}
	var content map[string]string
	if err := json.Unmarshal(raw.Bytes(), &content); err != nil {
		tb.Fatal(err)
	}
	content["webhookSecret"] = intakeSecret
	text, err := json.Marshal(map[string]any{"jaas/" + appID: content})
	if err != nil {
		tb.Fatal(err)
	}
	path := filepath.Join(tb.TempDir(), "secrets.json")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		tb.Fatal(err)
	}
	mux := http.NewServeMux()
	client := jaas.Configured(t.settings, secrets.NewFile(path, t.settings.SecretPrefix))
	const days = config.DefaultEventDays
	jaasapi.RegisterWebhook(api.New(mux), jaasapi.WebhookServices{
		From: client, Events: inbox.New(e.store, clock.Now, days), Roster: roster.New(e.store, clock.Now, days), Bans: bans.New(e.store),
	})
	return api.Handler(mux)
}

// deliver sends an event, signed now.
func deliver(ctx context.Context, handler http.Handler, kind, key, id string) error {
	body := fmt.Sprintf(`{"eventType":"%s","idempotencyKey":"%s","fqn":"%s/standup","sessionId":"s","timestamp":%d,"data":{"id":"u-%s","participantId":"%s"}}`,
		kind, key, appID, time.Now().UnixMilli(), id, id)
	at := fmt.Sprint(time.Now().Unix())
	mac := hmac.New(sha256.New, []byte(intakeSecret))
	_, _ = mac.Write([]byte(at + "." + body))
	in := httptest.NewRequestWithContext(ctx, http.MethodPost, "/webhooks/jaas/"+appID, strings.NewReader(body))
	in.Header.Set("Content-Type", "application/json")
	in.Header.Set(jaas.SignatureHeader, "t="+at+",v1="+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	out := httptest.NewRecorder()
	handler.ServeHTTP(out, in)
	if out.Code != http.StatusOK {
		return fmt.Errorf("%s: status %d: %s", kind, out.Code, out.Body)
	}
	return nil
}

var intakeHead = []string{"", "at once", "events/s", "p50", "p90", "p99", "requests each"}

// showIntake takes in joins, events of nobody and ones that are known, and prints what came out.
func showIntake(tb testing.TB, w io.Writer, e *engine, p plan) {
	tb.Helper()
	handler := newIntake(tb, e)
	kinds := []struct {
		name, kind string
		key        func() string
	}{
		{"join", "PARTICIPANT_JOINED", rand.Text},
		{"other", "RECORDING_STARTED", rand.Text},
		{"known", "RECORDING_STARTED", func() string { return "known" }},
	}
	var rows [][]string
	for _, k := range kinds {
		for _, workers := range p.at {
			s := &side{workers: workers, counter: e.requests, run: func(ctx context.Context, _ int) error {
				return deliver(ctx, handler, k.kind, k.key(), shortID())
			}}
			if err := inTurns(tb.Context(), p, s); err != nil {
				tb.Fatal(err)
			}
			rows = append(rows, []string{
				k.name, fmt.Sprint(workers), perSecond(s.rate()), ms(percentile(s.times, 50)), ms(percentile(s.times, 90)), ms(percentile(s.times, 99)),
				ratio(float64(s.requests) / float64(len(s.times))),
			})
		}
	}
	if err := printTable(w, "Intake of JaaS's events on "+e.name, intakeHead, rows, "Times in ms. Requests: to the engine, for each event."); err != nil {
		tb.Error(err)
	}
}

// shortID makes the id of somebody who was not there before.
func shortID() string {
	var random [4]byte
	_, _ = rand.Read(random[:])
	return fmt.Sprintf("%08x", random)
}

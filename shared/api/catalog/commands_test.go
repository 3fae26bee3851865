package catalog_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"gavel/local/apitest"
	"gavel/local/standin"
	"gavel/shared/api"
	"gavel/shared/api/catalog"
	"gavel/shared/apigw"
	"gavel/shared/audit"
	"gavel/shared/bans"
	"gavel/shared/clock"
	"gavel/shared/config"
	"gavel/shared/jaas"
	"gavel/shared/jitsi"
	"gavel/shared/openmeetings"
	"gavel/shared/rooms"
	"gavel/shared/roster"
	"gavel/shared/secrets"
	"gavel/shared/table"
	"gavel/shared/veeting"
)

// sampleTenant is that of the sample events.
const sampleTenant = "vpaas-magic-cookie-0123456789abcdef0123456789abcdef"

// accounts are the secrets for meeting systems that are all at one place.
func accounts(t *testing.T, at string) secrets.Source {
	t.Helper()
	keys := make([]string, 3)
	for i := range keys {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			t.Fatal(err)
		}
		der, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			t.Fatal(err)
		}
		keys[i] = string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	}
	return apitest.SecretsFile(t, map[string]any{
		"jaas/" + sampleTenant: map[string]any{"keyId": "k", "privateKey": keys[0]},
		"jitsi": map[string]any{
			"baseUrl": at, "issuer": "gavel", "audience": "jitsi", "algorithm": "RS256", "keyId": "login", "privateKey": keys[1],
			"system": map[string]any{"baseUrl": at, "keyId": "system", "privateKey": keys[2]},
		},
		"openmeetings": map[string]any{"baseUrl": at, "user": "gavel", "password": "hush"},
		"veeting":      map[string]any{"baseUrl": at, "apiKey": "hush", "level": "instance"},
	})
}

// serveEvents gives the adapter in front of all operations, with meeting systems that answer as told to. OpenMeetings lets
// us in first.
func serveEvents(t *testing.T, timeout time.Duration, answer http.HandlerFunc) (apigw.HandlerFunc, table.Store) {
	t.Helper()
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		if strings.HasSuffix(r.URL.Path, "/user/login") {
			standin.Says(http.StatusOK, `{"serviceResult":{"message":"made-up-sid","type":"SUCCESS"}}`)(w, r)
			return
		}
		answer(w, r)
	}))
	t.Cleanup(upstream.Close)
	settings, err := config.Load(func(name string) string {
		return map[string]string{"GAVEL_JAAS_BASE_URL": upstream.URL}[name]
	})
	if err != nil {
		t.Fatal(err)
	}
	settings.UpstreamTimeout = timeout // which may be shorter than a setting
	source, store := accounts(t, upstream.URL), apitest.Embedded(t)
	mux := http.NewServeMux()
	catalog.Register(api.New(mux), catalog.Services{
		JaaS: jaas.Configured(settings, source), Jitsi: jitsi.Configured(settings, source), Roster: roster.New(store, clock.Now, apitest.Days),
		Bans: bans.NewKeeper(store, audit.Trail{}, clock.Now), Rooms: rooms.New(rooms.Options{Store: store, Now: clock.Now}),
		OpenMeetings: openmeetings.Configured(settings, source), Veeting: veeting.Configured(settings, source),
	})
	recorder := audit.NewRecorder(func() table.Store { return store }, audit.NewTrail(apitest.Days), clock.Now)
	return apigw.Adapt(api.Tell(recorder, api.Handler(mux))), store
}

// commandEvents gives the sample events of all commands, by their ids.
func commandEvents(t *testing.T) map[string]events.APIGatewayV2HTTPRequest {
	t.Helper()
	all := map[string]events.APIGatewayV2HTTPRequest{}
	for _, op := range operations(t, document(t)) {
		group, name, _ := strings.Cut(op.id, "-")
		if op.method == "get" || op.object["security"] == nil || group == "rooms" {
			continue
		}
		text, err := os.ReadFile(filepath.Join("..", "..", "..", "events", group, name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		var event events.APIGatewayV2HTTPRequest
		if err := json.Unmarshal(text, &event); err != nil {
			t.Fatalf("%s: %v", op.id, err)
		}
		event.Headers["x-reason"] = "because of " + op.id
		all[op.id] = event
	}
	return all
}

// toldOf gives the events of commands that were kept, by operation, and the text of all events.
func toldOf(t *testing.T, store table.Store) (by map[string][]audit.Event, text string) {
	t.Helper()
	by = map[string][]audit.Event{}
	log := audit.NewLog(store, audit.Trail{}, clock.Now)
	for cursor := ""; ; {
		page, err := log.Actor(t.Context(), audit.Actor{Kind: audit.APIKey, Name: "crm"}, audit.MaxPage, cursor)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range page.Events {
			if e.Type == audit.Command {
				by[e.Operation] = append(by[e.Operation], e)
			}
			encoded, err := json.Marshal(e)
			if err != nil {
				t.Fatal(err)
			}
			text += string(encoded)
		}
		if cursor = page.Next; cursor == "" {
			return by, text
		}
	}
}

// Whatever a meeting system makes of a command, its event says so, also when it says nothing: for every command, through
// the adapter that functions have.
func TestCommands_OfWhichMeetingSystemsMakeNothing(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		timeout time.Duration
		answer  http.HandlerFunc
		outcome string
		details map[string]string
	}{
		"they fail": {
			10 * time.Second, standin.Says(http.StatusInternalServerError, `{"message":"of +40747777777, ada@example.org"}`), "upstream_error",
			map[string]string{"problem": "refused", "status": "500"},
		},
		"they do not answer": {
			200 * time.Millisecond, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, "upstream_timeout",
			map[string]string{"problem": "timeout"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			handle, store := serveEvents(t, tt.timeout, tt.answer)
			all := commandEvents(t)
			answers := map[string]string{}
			for id, event := range all {
				ctx, cancel := context.WithTimeout(t.Context(), 29*time.Second)
				answer, err := handle(ctx, event)
				cancel()
				if err != nil {
					t.Fatalf("%s: %v", id, err)
				}
				answers[id] = answer.Body
			}
			by, text := toldOf(t, store)
			for id := range all {
				told := by[id]
				if len(told) != 1 || told[0].Reason != "because of "+id {
					t.Errorf("%s: got %+v, want one event; it was answered %s", id, told, answers[id])
					continue
				}
				e := told[0]
				if asksNobody := map[string]string{
					"jaas-create-token": audit.Done, "jitsi-create-token": audit.Done, "jaas-lift-ban": "lifted",
				}; asksNobody[id] != "" {
					if e.Outcome != asksNobody[id] && e.Outcome != "not_found" {
						t.Errorf("%s: got %+v, want it done", id, e)
					}
					continue
				}
				var said struct{ MayHaveHappened *bool }
				if err := json.Unmarshal([]byte(answers[id]), &said); err != nil || said.MayHaveHappened == nil {
					t.Fatalf("%s: got %s, want it said whether it may have happened", id, answers[id])
				}
				if happened := e.Details["may_have_happened"] == "true"; e.Outcome != tt.outcome || happened != *said.MayHaveHappened {
					t.Errorf("%s: got %+v, want %s as in %s", id, e, tt.outcome, answers[id])
				}
				for name, value := range tt.details {
					if e.Details[name] != value {
						t.Errorf("%s: got %v, want %s %s", id, e.Details, name, value)
					}
				}
			}
			for _, personal := range []string{"747777777", "@", "example.", "eyJ", "John", "Doe", "john.doe", "hush", "Kite", "Review", "made-up"} {
				if strings.Contains(text, personal) {
					t.Errorf("got %q in an event, want nothing but ids", personal)
				}
			}
		})
	}
}

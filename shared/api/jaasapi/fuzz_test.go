package jaasapi_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"gavel/local/apitest"
	"gavel/shared/api"
	"gavel/shared/api/jaasapi"
	"gavel/shared/audit"
	"gavel/shared/auth"
	"gavel/shared/bans"
	"gavel/shared/clock"
	"gavel/shared/jaas"
	"gavel/shared/jitsimeet"
	"gavel/shared/logs"
	"gavel/shared/problem"
	"gavel/shared/rooms"
	"gavel/shared/roster"
)

// willing does whatever it is asked to, so that only the decoding is under test.
type willing struct{ asked *jitsimeet.Participant }

func (willing) BanUser(context.Context, jaas.AppID, string) (jaas.Outcome, error) {
	return jaas.Banned, nil
}

func (willing) KickParticipant(context.Context, jaas.AppID, jitsimeet.Room, jitsimeet.ParticipantID) (jaas.Outcome, error) {
	return jaas.Kicked, nil
}

func (w willing) CreateToken(_ context.Context, _ jaas.AppID, p jitsimeet.Participant) (jitsimeet.Token, error) {
	*w.asked = p
	return jitsimeet.Token{JWT: "t", Expires: time.Unix(0, 0)}, nil
}

// FuzzDecode sends any bytes as any content type: the answer is a success or says in a problem
// document what is wrong, and what gets through is what the domain takes.
func FuzzDecode(f *testing.F) {
	for _, op := range operations()[:2] {
		f.Add([]byte(op.body), "application/json")
		for _, c := range append(unreadable(op), unfit(op)...) {
			f.Add([]byte(c.body), "")
		}
	}
	f.Add([]byte(`{"room":"*","regex":true,"user":{"id":"u","name":null},"features":{"recording":"tru\u0065"},"expiresInSeconds":7.2e3}`), "a/b+json;c")
	asked := jitsimeet.Participant{}
	mux := http.NewServeMux()
	a := api.New(mux)
	none := apitest.Empty{}
	jaasapi.RegisterBanUser(a, jaasapi.BanServices{
		Client: willing{}, Bans: bans.NewKeeper(none, audit.Trail{}, clock.Now), Inside: roster.New(none, clock.Now, apitest.Days), Aliases: rooms.New(rooms.Options{Store: none, Now: clock.Now}),
	})
	jaasapi.RegisterCreateToken(a, willing{&asked}, bans.New(none))
	handler := api.Handler(mux)
	f.Fuzz(func(t *testing.T, body []byte, contentType string) {
		for _, op := range operations()[:2] {
			got := serve(t, handler, op.url(), body, contentType)
			if got.Status == op.status {
				if faults := asked.Check(); op.id == "jaas-create-token" && len(faults) > 0 {
					t.Errorf("got %d for %q, of which the domain says %+v", got.Status, body, faults)
				}
				continue
			}
			p := apitest.Problems{}.Document(t, got)
			if p.Status < 400 || p.Status > 499 || len(p.Errors) == 0 && p.Code != problem.TooLarge {
				t.Errorf("%s: got %s for %q, want 2xx or 4xx with faults", op.id, got.Body, body)
			}
			if strings.Contains(string(got.Body), "json:") || strings.Contains(string(got.Body), "Go struct") {
				t.Errorf("%s: got %s, which tells of the inside", op.id, got.Body)
			}
		}
	})
}

func serve(t *testing.T, handler http.Handler, path string, body []byte, contentType string) answer {
	t.Helper()
	ctx := logs.WithRequestID(t.Context(), "fuzz")
	ctx = auth.WithPrincipal(ctx, auth.Principal{Kind: auth.APIKey, Name: "fuzz", Scopes: []string{"jaas"}})
	request := httptest.NewRequestWithContext(ctx, http.MethodPost, path, strings.NewReader(string(body)))
	if contentType != "" {
		request.Header.Set("Content-Type", contentType)
	}
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, request)
	if !json.Valid(recorder.Body.Bytes()) {
		t.Errorf("got %q, want JSON", recorder.Body.Bytes())
	}
	return answer{Status: recorder.Code, Header: recorder.Header(), Body: recorder.Body.Bytes()}
}

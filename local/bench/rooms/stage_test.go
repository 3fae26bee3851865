package rooms_test

import (
	"context"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gavel/local/testkey"
	"gavel/shared/api"
	"gavel/shared/api/roomsapi"
	"gavel/shared/auth"
	"gavel/shared/bindings"
	"gavel/shared/clock"
	"gavel/shared/config"
	"gavel/shared/rooms"
	"gavel/shared/secrets"
	"gavel/shared/table"
)

const appID = "vpaas-magic-cookie-0123456789abcdef0123456789abcdef"

// tenant is the JaaS tenant that rooms meet in.
type tenant struct {
	settings config.Config
	secrets  secrets.Source
	key      *rsa.PrivateKey
}

func newTenant(tb testing.TB) *tenant {
	tb.Helper()
	text := testkey.PEM(tb)
	block, _ := pem.Decode([]byte(text))
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		tb.Fatal(err)
	}
	data, err := json.Marshal(map[string]any{"jaas/" + appID: map[string]string{"keyId": "4f4910", "privateKey": text}})
	if err != nil {
		tb.Fatal(err)
	}
	path := filepath.Join(tb.TempDir(), "secrets.json")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		tb.Fatal(err)
	}
	set := map[string]string{"GAVEL_ROOMS_JAAS_APP_ID": appID}
	settings, err := config.Load(func(name string) string { return set[name] })
	if err != nil {
		tb.Fatal(err)
	}
	return &tenant{settings: settings, secrets: secrets.NewFile(path, settings.SecretPrefix), key: key.(*rsa.PrivateKey)}
}

// stage is a function's code from its handler on.
type stage struct{ handler http.Handler }

func newStage(store table.Store, t *tenant) *stage {
	mux := http.NewServeMux()
	roomsapi.Register(api.New(mux), rooms.New(rooms.Options{
		Store:     store,
		Providers: bindings.Configured(t.settings, t.secrets, store),
		Now:       clock.Now,
	}))
	return &stage{handler: api.Handler(mux)}
}

// request is one of a person who has shown an access token.
type request struct{ user, method, target, body string }

var errBusy = errors.New("the state could not be written in time")

// serve answers a request. Anything but a success is an error, errBusy when it is to be repeated later.
func (s *stage) serve(ctx context.Context, r request) ([]byte, error) {
	var body io.Reader = http.NoBody
	if r.body != "" {
		body = strings.NewReader(r.body)
	}
	ctx = auth.WithPrincipal(ctx, auth.Principal{Kind: auth.User, Name: r.user})
	in := httptest.NewRequestWithContext(ctx, r.method, r.target, body)
	if r.body != "" {
		in.Header.Set("Content-Type", "application/json")
	}
	out := httptest.NewRecorder()
	s.handler.ServeHTTP(out, in)
	switch {
	case out.Code == http.StatusServiceUnavailable:
		return nil, errBusy
	case out.Code < 200 || out.Code > 299:
		return nil, fmt.Errorf("%s %s: status %d: %s", r.method, r.target, out.Code, out.Body)
	}
	return out.Body.Bytes(), nil
}

// answer is what is read of answers, whatever the operation.
type answer struct {
	ID    string `json:"id"`
	Next  string `json:"next_cursor"`
	Older string `json:"older_cursor"`
}

func (s *stage) ask(ctx context.Context, r request) (answer, error) {
	var a answer
	body, err := s.serve(ctx, r)
	if err != nil {
		return a, err
	}
	return a, json.Unmarshal(body, &a)
}

// page is how long the lists are that are asked for.
const page = 20

func createRoom(user string) request {
	return request{user, http.MethodPost, "/room", `{"name":"Stand-up","provider":"jaas"}`}
}

func listRooms(user string, limit int, more string) request {
	return request{user, http.MethodGet, fmt.Sprintf("/participant/room?limit=%d%s", limit, more), ""}
}

func getRoom(user, room string) request {
	return request{user, http.MethodGet, "/participant/room/" + room, ""}
}

func join(user, room string) request {
	return request{user, http.MethodPost, "/participant/room/" + room + "/join", ""}
}

func sendChat(user, room string) request {
	return request{user, http.MethodPost, "/participant/room/" + room + "/chat", `{"text":"Good morning! Shall we start?"}`}
}

func listChat(user, room string, limit int, more string) request {
	return request{user, http.MethodGet, fmt.Sprintf("/participant/room/%s/chat?limit=%d%s", room, limit, more), ""}
}

func listParticipants(user, room string, limit int, more string) request {
	return request{user, http.MethodGet, fmt.Sprintf("/participant/room/%s/participant?limit=%d%s", room, limit, more), ""}
}

func addParticipants(user, room string, others ...string) request {
	body := fmt.Sprintf(`{"participant_ids":["%s"]}`, strings.Join(others, `","`))
	return request{user, http.MethodPost, "/admin/room/" + room + "/participant", body}
}

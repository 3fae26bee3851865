package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gavel/shared/api"
	"gavel/shared/audit"
	"gavel/shared/auth"
	"gavel/shared/httpclient"
	"gavel/shared/idempotency"
	"gavel/shared/logs"
	"gavel/shared/problem"
	"gavel/shared/secrets"
	"gavel/shared/table"
)

type kickInput struct {
	Room string `path:"room"`
	Body struct {
		Name string `json:"name" maxLength:"20"`
	}
}

// Tell adds room and target.
func (in *kickInput) Tell(e *audit.Event) {
	e.Room, e.Target = audit.Name("jaas", "app", in.Room), "u-17"
}

type kickOutput struct {
	Body struct {
		Outcome string `json:"outcome"`
	}
}

type kick func(ctx context.Context) error

// commands serves one command, POST /kick/{room}, to an API key, or to whom X-Caller names.
type commands struct {
	url   string
	store *shaky
	count atomic.Int32
}

// shaky is a store that may fail.
type shaky struct {
	table.Store

	err    atomic.Pointer[error]
	writes atomic.Int32
	wrote  chan struct{} // closed by the first Write
	once   sync.Once
}

func (s *shaky) Write(ctx context.Context, changes ...table.Change) error {
	s.writes.Add(1)
	if err := s.err.Load(); err != nil {
		return *err
	}
	defer s.once.Do(func() { close(s.wrote) })
	return s.Store.Write(ctx, changes...)
}

func serveCommands(t *testing.T, store table.Store, recorder func(table.Store) *audit.Recorder, do kick) *commands {
	t.Helper()
	c := &commands{store: &shaky{Store: store, wrote: make(chan struct{})}}
	mux := http.NewServeMux()
	api.RegisterCommand(api.New(mux), api.Operation{ID: "jaas-kick", Method: http.MethodPost, Path: "/kick/{room}", Scope: "things"},
		func(ctx context.Context, _ *kickInput) (*kickOutput, error) {
			c.count.Add(1)
			if err := do(ctx); err != nil {
				return nil, err
			}
			out := &kickOutput{}
			out.Body.Outcome = "kicked"
			return out, nil
		}, func(e *audit.Event, out *kickOutput) { e.Outcome = out.Body.Outcome })
	handler := api.Tell(recorder(c.store), api.Handler(mux))
	handler = api.Remember(idempotency.New(func() table.Store { return c.store.Store }, time.Now), handler)
	served := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		caller := auth.Principal{Kind: auth.APIKey, Name: "crm", Scopes: []string{"things"}}
		if person := r.Header.Get("X-Caller"); person != "" {
			caller.Kind, caller.Name = auth.User, person
		}
		ctx, cancel := r.Context(), context.CancelFunc(func() {})
		if r.Header.Get("X-Late") != "" {
			ctx, cancel = context.WithTimeout(ctx, audit.RecordTime+50*time.Millisecond)
		}
		defer cancel()
		handler.ServeHTTP(w, r.WithContext(logs.WithRequestID(auth.WithPrincipal(ctx, caller), "r-1")))
	}))
	t.Cleanup(served.Close)
	c.url = served.URL
	return c
}

func kept(store table.Store) *audit.Recorder {
	return audit.NewRecorder(func() table.Store { return store }, audit.Trail{}, time.Now)
}

// send sends the command with headers, which are names and values in turn.
func (c *commands) send(t *testing.T, header ...string) (status int, body string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, c.url+"/kick/standup", strings.NewReader(`{"name":"zx81-name"}`))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(text)
}

// events gives what was kept of the room, the newest first.
func (c *commands) events(t *testing.T) []audit.Event {
	t.Helper()
	page, err := audit.NewLog(c.store, audit.Trail{}, time.Now).Room(t.Context(), "jaas/app/standup", 10, "")
	if err != nil {
		t.Fatal(err)
	}
	return page.Events
}

func TestCommand_TellsWhatWasDone(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, store table.Store) {
		t.Helper()
		c := serveCommands(t, store, kept, func(context.Context) error { return nil })
		if status, body := c.send(t, "X-Reason", "abuse"); status != http.StatusOK || !strings.Contains(body, "kicked") {
			t.Fatalf("got %d %s, want it done", status, body)
		}
		c.send(t, "X-Caller", "ada@example.org")
		all := c.events(t)
		if len(all) != 2 || c.store.writes.Load() != 2 {
			t.Fatalf("got %+v with %d requests, want an event of each with one", all, c.store.writes.Load())
		}
		got := all[1]
		want := audit.Event{
			ID: got.ID, At: got.At, Type: "provider.command", Actor: audit.Actor{Kind: "api-key", Name: "crm"}, Operation: "jaas-kick",
			RequestID: "r-1", Provider: "jaas", Room: "jaas/app/standup", Target: "u-17", Reason: "abuse", Outcome: "kicked",
		}
		if text(t, got) != text(t, want) {
			t.Errorf("got %s, want %s", text(t, got), text(t, want))
		}
		if all[0].Actor != audit.Person(audit.ID("ada@example.org")) || all[0].Reason != "" {
			t.Errorf("got %+v, want a person behind a digest", all[0])
		}
		for who, n := range map[audit.Actor]int{got.Actor: 1, audit.Person("ada@example.org"): 1} {
			page, err := audit.NewLog(c.store, audit.Trail{}, time.Now).Actor(t.Context(), who, 10, "")
			if err != nil || len(page.Events) != n {
				t.Errorf("%s: got %+v, %v, want one event", who, page.Events, err)
			}
		}
	})
}

func text(t *testing.T, value any) string {
	t.Helper()
	encoded, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(encoded)
}

func TestCommand_TellsWhyItFailed(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		err     error
		outcome string // empty where nothing is told
		details map[string]string
	}{
		"failed": {
			&httpclient.Error{Kind: httpclient.Refused, Status: 500, Body: "zx81-body", MayHaveHappened: true}, "upstream_error",
			map[string]string{"problem": "refused", "status": "500", "may_have_happened": "true"},
		},
		"refused": {
			&httpclient.Error{Kind: httpclient.Refused, Status: 400, Message: "zx81-message"}, "upstream_error",
			map[string]string{"problem": "refused", "status": "400", "may_have_happened": "false"},
		},
		"no answer": {
			&httpclient.Error{Kind: httpclient.Timeout, MayHaveHappened: true}, "upstream_timeout",
			map[string]string{"problem": "timeout", "may_have_happened": "true"},
		},
		"not reached": {
			&httpclient.Error{Kind: httpclient.Unreachable}, "upstream_error",
			map[string]string{"problem": "unreachable", "may_have_happened": "false"},
		},
		"key rejected": {
			&httpclient.Error{Kind: httpclient.Credentials, Status: 401, Secret: "gavel/jaas"}, "upstream_credentials",
			map[string]string{"problem": "credentials", "status": "401", "may_have_happened": "false"},
		},
		"not there":         {problem.New(http.StatusNotFound, problem.NotFound, "gone"), "not_found", map[string]string{"may_have_happened": "false"}},
		"a fault of ours":   {errors.New("zx81-fault"), "internal_error", map[string]string{"may_have_happened": "true"}},
		"state not reached": {table.ErrBusy, "unavailable", map[string]string{"may_have_happened": "true"}},
		"bad request":       {problem.New(http.StatusUnprocessableEntity, problem.InvalidRequest, "no"), "", nil},
		"no setting":        {problem.New(http.StatusServiceUnavailable, problem.NotConfigured, "no"), "", nil},
		"no secret":         {&secrets.Error{Name: "gavel/jaas"}, "", nil},
		"secret not had":    {&secrets.Error{Name: "gavel/jaas", Passing: true}, "", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := serveCommands(t, openStore(t), kept, func(context.Context) error { return tt.err })
			c.send(t)
			all := c.events(t)
			if tt.outcome == "" {
				if len(all) > 0 {
					t.Errorf("got %+v, want no event of what was not sent", all)
				}
				return
			}
			if len(all) != 1 || all[0].Outcome != tt.outcome || !maps.Equal(all[0].Details, tt.details) || strings.Contains(text(t, all), "zx81") {
				t.Errorf("got %s, want %s with %v", text(t, all), tt.outcome, tt.details)
			}
		})
	}
}

func TestCommand_ThatPanicsMayHaveHappened(t *testing.T) {
	t.Parallel()
	c := serveCommands(t, openStore(t), kept, func(context.Context) error { panic("zx81") })
	if status, _ := c.send(t); status != http.StatusInternalServerError {
		t.Errorf("got %d, want 500", status)
	}
	if all := c.events(t); len(all) != 1 || all[0].Outcome != audit.Unknown || all[0].Details["may_have_happened"] != "true" {
		t.Errorf("got %+v, want one that nobody knows the end of", all)
	}
}

func TestCommand_AnswerGivenAgainIsNoEvent(t *testing.T) {
	t.Parallel()
	c := serveCommands(t, openStore(t), kept, func(context.Context) error { return nil })
	for range 3 {
		if status, body := c.send(t, "Idempotency-Key", "k-1"); status != http.StatusOK {
			t.Fatalf("got %d %s, want it answered", status, body)
		}
	}
	if all := c.events(t); len(all) != 1 || c.count.Load() != 1 {
		t.Errorf("got %d events of %d commands, want one of one", len(all), c.count.Load())
	}
}

// The time of the call is over when the meeting system has not answered, and the event is written all the same.
func TestCommand_TellsOfOneThatTookAllTheTime(t *testing.T) {
	t.Parallel()
	c := serveCommands(t, openStore(t), kept, func(ctx context.Context) error {
		<-ctx.Done()
		return &httpclient.Error{Kind: httpclient.Timeout, MayHaveHappened: true, Cause: ctx.Err()}
	})
	begun := time.Now()
	if status, _ := c.send(t, "X-Late", "1"); status != http.StatusGatewayTimeout {
		t.Errorf("got %d, want 504", status)
	}
	if took := time.Since(begun); took > audit.RecordTime {
		t.Errorf("got an answer after %s, want the time to record it kept back", took)
	}
	if all := c.events(t); len(all) != 1 || all[0].Outcome != "upstream_timeout" {
		t.Errorf("got %+v, want it told", all)
	}
}

func TestCommand_TellsOfACallerWhoHasGone(t *testing.T) {
	t.Parallel()
	gone := make(chan struct{})
	c := serveCommands(t, openStore(t), kept, func(ctx context.Context) error {
		close(gone)
		<-ctx.Done()
		return &httpclient.Error{Kind: httpclient.Timeout, MayHaveHappened: true}
	})
	ctx, cancel := context.WithCancel(t.Context())
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url+"/kick/standup", strings.NewReader(`{"name":"x"}`))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	go func() {
		<-gone
		cancel()
	}()
	if response, err := http.DefaultClient.Do(request); err == nil {
		_ = response.Body.Close()
		t.Fatal("got an answer, want the caller gone")
	}
	<-c.store.wrote
	if all := c.events(t); len(all) != 1 || all[0].Outcome != "upstream_timeout" {
		t.Errorf("got %+v, want it told", all)
	}
}

//nolint:paralleltest // it looks at the one default logger
func TestCommand_IsAnsweredAlsoWithoutItsEvent(t *testing.T) {
	log, former := &bytes.Buffer{}, slog.Default()
	slog.SetDefault(logs.New(log, "info"))
	t.Cleanup(func() { slog.SetDefault(former) })
	for name, recorder := range map[string]func(table.Store) *audit.Recorder{
		"table down": kept,
		"no table":   func(table.Store) *audit.Recorder { return nil },
	} {
		log.Reset()
		c := serveCommands(t, openStore(t), recorder, func(context.Context) error { return nil })
		c.store.err.Store(&table.ErrBusy)
		if status, body := c.send(t, "X-Caller", "ada@example.org", "X-Reason", "zx81-reason"); status != http.StatusOK || !strings.Contains(body, "kicked") {
			t.Errorf("%s: got %d %s, want the answer", name, status, body)
		}
		for _, want := range []string{`"level":"ERROR"`, `"an event was not written"`, `"eventsLost":1`, `"operation":"jaas-kick"`} {
			if !strings.Contains(log.String(), want) {
				t.Errorf("%s: the log lacks %s:\n%s", name, want, log)
			}
		}
		for _, personal := range []string{"example.org", "zx81", "standup", "u-17"} {
			if strings.Contains(log.String(), personal) {
				t.Errorf("%s: the log holds %q:\n%s", name, personal, log)
			}
		}
	}
}

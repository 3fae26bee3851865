package api_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"gavel/local/apitest"
	"gavel/local/dynamodb"
	"gavel/shared/api"
	"gavel/shared/auth"
	"gavel/shared/httpclient"
	"gavel/shared/idempotency"
	"gavel/shared/logs"
	"gavel/shared/problem"
	"gavel/shared/secrets"
	"gavel/shared/table"
	"gavel/shared/table/dynamo"
	"gavel/shared/table/embedded"
)

// onBoth runs a test on both engines.
func onBoth(t *testing.T, test func(t *testing.T, store table.Store)) {
	t.Helper()
	t.Run("embedded", func(t *testing.T) {
		t.Parallel()
		test(t, openStore(t))
	})
	t.Run("dynamo", func(t *testing.T) {
		t.Parallel()
		endpoint, name := dynamodb.Table(t)
		test(t, dynamo.New(dynamo.Options{
			Table: name, Region: "us-east-1", Endpoint: endpoint,
			Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
				return aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}, nil
			}),
		}))
	})
}

func openStore(t *testing.T) table.Store {
	t.Helper()
	store, err := embedded.Open(filepath.Join(t.TempDir(), "state.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	return store
}

type ringInput struct {
	On   string `query:"on" maxLength:"8"`
	For  string `header:"X-For" maxLength:"8"`
	Body struct {
		Text string `json:"text" maxLength:"8"`
	}
}

type ring func(context.Context, *ringInput) (*output, error)

// keyed serves an operation that happens once, POST /call, and one that can be repeated, POST /ban.
type keyed struct {
	url string
	rung
}

// rung counts how often the operations were carried out.
type rung struct{ count *atomic.Int32 }

type stepped struct{ ahead atomic.Int64 }

func (s *stepped) Now() time.Time { return time.Now().Round(0).Add(time.Duration(s.ahead.Load())) }

func serveKeyed(t *testing.T, store table.Store, c *stepped, do ring) keyed {
	t.Helper()
	k := keyed{rung: rung{&atomic.Int32{}}}
	mux := http.NewServeMux()
	a := api.New(mux)
	for path, once := range map[string]bool{"/call": true, "/ban": false} {
		api.Register(a, api.Operation{ID: "test-" + path[1:], Method: http.MethodPost, Path: path, Scope: "things", Once: once, MaxBody: 100},
			func(ctx context.Context, in *ringInput) (*output, error) {
				k.count.Add(1)
				return do(ctx, in)
			})
	}
	handler := api.Handler(mux)
	if store != nil {
		handler = api.Remember(idempotency.New(func() table.Store { return store }, c.Now), handler)
	}
	served := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := r.Header.Get("X-Caller")
		kind, scopes := auth.APIKey, []string{"things"}
		switch name {
		case "person":
			kind, name = auth.User, ""
		case "stranger":
			scopes = nil
		}
		ctx := logs.WithRequestID(r.Context(), "id-"+fmt.Sprint(time.Now().UnixNano()))
		handler.ServeHTTP(w, r.WithContext(auth.WithPrincipal(ctx, auth.Principal{Kind: kind, Name: name, Scopes: scopes})))
	}))
	t.Cleanup(served.Close)
	k.url = served.URL
	return k
}

// post sends a request with a key; headers are names and values.
func (k keyed) post(t *testing.T, path, key, body string, headers ...string) answer {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, k.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	if key != "" {
		request.Header.Set("Idempotency-Key", key)
	}
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
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
	return answer{response.StatusCode, response.Header, string(text)}
}

const hello = `{"text":"hi"}`

// is fails the test unless the answer has the status and the code.
func (a answer) is(t *testing.T, status int, code problem.Code) {
	t.Helper()
	if a.status != status || code != "" && !strings.Contains(a.body, `"code":"`+string(code)+`"`) {
		t.Errorf("got %d %s, want %d %s", a.status, a.body, status, code)
	}
	if again := a.header.Get("Idempotency-Replayed"); again != "" {
		t.Errorf("got Idempotency-Replayed %s, want a fresh answer", again)
	}
}

func (a answer) again(t *testing.T, first answer) {
	t.Helper()
	if a.status != first.status || a.body != first.body || a.header.Get("Content-Type") != first.header.Get("Content-Type") ||
		a.header.Get("Idempotency-Replayed") != "true" || a.header.Get("Cache-Control") != "no-store" {
		t.Errorf("got %d %v %q, want %d %v %q once more", a.status, a.header, a.body, first.status, first.header, first.body)
	}
}

func (k keyed) wants(t *testing.T, count int32) {
	t.Helper()
	if got := k.count.Load(); got != count {
		t.Errorf("got it carried out %d times, want %d", got, count)
	}
}

func rings(_ context.Context, in *ringInput) (*output, error) {
	out := &output{}
	out.Body.Text = in.Body.Text + " <é\u2028> " + fmt.Sprint(time.Now().UnixNano())
	return out, nil
}

func TestKeyed_RepeatsTheFirstAnswer(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, store table.Store) {
		t.Helper()
		k := serveKeyed(t, store, &stepped{}, rings)
		first := k.post(t, "/call?on=a", "k", hello, "X-For", "ada")
		first.is(t, 200, "")
		for range 3 {
			k.post(t, "/call?on=a", "k", hello, "X-For", "ada").again(t, first)
		}
		k.wants(t, 1)
		for name, other := range map[string]answer{
			"body":   k.post(t, "/call?on=a", "k", `{"text": "hi"}`, "X-For", "ada"),
			"query":  k.post(t, "/call?on=b", "k", hello, "X-For", "ada"),
			"header": k.post(t, "/call?on=a", "k", hello, "X-For", "bea"),
		} {
			if other.status != 409 || !strings.Contains(other.body, `"idempotency_mismatch"`) {
				t.Errorf("another %s: got %d %s, want a mismatch", name, other.status, other.body)
			}
		}
		k.wants(t, 1)
		k.post(t, "/call?on=a", "k", hello, "X-For", "ada", "X-Caller", "another").is(t, 200, "")
		k.post(t, "/ban", "k", hello).is(t, 200, "")
		k.post(t, "/call?on=a", "", hello, "X-For", "ada").is(t, 200, "") // without the header nothing is remembered
		k.wants(t, 4)
	})
}

func TestKeyed_OneOfManyAtOnce(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, store table.Store) {
		t.Helper()
		k := serveKeyed(t, store, &stepped{}, rings)
		answers := make([]answer, 50)
		var all sync.WaitGroup
		for i := range answers {
			all.Go(func() { answers[i] = k.post(t, "/call", "k", hello) })
		}
		all.Wait()
		k.wants(t, 1)
		first := k.post(t, "/call", "k", hello)
		for _, a := range answers {
			switch a.status {
			case 200:
				if a.body != first.body {
					t.Errorf("got %s, want %s", a.body, first.body)
				}
			default:
				a.is(t, 409, problem.IdempotencyInFlight)
				if a.header.Get("Retry-After") != "1" {
					t.Errorf("got Retry-After %q, want 1", a.header.Get("Retry-After"))
				}
			}
		}
	})
}

// Which answers are kept. Each failure is one of the first try; the second would succeed.
func TestKeyed_KeepsWhatMayHaveHappened(t *testing.T) {
	t.Parallel()
	upstream := func(kind httpclient.Kind, may bool) error {
		return &httpclient.Error{Provider: "jaas", Kind: kind, MayHaveHappened: may, Secret: "gavel/jaas"}
	}
	for name, c := range map[string]struct {
		err  error
		kept bool
	}{
		"refused by a rule":            {problem.New(409, problem.RoomEnded, ""), false},
		"not found":                    {problem.New(404, problem.NotFound, ""), false},
		"refused by the provider":      {upstream(httpclient.Refused, false), false},
		"refused credentials":          {upstream(httpclient.Credentials, false), false},
		"credentials after a try":      {upstream(httpclient.Credentials, true), true},
		"busy":                         {upstream(httpclient.Busy, false), false},
		"unreachable":                  {upstream(httpclient.Unreachable, false), false},
		"broken off":                   {upstream(httpclient.Unreachable, true), true},
		"failed":                       {upstream(httpclient.Refused, true), true},
		"nonsense":                     {upstream(httpclient.Nonsense, true), true},
		"timed out":                    {upstream(httpclient.Timeout, true), true},
		"timed out before it was sent": {upstream(httpclient.Timeout, false), false},
		"no secret":                    {&secrets.Error{Name: "gavel/jaas", Reason: "it does not exist"}, false},
		"no secrets":                   {&secrets.Error{Name: "gavel/jaas", Reason: "no answer", Passing: true}, false},
		"not configured":               {problem.New(503, problem.NotConfigured, ""), false},
		"state is busy":                {fmt.Errorf("write: %w", table.ErrBusy), true},
		"unavailable":                  {problem.New(503, problem.Unavailable, ""), true},
		"unavailable, unharmed":        {problem.New(503, problem.Unavailable, "").Saying(false), false},
		"a fault":                      {errors.New("hush"), true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for path, kept := range map[string]bool{"/call": c.kept, "/ban": false} {
				var tried atomic.Bool
				k := serveKeyed(t, openStore(t), &stepped{}, func(ctx context.Context, in *ringInput) (*output, error) {
					if !tried.Swap(true) {
						return nil, c.err
					}
					return rings(ctx, in)
				})
				first := k.post(t, path, "k", hello)
				if first.status < 400 {
					t.Fatalf("got %d, want the failure", first.status)
				}
				second := k.post(t, path, "k", hello)
				if kept {
					second.again(t, first)
					k.wants(t, 1)
					continue
				}
				second.is(t, 200, "")
				k.post(t, path, "k", hello).again(t, second)
				k.wants(t, 2)
			}
		})
	}
}

func TestKeyed_PanicMayHaveHappened(t *testing.T) {
	t.Parallel()
	var tried atomic.Int32
	k := serveKeyed(t, openStore(t), &stepped{}, func(ctx context.Context, in *ringInput) (*output, error) {
		if tried.Add(1) <= 2 {
			panic("lost")
		}
		return rings(ctx, in)
	})
	first := k.post(t, "/call", "k", hello)
	first.is(t, 500, problem.Internal)
	k.post(t, "/call", "k", hello).again(t, first)
	k.post(t, "/ban", "k", hello).is(t, 500, problem.Internal)
	k.post(t, "/ban", "k", hello).is(t, 200, "")
}

// A request that is refused before the operation claims nothing, whatever else is wrong.
func TestKeyed_RefusalsClaimNothing(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, store table.Store) {
		t.Helper()
		spy := &failing{Store: store}
		k := serveKeyed(t, spy, &stepped{}, rings)
		for name, c := range map[string]struct {
			got    answer
			status int
			code   problem.Code
		}{
			"too long a text":  {k.post(t, "/call", "k", `{"text":"too long a text"}`), 422, problem.InvalidRequest},
			"an unknown field": {k.post(t, "/call", "k", `{"text":"hi","more":1}`), 422, problem.InvalidRequest},
			"an unknown query": {k.post(t, "/call?of=a", "k", hello), 422, problem.InvalidRequest},
			"a query twice":    {k.post(t, "/call?on=a&on=b", "k", hello), 422, problem.InvalidRequest},
			"bad JSON":         {k.post(t, "/call", "k", `{"text"`), 400, problem.InvalidRequest},
			"no body":          {k.post(t, "/call", "k", ``), 400, problem.InvalidRequest},
			"another type":     {k.post(t, "/call", "k", hello, "Content-Type", "text/plain"), 415, problem.InvalidRequest},
			"a large body":     {k.post(t, "/call", "k", `{"text":"`+strings.Repeat("x", 100)+`"}`), 413, problem.TooLarge},
			"no right":         {k.post(t, "/call", "k", hello, "X-Caller", "stranger"), 403, problem.Forbidden},
			"another path":     {k.post(t, "/nowhere", "k", hello), 404, problem.NotFound},
		} {
			if c.got.status != c.status || !strings.Contains(c.got.body, `"code":"`+string(c.code)+`"`) {
				t.Errorf("%s: got %d %s, want %d %s", name, c.got.status, c.got.body, c.status, c.code)
			}
		}
		if spy.calls.Load() != 0 {
			t.Errorf("got %d calls of the store, want none", spy.calls.Load())
		}
		k.wants(t, 0)
		k.post(t, "/call", "k", hello).is(t, 200, "")
	})
}

func TestKeyed_TheKeyIsPrintable(t *testing.T) {
	t.Parallel()
	k := serveKeyed(t, openStore(t), &stepped{}, rings)
	for _, key := range []string{"é", "a\tb", strings.Repeat("k", 256)} {
		got := k.post(t, "/call", key, hello)
		got.is(t, 422, problem.InvalidRequest)
		if !strings.Contains(got.body, `"location":"header.Idempotency-Key"`) {
			t.Errorf("%q: got %s, want the place", key, got.body)
		}
	}
	k.post(t, "/call", "x", hello, "Idempotency-Key", "").is(t, 422, problem.InvalidRequest)
	k.wants(t, 0)
	for i, key := range []string{"k", "a, b", `"quoted" ~!`, strings.Repeat("k", 255)} {
		k.post(t, "/call", key, hello).is(t, 200, "")
		k.wants(t, int32(i+1))
	}
}

func TestKeyed_WithoutATableSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	k := serveKeyed(t, nil, nil, rings)
	got := k.post(t, "/call", "k", hello)
	got.is(t, 503, problem.NotConfigured)
	if !strings.Contains(got.body, "GAVEL_TABLE") || !strings.Contains(got.body, `"mayHaveHappened":false`) {
		t.Errorf("got %s, want the setting named", got.body)
	}
	k.wants(t, 0)
	k.post(t, "/call", "", hello).is(t, 200, "")
}

// failing is a store that counts its calls, and fails as it is told.
type failing struct {
	table.Store

	calls       atomic.Int32
	claim, keep atomic.Pointer[error]
}

func (f *failing) Get(ctx context.Context, keys ...table.Key) ([]table.Item, error) {
	f.calls.Add(1)
	return f.Store.Get(ctx, keys...)
}

func (f *failing) Write(ctx context.Context, changes ...table.Change) error {
	f.calls.Add(1)
	fail := &f.keep
	if changes[0].Item.Version == table.Absent {
		fail = &f.claim
	}
	if err := fail.Load(); err != nil {
		return *err
	}
	return f.Store.Write(ctx, changes...)
}

func TestKeyed_WithoutAClaimNothingIsDone(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, store table.Store) {
		t.Helper()
		spy := &failing{Store: store}
		k := serveKeyed(t, spy, &stepped{}, rings)
		for _, err := range []error{table.ErrBusy, errors.New("hush: no permission")} {
			spy.claim.Store(&err)
			got := k.post(t, "/call", "k", hello)
			got.is(t, 503, problem.Unavailable)
			if !strings.Contains(got.body, `"mayHaveHappened":false`) || strings.Contains(got.body, "hush") || got.header.Get("Retry-After") != "1" {
				t.Errorf("got %s, want that nothing happened", got.body)
			}
		}
		k.wants(t, 0)
		spy.claim.Store(nil)
		k.post(t, "/call", "k", hello).is(t, 200, "")
		k.wants(t, 1)
	})
}

// When the answer cannot be kept, or the process dies before, the claim is all there is.
func TestKeyed_AfterADeath(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, store table.Store) {
		t.Helper()
		spy, c := &failing{Store: store}, &stepped{}
		k := serveKeyed(t, spy, c, rings)
		lost := errors.New("lost")
		spy.keep.Store(&lost)
		for _, path := range []string{"/call", "/ban"} {
			k.post(t, path, "k", hello).is(t, 200, "") // the first caller learns what came of it
		}
		spy.keep.Store(nil)
		for _, path := range []string{"/call", "/ban"} {
			k.post(t, path, "k", hello).is(t, 409, problem.IdempotencyInFlight)
		}
		c.ahead.Store(int64(idempotency.Lease))
		unknown := k.post(t, "/call", "k", hello)
		unknown.is(t, 409, problem.IdempotencyUnknown)
		if !strings.Contains(unknown.body, `"mayHaveHappened":true`) {
			t.Errorf("got %s, want that it may have happened", unknown.body)
		}
		k.post(t, "/call", "k", `{"text":"ho"}`).is(t, 409, problem.IdempotencyMismatch)
		k.wants(t, 2)
		again := k.post(t, "/ban", "k", hello)
		again.is(t, 200, "")
		k.post(t, "/ban", "k", hello).again(t, again)
		k.wants(t, 3)
		c.ahead.Store(int64(idempotency.Lifetime + time.Minute))
		k.post(t, "/call", "k", hello).is(t, 200, "")
	})
}

// The answer of a caller who has gone is kept for when they come back.
func TestKeyed_CallerWhoHasGoneFindsTheAnswer(t *testing.T) {
	t.Parallel()
	begun, gone := make(chan struct{}, 2), make(chan struct{})
	k := serveKeyed(t, openStore(t), &stepped{}, func(ctx context.Context, in *ringInput) (*output, error) {
		begun <- struct{}{}
		<-ctx.Done()
		close(gone)
		return rings(ctx, in)
	})
	ctx, cancel := context.WithCancel(t.Context())
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, k.url+"/call", strings.NewReader(hello))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Idempotency-Key", "k")
	go func() { <-begun; cancel() }()
	if response, err := http.DefaultClient.Do(request); err == nil {
		_ = response.Body.Close()
		t.Fatal("got an answer, want the caller gone")
	}
	<-gone
	for {
		got := k.post(t, "/call", "k", hello)
		if got.status == 409 {
			continue // it is being kept
		}
		if got.status != 200 || got.header.Get("Idempotency-Replayed") != "true" {
			t.Errorf("got %d %s, want the answer", got.status, got.body)
		}
		break
	}
	k.wants(t, 1)
}

func TestKeyed_LogsNeitherKeyNorAnswer(t *testing.T) { //nolint:paralleltest // sets the logger of the process
	var log apitest.Lines
	before := slog.Default()
	slog.SetDefault(logs.New(&log, "debug"))
	defer slog.SetDefault(before)
	spy := &failing{Store: openStore(t)}
	k := serveKeyed(t, spy, &stepped{}, rings)
	k.post(t, "/call", "s3cret-key", `{"text":"s3cret"}`)
	k.post(t, "/call", "s3cret-key", `{"text":"s3cret"}`)
	k.post(t, "/call", "s3cret-key", `{"text":"s3cr3t"}`)
	lost := errors.New("lost")
	spy.keep.Store(&lost)
	k.post(t, "/call", "s3cret-key2", `{"text":"s3cret"}`)
	spy.claim.Store(&lost)
	k.post(t, "/call", "s3cret-key3", `{"text":"s3cret"}`)
	text := strings.Join(log.All(), "\n")
	for _, want := range []string{`"replayed":true`, "idempotency_mismatch", "left claimed", "no claim"} {
		if !strings.Contains(text, want) {
			t.Errorf("got no %s in the log, want it told:\n%s", want, text)
		}
	}
	for _, secret := range []string{"s3cret", "s3cr3t"} {
		if strings.Contains(text, secret) {
			t.Errorf("got %s in the log:\n%s", secret, text)
		}
	}
}

package secrets_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"gavel/shared/secrets"
)

// memory is a network inside a synctest bubble, where the pauses between the SDK's tries take no time.
type memory struct {
	conns  chan net.Conn
	closed chan struct{}
}

func (m *memory) Accept() (net.Conn, error) {
	select {
	case conn := <-m.conns:
		return conn, nil
	case <-m.closed:
		return nil, net.ErrClosed
	}
}

func (m *memory) Close() error   { close(m.closed); return nil }
func (m *memory) Addr() net.Addr { return &net.UnixAddr{Name: "memory", Net: "unix"} }

func (m *memory) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	ours, theirs := net.Pipe()
	select {
	case m.conns <- theirs:
		return ours, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// serve starts a Secrets Manager inside a bubble and returns a Manager that asks it.
func serve(t *testing.T, handler http.HandlerFunc) *secrets.Manager {
	t.Helper()
	network := &memory{conns: make(chan net.Conn), closed: make(chan struct{})}
	server := &http.Server{Handler: handler}
	go func() { _ = server.Serve(network) }()
	transport := &http.Transport{DialContext: network.dial}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		_ = server.Close()
	})
	return secrets.NewManager(secrets.ManagerOptions{
		Prefix: "gavel", Region: "eu-central-1", Endpoint: "http://secretsmanager.test",
		Credentials: aws.CredentialsProviderFunc(staticCredentials), HTTP: &http.Client{Transport: transport},
	})
}

func answer(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func refuse(status int, code string) http.HandlerFunc {
	return answer(status, fmt.Sprintf(`{"__type":%q,"message":"no"}`, code))
}

const good = `{"ARN":"arn:aws:x","Name":"gavel/jaas/a","SecretString":"one","VersionId":"v1"}`

func TestManager_SecretsManagerThatFails(t *testing.T) {
	t.Parallel()
	const (
		silent  = "Secrets Manager did not answer"
		garbled = "Secrets Manager's answer cannot be read"
	)
	for name, tt := range map[string]struct {
		handler http.HandlerFunc
		want    string
		passing bool
	}{
		"does not let in": {refuse(400, "AccessDeniedException"), "this function may not read it: it lacks secretsmanager:GetSecretValue for it, or kms:Decrypt for its key", false},
		"has no key":      {refuse(400, "DecryptionFailure"), "it cannot be decrypted with its KMS key", false},
		"has no secret":   {refuse(400, "ResourceNotFoundException"), "it does not exist", false},
		"does not know us": {
			refuse(400, "UnrecognizedClientException"), "the AWS credentials in the environment are not taken: UnrecognizedClientException", false,
		},
		"wants other signatures": {
			refuse(400, "InvalidSignatureException"), "the AWS credentials in the environment are not taken: InvalidSignatureException", false,
		},
		"deletes": {
			refuse(400, "InvalidRequestException"), "it is marked for deletion or has no current version", false,
		},
		"fails":             {refuse(500, "InternalServiceError"), "Secrets Manager answered InternalServiceError", true},
		"fails with a 4xx":  {refuse(500, "AccessDeniedException"), "Secrets Manager answered AccessDeniedException", true},
		"throttles":         {refuse(400, "ThrottlingException"), "Secrets Manager answered ThrottlingException", true},
		"is asked too late": {answer(400, `{"__type":"InvalidSignatureException","message":"Signature expired: 20260301T120000Z is now earlier than"}`), "Secrets Manager answered InvalidSignatureException", true},
		"is another server": {answer(404, "<html>not found</html>"), garbled, true},
		"is a gateway":      {answer(503, "<html>unavailable</html>"), garbled, true},
		"answers HTML":      {answer(200, "<html>"+hush+"</html>"), garbled, true},
		"answers nothing":   {answer(200, ""), garbled, true},
		"answers a little":  {answer(200, "{}"), garbled, true},
		"answers by half":   {answer(200, good[:len(good)-20]+hush), garbled, true},
		"answers a list":    {answer(200, `["`+hush+`"]`), garbled, true},
		"breaks off":        {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, silent, true},
		"hangs":             {func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, silent, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				well := true // at first
				m := serve(t, func(w http.ResponseWriter, r *http.Request) {
					_, _ = io.Copy(io.Discard, r.Body)
					if well {
						answer(200, good)(w, r)
					} else {
						tt.handler(w, r)
					}
				})
				c := secrets.NewCache(m, ttl, time.Now, parse)
				used, err := c.Get(t.Context(), "jaas/a")
				if err != nil || used.Value != "one" || used.Version != "v1" {
					t.Fatalf("while it is well: got %v, %v, want one", used, err)
				}

				well = false
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				_, err = m.Read(ctx, "jaas/a")
				got := known(t, err, "gavel/jaas/a")
				if got.Reason != tt.want || got.Passing != tt.passing || got.Cause == nil {
					t.Errorf("got %q, passing %t, cause %v, want %q, %t", got.Reason, got.Passing, got.Cause, tt.want, tt.passing)
				}
				hidden(t, "the error", fmt.Sprintf("%v %+v %v", got, got.Cause, errors.Unwrap(got.Cause)))

				time.Sleep(ttl) //nolint:forbidigo // the bubble's time
				start := time.Now()
				kept, err := c.Get(t.Context(), "jaas/a")
				if tt.passing && (err != nil || kept != used) {
					t.Errorf("got %v, %v, want the old value", kept, err)
				}
				if !tt.passing && (err == nil || kept != nil) {
					t.Errorf("got %v, %v, want the error", kept, err)
				}
				if took := time.Since(start); took > 5*time.Second {
					t.Errorf("got an answer after %s, want it within the 5s of a fetch", took)
				}
			})
		})
	}
}

func TestManager_TriesAgain(t *testing.T) {
	t.Parallel()
	for _, first := range []http.HandlerFunc{
		refuse(500, "InternalServiceError"), refuse(400, "ThrottlingException"),
		func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
	} {
		synctest.Test(t, func(t *testing.T) {
			requests := 0
			m := serve(t, func(w http.ResponseWriter, r *http.Request) {
				_, _ = io.Copy(io.Discard, r.Body)
				if requests++; requests < 3 {
					first(w, r)
					return
				}
				answer(200, good)(w, r)
			})
			if raw, err := m.Read(t.Context(), "jaas/a"); err != nil || string(raw.Bytes()) != "one" {
				t.Errorf("got %v, %v, want one at the third try", raw, err)
			}
		})
	}
}

// The tries fit into the 5s of a fetch, however long the pauses between them turn out to be: else all that is known in the end is that
// the time is over.
func TestManager_TriesNoLongerThanAFetchTakes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := serve(t, refuse(500, "InternalServiceError"))
		for range 200 {
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
			_, err := m.Read(ctx, "jaas/a")
			cancel()
			if got := known(t, err, "gavel/jaas/a"); got.Reason != "Secrets Manager answered InternalServiceError" {
				t.Fatalf("got %q, want what it answered", got.Reason)
			}
		}
	})
}

func TestManager_NobodyListens(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	m := secrets.NewManager(secrets.ManagerOptions{
		Prefix: "gavel", Region: "eu-central-1", Endpoint: server.URL, Credentials: aws.CredentialsProviderFunc(staticCredentials),
	})
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond) // the SDK would try again
	defer cancel()
	_, err := m.Read(ctx, "jaas/a")
	if got := known(t, err, "gavel/jaas/a"); got.Reason != "Secrets Manager did not answer" || !got.Passing {
		t.Errorf("got %q, passing %t, want that it did not answer, passing", got.Reason, got.Passing)
	}
}

func TestManager_AsksAsToldAndWhereTold(t *testing.T) {
	t.Parallel()
	var got *http.Request
	var body string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, _ := io.ReadAll(r.Body)
		got, body = r, string(text)
		answer(200, good)(w, r)
	}))
	t.Cleanup(server.Close)
	m := secrets.NewManager(secrets.ManagerOptions{
		Prefix: "team/gavel", Region: "ap-southeast-2", Endpoint: server.URL,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: hush, SessionToken: "session"}, nil
		}),
	})
	if _, err := m.Read(t.Context(), "jaas/a"); err != nil {
		t.Fatal(err)
	}
	if want := `{"SecretId":"team/gavel/jaas/a"}`; body != want {
		t.Errorf("got body %s, want %s", body, want)
	}
	for header, want := range map[string]string{
		"X-Amz-Target": "secretsmanager.GetSecretValue", "X-Amz-Security-Token": "session",
		"Authorization": "/ap-southeast-2/secretsmanager/aws4_request",
	} {
		if value := got.Header.Get(header); !strings.Contains(value, want) {
			t.Errorf("%s: got %s, want %s in it", header, value, want)
		}
	}
	if value := got.Header.Get("Authorization"); !strings.Contains(value, "Credential=AKIDEXAMPLE/") {
		t.Errorf("Authorization: got %s, want it to be of AKIDEXAMPLE", value)
	}
	hidden(t, "the request", fmt.Sprint(got.Header))
}

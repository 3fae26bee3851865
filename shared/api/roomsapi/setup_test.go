package roomsapi_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	localobjects "gavel/local/objects"
	"gavel/local/sandbox"
	sandboxjaas "gavel/local/sandbox/jaas"
	"gavel/shared/api"
	"gavel/shared/api/jaasapi"
	"gavel/shared/api/roomsapi"
	"gavel/shared/auth"
	"gavel/shared/bindings"
	"gavel/shared/config"
	"gavel/shared/httpclient"
	"gavel/shared/inbox"
	"gavel/shared/jaas"
	"gavel/shared/logs"
	"gavel/shared/objects"
	"gavel/shared/rooms"
	"gavel/shared/roster"
	"gavel/shared/secrets"
	"gavel/shared/table/embedded"
)

const (
	appID         = "vpaas-magic-cookie-0123456789abcdef0123456789abcdef"
	keyID         = "4f4910"
	webhookSecret = "whsec_0123456789abcdef"

	// The people of the tests, with ids as identity providers make them: owner has made the room, guest was invited.
	owner    = "auth0|quandt/7 50%"
	guest    = "auth0|quandt/8?x=1&y=ü#z"
	stranger = "auth0|quandt/9"
)

// noon is where the tests' clock begins.
func noon() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }

// tenantKey is one key for all tests: making one takes longer than most of them.
var tenantKey = sync.OnceValue(func() string {
	der, err := x509.MarshalPKCS8PrivateKey(signingKey())
	if err != nil {
		panic(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
})

var signingKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

// tenantSecret is the secret of the one tenant as it should be.
func tenantSecret() map[string]any {
	return map[string]any{"jaas/" + appID: map[string]string{
		"keyId": keyID, "privateKey": tenantKey(), "webhookSecret": webhookSecret,
	}}
}

// options are what a test changes about the surroundings; the zero value is a good day.
type options struct {
	secrets map[string]any // the tenant's when nil
	// budget is how long JaaS may take; far longer than any test when 0.
	budget time.Duration
	// authenticator tells who calls; the header Authorization names the user as it stands when nil.
	authenticator *auth.Authenticator
	// noTenant leaves rooms without a JaaS tenant to meet in.
	noTenant bool
}

// world is the API as its callers see it, with everything real behind it: a store on the disk, files, a sandbox in
// place of JaaS, and a clock to step.
type world struct {
	url     string
	nanos   atomic.Int64
	service *rooms.Service
	store   *moody
	jaas    *sandboxjaas.Server
	jaasURL string
	asked   sandbox.Recorder
	// upstream answers in place of the sandbox, where a test sets it; files in place of the store of files.
	upstream, files atomic.Pointer[http.HandlerFunc]
}

func (w *world) now() time.Time { return time.Unix(0, w.nanos.Load()).UTC() }

func (w *world) step(d time.Duration) { w.nanos.Add(int64(d)) }

func setup(t testing.TB, opt options) *world {
	t.Helper()
	if opt.secrets == nil {
		opt.secrets = tenantSecret()
	}
	if opt.budget == 0 {
		opt.budget = time.Minute
	}
	w := &world{store: openStore(t)}
	w.nanos.Store(noon().UnixNano())
	mux := http.NewServeMux()
	served := httptest.NewServer(identified(api.Handler(mux), opt.authenticator))
	t.Cleanup(served.Close)
	w.url = served.URL
	w.startSandbox(t)

	source := secretsFile(t, opt.secrets)
	client := jaas.New(jaas.Options{
		BaseURL: w.jaasURL + "/v1/_jaas", Domain: "8x8.vc", Secrets: source, Now: w.now,
		HTTP: httpclient.New(httpclient.Options{Provider: jaas.Provider, Budget: opt.budget, Now: w.now}),
	})
	settings := config.Config{RoomsJaaSAppID: appID}
	if opt.noTenant {
		settings.RoomsJaaSAppID = ""
	}
	w.service = rooms.New(rooms.Options{
		Store: w.store, Providers: bindings.New(settings, bindings.Clients{JaaS: client}, w.store), Files: w.startFiles(t), Now: w.now,
	})
	roomsapi.Register(api.New(mux), w.service)
	jaasapi.RegisterWebhook(api.New(mux), client, inbox.New(w.store, w.now), roster.New(w.store))
	return w
}

func openStore(t testing.TB) *moody {
	t.Helper()
	store, err := embedded.Open(filepath.Join(t.TempDir(), "state.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	return &moody{Store: store}
}

// secretsFile gives a source that reads a file with the given content.
func secretsFile(t testing.TB, content any) secrets.Source {
	t.Helper()
	text, err := json.Marshal(content)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "secrets.json")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return secrets.NewFile(path, "gavel")
}

// startSandbox starts the JaaS that the rooms meet in; it sends its events to the API.
func (w *world) startSandbox(t testing.TB) {
	t.Helper()
	w.jaas = sandboxjaas.New(sandboxjaas.Options{
		PublicKey: func(_ context.Context, kid string) (*rsa.PublicKey, error) {
			if kid != appID+"/"+keyID {
				return nil, errors.New("no such key")
			}
			return &signingKey().PublicKey, nil
		},
		Now: w.now, Recorder: &w.asked,
		Webhook: func(context.Context, string) (sandboxjaas.Webhook, error) {
			return sandboxjaas.Webhook{URL: w.url + "/webhooks/jaas/" + appID, Secret: webhookSecret}, nil
		},
	})
	t.Cleanup(func() {
		// What is under way when the sandbox closes would show in the log as a call that its caller gave up.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), 2*time.Second)
		defer cancel()
		_ = w.jaas.Flush(ctx)
		w.jaas.Close()
	})
	const mount = "/sandbox" // an upstream is never at the root of its host
	w.jaasURL = w.start(t, &w.upstream, http.StripPrefix(mount, w.jaas)) + mount
}

// startFiles starts the store of files.
func (w *world) startFiles(t testing.TB) *objects.Store {
	t.Helper()
	const mount, bucket, region, key = "/s3", "files", "local", "local"
	server, err := localobjects.New(localobjects.Options{
		Dir: t.TempDir(), Prefix: mount, Bucket: bucket, Region: region, AccessKey: key, SecretKey: key, Now: w.now,
	})
	if err != nil {
		t.Fatal(err)
	}
	return objects.New(objects.Options{
		Bucket: bucket, Region: region, Endpoint: w.start(t, &w.files, server) + mount, Now: w.now,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: key, SecretAccessKey: key}, nil
		}),
	})
}

// start serves what instead names, and usual otherwise.
func (w *world) start(t testing.TB, instead *atomic.Pointer[http.HandlerFunc], usual http.Handler) string {
	t.Helper()
	served := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		if other := instead.Load(); other != nil {
			(*other)(out, r)
			return
		}
		usual.ServeHTTP(out, r)
	}))
	t.Cleanup(served.Close)
	return served.URL
}

// fail has everything asked of JaaS, or of the store of files, answered by another; nil ends that.
func fail(which *atomic.Pointer[http.HandlerFunc], answer http.HandlerFunc) {
	if answer == nil {
		which.Store(nil)
		return
	}
	which.Store(&answer)
}

// identified does what stands before the API: it gives each request an id and a caller.
func identified(next http.Handler, authenticator *auth.Authenticator) http.Handler {
	var last atomic.Int64
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := auth.WithResolver(r.Context(), func(ctx context.Context) (auth.Principal, error) {
			if authenticator != nil {
				return authenticator.Authenticate(ctx, r.Header)
			}
			return named(r.Header)
		})
		ctx = logs.WithRequestID(ctx, "request-"+strconv.FormatInt(last.Add(1), 10))
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// named takes whoever the headers name for who calls.
func named(header http.Header) (auth.Principal, error) {
	if key := header.Get(auth.HeaderAPIKey); key != "" {
		return auth.Principal{Kind: auth.APIKey, Name: key, Scopes: []string{"jaas"}}, nil
	}
	user, found := strings.CutPrefix(header.Get(auth.HeaderAuthorization), "Bearer ")
	if !found {
		return auth.Principal{}, auth.ErrNoCredentials
	}
	name, err := url.PathUnescape(user)
	return auth.Principal{Kind: auth.User, Name: name}, err
}

// as gives the header that a user calls with.
func as(user string) http.Header {
	return http.Header{"Authorization": {"Bearer " + url.PathEscape(user)}}
}

// answer is what a caller got.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// plain does not follow redirects, so that one would be seen. Its connections are its own: those of the default one are
// closed whenever a test server is.
var plain = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 16}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// send sends a request, whose body is JSON, and holds the answer against the API's description.
func (w *world) send(t testing.TB, header http.Header, method, path, body string) answer {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, w.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	maps.Copy(request.Header, header)
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	got := do(t, request)
	described(t, request, got)
	return got
}

func do(t testing.TB, request *http.Request) answer {
	t.Helper()
	response, err := plain.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{status: response.StatusCode, header: response.Header, body: body}
}

// call sends a request as a user and reads the answer to it, which must have the status.
func call[T any](t testing.TB, w *world, user, method, path, body string, status int) (into T) {
	t.Helper()
	got := w.send(t, as(user), method, path, body)
	if got.status != status {
		t.Fatalf("%s %s: got HTTP %d with %s, want %d", method, path, got.status, got.body, status)
	}
	if err := json.Unmarshal(got.body, &into); err != nil {
		t.Fatalf("%s %s: got %s: %v", method, path, got.body, err)
	}
	return into
}

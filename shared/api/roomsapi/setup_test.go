package roomsapi_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"gavel/local/apitest"
	localobjects "gavel/local/objects"
	"gavel/local/sandbox"
	sandboxjaas "gavel/local/sandbox/jaas"
	"gavel/local/standin"
	"gavel/shared/api"
	"gavel/shared/api/jaasapi"
	"gavel/shared/api/roomsapi"
	"gavel/shared/auth"
	"gavel/shared/bans"
	"gavel/shared/bindings"
	"gavel/shared/config"
	"gavel/shared/httpclient"
	"gavel/shared/inbox"
	"gavel/shared/jaas"
	"gavel/shared/objects"
	"gavel/shared/problem"
	"gavel/shared/rooms"
	"gavel/shared/roster"
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
	clock   *standin.Clock
	service *rooms.Service
	store   *moody
	jaas    *sandboxjaas.Server
	jaasURL string
	asked   sandbox.Recorder
	// upstream answers in place of the sandbox, where a test sets it; files in place of the store of files.
	upstream, files atomic.Pointer[http.HandlerFunc]
}

func setup(t testing.TB, opt options) *world {
	t.Helper()
	if opt.secrets == nil {
		opt.secrets = tenantSecret()
	}
	if opt.budget == 0 {
		opt.budget = time.Minute
	}
	w := &world{store: &moody{Store: apitest.Embedded(t)}, clock: standin.NewClock(apitest.Noon())}
	mux := http.NewServeMux()
	who := named
	if opt.authenticator != nil {
		who = opt.authenticator.Authenticate
	}
	w.url = apitest.ServeAll(t, api.Handler(mux), who)
	w.startSandbox(t)

	source := apitest.SecretsFile(t, opt.secrets)
	client := jaas.New(jaas.Options{
		BaseURL: w.jaasURL + "/v1/_jaas", Domain: "8x8.vc", Secrets: source, Now: w.clock.Now,
		HTTP: httpclient.New(httpclient.Options{Provider: jaas.Provider, Budget: opt.budget, Now: w.clock.Now}),
	})
	settings := config.Config{RoomsJaaSAppID: appID}
	if opt.noTenant {
		settings.RoomsJaaSAppID = ""
	}
	w.service = rooms.New(rooms.Options{
		Store: w.store, Providers: bindings.New(settings, bindings.Clients{JaaS: client}, w.store), Files: w.startFiles(t), Now: w.clock.Now,
	})
	roomsapi.Register(api.New(mux), w.service)
	jaasapi.RegisterWebhook(api.New(mux), jaasapi.WebhookServices{
		From: client, Events: inbox.New(w.store, w.clock.Now, apitest.Days), Roster: roster.New(w.store, w.clock.Now, apitest.Days), Bans: bans.New(w.store),
	})
	return w
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
		Now: w.clock.Now, Recorder: &w.asked,
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
		Dir: t.TempDir(), Prefix: mount, Bucket: bucket, Region: region, AccessKey: key, SecretKey: key, Now: w.clock.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	return objects.New(objects.Options{
		Bucket: bucket, Region: region, Endpoint: w.start(t, &w.files, server) + mount, Now: w.clock.Now,
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

// named takes whoever the headers name for who calls.
func named(_ context.Context, header http.Header) (auth.Principal, error) {
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

type answer = apitest.Answer

var problems = apitest.Problems{Confidential: confidential, Inside: []string{"rooms."}}

func isProblem(t testing.TB, got answer, status int, code problem.Code) problem.Problem {
	t.Helper()
	return problems.Is(t, got, status, code)
}

func refused(t testing.TB, got answer, status int, where ...string) {
	t.Helper()
	problems.Refused(t, got, status, where...)
}

// send sends a request, whose body is JSON, and holds the answer against the API's description.
func (w *world) send(t testing.TB, header http.Header, method, path, body string) answer {
	t.Helper()
	got := apitest.Send(t, w.url, method, path, body, header)
	openAPI().Check(t, method, path, got)
	return got
}

// call sends a request as a user and reads the answer to it, which must have the status.
func call[T any](t testing.TB, w *world, user, method, path, body string, status int) (into T) {
	t.Helper()
	got := w.send(t, as(user), method, path, body)
	if got.Status != status {
		t.Fatalf("%s %s: got HTTP %d with %s, want %d", method, path, got.Status, got.Body, status)
	}
	if err := json.Unmarshal(got.Body, &into); err != nil {
		t.Fatalf("%s %s: got %s: %v", method, path, got.Body, err)
	}
	return into
}

package functions_test

import (
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gavel/local/dynamodb"
	"gavel/local/moto"
	"gavel/local/standin"
	"gavel/local/testkey"
)

// oneError is what the log of a function holds once that has told what is to be mended.
const oneError = `"level":"ERROR","msg":"not configured"`

// TestFunctions_WithoutTheirBucket say that it is not there, or that they may not use it, when they look for a file.
func TestFunctions_WithoutTheirBucket(t *testing.T) {
	t.Parallel()
	c := newCloud(t, engines()["moto"])
	room := c.call(t, "rooms-create", "", http.StatusCreated)
	file := c.call(t, "rooms-upload-url", room.ID, http.StatusOK).FileID
	denied := serving(t, &refusing{status: http.StatusForbidden, body: `<Error><Code>AccessDenied</Code></Error>`})
	for name, tt := range map[string]struct {
		settings []string
		says     string
	}{
		"not there":  {[]string{"GAVEL_FILES_BUCKET=" + c.group + "-gone"}, "the bucket " + c.group + "-gone (GAVEL_FILES_BUCKET) is not there"},
		"not to use": {[]string{"AWS_ENDPOINT_URL_S3=" + denied}, "this function may not use the bucket " + c.group + " (GAVEL_FILES_BUCKET): it lacks the permission s3:GetObject"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			process := run(t, "rooms-download-url", slices.Concat(c.settings, tt.settings))
			said := failsTwice(t, "rooms-download-url", process, oneError, inPath("room_id", room.ID), inQuery("file_id", file))
			if !strings.Contains(said, tt.says) {
				t.Errorf("got %s, want %q", said, tt.says)
			}
		})
	}
}

// TestRoomsCreate_WithoutItsScheduleGroup makes the room all the same: the sweep ends it.
func TestRoomsCreate_WithoutItsScheduleGroup(t *testing.T) {
	t.Parallel()
	c := newCloud(t, engines()["moto"])
	denied := serving(t, &refusing{status: http.StatusForbidden, body: `{"__type":"AccessDeniedException","message":"no"}`})
	// moto has no answer for it.
	missing := serving(t, &refusing{status: http.StatusNotFound, body: `{"__type":"ResourceNotFoundException","Message":"no"}`})
	for setting, says := range map[string]string{
		"AWS_ENDPOINT_URL_SCHEDULER=" + missing: "the schedule group " + c.group + " (GAVEL_SCHEDULE_GROUP) is not there",
		"AWS_ENDPOINT_URL_SCHEDULER=" + denied:  "this function may not use the schedule group " + c.group + " (GAVEL_SCHEDULE_GROUP): it lacks the permission scheduler:CreateSchedule",
	} {
		process := run(t, "rooms-create", slices.Concat(c.settings, []string{setting}))
		for range 2 {
			if got := invoke(t, process, event(t, "rooms-create")); got.StatusCode != http.StatusCreated {
				t.Errorf("got %d %s, want the room", got.StatusCode, got.Body)
			}
		}
		if err := process.Close(); err != nil { // and with it everything was written
			t.Fatal(err)
		}
		if logs := process.Logs(); strings.Count(logs, oneError) != 1 || strings.Count(logs, says) != 1 {
			t.Errorf("got the log\n%s\nwant once %q", logs, says)
		}
	}
}

// TestPublish_WithoutItsBus has each batch come again, and tells of it once.
func TestPublish_WithoutItsBus(t *testing.T) {
	t.Parallel()
	denied := serving(t, &refusing{status: http.StatusBadRequest, body: `{"__type":"AccessDeniedException",` +
		`"message":"User: x is not authorized to perform: events:PutEvents on resource: y"}`})
	for endpoint, says := range map[string]string{
		moto.Start(t): "the event bus notthere (GAVEL_EVENT_BUS) is not there",
		denied:        "this function may not use the event bus notthere (GAVEL_EVENT_BUS): it lacks the permission events:PutEvents",
	} {
		process := run(t, "system-publish", []string{"AWS_REGION=" + region, "AWS_ENDPOINT_URL=" + endpoint, "GAVEL_EVENT_BUS=notthere"})
		for range 3 {
			result, err := process.Invoke(t.Context(), event(t, "system-publish"))
			const first = `{"batchItemFailures":[{"itemIdentifier":"4421584500000000017450439091"}]}`
			if err != nil || result.FunctionError != nil || string(result.Payload) != first {
				t.Errorf("got %s, %v, %v, want all to come again\n%s", result.Payload, result.FunctionError, err, process.Logs())
			}
		}
		if err := process.Close(); err != nil { // and with it everything was written
			t.Fatal(err)
		}
		if logs := process.Logs(); strings.Count(logs, oneError) != 1 || strings.Count(logs, says) != 1 {
			t.Errorf("got the log\n%s\nwant once %q", logs, says)
		}
	}
}

// TestFunctions_WithoutTheirSecret name it: each function that asks a meeting system, or is asked by one.
func TestFunctions_WithoutTheirSecret(t *testing.T) {
	t.Parallel()
	none := serving(t, &refusing{status: http.StatusBadRequest, body: `{"__type":"ResourceNotFoundException"}`})
	database, table := dynamodb.Table(t)
	settings := complete(none)
	settings["AWS_ENDPOINT_URL_DYNAMODB"], settings["GAVEL_TABLE"] = database, table
	tried := 0
	for _, operation := range names(t, filepath.Join("*", "*", "main.go"), filepath.Dir) {
		group, name, _ := strings.Cut(operation, "-")
		main, err := os.ReadFile(filepath.Join(group, name, "main.go"))
		if err != nil {
			t.Fatal(err)
		}
		if operation == "jaas-webhook" || !strings.Contains(string(main), group+".Configured(f.Config, f.Secrets)") {
			continue // whoever names a tenant to the webhook that there is none of is a stranger
		}
		tried++
		t.Run(operation, func(t *testing.T) {
			t.Parallel()
			process := run(t, operation, pairs(settings))
			said := failsTwice(t, operation, process, ": it does not exist")
			if !strings.Contains(said, `"secret":"gavel/`+group) || !strings.Contains(said, ": it does not exist") {
				t.Errorf("got %s, want it to name the secret", said)
			}
		})
	}
	if tried < 65 {
		t.Errorf("got %d functions that need a secret", tried)
	}
}

// TestFunctions_ThatMayNot name the permission that they lack, and the secret.
func TestFunctions_ThatMayNot(t *testing.T) {
	t.Parallel()
	denied := serving(t, &refusing{status: http.StatusBadRequest, body: `{"__type":"AccessDeniedException",` +
		`"Message":"User: x is not authorized to perform: dynamodb:GetItem on resource: y"}`})
	for operation, says := range map[string]string{
		"rooms-get":     "this function may not use the DynamoDB table notthere (GAVEL_TABLE): it lacks the permission dynamodb:GetItem",
		"jaas-dial-out": "secret gavel/jaas/" + tenant + ": this function may not read it: it lacks secretsmanager:GetSecretValue",
	} {
		process := run(t, operation, pairs(complete(denied)))
		if said := failsTwice(t, operation, process, says); !strings.Contains(said, says) {
			t.Errorf("%s: got %s, want %q", operation, said, says)
		}
	}
}

// TestFunctions_WithoutCredentials of AWS ask nothing of it and name the variables: outside of Lambda nobody sets them.
func TestFunctions_WithoutCredentials(t *testing.T) {
	t.Parallel()
	asked := &refusing{status: http.StatusOK, body: "{}"}
	settings := complete(serving(t, asked))
	settings["AWS_ACCESS_KEY_ID"], settings["AWS_SECRET_ACCESS_KEY"] = "", ""
	const says = "the environment has no AWS credentials: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set"
	for operation, logged := range map[string]string{
		"rooms-get": says, "jaas-dial-out": says,
		"system-authorizer": `"msg":"secret not read"`, // beside which Lambda's runtime writes each error that it is given
	} {
		process := launch(t, operation, pairs(settings))
		if said := failsTwice(t, operation, process, logged); !strings.Contains(said, says) || !strings.Contains(said, "not_configured") {
			t.Errorf("%s: got %s, want %q", operation, said, says)
		}
	}
	if n := asked.asked.Load(); n != 0 {
		t.Errorf("got %d requests, want none", n)
	}
}

// TestFunctions_WithAnExpiredCertificate of their meeting system send nothing and say whose it is.
func TestFunctions_WithAnExpiredCertificate(t *testing.T) {
	t.Parallel()
	url, trusted := expired(t)
	endpoint, prefix := moto.Start(t), moto.Prefix(t)
	key := testkey.PEM(t)
	for name, content := range map[string]map[string]any{
		"jaas/" + tenant: {"keyId": "4f4910", "privateKey": key},
		"jitsi": {
			"baseUrl": url, "issuer": "gavel", "audience": "jitsi", "algorithm": "HS256", "secret": "0123456789abcdef0123456789abcdef",
			"system": map[string]any{"baseUrl": url, "keyId": "system-1", "privateKey": key},
		},
		"openmeetings": {"baseUrl": url, "user": "gavel", "password": "s3cret"},
		"veeting":      {"baseUrl": url, "apiKey": "s3cret-s3cret-s3cret", "level": "instance"},
	} {
		text, err := json.Marshal(content)
		if err != nil {
			t.Fatal(err)
		}
		put(t, endpoint, prefix+"/"+name, string(text))
	}
	settings := complete(endpoint)
	delete(settings, "GAVEL_TABLE")
	settings["GAVEL_SECRET_PREFIX"], settings["GAVEL_JAAS_BASE_URL"], settings["SSL_CERT_FILE"] = prefix, url, trusted
	says := "the TLS certificate of " + strings.TrimPrefix(url, "https://") + " has expired, or is not valid yet"
	for _, operation := range []string{"jaas-dial-out", "jitsi-end-room", "openmeetings-kick", "veeting-list-admins"} {
		process := run(t, operation, pairs(settings))
		said := failsTwice(t, operation, process, oneError)
		group, _, _ := strings.Cut(operation, "-")
		if !strings.Contains(said, says) || !strings.Contains(said, `"mayHaveHappened":false`) || !strings.Contains(said, `"provider":"`+group+`"`) {
			t.Errorf("%s: got %s, want %q", operation, said, says)
		}
	}
}

// TestAuthorizer_WithAnIssuerThatIsNone says which setting leads to it, and why nothing there can be believed.
func TestAuthorizer_WithAnIssuerThatIsNone(t *testing.T) {
	t.Parallel()
	url, trusted := expired(t)
	other := serving(t, &refusing{status: http.StatusOK, body: `{"issuer": "https://login.example.org", "jwks_uri": "https://login.example.org/keys"}`})
	encoded := base64.RawURLEncoding.EncodeToString
	token := encoded([]byte(`{"alg":"RS256","kid":"k-1"}`)) + "." + encoded([]byte(`{}`)) + "." + encoded([]byte("nobody's"))
	for issuer, says := range map[string]string{
		url:   "the TLS certificate of " + strings.TrimPrefix(url, "https://") + " has expired, or is not valid yet (GAVEL_OIDC_ISSUER)",
		other: "the issuer of access tokens (GAVEL_OIDC_ISSUER) has no configuration of its own",
	} {
		process := run(t, "system-authorizer", []string{"GAVEL_OIDC_ISSUER=" + issuer, "GAVEL_OIDC_AUDIENCE=gavel", "SSL_CERT_FILE=" + trusted})
		said := failsTwice(t, "system-authorizer", process, oneError, inHeader("x-api-key", ""), inHeader("authorization", "Bearer "+token))
		if !strings.Contains(said, "not_configured: ") || !strings.Contains(said, says) {
			t.Errorf("got %s, want %q", said, says)
		}
		if logs := process.Logs(); strings.Contains(logs, token) || strings.Count(logs, "issuer's keys not fetched") != 0 {
			t.Errorf("got the log\n%s\nwant it told once, without the token", logs)
		}
	}
}

// expired serves with a certificate that has expired and else is good. It gives the file that makes its signer trusted.
func expired(t *testing.T) (url, trusted string) {
	t.Helper()
	certificate := standin.ExpiredCertificate(t)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("got %s %s, want no request", r.Method, r.URL)
	}))
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelInfo)
	server.TLS = &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{certificate}}
	server.StartTLS()
	t.Cleanup(server.Close)
	trusted = filepath.Join(t.TempDir(), "trusted.pem")
	if err := os.WriteFile(trusted, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate.Certificate[0]}), 0o600); err != nil {
		t.Fatal(err)
	}
	return server.URL, trusted
}

// TestPublish_PassesOverWhatIsNoEvent: the other events of the batch are on the bus, and nothing comes again.
func TestPublish_PassesOverWhatIsNoEvent(t *testing.T) {
	t.Parallel()
	bus := &refusing{status: http.StatusOK, body: `{"FailedEntryCount":0,"Entries":[{"EventId":"e-1"}]}`}
	process := run(t, "system-publish", []string{"AWS_REGION=" + region, "AWS_ENDPOINT_URL=" + serving(t, bus), "GAVEL_EVENT_BUS=gavel"})
	sent := edited(t, event(t, "system-publish"), func(e map[string]any) {
		e["Records"].([]any)[0].(map[string]any)["dynamodb"].(map[string]any)["NewImage"] = "ada@example.org"
	})
	result, err := process.Invoke(t.Context(), sent)
	if err != nil || result.FunctionError != nil || string(result.Payload) != `{"batchItemFailures":[]}` || bus.asked.Load() != 1 {
		t.Errorf("got %s, %v, %v and %d requests, want the other one published", result.Payload, result.FunctionError, err, bus.asked.Load())
	}
	if err := process.Close(); err != nil { // and with it everything was written
		t.Fatal(err)
	}
	logs := process.Logs()
	for _, want := range []string{`"a record is no event, it is not published"`, `"record":"4421584500000000017450439091"`, `"eventsLost":1`, `"eventsPublished":1`} {
		if strings.Count(logs, want) != 1 {
			t.Errorf("got the log\n%s\nwant %s once", logs, want)
		}
	}
	if strings.Contains(logs, "ada@") {
		t.Errorf("got somebody's address logged:\n%s", logs)
	}
}

package functions_test

import (
	"bytes"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gavel/local/dynamodb"
	"gavel/local/runtimeapi"
)

// nonsense is a value for each setting that nothing can be done with. None of it may be told to anybody.
var nonsense = map[string]string{
	"GAVEL_UPSTREAM_TIMEOUT": "s3cret", "GAVEL_JAAS_BASE_URL": "s3cret", "GAVEL_JAAS_DOMAIN": "s3cret/", "GAVEL_OIDC_ISSUER": "s3cret",
	"GAVEL_OIDC_JWKS_URL": "s3cret", "GAVEL_AUDIT_DAYS": "s3cret", "GAVEL_EVENT_DAYS": "-1", "AWS_ENDPOINT_URL": "s3cret",
	"GAVEL_SECRET_PREFIX": "s3cret?", "GAVEL_SECRETS_FILE": "s3cret/", "GAVEL_LOG_LEVEL": "s3cret", "AWS_REGION": "s3cret?",
	"GAVEL_TABLE": "s3cret?", "GAVEL_FILES_BUCKET": "S3cret", "GAVEL_EVENT_BUS": "s3cret?", "GAVEL_SCHEDULE_GROUP": "s3cret?",
	"GAVEL_SCHEDULE_TARGET_ARN": "s3cret", "GAVEL_SCHEDULE_ROLE_ARN": "s3cret", "GAVEL_SCHEDULE_DEAD_LETTER_ARN": "s3cret",
	"GAVEL_ROOMS_JAAS_APP_ID": "s3cret", "GAVEL_ROOMS_VEETING_USER": "s3cret",
}

// complete are settings that every function starts with. None of what they name is there.
func complete(endpoint string) map[string]string {
	return map[string]string{
		"AWS_REGION": region, "AWS_ENDPOINT_URL": endpoint, "GAVEL_JAAS_BASE_URL": endpoint,
		"GAVEL_TABLE": "notthere", "GAVEL_FILES_BUCKET": "somebucket", "GAVEL_EVENT_BUS": "somebus", "GAVEL_SCHEDULE_GROUP": "somegroup",
		"GAVEL_SCHEDULE_TARGET_ARN": endRoomARN, "GAVEL_SCHEDULE_ROLE_ARN": roleARN, "GAVEL_ROOMS_JAAS_APP_ID": tenant,
	}
}

// failsTwice invokes a function twice with its event, and gives what it said of what is wrong: an operation with a problem
// document, the authorizer and a job with an error. It lives on, and logs it once.
func failsTwice(t *testing.T, operation string, process *runtimeapi.Process, logged string, edits ...edit) (said string) {
	t.Helper()
	sent := edited(t, event(t, operation), func(e map[string]any) {
		for _, change := range edits {
			change(e)
		}
	})
	for range 2 {
		result, err := process.Invoke(t.Context(), sent)
		if err != nil {
			t.Fatalf("%s: %v\n%s", operation, err, process.Logs())
		}
		if result.FunctionError != nil {
			said = result.FunctionError.Message
			continue
		}
		got := invoke(t, process, sent)
		if said = got.Body; got.StatusCode != http.StatusServiceUnavailable || !strings.Contains(got.Body, `"not_configured"`) {
			t.Errorf("%s: got %d %s, want 503 not_configured", operation, got.StatusCode, got.Body)
		}
	}
	if err := process.Close(); err != nil { // and with it everything was written
		t.Fatal(err)
	}
	if n := strings.Count(process.Logs(), logged); n != 1 {
		t.Errorf("%s: got it logged %d times, want once:\n%s", operation, n, process.Logs())
	}
	return said
}

// TestFunctions_WithNonsenseForSettings start all the same, and say which settings are wrong.
func TestFunctions_WithNonsenseForSettings(t *testing.T) {
	t.Parallel()
	for _, operation := range names(t, filepath.Join("*", "*", "main.go"), filepath.Dir) {
		t.Run(operation, func(t *testing.T) {
			t.Parallel()
			process := run(t, operation, pairs(nonsense))
			said := failsTwice(t, operation, process, "bad settings")
			for setting := range nonsense {
				if setting != "AWS_ENDPOINT_URL" && !strings.Contains(said, setting+" ") {
					t.Errorf("got %s, want it to name %s", said, setting)
				}
			}
			if strings.Contains(strings.ToLower(said+process.Logs()), "s3cret") {
				t.Errorf("got the value of a setting told:\n%s\n%s", said, process.Logs())
			}
		})
	}
}

// TestFunctions_WithoutTheirTable say that it is not there: each that needs it for what it does, and for a POST's Idempotency-Key.
// Other commands are carried out without one.
func TestFunctions_WithoutTheirTable(t *testing.T) {
	t.Parallel()
	s := &story{dir: t.TempDir()}
	s.server = setupIn(t, s.dir)
	settings := complete("http://127.0.0.1:9")
	settings["AWS_ENDPOINT_URL_DYNAMODB"] = dynamodb.Start(t)
	settings["AWS_ENDPOINT_URL_SECRETS_MANAGER"] = s.server.URL() + "/local/aws"
	tried := 0
	for _, operation := range names(t, filepath.Join("*", "*", "main.go"), filepath.Dir) {
		if !needsTable(t, operation) {
			continue
		}
		tried++
		t.Run(operation, func(t *testing.T) {
			t.Parallel()
			process := run(t, operation, pairs(settings))
			said := failsTwice(t, operation, process, `"level":"ERROR"`, s.authentic(t, operation))
			if !strings.Contains(said, "the DynamoDB table notthere (GAVEL_TABLE) is not there") {
				t.Errorf("got %s, want it to name the table", said)
			}
		})
	}
	if tried < 60 {
		t.Errorf("got %d functions that need a table", tried)
	}
}

// needsTable says whether a function's main opens the table at its start, or for answers to be kept.
func needsTable(t *testing.T, operation string) bool {
	t.Helper()
	group, name, _ := strings.Cut(operation, "-")
	text, err := os.ReadFile(filepath.Join(group, name, "main.go"))
	if err != nil {
		t.Fatal(err)
	}
	posted := bytes.Contains(event(t, operation), []byte(`"routeKey": "POST `))
	return bytes.Contains(text, []byte("dynamo.Configured(")) || posted && bytes.Contains(text, []byte("f.KeepAnswers("))
}

// authentic has an event come from whom the sandboxes' secrets are shared with, and a command carry a key.
func (s *story) authentic(t *testing.T, operation string) edit {
	t.Helper()
	switch operation {
	case "system-cleanup", "system-end-room":
		return func(map[string]any) {}
	case "jaas-webhook":
		appID, secret := s.server.Info().AppID, s.madeUp(t, "webhookSecret")
		return func(e map[string]any) {
			setPath(e, "appId", appID)
			inBody("vpaas-magic-cookie-96f0941768964ab380ed0fbada7a502f", appID)(e)
			signedWith(secret)(e)
		}
	case "jitsi-webhook", "jitsi-create-reservation", "jitsi-get-reservation":
		return inHeader("authorization", "Bearer "+s.madeUp(t, "jitsiCallbackToken"))
	case "veeting-webhook":
		return inHeader("x-api-key", s.madeUp(t, "veetingHookKey"))
	}
	return inHeader("idempotency-key", "k-1")
}

// A room for a meeting system needs the tenant that its rooms meet in.
func TestRoomsCreate_WithoutItsTenant(t *testing.T) {
	t.Parallel()
	process := run(t, "rooms-create", pairs(without(complete("http://127.0.0.1:9"), "GAVEL_ROOMS_JAAS_APP_ID")))
	if said := failsTwice(t, "rooms-create", process, `"level":"ERROR"`); !strings.Contains(said, "GAVEL_ROOMS_JAAS_APP_ID") {
		t.Errorf("got %s, want it to name the setting", said)
	}
}

func without(settings map[string]string, name string) map[string]string {
	fewer := maps.Clone(settings)
	delete(fewer, name)
	return fewer
}

package functions_test

import (
	"maps"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gavel/local/dynamodb"
	"gavel/local/runtimeapi"
)

// nonsense is a value for each setting that nothing can be done with. None of it may be told to anybody.
var nonsense = map[string]string{
	"GAVEL_UPSTREAM_TIMEOUT": "s3cret", "GAVEL_JAAS_BASE_URL": "s3cret", "GAVEL_JAAS_DOMAIN": "s3cret/", "GAVEL_OIDC_ISSUER": "s3cret",
	"GAVEL_OIDC_JWKS_URL": "s3cret", "GAVEL_AUDIT_DAYS": "s3cret", "GAVEL_EVENT_DAYS": "-1", "AWS_ENDPOINT_URL": "s3cret",
	"GAVEL_SECRET_PREFIX": "s3cret?", "GAVEL_SECRETS_FILE": "s3cret/", "GAVEL_LOG_LEVEL": "s3cret", "AWS_REGION": "s3cret",
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
// document, the authorizer with one for the operations, a job with an error. It lives on, and logs it once.
func failsTwice(t *testing.T, operation string, process *runtimeapi.Process, logged string) (said string) {
	t.Helper()
	for range 2 {
		result, err := process.Invoke(t.Context(), event(t, operation))
		if err != nil {
			t.Fatalf("%s: %v\n%s", operation, err, process.Logs())
		}
		if result.FunctionError != nil {
			said = result.FunctionError.Message
			continue
		}
		if operation == "system-authorizer" {
			said = faultOf(t, decided(t, process, event(t, operation)))
			continue
		}
		got := invoke(t, process, event(t, operation))
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

// faultOf gives the problem document of an authorizer that cannot tell who calls.
func faultOf(t *testing.T, d decision) string {
	t.Helper()
	if len(d.Context) != 1 || d.Context["fault"] == "" {
		t.Fatalf("got %+v, want a fault, and nobody", d)
	}
	return d.Context["fault"]
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

// TestFunctions_WithoutTheirTable say that it is not there.
func TestFunctions_WithoutTheirTable(t *testing.T) {
	t.Parallel()
	endpoint := dynamodb.Start(t)
	operations := names(t, filepath.Join("rooms", "*", "main.go"), filepath.Dir)
	operations = append(operations, "jaas-create-token", "jaas-ban-user", "jaas-list-bans", "jaas-lift-ban", "jaas-list-events",
		"jaas-list-participants", "veeting-list-events", "system-list-audit", "system-cleanup", "system-end-room")
	for _, operation := range operations {
		t.Run(operation, func(t *testing.T) {
			t.Parallel()
			settings := map[string]string{
				"AWS_ENDPOINT_URL_DYNAMODB": endpoint, "GAVEL_TABLE": "notthere", "AWS_REGION": region, "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
				"GAVEL_FILES_BUCKET": "somebucket", "GAVEL_SCHEDULE_GROUP": "somegroup",
				"GAVEL_SCHEDULE_TARGET_ARN": endRoomARN, "GAVEL_SCHEDULE_ROLE_ARN": roleARN,
			}
			if operation == "rooms-create" { // which looks for its tenant first
				settings["GAVEL_ROOMS_JAAS_APP_ID"] = tenant
			}
			process := run(t, operation, pairs(settings))
			if slices.Contains([]string{"system-cleanup", "system-end-room"}, operation) {
				result, err := process.Invoke(t.Context(), event(t, operation))
				if err != nil || result.FunctionError == nil || !strings.Contains(result.FunctionError.Message, "notthere") {
					t.Errorf("got %s, %v, %v, want a failure that names the table", result.Payload, result.FunctionError, err)
				}
				return
			}
			if operation == "rooms-create" {
				unbound := run(t, operation, pairs(without(settings, "GAVEL_ROOMS_JAAS_APP_ID")))
				if said := failsTwice(t, operation, unbound, `"level":"ERROR"`); !strings.Contains(said, "GAVEL_ROOMS_JAAS_APP_ID") {
					t.Errorf("got %s, want it to name the setting", said)
				}
			}
			if said := failsTwice(t, operation, process, `"level":"ERROR"`); !strings.Contains(said, "notthere") {
				t.Errorf("got %s, want it to name the table", said)
			}
		})
	}
}

func without(settings map[string]string, name string) map[string]string {
	fewer := maps.Clone(settings)
	delete(fewer, name)
	return fewer
}

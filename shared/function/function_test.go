package function_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"gavel/local/runtimeapi"
	"gavel/shared/api"
	"gavel/shared/config"
	"gavel/shared/function"
)

// TestMain makes this program the Lambda function that a test asks for by a variable: what is tested here ends with its
// process, and settings are read from a process's environment.
func TestMain(m *testing.M) {
	kind := os.Getenv("GAVEL_TEST_FUNCTION")
	if kind == "" {
		os.Exit(m.Run())
	}
	f := function.New("GAVEL_TABLE", "GAVEL_FILES_BUCKET")
	switch kind {
	case "operation":
		f.Serve(greet)
	case "job":
		function.Run(f, "system-test", work)
	case "authorizer":
		f.Authorize()
	}
}

func greet(a huma.API) {
	type output struct {
		Body struct {
			Greeting string `json:"greeting"`
		}
	}
	api.Register(a, api.Operation{ID: "system-greet", Method: http.MethodGet, Path: "/greeting"}, func(context.Context, *struct{}) (*output, error) {
		out := &output{}
		out.Body.Greeting = "good morning"
		return out, nil
	})
}

// order is the event of the job.
type order struct {
	Do string `json:"do"`
}

func work(ctx context.Context, event order) error {
	switch event.Do {
	case "panic":
		panic("lost")
	case "fail":
		return errors.New("the work cannot be done")
	case "wait":
		<-ctx.Done()
		return ctx.Err()
	case "miss":
		return &config.Unusable{What: "the table is not there"}
	}
	return nil
}

// complete are the settings that the functions here need.
var complete = []string{"GAVEL_TABLE=rooms", "GAVEL_FILES_BUCKET=files"}

func start(t *testing.T, kind string, settings ...string) *runtimeapi.Process {
	t.Helper()
	process, err := runtimeapi.Start(t.Context(), runtimeapi.Config{
		Binary: os.Args[0], Env: append([]string{"GAVEL_TEST_FUNCTION=" + kind}, settings...),
	})
	if err != nil {
		t.Fatalf("start: %v", err)
	}
	t.Cleanup(func() { _ = process.Close() })
	return process
}

func invoke(t *testing.T, process *runtimeapi.Process, event string) runtimeapi.Result {
	t.Helper()
	result, err := process.Invoke(t.Context(), []byte(event))
	if err != nil {
		t.Fatalf("invoke: %v\n%s", err, process.Logs())
	}
	return result
}

const greeting = `{"version":"2.0","routeKey":"GET /greeting","rawPath":"/greeting","requestContext":{"requestId":"r1","http":{"method":"GET","path":"/greeting"}}}`

// answer gives status and body of what an HTTP API would be told.
func answer(t *testing.T, result runtimeapi.Result) (status int, body string) {
	t.Helper()
	var got struct {
		StatusCode int
		Body       string
	}
	if err := json.Unmarshal(result.Payload, &got); err != nil {
		t.Fatalf("got %s: %v", result.Payload, err)
	}
	return got.StatusCode, got.Body
}

func TestServe_AnswersWithTheOperation(t *testing.T) {
	t.Parallel()
	status, body := answer(t, invoke(t, start(t, "operation", complete...), greeting))
	if status != http.StatusOK || body != `{"greeting":"good morning"}`+"\n" {
		t.Errorf("got %d %s, want 200 and the greeting", status, body)
	}
}

// wrong are settings that no function can work with, and what is said of each.
var wrong = map[string]struct {
	settings []string
	says     []string
}{
	"nothing set":     {nil, []string{"GAVEL_TABLE is not set", "GAVEL_FILES_BUCKET is not set"}},
	"one not set":     {[]string{"GAVEL_TABLE=rooms", "GAVEL_FILES_BUCKET= "}, []string{"GAVEL_FILES_BUCKET is not set"}},
	"one set wrongly": {append([]string{"AWS_ENDPOINT_URL_S3=s3cret"}, complete...), []string{"AWS_ENDPOINT_URL_S3 is not an http or https URL"}},
}

func TestServe_WithBadSettingsSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for name, tt := range wrong {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			process := start(t, "operation", tt.settings...)
			for range 2 { // it lives on
				result := invoke(t, process, greeting)
				status, body := answer(t, result)
				if !strings.Contains(string(result.Payload), `"X-Request-Id":`) || !strings.Contains(body, `"requestId":`) {
					t.Errorf("got %s, want the request's id in it", result.Payload)
				}
				if status != http.StatusServiceUnavailable || !strings.Contains(body, `"not_configured"`) || strings.Contains(body, "s3cret") {
					t.Errorf("got %d %s, want 503 not_configured", status, body)
				}
				for _, said := range tt.says {
					if !strings.Contains(body, said) {
						t.Errorf("got %s, want %q in it", body, said)
					}
				}
			}
		})
	}
}

func TestRun_WithBadSettingsFailsAndSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for name, tt := range wrong {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, kind := range []string{"job", "authorizer"} {
				result := invoke(t, start(t, kind, tt.settings...), `{}`)
				for _, said := range tt.says {
					if result.FunctionError == nil || !strings.Contains(result.FunctionError.Message, said) {
						t.Errorf("%s: got %v, want a failure that says %q", kind, result.FunctionError, said)
					}
				}
			}
		})
	}
}

// line is what the log says of a run.
type line struct {
	Msg, Operation, RequestID, Error string
	OK                               *bool
	DurationMs                       *float64
}

func TestRun_WritesOneLineForEachRun(t *testing.T) {
	t.Parallel()
	process := start(t, "job", complete...)
	if got := invoke(t, process, `{"do":"work"}`); got.FunctionError != nil || string(got.Payload) != "null" {
		t.Errorf("got %s, %v, want null", got.Payload, got.FunctionError)
	}
	if got := invoke(t, process, `{"do":"fail"}`); got.FunctionError == nil || got.FunctionError.Message != "the work cannot be done" {
		t.Errorf("got %v, want the failure", got.FunctionError)
	}
	if got := invoke(t, process, `[]`); got.FunctionError == nil {
		t.Error("got no failure for an event of another form")
	}
	if err := process.Close(); err != nil { // and with it everything was written
		t.Fatal(err)
	}
	var lines []line
	for text := range strings.Lines(process.Logs()) {
		var l line
		if err := json.Unmarshal([]byte(text), &l); err == nil && l.Msg == "request" {
			lines = append(lines, l)
		}
	}
	if len(lines) != 2 {
		t.Fatalf("got %d lines, want one for each run:\n%s", len(lines), process.Logs())
	}
	for i, want := range []string{"", "the work cannot be done"} {
		l := lines[i]
		if l.Operation != "system-test" || l.RequestID == "" || l.DurationMs == nil || l.OK == nil || *l.OK != (want == "") || l.Error != want {
			t.Errorf("run %d: got %+v, want operation, requestId, durationMs and the outcome", i, l)
		}
	}
	if lines[0].RequestID == lines[1].RequestID {
		t.Errorf("got the request id %s twice, want that of each invocation", lines[0].RequestID)
	}
}

// A run that waits for something that hangs ends before Lambda ends it, and says so.
func TestRun_EndsInTime(t *testing.T) {
	t.Parallel()
	process, err := runtimeapi.Start(t.Context(), runtimeapi.Config{
		Binary: os.Args[0], Env: append([]string{"GAVEL_TEST_FUNCTION=job"}, complete...), Timeout: 2 * time.Second,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = process.Close() })
	if got := invoke(t, process, `{"do":"wait"}`); got.FunctionError == nil || !strings.Contains(got.FunctionError.Message, "deadline exceeded") {
		t.Errorf("got %v, want the failure", got.FunctionError)
	}
	if err := process.Close(); err != nil { // and with it everything was written
		t.Fatal(err)
	}
	if logs := process.Logs(); !strings.Contains(logs, `"ok":false`) || !strings.Contains(logs, "deadline exceeded") {
		t.Errorf("got\n%s\nwant a line for the run", logs)
	}
}

// What an operator has to mend fails each run and is told once, but for what the Lambda library writes of each failure.
func TestRun_TellsOnceWhatIsMissing(t *testing.T) {
	t.Parallel()
	process := start(t, "job", complete...)
	for range 3 {
		if got := invoke(t, process, `{"do":"miss"}`); got.FunctionError == nil || got.FunctionError.Message != "the table is not there" {
			t.Errorf("got %v, want the failure", got.FunctionError)
		}
	}
	if err := process.Close(); err != nil { // and with it everything was written
		t.Fatal(err)
	}
	logs := process.Logs()
	const told = `"level":"ERROR","msg":"not configured","error":"the table is not there"`
	if n := strings.Count(logs, told); n != 1 || strings.Count(logs, `"code":"not_configured"`) != 3 {
		t.Errorf("got it told %d times, want once, and a line for each run:\n%s", n, logs)
	}
}

func TestRun_PanicIsReported(t *testing.T) {
	t.Parallel()
	if got := invoke(t, start(t, "job", complete...), `{"do":"panic"}`); got.FunctionError == nil {
		t.Error("got no failure, want the panic reported to Lambda")
	}
}

package veeting_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"gavel/local/standin"
	"gavel/shared/httpclient"
	"gavel/shared/logs"
	"gavel/shared/veeting"
)

// echo answers with all that it was sent, as a careless server or the page of a proxy might.
func echo(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		sent := fmt.Sprint(r.Header, r.URL, " ", userEmail, " ", apiKey)
		w.Header().Set("Location", "http://[::1/"+sent)
		standin.Says(code, sent)(w, r)
	}
}

// quote does so in the envelope.
func quote(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		sent := r.Header.Get("X-Api-Key") + " " + userEmail
		standin.Says(code, `{"responseCode":"-4 `+sent+`","responseMessage":"no `+sent+`"}`)(w, r)
	}
}

// TestLogs_HoldNothingPrivate has the default logger for itself: tests that run beside others wait until it is done.
func TestLogs_HoldNothingPrivate(t *testing.T) { //nolint:paralleltest // it puts its own logger in place of everybody's
	var lines bytes.Buffer
	before := slog.Default()
	slog.SetDefault(logs.New(&lines, "debug"))
	t.Cleanup(func() { slog.SetDefault(before) })

	for _, o := range operations() {
		for _, answer := range []http.HandlerFunc{
			gives(o.data), standin.Says(200, standin.Page), echo(200), echo(302), echo(400), echo(401), echo(500), quote(200), quote(403), quote(422), standin.Breaks(""), standin.Breaks(standin.Begun), standin.Hangs(""),
		} {
			for _, user := range []veeting.User{byEmail, byBoth, {}} {
				synctest.Test(t, func(t *testing.T) { logged(t, o, answer, user) })
			}
		}
	}
	rotated(t)

	log := lines.String()
	for _, part := range []string{apiKey, newKey, hookKey, userEmail, "example.com"} {
		if strings.Contains(log, part) {
			t.Errorf("got %q in the log", part)
		}
	}
	for _, word := range []string{
		`"provider":"veeting"`, "using the rotated ones", `"outcome":"ok"`, `"command":"account create"`, `"command":"account admins"`,
		`"command":"meeting schedule"`, `"command":"meeting update"`, `"command":"meeting close"`, `"command":"meeting delete"`,
		`"outcome":"nonsense"`, `"outcome":"credentials"`, `"outcome":"timeout"`, `"upstreamStatus":400`,
	} {
		if !strings.Contains(log, word) {
			t.Errorf("got no line with %s, want what was called and how it went", word)
		}
	}
}

// logged does an operation as a request would, and writes its line with the error.
func logged(t *testing.T, o operation, answer http.HandlerFunc, user veeting.User) {
	t.Helper()
	f := setup(t, inMemory())
	f.upstream.from(answer)
	ctx, line := logs.WithLine(t.Context())
	_, err := o.do(ctx, f.client, user)
	line.Write(ctx, slog.Any("error", err))
	failure, ok := errors.AsType[*httpclient.Error](err)
	if !ok {
		return
	}
	shown := fmt.Sprintf("%s %s %s %s %s %+v", failure.Body, failure.Code, failure.Message, failure.Hint, err, failure.Cause)
	for _, part := range []string{apiKey, userEmail} {
		if strings.Contains(shown, part) {
			t.Errorf("%s: got %s, which says %s", o.name, shown, part)
		}
	}
}

func rotated(t *testing.T) {
	t.Helper()
	f := setup(t)
	for range 2 {
		if _, err := f.client.Close(t.Context(), byEmail, meetingID); err != nil {
			t.Error(err)
		}
		f.rotate()
	}
	if _, err := f.client.Receive(t.Context(), "onMeetingClosed", hookKey+"x", []byte(userEmail)); err == nil {
		t.Error("got no error, want the wrong key refused")
	}
}

package jitsi_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"gavel/local/standin"
	"gavel/shared/httpclient"
	"gavel/shared/jitsi"
	"gavel/shared/logs"
)

// echo answers with all that it was sent, as a careless server or the page of a proxy might.
func echo(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		sent := fmt.Sprint("no: ", r.RequestURI, " ", r.Header, " ", string(body), " tel:", phoneNo[1:], " ada@example.org")
		w.Header().Set("Location", "http://[::1/"+sent)
		standin.Says(code, sent)(w, r)
	}
}

// quote does so in JSON.
func quote(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		standin.Says(code, fmt.Sprintf(`{"error":%q}`, r.Header.Get("Authorization")+" "+string(body)+" "+r.URL.RawQuery+" tel "+phoneNo[1:]))(w, r)
	}
}

// private is every secret and personal thing of these tests. Of a token the signature alone would be too much, of a key
// any line.
func private(tokens ...string) []string {
	all := []string{
		phoneNo, phoneNo[1:], phoneNo[4:], "Bearer", "ada@example.org", "example.org/a.png", "Łovelace", "u|5f90", "j.barrow", "James", "00380324-a840", "PRIVATE KEY",
		loginSecret[:12], newSecret[:12], "Login-secret", callbackToken, "token-of_the-server", secondToken,
	}
	for _, token := range tokens {
		if parts := strings.Split(token, "."); len(parts) == 3 {
			all = append(all, parts[1], parts[2])
		}
	}
	for line := range strings.SplitSeq(pemOf(systemKey())+pemOf(nextKey())+pemOf(loginKey()), "\n") {
		if len(line) > 16 && !strings.Contains(line, "-----") {
			all = append(all, line, line[:16])
		}
	}
	return all
}

// TestLogs_HoldNothingPrivate has the default logger for itself: tests that run beside others wait until it is done.
func TestLogs_HoldNothingPrivate(t *testing.T) { //nolint:paralleltest // it puts its own logger in place of everybody's
	var lines bytes.Buffer
	before := slog.Default()
	slog.SetDefault(logs.New(&lines, "debug"))
	t.Cleanup(func() { slog.SetDefault(before) })

	var tokens []string
	for _, answer := range []http.HandlerFunc{
		nil, standin.Says(200, standin.Page), echo(200), echo(302), echo(400), echo(401), echo(403), echo(404), echo(429), echo(500), echo(503),
		quote(200), quote(403), quote(404), quote(422), standin.Breaks(""), standin.Breaks(standin.Begun), standin.Hangs(""),
	} {
		synctest.Test(t, func(t *testing.T) {
			f := setup(t, inMemory())
			f.upstream.tokens = true
			for _, path := range []string{endPath, kickPath, invitePath, roomPath} {
				if answer != nil {
					f.upstream.from(path, answer)
				}
			}
			tokens = append(tokens, everyCall(t, f)...)
		})
	}
	synctest.Test(t, func(t *testing.T) {
		f := setup(t, inMemory())
		tokens = append(tokens, everyCall(t, f)...)
		f.rotate()
		tokens = append(tokens, everyCall(t, f)...)
		f.upstream.trust("a-third", loginKey())
		tokens = append(tokens, everyCall(t, f)...)
		f.upstream.set(func(u *upstream) { u.old = true })
		tokens = append(tokens, everyCall(t, f)...)
		f.vault.PutText(pemOf(systemKey()) + loginSecret)
		tokens = append(tokens, everyCall(t, f)...)
		f.vault.PutText("")
		tokens = append(tokens, everyCall(t, f)...)
	})

	log := lines.String()
	if part, found := standin.Holds(log, private(tokens...)...); found {
		t.Errorf("got %q in the log", part)
	}
	for _, word := range []string{
		`"provider":"jitsi"`, "using the rotated ones", "secret not read", `"outcome":"ok"`, `"command":"end-meeting"`, `"command":"kick-participant"`,
		`"command":"invite-jigasi"`, `"command":"room"`, `"outcome":"refused"`, `"outcome":"credentials"`, `"outcome":"busy"`, `"outcome":"nonsense"`,
		`"outcome":"unreachable"`, `"outcome":"timeout"`, `"upstreamStatus":400`,
	} {
		if !strings.Contains(log, word) {
			t.Errorf("got no line with %s, want what was called and how it went", word)
		}
	}
	if len(tokens) < 10 {
		t.Errorf("got %d tokens to look for, want those of all rounds", len(tokens))
	}
}

// everyCall does all operations as requests would, failing or not, checks what their errors show, and gives the tokens that
// were made.
func everyCall(t *testing.T, f *fixture) []string {
	t.Helper()
	for _, o := range operations() {
		ctx, line := logs.WithLine(t.Context())
		_, err := o.call(ctx, f)
		line.Write(ctx, slog.Any("error", err))
		showsNothing(t, o.name, err)
	}
	ctx := t.Context()
	token, err := f.client.CreateToken(ctx, asRequest(full()))
	_, keyErr := f.client.PublicKey(ctx, jitsi.LoginKey, "x")
	event, eventErr := jitsi.ParseEvent(jitsi.OccupantLeft, event(jitsi.OccupantLeft, map[string]any{"occupant.left_at": "j.barrow@example.org"}))
	senderErr := f.client.CheckSender(ctx, "Bearer "+secondToken)
	for _, err := range []error{err, keyErr, eventErr, senderErr} {
		showsNothing(t, "others", err)
	}
	slog.InfoContext(ctx, "made", "token", token, "pointer", &token, "number", number(), "kind", event.Kind, "target", aPhone(), "sender", senderErr, "event", eventErr)
	tokens := append(f.upstream.sent(), token.JWT)
	for _, look := range f.upstream.seen(roomPath) {
		tokens = append(tokens, unparsed(look.query)["token"])
	}
	return tokens
}

// showsNothing checks all of an error that callers or the log see.
func showsNothing(t *testing.T, name string, err error) {
	t.Helper()
	if err == nil {
		return
	}
	shown := err.Error()
	if failure, ok := errors.AsType[*httpclient.Error](err); ok {
		shown = fmt.Sprintf("%s %s %s %s %s %+v", failure.Body, failure.Code, failure.Message, failure.Hint, err, failure.Cause)
	}
	for _, part := range private() {
		// A server that writes the word alone shows nothing.
		if part != "Bearer" && strings.Contains(shown, part) {
			t.Errorf("%s: got %q in %s", name, part, shown)
		}
	}
}

// TestErrors_PassOnTheAnswerWithoutWhatWasSent so that people see what is wrong.
func TestErrors_PassOnTheAnswerWithoutWhatWasSent(t *testing.T) {
	t.Parallel()
	for _, o := range operations() {
		f := setup(t)
		f.upstream.tokens = true
		f.upstream.from(o.path, echo(http.StatusBadRequest))
		_, err := o.call(t.Context(), f)
		failure := upstreamError(t, err)
		if !strings.HasPrefix(failure.Body, "no: "+basePath) {
			t.Errorf("%s: got body %q, want the beginning of the answer", o.name, failure.Body)
		}
		tokens := f.upstream.sent()
		for _, look := range f.upstream.seen(roomPath) {
			tokens = append(tokens, unparsed(look.query)["token"])
		}
		for _, token := range tokens {
			if parts := strings.Split(token, "."); len(parts) == 3 {
				if part, found := standin.Holds(failure.Body, parts...); found {
					t.Errorf("%s: got %q in %q", o.name, part, failure.Body)
				}
			}
		}
	}
}

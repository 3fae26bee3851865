package jaas_test

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"gavel/local/standin"
	"gavel/shared/httpclient"
	"gavel/shared/logs"
)

// echo answers with all it was sent, as a careless provider might.
func echo(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.WriteHeader(code)
		_, _ = io.WriteString(w, "no: "+r.RequestURI+" "+r.URL.Path+" "+r.Header.Get("Authorization")+" "+string(body)+
			" tel:"+phoneNo[1:]+" user "+userID+" jwt "+participantToken(appID))
	}
}

// noSecretIn checks a text for every secret and personal thing of these tests. Of a token the
// signature alone would be too much, of a key any line.
func noSecretIn(t *testing.T, where, text string, tokens ...string) {
	t.Helper()
	forbidden := []string{
		userID, "5f903d7a", phoneNo, phoneNo[1:], phoneNo[4:], "Bearer", "ada@example.org", "Łovelace", "PRIVATE KEY",
	}
	for _, token := range append(tokens, participantToken(appID)) {
		parts := strings.Split(token, ".")
		forbidden = append(forbidden, parts[1], parts[2])
	}
	for line := range strings.SplitSeq(pemOf(theKey())+pemOf(nextKey()), "\n") {
		if len(line) > 16 && !strings.Contains(line, "-----") {
			forbidden = append(forbidden, line, line[:16])
		}
	}
	if part, found := standin.Holds(text, forbidden...); found {
		t.Errorf("%s: got %q in %s", where, part, text)
	}
}

// This test has the default logger for itself: those that run beside others wait until it is done.
func TestLogs_HoldNothingSecret(t *testing.T) { //nolint:paralleltest // it puts its own logger in place of everybody's
	var lines bytes.Buffer
	before := slog.Default()
	slog.SetDefault(logs.New(&lines, "debug"))
	t.Cleanup(func() { slog.SetDefault(before) })

	var tokens []string
	for _, answer := range []http.HandlerFunc{
		echo(200), echo(400), echo(404), echo(429), echo(500), echo(503), standin.Breaks(""), standin.Breaks(standin.Begun), redirect, standin.Hangs(""),
	} {
		synctest.Test(t, func(t *testing.T) {
			f := setup(t, inMemory())
			f.upstream.from(answer)
			tokens = append(tokens, everyCall(t, f)...)
		})
	}
	synctest.Test(t, func(t *testing.T) {
		f := setup(t, inMemory())
		tokens = append(tokens, everyCall(t, f)...)
		f.rotate(t)
		tokens = append(tokens, everyCall(t, f)...)
		f.upstream.distrust(appID, newKeyID)
		tokens = append(tokens, everyCall(t, f)...)
		f.vault.put(t, map[string]any{secretName(appID): pemOf(theKey())})
		tokens = append(tokens, everyCall(t, f)...)
		f.vault.put(t, map[string]any{})
		tokens = append(tokens, everyCall(t, f)...)
	})

	log := lines.String()
	noSecretIn(t, "the log", log, tokens...)
	words := []string{`"provider":"jaas"`, "rotated", "secret not read", `"upstreamStatus":401`}
	for _, c := range calls() {
		words = append(words, `"command":"`+c.name+`"`)
	}
	for _, kind := range []string{"ok", "refused", "credentials", "busy", "nonsense", "unreachable", "timeout"} {
		words = append(words, `"outcome":"`+kind+`"`)
	}
	for _, word := range words {
		if !strings.Contains(log, word) {
			t.Errorf("got no line with %s, want what was called and how it went", word)
		}
	}
	if len(tokens) < 10 {
		t.Errorf("got %d tokens to look for, want those of all rounds", len(tokens))
	}
}

// everyCall makes all calls, failing or not, checks their errors, and gives the tokens that were made.
func everyCall(t *testing.T, f *fixture) []string {
	t.Helper()
	for _, c := range calls() {
		ctx, line := logs.WithLine(t.Context())
		_, err := c.do(ctx, f.client, appID)
		line.Write(ctx, slog.Any("error", err))
		errorTellsNothing(t, c.name, err)
	}
	token, err := f.client.CreateToken(t.Context(), appID, full())
	errorTellsNothing(t, "CreateToken", err)
	slog.InfoContext(t.Context(), "made", "token", token, "pointer", &token)
	slog.InfoContext(t.Context(), "called", "number", number())
	if token.JWT == "" {
		return f.upstream.tokens()
	}
	return append(f.upstream.tokens(), token.JWT)
}

// errorTellsNothing checks what of an error may be shown to callers.
func errorTellsNothing(t *testing.T, name string, err error) {
	t.Helper()
	if err == nil {
		return
	}
	noSecretIn(t, name+"'s error", err.Error())
}

func TestErrors_PassOnTheAnswerWithoutWhatWasSent(t *testing.T) {
	t.Parallel()
	for _, c := range calls() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := setup(t)
			f.upstream.from(echo(http.StatusBadRequest))

			_, err := c.do(t.Context(), f.client, appID)

			failure := upstreamError(t, err)
			if !strings.HasPrefix(failure.Body, "no: ") {
				t.Errorf("got body %q, want the beginning of the answer", failure.Body)
			}
			// Only the values of this very request are known to be secret.
			for _, private := range []struct{ call, text string }{
				{"", f.upstream.only(t).token},
				{"", participantToken(appID)},
				{"", phoneNo[1:]},
				{"BAN_USER", userID},
				{"BAN_USER", "auth0%7C5f903d7a"},
			} {
				if private.call != "" && private.call != c.name {
					continue
				}
				if strings.Contains(failure.Body, private.text) {
					t.Errorf("got %q in %q", private.text, failure.Body)
				}
			}
		})
	}
}

func TestErrors_SayHowTheProviderFailed(t *testing.T) {
	t.Parallel()
	f := setup(t)
	f.upstream.from(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "<!DOCTYPE html><title>Welcome</title>")
	})
	for _, c := range calls() {
		outcome, err := c.do(t.Context(), f.client, appID)
		failure := upstreamError(t, err)
		if failure.Kind != httpclient.Nonsense || !failure.MayHaveHappened || outcome != "" {
			t.Errorf("%s: got outcome %q and %+v, want nonsense", c.name, outcome, failure)
		}
		if want := "jaas: nonsense (HTTP 200)"; failure.Error() != want {
			t.Errorf("%s: got %q, want %q", c.name, failure.Error(), want)
		}
	}
	f.upstream.from(retryAfter(http.StatusServiceUnavailable, "120"))
	_, err := f.client.DestroyRoom(t.Context(), appID, room)
	if failure := upstreamError(t, err); failure.RetryAfter.Seconds() != 120 || failure.Kind != httpclient.Busy {
		t.Errorf("got %+v, want busy for 120 s", failure)
	}
}

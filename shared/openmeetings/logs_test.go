package openmeetings_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"gavel/local/standin"
	"gavel/shared/httpclient"
	"gavel/shared/logs"
	"gavel/shared/openmeetings"
)

// repeatable gives the parts of a request that an answer may repeat, as they came and as they were read.
func repeatable(r *http.Request, got request) []string {
	query, _ := url.ParseQuery(got.query)
	form, _ := url.ParseQuery(got.body)
	return []string{r.URL.Path, r.RequestURI, fmt.Sprint(query), got.body, fmt.Sprint(form)}
}

const echoed = 5 // parts

// echo answers with a part of what it was sent, as a careless server or the page of a proxy might.
func (u *upstream) echo(part, code int, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		standin.Says(code, "no: "+u.last(r, part), header...)(w, r)
	}
}

// quote does so in the way in which services refuse.
func (u *upstream) quote(part, code int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		standin.Says(code, result(string(must(json.Marshal("no: "+u.last(r, part)))), "ERROR"))(w, r)
	}
}

func (u *upstream) last(r *http.Request, part int) string {
	all := u.seen()
	return repeatable(r, all[len(all)-1])[part]
}

// The answers that a server breaks off or that come in another shape, with what they would have held.
const (
	cutCredential = `{"serviceResult":{"message":"%s","type":"SUCC`
	cutPeople     = `{"userDTO":[{"id":1,"login":"ada","firstname":"Ada","externalId":"auth0|5f90 a+b%\"é'&=?#","address":{"mail":"ada+1@example.org"}},`
)

// private are the secret and the personal things of these tests, in the forms in which they travel.
func private(u *upstream) []string {
	forbidden := []string{hash, hash[:8], "5f90 a", "5f90+a", "5f90%20a", "ada+1", "ada%2B1", "sesame", "Next-1", "w%rd", "w%25rd", "ab12cd34"}
	for _, text := range []string{password, newPassword, person, email, roomPassword} {
		forbidden = append(forbidden, text, url.QueryEscape(text), httpclient.EscapeSegment(text))
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	for id := range u.sids {
		forbidden = append(forbidden, id)
	}
	return forbidden
}

func nothingPrivate(t *testing.T, where, text string, forbidden []string) {
	t.Helper()
	for _, part := range forbidden {
		if strings.Contains(text, part) {
			t.Errorf("%s: got %q in %s", where, part, text)
			return
		}
	}
}

// tellsNothing checks all that may be shown or logged of an error.
func tellsNothing(t *testing.T, where string, err error, forbidden []string) {
	t.Helper()
	if err == nil {
		return
	}
	nothingPrivate(t, where+"'s error", err.Error(), forbidden)
	if failure, ok := errors.AsType[*httpclient.Error](err); ok {
		nothingPrivate(t, where+"'s body", failure.Body, forbidden)
		nothingPrivate(t, where+"'s hint and secret", failure.Hint+failure.Secret, forbidden)
		nothingPrivate(t, where+"'s cause", fmt.Sprintf("%v %+v", failure.Cause, failure.Cause), forbidden)
	}
}

// tellingFaults are the ways to fail that may repeat what is private; step is nil for a login.
func tellingFaults(u *upstream, s *step) []http.HandlerFunc {
	all := []http.HandlerFunc{standin.Breaks(""), standin.Breaks(standin.Begun), standin.Hangs("")}
	for part := range echoed {
		all = append(all, u.echo(part, 200), u.echo(part, 404, "Content-Type", "text/html"), u.quote(part, 200), u.quote(part, 500))
	}
	cut := cutPeople
	switch {
	case s == nil || strings.Contains(s.answer, hash):
		cut = fmt.Sprintf(cutCredential, hash)
	case !strings.HasPrefix(s.answer, `{"user`) && !strings.HasPrefix(s.answer, `{"appointmentDTO"`):
		return all
	}
	return append(all, standin.Says(200, cut), standin.Says(200, cut, "Content-Type", "text/html"), standin.Says(200, cut+strings.Repeat(" ", 1<<20)))
}

// This test has the default logger for itself: those that run beside others wait until it is done.
func TestLogs_HoldNothingPrivate(t *testing.T) { //nolint:paralleltest // it puts its own logger in place of everybody's
	var lines bytes.Buffer
	before := slog.Default()
	slog.SetDefault(logs.New(&lines, "debug"))
	t.Cleanup(func() { slog.SetDefault(before) })

	forbidden := map[string]bool{}
	for _, login := range []string{http.MethodPost, http.MethodGet} {
		synctest.Test(t, func(t *testing.T) {
			f := setup(t, inMemory())
			f.upstream.set(func(u *upstream) { u.login = login })
			if login == http.MethodPost {
				f.tell(t)
			}
			for _, fault := range tellingFaults(f.upstream, nil) {
				f.upstream.set(func(u *upstream) { u.onLogin = fault })
				f.clock.Step(25 * time.Minute)
				for _, name := range []string{"CountRoom", "CreateEntry"} {
					tellsNothing(t, name, f.logged(t, operationNamed(name)), private(f.upstream))
				}
			}
			for _, part := range private(f.upstream) {
				forbidden[part] = true
			}
		})
	}
	f := setup(t)
	for range 2 {
		if err := f.logged(t, operationNamed("CountRoom")); err != nil {
			t.Error(err)
		}
		f.rotate()
	}
	log := lines.String()
	for part := range forbidden {
		if strings.Contains(log, part) || strings.Contains(log, strings.Trim(string(must(json.Marshal(part))), `"`)) {
			t.Errorf("got %q in the log", part)
		}
	}
	for _, word := range []string{`"provider":"openmeetings"`, "rotated", `"outcome":"ok"`, `"command":"login"`, `"command":"user/hash"`, `"outcome":"nonsense"`, `"upstreamStatus":500`} {
		if !strings.Contains(log, word) {
			t.Errorf("got no line with %s, want what was called and how it went", word)
		}
	}
}

// tell makes all requests of all operations fail in every way, and checks the errors.
func (f *fixture) tell(t *testing.T) {
	t.Helper()
	for _, o := range operations() {
		for _, s := range o.steps {
			for i, fault := range tellingFaults(f.upstream, &s) {
				o.prepare(f.upstream)
				f.upstream.on(s.route(), fault)
				tellsNothing(t, fmt.Sprintf("%s with fault %d", o.name, i+1), f.logged(t, o), private(f.upstream))
			}
		}
	}
}

// logged does an operation as a request would, and writes its line.
func (f *fixture) logged(t *testing.T, o operation) error {
	t.Helper()
	ctx, line := logs.WithLine(t.Context())
	_, err := o.do(ctx, f.client)
	line.Write(ctx, slog.Any("error", err))
	return err
}

// The answer to what has a credential for its success is not passed on when it cannot be read: it may be in there.
func TestErrors_WithholdAnswersThatHoldCredentials(t *testing.T) {
	t.Parallel()
	cut := fmt.Sprintf(cutCredential, hash)
	for name, answer := range map[string]http.HandlerFunc{
		"cut off": standin.Says(200, cut), "a page": standin.Says(200, cut, "Content-Type", "text/html"), "other shape": gives(`{"hash":"` + hash + `"}`),
		"too long": standin.Says(200, cut+strings.Repeat(" ", 1<<20)),
	} {
		for _, o := range []operation{operationNamed("CreateEntry"), operationNamed("CreateInvitation")} {
			f := setup(t)
			f.upstream.on(o.steps[0].route(), answer)
			_, err := o.do(t.Context(), f.client)
			if failure := upstreamError(t, err); failure.Body != "" || failure.Kind != httpclient.Nonsense {
				t.Errorf("%s, %s: got %+v, want nonsense without it", o.name, name, failure)
			}
			f = setup(t)
			f.upstream.set(func(u *upstream) { u.onLogin = answer })
			for call, do := range everyLogin() {
				if failure := upstreamError(t, do(t.Context(), f)); failure.Body != "" || failure.Kind != httpclient.Nonsense {
					t.Errorf("login of a %s, %s: got %+v, want nonsense without it", call, name, failure)
				}
			}
		}
	}
}

// What else the server says is passed on, without what it was told.
func TestErrors_PassOnTheAnswerWithoutWhatWasSent(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ said, want string }{
		"KickUser":           {"nobody has /" + personInPath + " or " + person, "nobody has /[redacted] or [redacted]"},
		"DeleteExternalUser": {personInPath, "[redacted]"},
		"CreateEntry":        {person + ", ada and " + email, "[redacted], [redacted] and [redacted]"},
		"CreateInvitation":   {roomPassword + " " + url.QueryEscape(roomPassword) + " for " + email, "[redacted] [redacted] for [redacted]"},
		"CreateUser":         {newPassword + " of " + person, "[redacted] of [redacted]"},
		"CreateAppointment":  {email + " and " + person + " with " + roomPassword, "[redacted] and [redacted] with [redacted]"},
	} {
		f := setup(t)
		o := operationNamed(name)
		f.upstream.on(o.steps[0].route(), standin.Says(400, "no: "+tc.said))
		_, err := o.do(t.Context(), f.client)
		if failure := upstreamError(t, err); failure.Body != "no: "+tc.want {
			t.Errorf("%s: got %q, want %q", name, failure.Body, "no: "+tc.want)
		}
		f.upstream.on(o.steps[0].route(), func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, result(`"no sid `+r.URL.Query().Get("sid")+`"`, "ERROR"))
		})
		_, err = o.do(t.Context(), f.client)
		if name == "CreateUser" || name == "CreateAppointment" {
			continue // has no service result for its answer
		}
		if failure := upstreamError(t, err); failure.Body != result(`"no sid [redacted]"`, "ERROR") {
			t.Errorf("%s: got %q, want it without the sid", name, failure.Body)
		}
	}
}

func TestErrors_ThePasswordInTheURLOfALoginNeverSurfaces(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := setup(t, inMemory())
		f.upstream.set(func(u *upstream) { u.login = http.MethodGet })
		for i, fault := range tellingFaults(f.upstream, nil) {
			f.upstream.set(func(u *upstream) { u.onLogin = fault })
			for name, do := range everyLogin() {
				err := do(t.Context(), f)
				_ = upstreamError(t, err)
				tellsNothing(t, fmt.Sprintf("%s with fault %d", name, i+1), err, private(f.upstream))
			}
		}
		if got := f.upstream.times("GET /user/login"); got < 2 {
			t.Errorf("got %d logins by GET, want that to be what is tested", got)
		}
	})
}

func TestErrors_SayHowTheProviderFailed(t *testing.T) {
	t.Parallel()
	f := setup(t)
	f.upstream.on("GET /room/7", standin.Says(503, "", "Retry-After", "120"))
	_, err := f.client.Room(t.Context(), 7)
	if failure := upstreamError(t, err); failure.RetryAfter.Seconds() != 120 || failure.Error() != "openmeetings: busy (HTTP 503)" {
		t.Errorf("got %q after %s, want busy for 120 s", failure, failure.RetryAfter)
	}
	f.upstream.on("POST /user", fails("error.login.inuse"))
	_, err = f.client.CreateUser(t.Context(), openmeetings.NewUser{})
	if failure := refusal(t, err, "error.login.inuse"); failure.Kind != httpclient.Refused || failure.Status != 500 {
		t.Errorf("got %+v, want it refused with HTTP 500", failure)
	}
}

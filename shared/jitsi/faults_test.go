package jitsi_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"gavel/shared/httpclient"
	"gavel/shared/jitsi"
)

// fault is a way to fail, and how often what can be repeated is sent because of it. The dial-out is sent once.
type fault struct {
	answer http.HandlerFunc
	kind   httpclient.Kind
	status int
	sent   int
	done   bool // whether what was asked for may have been done
}

func faults() map[string]fault {
	return map[string]fault{
		"400":                  {answers(400, ""), httpclient.Refused, 400, 1, false},
		"404 with a page":      {answers(404, page, "Content-Type", "text/html"), httpclient.Refused, 404, 1, false},
		"409":                  {answers(409, "{}"), httpclient.Refused, 409, 1, false},
		"429":                  {answers(429, ""), httpclient.Busy, 429, 3, false},
		"429, come in a while": {answers(429, "", "Retry-After", "120"), httpclient.Busy, 429, 1, false},
		"500":                  {answers(500, ""), httpclient.Refused, 500, 3, true},
		"502 with a page":      {answers(502, page), httpclient.Refused, 502, 3, true},
		"503":                  {answers(503, page), httpclient.Busy, 503, 3, false},
		"503, come in a while": {answers(503, "", "Retry-After", "120"), httpclient.Busy, 503, 1, false},
		"504":                  {answers(504, ""), httpclient.Refused, 504, 3, true},
		"redirect":             {answers(302, "", "Location", "/signin"), httpclient.Nonsense, 302, 1, false},
		"page":                 {answers(200, page), httpclient.Nonsense, 200, 1, true},
		"page of JSON":         {answers(200, `[]`, "Content-Type", "text/html"), httpclient.Nonsense, 200, 1, true},
		"too long":             {answers(200, `[]`+strings.Repeat(" ", 1<<20)), httpclient.Nonsense, 200, 1, true},
		"down":                 {breakOff, httpclient.Unreachable, 0, 3, true},
		"broken off":           {breakOffAnswer, httpclient.Unreachable, 0, 3, true},
		"slow":                 {hang, httpclient.Timeout, 0, 2, true},
	}
}

// TestFaults_OfEveryOperation shows that what would do more the second time is not sent again: a second dial-out rings twice.
func TestFaults_OfEveryOperation(t *testing.T) {
	t.Parallel()
	for name, fault := range faults() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, o := range operations() {
				synctest.Test(t, func(t *testing.T) { fault.strike(t, o) })
			}
		})
	}
}

func (fault fault) strike(t *testing.T, o operation) {
	t.Helper()
	f := setup(t, inMemory())
	f.upstream.from(o.path, fault.answer)
	got, err := o.call(t.Context(), f)
	failure := upstreamError(t, err)
	if got != "" || failure.Kind != fault.kind || failure.Status != fault.status || failure.MayHaveHappened != fault.done || failure.Secret != "" {
		t.Errorf("%s: got %q and %+v, want %s with HTTP %d, may have happened %t", o.name, got, failure, fault.kind, fault.status, fault.done)
	}
	want := fault.sent
	if o.once {
		want = 1
	}
	all := f.upstream.seen(o.path)
	if len(all) != want {
		t.Errorf("%s: got %d requests, want %d", o.name, len(all), want)
	}
	for _, again := range all {
		if again.body != all[0].body || again.query != all[0].query || again.header.Get("Authorization") != all[0].header.Get("Authorization") {
			t.Errorf("%s: got another request the second time: %v", o.name, again)
		}
	}
}

// TestFaults_ThatPass are no more than a delay for what can be repeated.
func TestFaults_ThatPass(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]http.HandlerFunc{"down": breakOff, "500": answers(500, ""), "503": answers(503, "", "Retry-After", "1"), "slow": hang} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, o := range operations() {
				synctest.Test(t, func(t *testing.T) {
					f := setup(t, inMemory())
					fine := answers(http.StatusOK, "")
					if o.path == roomPath {
						fine = answers(http.StatusOK, "{}")
					} else {
						f.upstream.from(roomPath, answers(http.StatusBadRequest, "")) // so that the command's own answer counts
					}
					f.upstream.from(o.path, inTurn(fault, fine))
					got, err := o.call(t.Context(), f)
					if (err == nil) != !o.once || err == nil && got != o.done {
						t.Errorf("%s: got %q, %v, want that it is sent again: %t", o.name, got, err, !o.once)
					}
				})
			}
		})
	}
}

// TestFaults_AnEndThatWasLostIsFoundOut because the room is not there the second time.
func TestFaults_AnEndThatWasLostIsFoundOut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := setup(t, inMemory())
		f.upstream.from(endPath, inTurn(breakOffAnswer, answers(http.StatusNotFound, "")))
		if got, err := f.client.EndRoom(t.Context(), here(), false); err != nil || got != "not_found" {
			t.Errorf("got %q, %v; want not_found", got, err)
		}
	})
}

// TestFaults_OfWhatWouldDoMoreTheSecondTime: with a number the next call to it would go, and who came back to a meeting
// that was ended silently would be sent away once more.
func TestFaults_OfWhatWouldDoMoreTheSecondTime(t *testing.T) {
	t.Parallel()
	for path, call := range map[string]func(f *fixture) (jitsi.Outcome, error){
		kickPath: func(f *fixture) (jitsi.Outcome, error) { return f.client.Kick(t.Context(), here(), aPhone()) },
		endPath:  func(f *fixture) (jitsi.Outcome, error) { return f.client.EndRoom(t.Context(), here(), true) },
	} {
		f := setup(t)
		f.upstream.from(path, answers(http.StatusBadGateway, page))
		_, err := call(f)
		if failure := upstreamError(t, err); failure.Status != http.StatusBadGateway || !failure.MayHaveHappened {
			t.Errorf("%s: got %+v, want HTTP 502 passed on", path, failure)
		}
		if sent := len(f.upstream.seen(path)); sent != 1 {
			t.Errorf("%s: got %d requests, want 1", path, sent)
		}
	}
}

// TestFaults_AfterARotationAreJudgedByThemselves is the one case in which a dial-out goes out twice: the first was not let in.
func TestFaults_AfterARotationAreJudgedByThemselves(t *testing.T) {
	t.Parallel()
	for name, fault := range faults() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, o := range commands() {
				synctest.Test(t, func(t *testing.T) {
					f := setup(t, inMemory())
					if _, err := o.call(t.Context(), f); err != nil {
						t.Fatal(err)
					}
					f.rotate()
					f.upstream.from(o.path, fault.answer)
					got, err := o.call(t.Context(), f)
					failure := upstreamError(t, err)
					if got != "" || failure.Kind != fault.kind || failure.Secret != "" || failure.MayHaveHappened != fault.done {
						t.Errorf("%s: got %q and %+v, want %s, may have happened %t", o.name, got, failure, fault.kind, fault.done)
					}
					want := 3 // at first, with the old key, and with the new one
					if !o.once {
						want = 2 + fault.sent
					}
					if sent := len(f.upstream.seen(o.path)); sent != want {
						t.Errorf("%s: got %d requests, want %d", o.name, sent, want)
					}
				})
			}
		})
	}
}

func TestFaults_NobodyListens(t *testing.T) {
	t.Parallel()
	for _, o := range operations() {
		synctest.Test(t, func(t *testing.T) {
			f := setup(t, inMemory())
			if err := f.upstream.listener.Close(); err != nil {
				t.Fatal(err)
			}
			_, err := o.call(t.Context(), f)
			if got := upstreamError(t, err); got.Kind != httpclient.Unreachable || got.MayHaveHappened {
				t.Errorf("%s: got %+v, want unreachable and nothing done", o.name, got)
			}
		})
	}
}

func TestFaults_RetryAfterIsPassedOn(t *testing.T) {
	t.Parallel()
	for _, code := range []int{429, 503} {
		for _, o := range operations() {
			f := setup(t)
			f.upstream.from(o.path, answers(code, "", "Retry-After", "120"))
			_, err := o.call(t.Context(), f)
			if got := upstreamError(t, err); got.RetryAfter != 2*time.Minute {
				t.Errorf("%s: got %s for HTTP %d, want 2m", o.name, got.RetryAfter, code)
			}
		}
	}
}

func TestFaults_EndWithTheCaller(t *testing.T) {
	t.Parallel()
	for _, o := range operations() {
		t.Run(o.name, func(t *testing.T) {
			t.Parallel()
			f := setup(t)
			ctx, cancel := context.WithCancel(t.Context())
			f.upstream.from(o.path, func(_ http.ResponseWriter, r *http.Request) {
				cancel()
				<-r.Context().Done()
			})
			_, err := o.call(ctx, f)
			if failure := upstreamError(t, err); !errors.Is(failure, context.Canceled) || !failure.MayHaveHappened {
				t.Errorf("got %v, may have happened %t; want it canceled, true", failure, failure.MayHaveHappened)
			}
			if n := len(f.upstream.seen(o.path)); n != 1 {
				t.Errorf("got %d requests, want 1", n)
			}
		})
	}
}

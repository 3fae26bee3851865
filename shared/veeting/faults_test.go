package veeting_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"gavel/shared/httpclient"
)

// fault is a way to fail, and how often the call that only reads is sent because of it. All others are sent once.
type fault struct {
	answer http.HandlerFunc
	kind   httpclient.Kind
	status int
	reads  int
	done   bool // whether what was asked for may have been done
}

const page = "<!DOCTYPE html><html><body>Welcome</body></html>"

func faults() map[string]fault {
	return map[string]fault{
		"400":                  {answers(400, ""), httpclient.Refused, 400, 1, false},
		"404 with a page":      {answers(404, page, "Content-Type", "text/html"), httpclient.Refused, 404, 1, false},
		"409":                  {answers(409, "{}"), httpclient.Refused, 409, 1, false},
		"429":                  {answers(429, ""), httpclient.Busy, 429, 3, false},
		"429, come in a while": {answers(429, "", "Retry-After", "120"), httpclient.Busy, 429, 1, false},
		"500":                  {answers(500, ""), httpclient.Refused, 500, 3, true},
		"500 cut off":          {answers(500, `{"responseCode":-99,"resp`), httpclient.Refused, 500, 3, true},
		"502 with a page":      {answers(502, page), httpclient.Refused, 502, 3, true},
		"503":                  {answers(503, page), httpclient.Busy, 503, 3, false},
		"504":                  {answers(504, ""), httpclient.Refused, 504, 3, true},
		"redirect":             {answers(302, "", "Location", "/signin"), httpclient.Nonsense, 302, 1, false},
		"page":                 {answers(200, page), httpclient.Nonsense, 200, 1, true},
		"page of JSON":         {answers(200, `{"responseCode":0}`, "Content-Type", "text/html"), httpclient.Nonsense, 200, 1, true},
		"cut off":              {answers(200, `{"responseCode":0,"data":{"id":"5e94`), httpclient.Nonsense, 200, 1, true},
		"nothing":              {answers(204, ""), httpclient.Nonsense, 204, 1, true},
		"too long":             {answers(200, `{"responseCode":0,"data":null}`+strings.Repeat(" ", 1<<20)), httpclient.Nonsense, 200, 1, true},
		"down":                 {breakOff, httpclient.Unreachable, 0, 3, true},
		"broken off":           {breakOffAnswer, httpclient.Unreachable, 0, 3, true},
		"slow":                 {hang, httpclient.Timeout, 0, 2, true},
	}
}

// TestFaults_OfEveryOperation shows that only the list of admins is asked for again.
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
	f.upstream.from(fault.answer)
	_, err := o.call(t.Context(), f)
	failure := upstreamError(t, err)
	if failure.Kind != fault.kind || failure.Status != fault.status || failure.MayHaveHappened != fault.done || failure.Secret != "" {
		t.Errorf("%s: got %+v, want %s with HTTP %d, may have happened %t", o.name, failure, fault.kind, fault.status, fault.done)
	}
	want := 1
	if o.reads {
		want = fault.reads
	}
	if sent := len(f.upstream.seen()); sent != want {
		t.Errorf("%s: got %d requests, want %d", o.name, sent, want)
	}
}

// TestFaults_ThatPass are no more than a delay for what is asked again.
func TestFaults_ThatPass(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]http.HandlerFunc{"down": breakOff, "500": answers(500, ""), "503": answers(503, "", "Retry-After", "1"), "slow": hang} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, o := range operations() {
				synctest.Test(t, func(t *testing.T) {
					f := setup(t, inMemory())
					f.upstream.from(inTurn(fault, gives(o.data)))
					got, err := o.call(t.Context(), f)
					if (err == nil) != o.reads {
						t.Errorf("%s: got %v, want that it is asked again: %t", o.name, err, o.reads)
					}
					if o.reads {
						sameJSON(t, o.name, got, o.want)
					}
				})
			}
		})
	}
}

// TestFaults_AfterARotationAreJudgedByThemselves is the one case in which a change goes out twice: the first was not let in.
func TestFaults_AfterARotationAreJudgedByThemselves(t *testing.T) {
	t.Parallel()
	for name, fault := range faults() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, o := range operations() {
				synctest.Test(t, func(t *testing.T) {
					f := setup(t, inMemory())
					f.upstream.from(gives(o.data))
					if _, err := o.call(t.Context(), f); err != nil {
						t.Fatal(err)
					}
					f.rotate()
					f.upstream.from(fault.answer)
					_, err := o.call(t.Context(), f)
					got := upstreamError(t, err)
					if got.Kind != fault.kind || got.Secret != "" || got.MayHaveHappened != fault.done {
						t.Errorf("%s: got %+v, want %s, may have happened %t", o.name, got, fault.kind, fault.done)
					}
					want := 3 // at first, with the old key, and with the new one
					if o.reads {
						want = 2 + fault.reads
					}
					sent := len(f.upstream.seen())
					if again := sent == want+1 && o.reads && fault.kind == httpclient.Unreachable; again {
						sent-- // net/http repeats a GET by itself that breaks on a connection that was kept
					}
					if sent != want {
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
			f.upstream.from(answers(code, "", "Retry-After", "120"))
			_, err := o.call(t.Context(), f)
			if got := upstreamError(t, err); got.RetryAfter != 2*time.Minute {
				t.Errorf("%s: got %s for HTTP %d, want 2m", o.name, got.RetryAfter, code)
			}
		}
	}
}

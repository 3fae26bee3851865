package httpclient_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"
	"unicode/utf8"

	"gavel/shared/httpclient"
)

func TestDo_SortsRefusals(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]struct {
		kind httpclient.Kind
		may  bool // have happened
	}{
		http.StatusNotModified:                   {httpclient.Nonsense, false},
		http.StatusBadRequest:                    {httpclient.Refused, false},
		http.StatusUnauthorized:                  {httpclient.Credentials, false},
		http.StatusForbidden:                     {httpclient.Credentials, false},
		http.StatusNotFound:                      {httpclient.Refused, false},
		http.StatusMethodNotAllowed:              {httpclient.Refused, false},
		http.StatusRequestTimeout:                {httpclient.Refused, false},
		http.StatusConflict:                      {httpclient.Refused, false},
		http.StatusUnprocessableEntity:           {httpclient.Refused, false},
		http.StatusTooManyRequests:               {httpclient.Busy, false},
		http.StatusInternalServerError:           {httpclient.Refused, true},
		http.StatusNotImplemented:                {httpclient.Refused, true},
		http.StatusBadGateway:                    {httpclient.Refused, true},
		http.StatusServiceUnavailable:            {httpclient.Busy, false},
		http.StatusGatewayTimeout:                {httpclient.Refused, true},
		http.StatusNetworkAuthenticationRequired: {httpclient.Refused, true},
	} {
		t.Run(strconv.Itoa(status), func(t *testing.T) {
			t.Parallel()
			body := `{"error":"no"}`
			if status == http.StatusNotModified {
				body = "" // it has none
			}
			var received atomic.Int32
			client, base := setup(t, func(w http.ResponseWriter, r *http.Request) {
				received.Add(1)
				answering(status, body)(w, r)
			})

			got := failure(t, client, post(base))
			if got.Kind != want.kind || got.Status != status || got.MayHaveHappened != want.may {
				t.Errorf("got %s, status %d, may have happened %t, want %s, %d, %t",
					got.Kind, got.Status, got.MayHaveHappened, want.kind, status, want.may)
			}
			if got.Body != body {
				t.Errorf("got body %q, want %q", got.Body, body)
			}
			if got.RetryAfter != 0 || got.Secret != "" {
				t.Errorf("got RetryAfter %s and secret %q, want none", got.RetryAfter, got.Secret)
			}
			if n := received.Load(); n != 1 {
				t.Errorf("the provider got %d requests, want 1", n)
			}
		})
	}
}

func TestDo_TellsRetryAfter(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	for name, tt := range map[string]struct {
		header string
		want   time.Duration
	}{
		"none":                     {"", 0},
		"nonsense":                 {"soon", 0},
		"a fraction":               {"1.5", 0},
		"zero":                     {"0", 0},
		"negative":                 {"-7", 0},
		"seconds":                  {"7", 7 * time.Second},
		"with spaces":              {" 7 ", 7 * time.Second},
		"years":                    {"99999999", day},
		"overflowing a Duration":   {"9223372036854775807", day},
		"a date":                   {noon.Add(90 * time.Second).Format(http.TimeFormat), 90 * time.Second},
		"a date long ago":          {noon.Add(-time.Hour).Format(http.TimeFormat), 0},
		"a date in years":          {"Fri, 31 Dec 9999 23:59:59 GMT", day},
		"a date of the old format": {noon.Add(time.Minute).Format(time.ANSIC), time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, base := setup(t, answering(http.StatusServiceUnavailable, "", "Retry-After", tt.header))
			if got := failure(t, client, post(base)).RetryAfter; got != tt.want {
				t.Errorf("Retry-After %q: got %s, want %s", tt.header, got, tt.want)
			}
		})
	}
}

func TestDo_RedactsTheRefusal(t *testing.T) {
	t.Parallel()
	// Some providers repeat the request in their error.
	client, base := setup(t, func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, "cannot call\n"+r.URL.Path+" with "+r.Header.Get("Authorization")+": ")
		_, _ = io.Copy(w, r.Body)
	})
	req := post(base + "/ban/user/auth0%7C5f90")
	req.Body = []byte(`{"phoneNo":"+40747777777","room":"standup"}`)
	req.Sensitive = []string{"auth0|5f90", strings.TrimPrefix(token, "Bearer ")}

	got, want := failure(t, client, req).Body,
		`cannot call /v1/_jaas/ban/user/[redacted] with [redacted] {"phoneNo":"[redacted]","room":"standup"}`
	if got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// A value must not come through by half because it stands where the excerpt ends.
func TestDo_RedactsAtTheEndOfTheExcerpt(t *testing.T) {
	t.Parallel()
	const number = "+40747777777"
	client, base := setup(t, func(w http.ResponseWriter, r *http.Request) {
		before, _ := strconv.Atoi(r.URL.Query().Get("n"))
		answering(http.StatusBadRequest, strings.Repeat(" ", before)+number+strings.Repeat(" y", 1024))(w, r)
	})
	for _, end := range []int{512, 4096} {
		for n := end - len(number); n < end; n += 3 {
			got := failure(t, client, post(base+"?n="+strconv.Itoa(n))).Body
			if strings.Contains(got, number[:4]) {
				t.Errorf("%d bytes before the number: got %.60q, want nothing of it", n, got)
			}
		}
	}
}

func TestDo_CutsTheRefusal(t *testing.T) {
	t.Parallel()
	client, base := setup(t, answering(http.StatusBadRequest, strings.Repeat("nö, ", 1000)))
	got := failure(t, client, post(base)).Body
	if len(got) > 512+len("…") || len(got) < 500 || !strings.HasSuffix(got, "…") || !utf8.ValidString(got) {
		t.Errorf("got %d bytes ending in %q, want about 512, whole characters and an ellipsis", len(got), got[len(got)-10:])
	}
}

func TestDo_RefusesHTML(t *testing.T) {
	t.Parallel()
	const page = "<!DOCTYPE html>\n<title>Welcome to nginx!</title>"
	for name, tt := range map[string]struct{ contentType, body string }{
		"announced":               {"text/html; charset=utf-8", page},
		"announced in capitals":   {"Text/HTML", page},
		"announced, but empty":    {"text/html", ""},
		"announced as JSON":       {"application/json", page},
		"not announced":           {"", page},
		"after white space":       {"", "\r\n\t " + page},
		"without a document type": {"", "<HTML><body>Sign in</body>"},
		"without its first words": {"", "<head><title>Sign in</title></head>"},
		"after a comment":         {"", "<!-- parked --><html></html>"},
		"after a byte order mark": {"", "\ufeff" + page},
		"after much white space":  {"", strings.Repeat(" \n", 100) + page},
		"announced as XHTML":      {"application/xhtml+xml", page},
		"of XHTML":                {"", `<?xml version="1.0"?><!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml"></html>`},
		"of XML":                  {"application/xml", "<Error><Code>AccessDenied</Code></Error>"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, base := setup(t, answering(http.StatusOK, tt.body, "Content-Type", tt.contentType))
			got := failure(t, client, post(base))
			if got.Kind != httpclient.Nonsense || got.Status != http.StatusOK || !got.MayHaveHappened {
				t.Errorf("got %s, status %d, may have happened %t, want %s, 200, true",
					got.Kind, got.Status, got.MayHaveHappened, httpclient.Nonsense)
			}
		})
	}
}

func TestDo_TakesSuccesses(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		status int
		body   string
	}{
		"200 with JSON":           {http.StatusOK, `{"ok":true}`},
		"200 with HTML inside":    {http.StatusOK, `{"page":"<!doctype html>"}`},
		"200 with text":           {http.StatusOK, "OK"},
		"200 with nothing":        {http.StatusOK, ""},
		"201":                     {http.StatusCreated, `{}`},
		"202":                     {http.StatusAccepted, ""},
		"204":                     {http.StatusNoContent, ""},
		"as long as may be":       {http.StatusOK, strings.Repeat("y", 1<<20)},
		"a status of nobody else": {299, "fine"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, base := setup(t, answering(tt.status, tt.body, "Content-Type", "application/json"))
			got, err := client.Do(t.Context(), post(base))
			if err != nil || got.Status != tt.status || string(got.Body) != tt.body {
				t.Errorf("got %d %.60q, %v, want %d %.60q", got.Status, got.Body, err, tt.status, tt.body)
			}
		})
	}
}

func TestDo_StopsReadingLongAnswers(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		status int
		length string
		want   httpclient.Kind
	}{
		"200 of 10 MB":    {http.StatusOK, "10485760", httpclient.Nonsense},
		"200 without end": {http.StatusOK, "", httpclient.Nonsense},
		"500 of 10 MB":    {http.StatusInternalServerError, "10485760", httpclient.Refused},
		"500 without end": {http.StatusInternalServerError, "", httpclient.Refused},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ended := make(chan int, 1)
			client, base := setup(t, func(w http.ResponseWriter, _ *http.Request) {
				if tt.length != "" {
					w.Header().Set("Content-Length", tt.length)
				}
				w.WriteHeader(tt.status)
				chunk := bytes.Repeat([]byte("y"), 64<<10)
				sent := 0
				for err := error(nil); err == nil; sent += len(chunk) {
					_, err = w.Write(chunk)
				}
				ended <- sent
			})

			got := failure(t, client, post(base))
			if got.Kind != tt.want || got.Status != tt.status || !got.MayHaveHappened {
				t.Errorf("got %s, status %d, may have happened %t, want %s, %d, true",
					got.Kind, got.Status, got.MayHaveHappened, tt.want, tt.status)
			}
			if len(got.Body) > 512+len("…") {
				t.Errorf("got an excerpt of %d bytes, want at most 512", len(got.Body))
			}
			// The client has hung up, so the provider gets an error; what it wrote till then waits in buffers.
			if sent := <-ended; sent > 32<<20 {
				t.Errorf("the provider could write %d MB, want the client to hang up after 1 MB", sent>>20)
			}
		})
	}
}

func TestDo_FollowsNoRedirect(t *testing.T) {
	t.Parallel()
	for _, status := range []int{301, 302, 303, 307, 308} {
		for name, elsewhere := range map[string]bool{"to itself": false, "elsewhere": true} {
			t.Run(strconv.Itoa(status)+" "+name, func(t *testing.T) {
				t.Parallel()
				var followed atomic.Int32
				other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { followed.Add(1) }))
				t.Cleanup(other.Close)
				client, base := setup(t, func(w http.ResponseWriter, r *http.Request) {
					target := "/elsewhere"
					if elsewhere {
						target = other.URL + target
					}
					if r.URL.Path == "/elsewhere" {
						followed.Add(1)
					}
					http.Redirect(w, r, target, status)
				})
				req := post(base)
				req.Repeatable = true

				got := failure(t, client, req)
				done := status == http.StatusSeeOther // which says so, and where to see what came of it
				if got.Kind != httpclient.Nonsense || got.Status != status || got.MayHaveHappened != done {
					t.Errorf("got %s, status %d, may have happened %t, want %s, %d, %t",
						got.Kind, got.Status, got.MayHaveHappened, httpclient.Nonsense, status, done)
				}
				if n := followed.Load(); n != 0 {
					t.Errorf("the target got %d requests, want none", n)
				}
			})
		}
	}
}

func TestDo_PassesOverInterimAnswers(t *testing.T) {
	t.Parallel()
	client, base := setup(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusEarlyHints)
		w.WriteHeader(http.StatusOK)
		_, _ = w.Write([]byte("done"))
	})
	if got, err := client.Do(t.Context(), post(base)); err != nil || string(got.Body) != "done" {
		t.Errorf("got %d %q, %v, want 200 done", got.Status, got.Body, err)
	}
}

func TestError_SaysNothingSecret(t *testing.T) {
	t.Parallel()
	cause := errors.New("the cause")
	for want, err := range map[string]*httpclient.Error{
		"jaas: timeout": {Provider: "jaas", Kind: httpclient.Timeout, Body: "body", Cause: cause},
		"jaas: credentials (HTTP 401)": {
			Provider: "jaas", Kind: httpclient.Credentials, Status: 401, Body: "body", Secret: "gavel/jaas/x", Cause: cause,
		},
	} {
		if got := err.Error(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		if !errors.Is(err, cause) {
			t.Errorf("%s: got no cause, want it", want)
		}
	}
}

func TestDo_ReadsAsMuchAsOptionsSay(t *testing.T) {
	t.Parallel()
	const limit = 3 << 20
	for size, fits := range map[int]bool{limit: true, limit + 1: false} {
		_, base := setup(t, answering(http.StatusOK, strings.Repeat("y", size)))
		client := httpclient.New(httpclient.Options{Provider: "jaas", Budget: ample, MaxAnswer: limit, Now: func() time.Time { return noon }})
		if response, err := client.Do(t.Context(), post(base)); (err == nil) != fits || fits && len(response.Body) != size {
			t.Errorf("%d bytes: got %d, %v, want it to fit: %t", size, len(response.Body), err, fits)
		}
	}
}

func TestError_KeepsTheAnswerForTheClient(t *testing.T) {
	t.Parallel()
	client, base := setup(t, answering(http.StatusInternalServerError, `{"user":"ada@example.org"}`))
	if got := failure(t, client, post(base)); string(got.Raw()) != `{"user":"ada@example.org"}` || strings.Contains(got.Body, "ada") {
		t.Errorf("got %s and for others %s, want the answer and what may be shown of it", got.Raw(), got.Body)
	}
}

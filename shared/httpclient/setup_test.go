package httpclient_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"gavel/shared/httpclient"
)

const (
	token = "Bearer eyJhbGciOiJSUzI1NiJ9.eyJhZG1pbiI6dHJ1ZX0.c2lnbmF0dXJl"
	// ample is a budget that only a test about time uses up.
	ample = 30 * time.Second
)

// noon is when the tests' client thinks it is.
var noon = time.Date(2026, time.August, 3, 12, 0, 0, 0, time.UTC)

func newClient(budget time.Duration) *httpclient.Client {
	return httpclient.New(httpclient.Options{
		Provider: "jaas", Budget: budget, Now: func() time.Time { return noon },
	})
}

// setup starts a provider that serves with handler, and returns a client and the URL to ask.
func setup(t *testing.T, handler http.HandlerFunc) (client *httpclient.Client, base string) {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return newClient(ample), server.URL + "/v1/_jaas"
}

// answering serves one answer to everything. header holds names and values in turn.
func answering(status int, body string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}

func post(url string) httpclient.Request {
	return httpclient.Request{
		Method: http.MethodPost,
		URL:    url,
		Header: http.Header{"Authorization": {token}, "Content-Type": {"application/json"}},
		Body:   []byte(`{"action":"DIAL_OUT_PARTICIPANT"}`),
	}
}

// failure sends the request and returns the error, which there must be.
func failure(t *testing.T, client *httpclient.Client, req httpclient.Request) *httpclient.Error {
	t.Helper()
	response, err := client.Do(t.Context(), req)
	var known *httpclient.Error
	if !errors.As(err, &known) {
		t.Fatalf("got answer %d %.60q and error %v, want an *Error", response.Status, response.Body, err)
	}
	if response.Status != 0 || response.Body != nil {
		t.Errorf("got answer %d %.60q beside the error, want none", response.Status, response.Body)
	}
	if known.Provider != "jaas" {
		t.Errorf("got provider %q in the error, want jaas", known.Provider)
	}
	return known
}

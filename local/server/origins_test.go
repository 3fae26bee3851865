package server_test

import (
	"net/http"
	"strings"
	"testing"

	"gavel/local/server"
)

// ask sends a request as a browser would for a page of an origin.
func ask(t *testing.T, method, url, origin string, header ...string) *http.Response {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Origin", origin)
	for i := 0; i < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	return response
}

func withOrigins(t *testing.T, origins string) *server.Server {
	t.Helper()
	settings := map[string]string{"PORT": "0", "GAVEL_DATA_DIR": t.TempDir(), "GAVEL_ALLOWED_ORIGINS": origins}
	s, err := server.Start(t.Context(), server.Options{Getenv: func(name string) string { return settings[name] }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func TestOrigins_PagesOfThoseNamedMayCall(t *testing.T) {
	t.Parallel()
	s := withOrigins(t, "https://app.example.org,http://localhost:5173")
	preflight := ask(t, http.MethodOptions, s.URL()+"/room", "http://localhost:5173", "Access-Control-Request-Method", "POST")
	if preflight.StatusCode != http.StatusNoContent || preflight.Header.Get("Access-Control-Allow-Origin") != "http://localhost:5173" ||
		preflight.Header.Get("Access-Control-Allow-Methods") == "" || preflight.Header.Get("Access-Control-Allow-Headers") == "" {
		t.Errorf("got %s %v, want the page let through", preflight.Status, preflight.Header)
	}
	answer := ask(t, http.MethodGet, s.URL()+"/health", "https://app.example.org")
	if answer.StatusCode != http.StatusOK || answer.Header.Get("Access-Control-Allow-Origin") != "https://app.example.org" ||
		answer.Header.Get("Access-Control-Expose-Headers") == "" || answer.Header.Get("Access-Control-Allow-Credentials") != "" {
		t.Errorf("got %s %v, want the answer to be seen, and no cookies", answer.Status, answer.Header)
	}
	refused := ask(t, http.MethodGet, s.URL()+"/participant/room", "https://app.example.org")
	if refused.StatusCode != http.StatusUnauthorized || refused.Header.Get("Access-Control-Allow-Origin") == "" {
		t.Errorf("got %s %v, want refusals to be seen, too", refused.Status, refused.Header)
	}
	upload := ask(t, http.MethodOptions, s.URL()+"/local/s3/files/x", "https://app.example.org", "Access-Control-Request-Method", "PUT")
	if upload.StatusCode != http.StatusNoContent {
		t.Errorf("got %s, want uploads let through", upload.Status)
	}
}

// GET /local gives away an API key: no page may see it, whatever was named.
func TestOrigins_OthersSeeNothing(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ origins, path string }{
		"none was named":        {"", "/health"},
		"another was named":     {"https://app.example.org", "/health"},
		"the developer's pages": {"*", "/local"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := withOrigins(t, tt.origins).URL() + tt.path
			if got := ask(t, http.MethodGet, url, "https://evil.example"); got.Header.Get("Access-Control-Allow-Origin") != "" {
				t.Errorf("got %v, want nothing allowed", got.Header)
			}
			if got := ask(t, http.MethodOptions, url, "https://evil.example", "Access-Control-Request-Method", "GET"); got.StatusCode < 400 {
				t.Errorf("got %s for a preflight request, want it refused", got.Status)
			}
		})
	}
}

func TestOrigins_OfAnotherFormAreRefused(t *testing.T) {
	t.Parallel()
	for _, origins := range []string{"foo", "https://a.example/", "https://A.example", "https://a.example, https://b.example", "https://a.example,", "*,*", "null"} {
		settings := map[string]string{"PORT": "0", "GAVEL_DATA_DIR": t.TempDir(), "GAVEL_ALLOWED_ORIGINS": origins}
		_, err := server.Start(t.Context(), server.Options{Getenv: func(name string) string { return settings[name] }})
		if err == nil || !strings.HasPrefix(err.Error(), "GAVEL_ALLOWED_ORIGINS is no list of origins") {
			t.Errorf("%s: got %v, want it refused", origins, err)
		}
	}
}

package server_test

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gavel/local/server"
)

// setup starts a local server on a free port with a data folder of its own.
func setup(t *testing.T, settings map[string]string) *client {
	t.Helper()
	all := map[string]string{"PORT": "0", "GAVEL_DATA_DIR": t.TempDir()}
	maps.Copy(all, settings)
	s, err := server.Start(t.Context(), server.Options{Getenv: func(name string) string { return all[name] }})
	if err != nil {
		t.Fatalf("start: %v", err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return &client{t: t, Server: s, Info: s.Info()}
}

type client struct {
	*server.Server
	server.Info

	t *testing.T
}

// answer is an HTTP answer with its JSON body, nil when it is not an object.
type answer struct {
	status int
	header http.Header
	text   string
	body   map[string]any
}

// do sends a request with the local API key, unless edit takes it out.
func (c *client) do(method, url, body string, edit ...func(*http.Request)) answer {
	c.t.Helper()
	if strings.HasPrefix(url, "/") {
		url = c.URL() + url
	}
	request, err := http.NewRequestWithContext(c.t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	request.Header.Set("X-Api-Key", c.APIKey)
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	for _, e := range edit {
		e(request)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		c.t.Fatalf("%s %s: %v", method, url, err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	got := answer{status: response.StatusCode, header: response.Header, text: string(text)}
	_ = json.Unmarshal(text, &got.body)
	return got
}

func (c *client) jaas(path, body string, edit ...func(*http.Request)) answer {
	c.t.Helper()
	return c.do(http.MethodPost, "/jaas/"+c.AppID+"/"+path, body, edit...)
}

// want fails the test unless the answer has the status and, in its body, the values.
func (a answer) want(t *testing.T, status int, values map[string]any) {
	t.Helper()
	if a.status != status {
		t.Errorf("status: got %d, want %d: %s", a.status, status, a.text)
	}
	for name, value := range values {
		if a.body[name] != value {
			t.Errorf("%s: got %v, want %v in %s", name, a.body[name], value, a.text)
		}
	}
}

// write puts a file into a folder of the test's and gives its path.
func write(t *testing.T, name string, content any) string {
	t.Helper()
	text, err := json.Marshal(content)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

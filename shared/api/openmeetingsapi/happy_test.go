package openmeetingsapi_test

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gavel/local/standin"
)

// sentBy gives what reached the server in the form of operation.sent, one under the other.
func sentBy(up *upstream) string {
	var lines []string
	for _, request := range up.commands() {
		lines = append(append(lines, request.line), request.form...)
	}
	return canonical(strings.Join(lines, "\n"))
}

// canonical puts the names in the objects of a form in order.
func canonical(sent string) string {
	lines := strings.Split(sent, "\n")
	for i, line := range lines {
		name, value, _ := strings.Cut(line, "=")
		decoder := json.NewDecoder(strings.NewReader(value))
		decoder.UseNumber()
		var content map[string]any
		if decoder.Decode(&content) != nil {
			continue
		}
		if ordered, err := json.Marshal(content); err == nil {
			lines[i] = name + "=" + string(ordered)
		}
	}
	return strings.Join(lines, "\n")
}

func (g *gateway) whole(op operation) string {
	return strings.ReplaceAll(op.answer, "{om}", g.upstream.url) + "\n"
}

func TestGoodRequest_IsSentOnAndAnswered(t *testing.T) {
	t.Parallel()
	for _, op := range operations() {
		t.Run(op.id, func(t *testing.T) {
			t.Parallel()
			g := setup(t, options{only: op.id})
			got := g.ask(t, op)
			if want := g.whole(op); got.Status != op.status || string(got.Body) != want {
				t.Errorf("got HTTP %d with\n%s want %d with\n%s", got.Status, got.Body, op.status, want)
			}
			if ct := got.Header.Get("Content-Type"); ct != "application/json" {
				t.Errorf("got content type %q, want application/json", ct)
			}
			if got, want := sentBy(g.upstream), canonical(strings.Join(op.sent, "\n")); got != want {
				t.Errorf("got upstream\n%s\nwant\n%s", got, want)
			}
			logins := 1
			if op.open {
				logins = 0
			}
			if n := g.upstream.loggedIn(); n != logins {
				t.Errorf("got %d logins, want %d", n, logins)
			}
			for _, request := range g.upstream.commands() {
				if form := request.form != nil; !form && op.id != "openmeetings-upload-file" && (request.body != "" || request.contentType != "") {
					t.Errorf("got %q with a body of %q upstream, want none", request.line, request.contentType)
				}
			}
		})
	}
}

// TestEvents_AreTaken sends what sam local would invoke each function with.
func TestEvents_AreTaken(t *testing.T) {
	t.Parallel()
	for _, op := range operations() {
		t.Run(op.id, func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(filepath.Join("../../../events/openmeetings", strings.TrimPrefix(op.id, "openmeetings-")+".json"))
			if err != nil {
				t.Fatal(err)
			}
			var event struct {
				RawPath, RawQueryString, Body string
				RequestContext                struct{ HTTP struct{ Method string } }
			}
			if err := json.Unmarshal(text, &event); err != nil {
				t.Fatal(err)
			}
			if got, _, _ := strings.Cut(op.path, "?"); event.RawPath != got || event.RequestContext.HTTP.Method != op.method {
				t.Errorf("got the event's %s %s, want %s %s", event.RequestContext.HTTP.Method, event.RawPath, op.method, got)
			}
			g := setup(t, options{only: op.id, command: standin.Says(http.StatusOK, "{}")})
			got := g.send(t, event.RequestContext.HTTP.Method, event.RawPath+"?"+event.RawQueryString, event.Body, nil)
			if len(g.upstream.commands()) == 0 {
				t.Errorf("got HTTP %d and nothing sent, want the event's request sent: %s", got.Status, got.Body)
			}
		})
	}
}

package systemapi_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gavel/shared/api"
	"gavel/shared/api/systemapi"
	"gavel/shared/audit"
	"gavel/shared/auth"
	"gavel/shared/table/embedded"
)

// audited serves the list of a log with three events, to a caller with the scope given.
func audited(t *testing.T, scope string) string {
	t.Helper()
	store, err := embedded.Open(filepath.Join(t.TempDir(), "state.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	now := time.Now()
	for i, kind := range []string{"room.created", "room.updated", "room.ended"} {
		e := audit.Event{Type: kind, Actor: audit.Person("ada@example.org"), Room: "r"}
		changes, err := audit.Trail{}.Changes(t.Context(), now.Add(time.Duration(i)*time.Millisecond), e)
		if err == nil {
			err = store.Write(t.Context(), changes...)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	mux := http.NewServeMux()
	systemapi.RegisterListAudit(api.New(mux), audit.NewLog(store, audit.Trail{}, time.Now))
	handler := api.Handler(mux)
	served := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		caller := auth.Principal{Kind: auth.APIKey, Name: "operator", Scopes: []string{scope}}
		handler.ServeHTTP(w, r.WithContext(auth.WithPrincipal(context.WithoutCancel(r.Context()), caller)))
	}))
	t.Cleanup(served.Close)
	return served.URL + "/audit"
}

func TestListAudit(t *testing.T) {
	t.Parallel()
	url := audited(t, "audit")
	for _, query := range []string{"?room=r", "?actor=user:ada%40example.org", "?actor=user:" + audit.ID("ada@example.org")} {
		var types []string
		for cursor := ""; ; {
			response, body := fetch(t, url+query+"&limit=2&cursor="+cursor, nil)
			var page struct {
				Events []audit.Event
				Cursor string
			}
			if err := json.Unmarshal(body, &page); err != nil || response.StatusCode != http.StatusOK || strings.Contains(string(body), "@") {
				t.Fatalf("%s: got HTTP %d with %s, want a page without an address", query, response.StatusCode, body)
			}
			for _, e := range page.Events {
				types = append(types, e.Type)
			}
			if cursor = page.Cursor; cursor == "" {
				break
			}
		}
		if got, want := strings.Join(types, " "), "room.ended room.updated room.created"; got != want {
			t.Errorf("%s: got %s, want %s", query, got, want)
		}
	}
	if _, body := fetch(t, url+"?room=other", nil); strings.TrimSpace(string(body)) != `{"events":[]}` {
		t.Errorf("got %s of a room without events, want an empty list", body)
	}
}

func TestListAudit_Refuses(t *testing.T) {
	t.Parallel()
	url := audited(t, "audit")
	for query, where := range map[string]string{
		"": "query.room", "?room=r&actor=user:ada": "query.room", "?actor=ada": "query.actor", "?actor=user:": "query.actor",
		"?room=r&limit=0": "query.limit", "?room=r&limit=101": "query.limit", "?room=r&cursor=x": "query.cursor", "?room=r&x=1": "query.x",
	} {
		response, body := fetch(t, url+query, nil)
		if response.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(string(body), `"`+where+`"`) {
			t.Errorf("%q: got HTTP %d with %s, want 422 at %s", query, response.StatusCode, body, where)
		}
	}
	for _, scope := range []string{"jaas", "", "audits"} {
		if response, _ := fetch(t, audited(t, scope)+"?room=r", nil); response.StatusCode != http.StatusForbidden {
			t.Errorf("got HTTP %d with the scope %q, want 403", response.StatusCode, scope)
		}
	}
}

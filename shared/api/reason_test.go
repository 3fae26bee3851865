package api_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"gavel/shared/api"
	"gavel/shared/audit"
	"gavel/shared/auth"
)

// reasonable gives the status of a call with the reasons, and the event that its operation would write.
func reasonable(t *testing.T, reasons ...string) (status int, body string, e audit.Event) {
	t.Helper()
	mux := http.NewServeMux()
	op := api.Operation{ID: "test-reason", Method: http.MethodPost, Path: "/reason", Scope: "test"}
	api.Register(api.New(mux), op, func(ctx context.Context, _ *api.NoBody) (*struct{}, error) {
		changes, err := audit.Trail{}.Changes(ctx, time.Now(), audit.Event{Type: "t.t", Actor: audit.Person("ada")})
		if err != nil {
			return nil, err
		}
		return nil, json.Unmarshal(changes[0].Item.Data, &e)
	})
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/reason", nil)
	r = r.WithContext(auth.WithPrincipal(r.Context(), auth.Principal{Kind: auth.APIKey, Name: "crm", Scopes: []string{"test"}}))
	r.Header["X-Reason"] = reasons
	w := httptest.NewRecorder()
	api.Handler(mux).ServeHTTP(w, r)
	return w.Code, w.Body.String(), e
}

func TestReason_IsKept(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"abuse": "abuse", " it was, after all, time ": "it was, after all, time", "größer": "größer", strings.Repeat("ü", 256): strings.Repeat("ü", 256),
	} {
		if status, body, e := reasonable(t, given); status >= 300 || e.Reason != want || e.Operation != "test-reason" {
			t.Errorf("got HTTP %d %s and %+v, want the reason %q and the operation", status, body, e, want)
		}
	}
	if status, body, e := reasonable(t); status >= 300 || e.Reason != "" {
		t.Errorf("got HTTP %d %s and %+v without a reason, want it taken", status, body, e)
	}
}

func TestReason_OfAnotherFormIsRefused(t *testing.T) {
	t.Parallel()
	for _, given := range [][]string{{""}, {" "}, {"a\tb"}, {"a\nb"}, {"a\xff"}, {strings.Repeat("x", 257)}, {"a", "b"}} {
		status, body, e := reasonable(t, given...)
		if status != http.StatusUnprocessableEntity || !strings.Contains(body, `"header.X-Reason"`) || e.ID != "" {
			t.Errorf("%q: got HTTP %d %s and %+v, want 422 and nothing done", given, status, body, e)
		}
	}
}

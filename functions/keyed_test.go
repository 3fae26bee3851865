package functions_test

import (
	"net/http"
	"strings"
	"testing"
)

// A dial-out that is sent again with its key is answered again, also by another process, and with no table it is refused.
func TestFunctions_IdempotencyKey(t *testing.T) {
	t.Parallel()
	s := newStory(t, "jaas")
	s.settings = append(s.settings, "GAVEL_JAAS_BASE_URL="+s.server.Info().Sandboxes["jaas"].BaseURL)
	key := inHeader("idempotency-key", "k,1")
	first := s.send(t, "jaas-dial-out", key)
	if first.StatusCode != http.StatusOK || first.Headers["Idempotency-Replayed"] != "" {
		t.Fatalf("got %d %s, want it done", first.StatusCode, first.Body)
	}
	delete(s.processes, "jaas-dial-out")
	again := s.send(t, "jaas-dial-out", key)
	if again.StatusCode != http.StatusOK || again.Body != first.Body || again.Headers["Idempotency-Replayed"] != "true" {
		t.Errorf("got %d %v %s, want %s once more", again.StatusCode, again.Headers, again.Body, first.Body)
	}
	// Two processes were called, and one dialled.
	told := s.send(t, "system-list-audit", inQuery("actor", "api-key:crm"))
	if n := strings.Count(told.Body, `"operation":"jaas-dial-out"`); told.StatusCode != http.StatusOK || n != 1 || strings.Contains(told.Body, "747777777") {
		t.Errorf("got %d %s, want one event and no number", told.StatusCode, told.Body)
	}
	if other := s.send(t, "jaas-dial-out", inHeader("idempotency-key", "k,2")); other.Headers["Idempotency-Replayed"] != "" {
		t.Error("got a key taken for another that begins like it")
	}
	bare := run(t, "jaas-dial-out", []string{
		"AWS_ENDPOINT_URL=" + s.server.URL() + "/local/aws", "GAVEL_JAAS_BASE_URL=" + s.server.Info().Sandboxes["jaas"].BaseURL,
	})
	if got := invoke(t, bare, event(t, "jaas-dial-out")); got.StatusCode != http.StatusOK {
		t.Errorf("got %d %s without a table, want it done all the same", got.StatusCode, got.Body)
	}
	got := invoke(t, bare, edited(t, event(t, "jaas-dial-out"), key))
	if got.StatusCode != http.StatusServiceUnavailable || !strings.Contains(got.Body, "not_configured") || !strings.Contains(got.Body, "GAVEL_TABLE") {
		t.Errorf("got %d %s, want the missing setting named", got.StatusCode, got.Body)
	}
}

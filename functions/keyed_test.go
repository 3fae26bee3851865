package functions_test

import (
	"net/http"
	"path/filepath"
	"slices"
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
	for range 2 {
		got := invoke(t, bare, edited(t, event(t, "jaas-dial-out"), key))
		if got.StatusCode != http.StatusServiceUnavailable || !strings.Contains(got.Body, "not_configured") || !strings.Contains(got.Body, "GAVEL_TABLE") {
			t.Errorf("got %d %s, want the missing setting named", got.StatusCode, got.Body)
		}
	}
	if err := bare.Close(); err != nil { // and with it everything was written
		t.Fatal(err)
	}
	if n := strings.Count(bare.Logs(), `"msg":"not configured"`); n != 1 {
		t.Errorf("got it logged %d times, want once:\n%s", n, bare.Logs())
	}
}

// Every function that keeps answers may do so: what it keeps is in the policy that the template gives it.
func TestFunctions_MayKeepTheirAnswers(t *testing.T) {
	t.Parallel()
	stories := map[string]*story{}
	for _, operation := range names(t, filepath.Join("*", "*", "main.go"), filepath.Dir) {
		if !slices.Contains(templateFunctions(t)[camelCase(operation)].Properties.Policies, "KeepAnswers") {
			continue
		}
		group, _, _ := strings.Cut(operation, "-")
		if stories[group] == nil {
			stories[group] = newStory(t, group)
			stories[group].settings = append(stories[group].settings,
				"GAVEL_JAAS_BASE_URL="+stories[group].server.Info().Sandboxes["jaas"].BaseURL, "GAVEL_ROOMS_JAAS_APP_ID="+tenant,
				"GAVEL_FILES_BUCKET=none")
		}
		got := stories[group].send(t, operation, inHeader("idempotency-key", "k-1"))
		if strings.Contains(got.Body, `"not_configured"`) || strings.Contains(got.Body, `"unavailable"`) {
			t.Errorf("%s: got %d %s, want the key taken", operation, got.StatusCode, got.Body)
		}
	}
}

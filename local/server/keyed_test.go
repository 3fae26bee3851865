package server_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"testing"
)

func withKey(key string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set("Idempotency-Key", key) }
}

// dialOuts counts the calls that the sandbox was asked for.
func (c *client) dialOuts() (count int) {
	c.t.Helper()
	var log []json.RawMessage
	if err := json.Unmarshal([]byte(c.do(http.MethodGet, "/local/sandbox/requests", "").text), &log); err != nil {
		c.t.Fatal(err)
	}
	for _, r := range log {
		if strings.Contains(string(r), "DIAL_OUT_PARTICIPANT") {
			count++
		}
	}
	return count
}

func TestDialOut_FiftyAtOnceWithOneKeyAreOneCall(t *testing.T) {
	t.Parallel()
	c := setup(t, nil)
	const body = `{"phoneNo":"+40747777777"}`
	answers := make([]answer, 50)
	var all sync.WaitGroup
	for i := range answers {
		all.Go(func() { answers[i] = c.jaas("rooms/stand-up/dial-out", body, withKey("k")) })
	}
	all.Wait()
	if got := c.dialOuts(); got != 1 {
		t.Errorf("got %d calls at the sandbox, want 1", got)
	}
	first := c.jaas("rooms/stand-up/dial-out", body, withKey("k"))
	first.want(t, http.StatusOK, map[string]any{"outcome": "requested"})
	if first.header.Get("Idempotency-Replayed") != "true" {
		t.Error("got it done once more, want the first answer")
	}
	for _, a := range answers {
		if a.status == http.StatusOK {
			if a.text != first.text {
				t.Errorf("got %s, want %s", a.text, first.text)
			}
			continue
		}
		a.want(t, http.StatusConflict, map[string]any{"code": "idempotency_in_flight"})
	}
	c.jaas("rooms/stand-up/dial-out", `{"phoneNo":"+40747777778"}`, withKey("k")).
		want(t, http.StatusConflict, map[string]any{"code": "idempotency_mismatch"})
	c.jaas("rooms/stand-up/dial-out", `{"phoneNo":"0"}`, withKey("l")).want(t, http.StatusUnprocessableEntity, nil)
	c.jaas("rooms/stand-up/dial-out", body, withKey("l")).want(t, http.StatusOK, nil)
	if got := c.dialOuts(); got != 2 {
		t.Errorf("got %d calls at the sandbox, want 2", got)
	}
}

package roomsapi_test

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"gavel/local/apitest"
	"gavel/shared/auth"
	"gavel/shared/clock"
	"gavel/shared/logs"
	"gavel/shared/problem"
)

// authenticator knows the issuer's tokens and one API key.
func authenticator(t *testing.T, idp *apitest.Issuer) (who *auth.Authenticator, key string) {
	t.Helper()
	key, entry := auth.NewAPIKey("billing", []string{"jaas"})
	source := apitest.SecretsFile(t, map[string]any{"api-keys": auth.APIKeyList{Keys: []auth.APIKeyEntry{entry}}})
	return auth.New(auth.NewAPIKeys(source, clock.Now), idp.Bearer()), key
}

// logged is what a line may say, and of a request must.
type logged struct {
	Timestamp, Level, Msg, RequestID, Operation, Principal, Room string
	Status                                                       int
}

// TestLog_SaysWhatAnOperatorNeedsAndNothingPersonal is alone while it runs: it reads the process's one log.
//
//nolint:paralleltest // see above
func TestLog_SaysWhatAnOperatorNeedsAndNothingPersonal(t *testing.T) {
	log := &apitest.Lines{}
	before := slog.Default()
	slog.SetDefault(logs.New(log, "debug"))
	t.Cleanup(func() { slog.SetDefault(before) })

	idp := apitest.NewIssuer(t)
	who, key := authenticator(t, idp)
	as := func(subject string, life time.Duration) http.Header {
		return http.Header{"Authorization": {"Bearer " + idp.Token(t, subject, life, map[string]any{"name": "Quandt"})}}
	}
	w := setup(t, options{authenticator: who})
	good := as(owner, time.Hour)
	m := meeting{file: unknownRoom}
	created := w.send(t, good, http.MethodPost, "/room", `{"name":"Quandt","provider":"jaas","participant_ids":[`+quote(t, guest)+`]}`)
	var room roomBody
	if err := json.Unmarshal(created.Body, &room); err != nil || created.Status != http.StatusCreated {
		t.Fatalf("got HTTP %d with %s and %v, want a room", created.Status, created.Body, err)
	}
	m.room = room.ID
	fail(&w.upstream, says(http.StatusBadRequest, marker))
	for _, header := range []http.Header{
		as(guest, time.Hour),
		as(stranger, time.Hour),
		as(owner, -time.Hour),
		{"X-Api-Key": {key}},
		{"Authorization": {"Bearer " + marker}},
		{"Authorization": {"Basic " + marker}},
		nil,
	} {
		for _, op := range operations() {
			w.send(t, header, op.method, m.at(op), op.body)
			w.send(t, header, op.method, m.at(op)+marker, marker)
		}
	}
	for _, op := range operations() {
		if op.id != "rooms-end" { // last, for it is
			w.send(t, good, op.method, m.at(op), op.body)
		}
	}
	end := w.send(t, good, http.MethodPost, "/admin/room/"+m.room+"/end", "")
	if end.Status != http.StatusOK || !strings.Contains(string(end.Body), string(problem.UpstreamError)) {
		t.Errorf("got HTTP %d with %s, want the room ended and the provider's failure", end.Status, end.Body)
	}
	checkLines(t, log.All(), m.room)
}

// checkLines wants every line to be JSON of a request, the request lines complete, and nothing personal in any.
func checkLines(t *testing.T, lines []string, room string) {
	t.Helper()
	requests, seen := 0, map[string]bool{}
	for _, text := range lines {
		var line logged
		if err := json.Unmarshal([]byte(text), &line); err != nil {
			t.Errorf("got the line %s, want JSON: %v", text, err)
			continue
		}
		if line.RequestID == "" || line.Msg == "" || line.Level == "" || line.Timestamp == "" {
			t.Errorf("got the line %s, want timestamp, level, msg and requestId", text)
		}
		if found := betrays.FindString(text); found != "" {
			t.Errorf("got the line %s, which says %q", text, found)
		}
		if line.Msg != "request" {
			continue
		}
		requests++
		seen[line.Operation] = true
		checkRequestLine(t, line, text, room)
	}
	for _, op := range operations() {
		if !seen[op.id] {
			t.Errorf("got no line of %s in %d", op.id, requests)
		}
	}
	if requests < 200 {
		t.Errorf("got %d request lines, want all of them", requests)
	}
}

func checkRequestLine(t *testing.T, line logged, text, room string) {
	t.Helper()
	if lack := watch.Lacking([]byte(text)); lack != "" {
		t.Errorf("got the line %s, which lacks %s", text, lack)
	}
	known := line.Operation != "" && line.Status != http.StatusUnauthorized
	if known && line.Principal != "api-key:billing" && !strings.HasPrefix(line.Principal, "user:") {
		t.Errorf("got the line %s, want who called", text)
	}
	inRoom := line.Operation != "rooms-create" && line.Operation != "rooms-list" && line.Status < 300
	if inRoom && line.Room != room {
		t.Errorf("got the line %s, want the room %s", text, room)
	}
}

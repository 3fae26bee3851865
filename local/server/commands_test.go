package server_test

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gavel/docs"
	"gavel/shared/audit"
)

// sample is the event of a function, as far as it is a request.
type sample struct {
	RouteKey, RawPath, RawQueryString, Body string
	Headers, PathParameters                 map[string]string
	RequestContext                          struct{ HTTP struct{ Method string } }
}

// commandSamples gives the sample events of all operations that change something with a scope, by their ids: all but those
// of rooms, which are for people, and of what only reads.
func commandSamples(t *testing.T) map[string]sample {
	t.Helper()
	var document struct {
		Paths map[string]map[string]struct {
			OperationID string                `json:"operationId"`
			Security    []map[string][]string `json:"security"`
		} `json:"paths"`
	}
	if err := json.Unmarshal(docs.OpenAPI, &document); err != nil {
		t.Fatal(err)
	}
	samples := map[string]sample{}
	for _, methods := range document.Paths {
		for method, op := range methods {
			group, name, _ := strings.Cut(op.OperationID, "-")
			if method == "get" || len(op.Security) == 0 || group == "rooms" {
				continue
			}
			text, err := os.ReadFile(filepath.Join("..", "..", "events", group, name+".json"))
			if err != nil {
				t.Fatal(err)
			}
			var s sample
			if err := json.Unmarshal(text, &s); err != nil {
				t.Fatalf("%s: %v", op.OperationID, err)
			}
			samples[op.OperationID] = s
		}
	}
	if len(samples) < 40 {
		t.Fatalf("got %d commands, want all", len(samples))
	}
	return samples
}

// ask sends the request of a sample, for the tenant of the sandbox.
func (c *client) ask(s sample, reason string) answer {
	c.t.Helper()
	path := s.RawPath
	if tenant := s.PathParameters["appId"]; tenant != "" {
		path = strings.Replace(path, tenant, c.AppID, 1)
	}
	if s.RawQueryString != "" {
		path += "?" + s.RawQueryString
	}
	return c.do(s.RequestContext.HTTP.Method, path, s.Body, func(r *http.Request) {
		r.Header.Set("X-Reason", reason)
		for _, name := range []string{"x-user-id", "x-user-email"} {
			if value := s.Headers[name]; value != "" {
				r.Header.Set(name, value)
			}
		}
	})
}

// told gives the events that the server lists for a query.
func (c *client) told(query string) (all []audit.Event) {
	c.t.Helper()
	for cursor := ""; ; {
		got := c.do(http.MethodGet, "/audit?limit=100&"+query+"&cursor="+cursor, "")
		got.want(c.t, http.StatusOK, nil)
		var page struct {
			Events []audit.Event
			Cursor string
		}
		if err := json.Unmarshal([]byte(got.text), &page); err != nil {
			c.t.Fatal(err)
		}
		all = append(all, page.Events...)
		if cursor = page.Cursor; cursor == "" {
			return all
		}
	}
}

// impersonal are the fields of bodies whose texts may be in events.
var impersonal = []string{
	"room", "id", "userId", "participantId", "externalId", "externalType", "type", "valid", "start", "end", "startTime", "endTime",
	"accountType", "adminPreferredLanguage", "roomType", "timeZoneId", "country", "hiddenElements", "rights",
}

// personal gives all other texts of a body, however deep.
func personal(value any, found []string) []string {
	switch value := value.(type) {
	case map[string]any:
		for name, inner := range value {
			if _, is := inner.(string); !is || !slices.Contains(impersonal, name) {
				found = personal(inner, found)
			}
		}
	case []any:
		for _, inner := range value {
			found = personal(inner, found)
		}
	case string:
		if len(value) > 3 { // shorter ones stand in other words
			found = append(found, value)
		}
	}
	return found
}

// Every command tells of itself, once, in an event that holds nothing of what its request has beside ids.
func TestCommands_AllTell(t *testing.T) {
	t.Parallel()
	c := setup(t, nil)
	minted := c.jaas("tokens", `{"room":"r","user":{"id":"u-17"}}`)
	minted.want(t, http.StatusCreated, nil)
	var hidden []string
	samples := commandSamples(t)
	for id, s := range samples {
		if id == "jaas-ban-jwt" { // the sample's token is one of no tenant
			s.Body = `{"jwt":"` + minted.body["token"].(string) + `"}`
		}
		got := c.ask(s, "because of "+id)
		if got.body["code"] == "invalid_request" || got.body["code"] == "not_configured" {
			t.Errorf("%s: got %s, want the sample sent", id, got.text)
		}
		var body any
		_ = json.Unmarshal([]byte(s.Body), &body)
		hidden = personal(body, hidden)
		_ = json.Unmarshal([]byte(got.text), &body)
		for _, name := range []string{"token", "joinUrl", "url", "hash"} {
			if text, ok := got.body[name].(string); ok {
				hidden = append(hidden, text)
			}
		}
	}
	by := map[string][]audit.Event{}
	all := c.told("actor=api-key:local")
	for _, e := range all {
		if e.Type != audit.BanSet && e.Type != audit.BanLifted { // which belong to the ban
			by[e.Operation] = append(by[e.Operation], e)
		}
	}
	for id := range samples {
		told := by[id]
		if id == "jaas-create-token" { // and the one above
			told = told[:len(told)-1]
		}
		if len(told) != 1 || told[0].Reason != "because of "+id || told[0].Type != audit.Command || told[0].Outcome == audit.Unknown {
			t.Errorf("%s: got %+v, want one event with its reason and outcome", id, told)
			continue
		}
		e := told[0]
		if group, _, _ := strings.Cut(id, "-"); e.Provider != group || e.Actor.String() != "api-key:local" || e.RequestID == "" {
			t.Errorf("%s: got %+v, want its provider, its caller and its request", id, e)
		}
		if e.Room == "" && e.Details["target"] == "" {
			t.Errorf("%s: got %+v, want what it is about", id, e)
		}
		if e.Room != "" && !slices.ContainsFunc(c.told("room="+e.Room), func(found audit.Event) bool { return found.ID == e.ID }) {
			t.Errorf("%s: got it not listed for %s", id, e.Room)
		}
	}
	text, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	if len(hidden) < 30 {
		t.Errorf("got %d texts to look for, want those of all samples", len(hidden))
	}
	for _, value := range append(hidden, "747777777", "eyJ", "@", "example.org", "example.com") {
		if strings.Contains(string(text), value) {
			t.Errorf("got %q in an event, want nothing but ids", value)
		}
	}
}

// What the events say of the things that commands are about.
func TestCommands_SayWhatTheyAreAbout(t *testing.T) {
	t.Parallel()
	c := setup(t, nil)
	c.jaas("tokens", `{"room":"Stand-up","user":{"id":"ada"},"moderator":true,"features":{"recording":true,"livestreaming":false}}`).want(t, http.StatusCreated, nil)
	c.jaas("tokens", `{"room":"*","regex":true,"user":{"id":"ada@example.org"}}`).want(t, http.StatusCreated, nil)
	c.jaas("rooms/Stand-up/kick", `{"userId":"bob"}`).want(t, http.StatusOK, nil)
	c.do(http.MethodPost, "/jitsi/rooms/Stand-up/end?tenant=Acme", "").want(t, http.StatusOK, nil)
	c.do(http.MethodPost, "/openmeetings/rooms", `{"name":"zx81","type":"CONFERENCE","externalId":"a/b","externalType":"cms"}`).want(t, http.StatusCreated, nil)
	all := c.told("actor=api-key:local")
	slices.Reverse(all)
	jaasRoom := "jaas/" + c.AppID + "/stand-up"
	for i, want := range []audit.Event{
		{Room: jaasRoom, Target: "ada", Outcome: "done", Details: map[string]string{"target": "user", "role": "moderator", "features": "recording"}},
		{Target: audit.ID("ada@example.org"), Outcome: "done", Details: map[string]string{"target": "user", "role": "participant", "pattern": "*"}},
		{Room: jaasRoom, Target: "bob", Outcome: "not_found", Details: map[string]string{"target": "user"}},
		{Room: "jitsi/acme/stand-up", Outcome: "not_found"},
		{Outcome: "done", Details: map[string]string{"external": "cms/a~1b"}},
	} {
		if i >= len(all) {
			t.Fatalf("got %d events, want one of each command", len(all))
		}
		got := all[i]
		if i == 4 {
			want.Room = got.Room
			if number, ok := strings.CutPrefix(got.Room, "openmeetings/"); !ok || number == "" || strings.Trim(number, "0123456789") != "" {
				t.Errorf("got the room %q, want the one that was made", got.Room)
			}
		}
		if got.Room != want.Room || got.Target != want.Target || got.Outcome != want.Outcome {
			t.Errorf("%s: got %+v, want %+v", got.Operation, got, want)
		}
		for name, value := range want.Details {
			if got.Details[name] != value {
				t.Errorf("%s: got %v, want %v", got.Operation, got.Details, want.Details)
			}
		}
	}
	if got := c.told("room=" + jaasRoom); len(got) != 2 {
		t.Errorf("got %+v, want what was done in the room", got)
	}
}

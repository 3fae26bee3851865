package veetingapi_test

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// operation is one of the eight, with the request of its sample event, which is that of the tutorial.
type operation struct {
	id     string
	method string
	path   string
	body   string
	header http.Header
	scope  string // empty for the webhook
	status int
	answer string
	sent   string // upstream: method, path, user and the whole body
}

const scheduled = `"duration":60,"type":"standard","isRecurring":false,"isRecorded":false,"isDialin":false,"invitedParticipants":[],"recurring":{},"meetingPermissionId":null}`

// outcomes are by hand what is to come of the sample events.
func outcomes() []operation {
	return []operation{
		{
			id: "veeting-create-account", scope: "veeting:accounts", status: 201,
			answer: `{"accountRooms":[],"accountType":"trial","defaultMeetingPermissions":null,"id":"5e9459c5b863b82cefdddf4f","name":"test-user@example.com","paidUntil":"2024-04-27T12:23:33.852Z"}`,
			sent: "POST /account\n" + `{"sendPassword":true,"accountType":"trial","adminFirstname":"Test","adminLastname":"User",` +
				`"adminEmail":"test-user@example.com","adminPreferredLanguage":"en","paidUntil":"2024-04-19T19:03:41.203Z"}`,
		},
		{
			id: "veeting-list-admins", scope: "veeting:accounts", status: 200,
			answer: `{"admins":[{"email":"test-user@example.com","externalUserId":null,"firstName":"Test","icsPath":"/api/v6/meeting/calender/user/a-b","id":"5e9459c5b863b82cefdddf4e","timezone":"Europe/Paris"}]}`,
			sent:   "GET /account/admin/5e9459c5b863b82cefdddf4f",
		},
		{
			id: "veeting-schedule-meeting", scope: "veeting:meetings", status: 201, answer: meetingWant,
			sent: "POST /meeting\nX-User-Id: " + userID + "\n" +
				`{"topic":"My Meeting Topic","startTime":"2024-04-07T09:00:00.000Z","endTime":"2024-04-07T10:00:00.000Z",` + scheduled,
		},
		{
			id: "veeting-update-meeting", scope: "veeting:meetings", status: 200, answer: `{"outcome":"updated","meeting":` + meetingWant + `}`,
			sent: "PUT /meeting/" + meetingID + "/false\nX-User-Id: " + userID + "\n" +
				`{"id":"` + meetingID + `","topic":"My Meeting Topic","startTime":"2024-04-07T09:30:00.000Z","endTime":"2024-04-07T10:30:00.000Z",` + scheduled,
		},
		{
			id: "veeting-close-meeting", scope: "veeting:meetings", status: 200, answer: `{"outcome":"closed"}`,
			sent: "POST /meeting/close\nX-User-Email: " + userEmail + "\n" + `{"meetingId":"` + meetingID + `"}`,
		},
		{
			id: "veeting-delete-meeting", scope: "veeting:meetings", status: 200, answer: `{"outcome":"deleted"}`,
			sent: "DELETE /meeting/" + meetingID + "\nX-User-Email: " + userEmail,
		},
		{id: webhookID, status: 200, answer: `{"outcome":"kept"}`},
		{id: "veeting-list-events", scope: "veeting:meetings", status: 200, answer: `{"events":[]}`},
	}
}

// event is what of a sample event goes over the wire.
type event struct {
	RawPath        string            `json:"rawPath"`
	Headers        map[string]string `json:"headers"`
	Body           string            `json:"body"`
	RequestContext struct {
		HTTP       struct{ Method string } `json:"http"`
		Authorizer struct {
			Lambda struct{ Scopes string } `json:"lambda"`
		} `json:"authorizer"`
	} `json:"requestContext"`
}

var read = sync.OnceValue(func() []operation {
	all := outcomes()
	for i := range all {
		op := &all[i]
		text, err := os.ReadFile(filepath.Join("..", "..", "..", "events", "veeting", strings.TrimPrefix(op.id, "veeting-")+".json"))
		if err != nil {
			panic(err)
		}
		var e event
		if err := json.Unmarshal(text, &e); err != nil {
			panic(err)
		}
		op.method, op.path, op.body, op.header = e.RequestContext.HTTP.Method, e.RawPath, e.Body, http.Header{}
		for _, name := range []string{"x-user-id", "x-user-email", "x-api-key"} {
			if value := e.Headers[name]; value != "" {
				op.header.Set(name, value)
			}
		}
		if op.scope != e.RequestContext.Authorizer.Lambda.Scopes {
			panic(op.id + " has another scope in its event")
		}
	}
	return all
})

func operations() []operation {
	all := read()
	copied := make([]operation, len(all))
	for i, op := range all {
		op.header = op.header.Clone()
		copied[i] = op
	}
	return copied
}

func operationOf(id string) operation {
	for _, op := range operations() {
		if op.id == "veeting-"+id {
			return op
		}
	}
	panic("no operation " + id)
}

// calling gives the operations that call Veeting.
func calling() []operation { return operations()[:6] }

// reads says whether the operation only reads from Veeting, and can be repeated.
func (o operation) reads() bool { return o.id == "veeting-list-admins" }

// ofMeetings gives those that act for a user.
func ofMeetings() []operation { return operations()[2:6] }

func TestOperations_DoWhatTheTutorialShows(t *testing.T) {
	t.Parallel()
	for _, op := range operations() {
		t.Run(op.id, func(t *testing.T) {
			t.Parallel()
			for _, only := range []string{"", op.id} {
				g := setup(t, options{only: only})
				got := g.ask(t, op)
				if got.Status != op.status || string(got.Body) != op.answer+"\n" {
					t.Errorf("got HTTP %d with %s, want %d with %s", got.Status, got.Body, op.status, op.answer)
				}
				if sent := strings.Join(g.upstream.seen(), "\n"); sent != op.sent {
					t.Errorf("got upstream\n%s\nwant\n%s", sent, op.sent)
				}
				if kept := got.Header.Get("Cache-Control"); kept != "no-store" {
					t.Errorf("got Cache-Control %q, want no-store", kept)
				}
			}
		})
	}
}

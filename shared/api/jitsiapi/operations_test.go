package jitsiapi_test

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"gavel/shared/apigw"
	"gavel/shared/jitsi"
	"gavel/shared/rooms"
)

// sampleRoom is the room of the sample events about reservations.
const sampleRoom = "01937c4e-7a10-7cc3-98c5-1f0a2b3c4d5e"

// operation is one of the eleven, with the request of its sample event.
type operation struct {
	id     string
	route  string
	method string
	path   string
	body   string
	header http.Header
	scope  string // empty for what the Jitsi server calls
	status int
	answer string // as far as it is the same every time
	sent   string // upstream: method, path and body, looks left out
	// command is the beginning of what is sent.
	command string
}

// outcomes are by hand what is to come of the sample events.
func outcomes() []operation {
	const address = "standup%40conference.meet.example.org"
	return []operation{
		{id: "jitsi-create-token", scope: "jitsi", status: 201, answer: `{"token":"eyJ`},
		{
			id: "jitsi-end-room", scope: "jitsi", status: 200, answer: `{"outcome":"destroyed"}`,
			sent: "POST /end-meeting?conference=" + address, command: "POST /end-meeting",
		},
		{
			id: "jitsi-kick-participant", scope: "jitsi", status: 200, answer: `{"outcome":"kicked"}`,
			sent: "PUT /kick-participant?room=standup\n" + `{"participantId":"14f01c40"}`, command: "PUT /kick-participant",
		},
		{
			id: "jitsi-dial-out", scope: "jitsi", status: 200, answer: `{"outcome":"requested"}`,
			sent:    "POST /invite-jigasi\n" + `{"conference":"standup@conference.meet.example.org","phoneNo":"+40747777777"}`,
			command: "POST /invite-jigasi",
		},
		{
			id: "jitsi-room-occupants", scope: "jitsi", status: 200, command: "GET /room?",
			answer: `{"occupants":[{"participantId":"14f01c40","jid":"standup@conference.meet.example.org/14f01c40","displayName":"Ada","email":"ada@example.org"},` +
				`{"participantId":"f0aa9e1e","jid":"standup@conference.meet.example.org/f0aa9e1e","displayName":"+40747777777 (Bob)"}]}`,
		},
		{id: "jitsi-public-key", status: 200, answer: "-----BEGIN PUBLIC KEY-----\n"},
		{id: "jitsi-create-reservation", status: 200, answer: `{"id":"` + sampleRoom + `","name":"` + sampleRoom + `",` +
			`"mail_owner":"14f01c40-5195-4a4d-8efb-f58b49d18741@meet.jitsi","start_time":"2026-03-01T12:00:00.000Z","duration":3600}`},
		{id: "jitsi-get-reservation", status: 200, answer: `{"id":"` + sampleRoom + `","name":"` + sampleRoom + `",` +
			`"mail_owner":"auth0|quandt","start_time":"2026-03-01T12:00:00.000Z","duration":3600}`},
		{id: "jitsi-delete-reservation", status: 200, answer: `{"outcome":"noted"}`},
		{id: "jitsi-webhook", status: 200, answer: `{"outcome":"kept"}`},
		{id: "jitsi-list-events", scope: "jitsi", status: 200, answer: `{"events":[]}`},
	}
}

// eventOf reads an operation's sample event.
func eventOf(id string) events.APIGatewayV2HTTPRequest {
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "events", "jitsi", strings.TrimPrefix(id, "jitsi-")+".json"))
	if err != nil {
		panic(err)
	}
	var e events.APIGatewayV2HTTPRequest
	if err := json.Unmarshal(text, &e); err != nil {
		panic(err)
	}
	return e
}

var read = sync.OnceValue(func() []operation {
	all := outcomes()
	for i := range all {
		op, e := &all[i], eventOf(all[i].id)
		op.route, op.method, op.path, op.body, op.header = e.RouteKey, e.RequestContext.HTTP.Method, e.RawPath, e.Body, http.Header{}
		if e.RawQueryString != "" {
			op.path += "?" + e.RawQueryString
		}
		if e.IsBase64Encoded {
			decoded, err := base64.StdEncoding.DecodeString(e.Body)
			if err != nil {
				panic(err)
			}
			op.body = string(decoded)
		}
		for _, name := range []string{"authorization", "content-type"} {
			if value := e.Headers[name]; value != "" {
				op.header.Set(name, value)
			}
		}
		scopes := ""
		if e.RequestContext.Authorizer != nil {
			scopes, _ = e.RequestContext.Authorizer.Lambda["scopes"].(string)
		}
		if op.scope != scopes {
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
		if op.id == "jitsi-"+id {
			return op
		}
	}
	panic("no operation " + id)
}

// calling gives the operations that call the server.
func calling() []operation { return operations()[1:5] }

// commanding gives those of them that do something there.
func commanding() []operation { return operations()[1:4] }

// about gives the operation for another room than the sample's.
func (o operation) about(room string) operation {
	for _, text := range []*string{&o.path, &o.body, &o.answer} {
		*text = strings.ReplaceAll(*text, sampleRoom, room)
	}
	return o
}

// hour makes a room that goes on for an hour from now.
func (g *gateway) hour(t testing.TB) rooms.Room {
	t.Helper()
	return g.book(t, rooms.Booking{Name: "x", Provider: jitsi.Provider, End: g.clock.Now().Add(3600e9)})
}

func (g *gateway) book(t testing.TB, b rooms.Booking) rooms.Room {
	t.Helper()
	room, err := g.rooms.Create(t.Context(), "auth0|quandt", b)
	if err != nil {
		t.Fatal(err)
	}
	return room
}

func TestOperations_DoWhatTheirSamplesAskFor(t *testing.T) {
	t.Parallel()
	for _, op := range operations() {
		t.Run(op.id, func(t *testing.T) {
			t.Parallel()
			for _, only := range []string{"", op.id} {
				g := setup(t, options{only: only})
				op := op
				if strings.Contains(op.path+op.body, sampleRoom) {
					op = op.about(g.hour(t).ID)
				}
				op.comes(t, g, g.ask(t, op))
			}
		})
	}
}

// comes demands the outcome of the sample.
func (o operation) comes(t testing.TB, g *gateway, got answer) {
	t.Helper()
	whole := strings.TrimSuffix(string(got.Body), "\n")
	if o.id == "jitsi-create-token" || o.id == "jitsi-public-key" {
		whole = whole[:min(len(whole), len(o.answer))]
	}
	if got.Status != o.status || whole != o.answer {
		t.Errorf("%s: got HTTP %d with %s, want %d with %s", o.id, got.Status, got.Body, o.status, o.answer)
	}
	if sent := strings.Join(g.upstream.commands(), "\n"); sent != o.sent {
		t.Errorf("%s: got upstream\n%s\nwant\n%s", o.id, sent, o.sent)
	}
	kept := "no-store"
	if o.id == "jitsi-public-key" {
		kept = "public, max-age=300"
	}
	if got := got.Header.Get("Cache-Control"); got != kept {
		t.Errorf("%s: got Cache-Control %q, want %s", o.id, got, kept)
	}
}

// TestEvents_ReplayedThroughTheGateway as the function gets them, which knows its one operation and takes the caller from
// the authorizer.
func TestEvents_ReplayedThroughTheGateway(t *testing.T) {
	t.Parallel()
	for _, op := range operations() {
		t.Run(op.id, func(t *testing.T) {
			t.Parallel()
			g, e := setup(t, options{only: op.id}), eventOf(op.id)
			if strings.Contains(op.path+op.body, sampleRoom) {
				id := g.hour(t).ID
				op = op.about(id)
				e.RawPath = strings.ReplaceAll(e.RawPath, sampleRoom, id)
				if e.PathParameters["id"] != "" {
					e.PathParameters["id"] = id
				}
				if e.IsBase64Encoded {
					e.Body = base64.StdEncoding.EncodeToString([]byte(op.body))
				}
			}
			got, err := apigw.Adapt(g.handler)(t.Context(), e)
			if err != nil || got.IsBase64Encoded {
				t.Fatalf("got %+v, %v, want an answer in plain text", got, err)
			}
			header := http.Header{}
			maps.Copy(header, got.MultiValueHeaders)
			for name, value := range got.Headers {
				header.Set(name, value)
			}
			op.comes(t, g, answer{Status: got.StatusCode, Header: header, Body: []byte(got.Body)})
		})
	}
}

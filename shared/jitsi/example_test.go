package jitsi_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"gavel/local/standin"
	"gavel/shared/httpclient"
	"gavel/shared/jitsi"
	"gavel/shared/jitsimeet"
)

// newExample starts a tiny server, which shows what it is asked, and makes a Client for it.
func newExample(show func(...any) (int, error)) (*jitsi.Client, *httptest.Server) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = show(r.Method, r.URL)
		if r.Method == http.MethodGet {
			standin.Says(http.StatusOK, `[{"jid":"stand-up@conference.meet.example.org/f0aa9e1e","display_name":"Ada","email":""}]`)(w, r)
		}
	}))
	store := standin.NewVault("jitsi")
	store.Put(fields{
		"baseUrl": "https://meet.example.org", "issuer": "my_app", "secret": "a-secret",
		"system": fields{"baseUrl": server.URL, "privateKey": pemOf(systemKey()), "keyId": "sys-2026"},
	})
	now := func() time.Time { return time.Date(2026, time.March, 1, 9, 0, 0, 0, time.UTC) }
	return jitsi.New(jitsi.Options{
		Secrets: store,
		HTTP:    httpclient.New(httpclient.Options{Provider: jitsi.Provider, Budget: 10 * time.Second, Now: now}),
		Now:     now,
	}), server
}

// A join link for one person, who is there, and the end of the meeting.
func Example() {
	client, server := newExample(fmt.Println)
	defer server.Close()
	ctx := context.Background()

	name, err := jitsimeet.ParseRoom("Stand-Up")
	if err != nil {
		fmt.Println(err)
	}
	token, err := client.CreateToken(ctx, jitsi.TokenRequest{Participant: jitsimeet.Participant{
		Room: name, User: jitsimeet.User{ID: "u-17", Name: "Ada"}, Moderator: true, Lifetime: jitsimeet.DefaultLifetime,
	}})
	if err != nil {
		fmt.Println(err)
	}
	link, _, _ := strings.Cut(token.JoinURL, "#jwt=")
	fmt.Println(link, "until", token.Expires.Format(time.TimeOnly))
	fmt.Println(token)

	inside, err := client.Occupants(ctx, jitsi.Place{Room: name})
	fmt.Println(inside[0].Name, inside[0].ID(), err)
	fmt.Println(client.EndRoom(ctx, jitsi.Place{Room: name}, false))
	// Output:
	// https://meet.example.org/stand-up until 11:00:00
	// [token]
	// GET /room?room=stand-up&domain=meet.example.org
	// Ada f0aa9e1e <nil>
	// POST /end-meeting?conference=stand-up%40conference.meet.example.org
	// destroyed <nil>
}

// What event_sync tells is of a room by the name that Prosody keeps.
func ExampleParseEvent() {
	event, err := jitsi.ParseEvent(jitsi.OccupantJoined, []byte(`{"event_name": "muc-occupant-joined", "room_name": "[acme]stand-up", "is_breakout": false,
		"occupant": {"id": "u-17", "occupant_jid": "14f01c40-5195-4a4d-8efb-f58b49d18741@meet.example.org/x", "joined_at": 1625823996}}`))
	if err != nil {
		fmt.Println(err)
	}
	place, err := jitsi.ParseNode(event.Node)
	fmt.Println(place.Tenant, place.Room, event.UserID, event.ParticipantID, event.At.Format(time.DateTime), err)
	_, err = jitsi.ParseEvent(jitsi.OccupantLeft, []byte(`{"event_name": "muc-occupant-left", "room_name": "stand-up", "occupant": {"id": 17}}`))
	fmt.Println(err)
	// Output:
	// acme stand-up u-17 14f01c40 2021-07-09 09:46:36 <nil>
	// expected an event of event_sync: occupant.left_at is missing or not of its form
}

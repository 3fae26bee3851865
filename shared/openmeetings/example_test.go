package openmeetings_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	"gavel/local/standin"
	"gavel/shared/httpclient"
	"gavel/shared/openmeetings"
)

// newExample starts a tiny server, which shows what it is asked, and makes a Client for it.
func newExample(show func(...any) (int, error)) (*openmeetings.Client, *httptest.Server) {
	replies := map[string]string{
		"/openmeetings/services/user/login":   `"3d2b1f6c"`,
		"/openmeetings/services/user/hash":    `"c0ffee"`,
		"/openmeetings/services/room/close/7": `"Closed"`,
		"/openmeetings/services/room/kick/7":  `"Kicked"`,
		"/openmeetings/services/room/count/7": `0`,
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = show(r.Method, r.URL.Path)
		says(replies[r.URL.Path])(w, r)
	}))
	store := standin.NewVault("openmeetings")
	putAccount(store, server.URL+"/openmeetings", "gavel-bot", "a password")
	now := func() time.Time { return time.Date(2026, time.March, 1, 9, 0, 0, 0, time.UTC) }
	return openmeetings.New(openmeetings.Options{
		Secrets: store,
		HTTP:    httpclient.New(httpclient.Options{Provider: openmeetings.Provider, Budget: 10 * time.Second, Now: now}),
		Now:     now,
	}), server
}

// Every link has a session of its own.
func ExampleClient_CreateEntry() {
	client, server := newExample(fmt.Println)
	defer server.Close()
	person := openmeetings.Person{ExternalID: "u-17", ExternalType: "crm", FirstName: "Ada", LastName: "Lovelace"}
	entry, err := client.CreateEntry(context.Background(), person, openmeetings.EntryOptions{RoomID: 7, Moderator: true}, 2)
	if err != nil {
		fmt.Println(err)
	}
	fmt.Println(entry.URL[len(server.URL):], "until", entry.Expires.Format(time.TimeOnly))
	// Output:
	// POST /openmeetings/services/user/login
	// POST /openmeetings/services/user/hash
	// /openmeetings/hash?secure=c0ffee&language=2 until 09:30:00
}

func ExampleClient_EndRoom() {
	client, server := newExample(fmt.Println)
	defer server.Close()
	outcome, inside, err := client.EndRoom(context.Background(), 7)
	fmt.Println(outcome, inside, err)
	// Output:
	// POST /openmeetings/services/user/login
	// GET /openmeetings/services/room/close/7
	// GET /openmeetings/services/room/kick/7
	// GET /openmeetings/services/room/count/7
	// ended 0 <nil>
}

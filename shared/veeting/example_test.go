package veeting_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	"gavel/local/standin"
	"gavel/shared/httpclient"
	"gavel/shared/veeting"
)

// newExample starts a tiny server, which shows what it is asked, and makes a Client for it.
func newExample(show func(...any) (int, error), answer string) (*veeting.Client, *httptest.Server) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = show(r.Method, r.URL.Path)
		standin.Says(http.StatusOK, answer)(w, r)
	}))
	store := standin.NewVault("veeting")
	store.Put(fields{
		"baseUrl": server.URL, "apiKey": "a-key", "level": "instance", "joinUrl": "https://meet.example.org/" + veeting.JoinPlaceholder,
	})
	now := func() time.Time { return time.Date(2026, time.March, 1, 9, 0, 0, 0, time.UTC) }
	return veeting.New(veeting.Options{
		Secrets: store,
		HTTP:    httpclient.New(httpclient.Options{Provider: veeting.Provider, Budget: 10 * time.Second, Now: now}),
		Now:     now,
	}), server
}

// A meeting has two ids: requests take the one, people the other.
func ExampleClient_Schedule() {
	client, server := newExample(fmt.Println, `{"responseCode":0,"data":{"id":"5e945c36b863b82cefdddf54","meetingId":"9974-7653-8886-0485","duration":"60"}}`)
	defer server.Close()
	ctx, organizer := context.Background(), veeting.User{Email: "test-user@example.com"}
	begin := time.Date(2027, time.April, 7, 9, 0, 0, 0, time.UTC)
	made, err := client.Schedule(ctx, organizer, veeting.Meeting{Topic: "Stand-up", Start: begin, End: begin.Add(time.Hour)})
	if err != nil {
		fmt.Println(err)
	}
	link, err := client.JoinURL(ctx, made.Text("participantMeetingId"), "Ada Lovelace")
	fmt.Println(string(made["duration"]), link, err)
	_, err = client.Close(ctx, organizer, made.Text("id"))
	fmt.Println(err)
	// Output:
	// POST /api/v6/meeting
	// 60 https://meet.example.org/9974-7653-8886-0485?participantName=Ada%20Lovelace <nil>
	// POST /api/v6/meeting/close
	// <nil>
}

// What Veeting says with HTTP 200 can still be a no.
func ExampleClient_CreateAccount() {
	client, server := newExample(fmt.Println, `{"responseCode":"-10","responseMessage":"exists"}`)
	defer server.Close()
	_, err := client.CreateAccount(context.Background(), veeting.NewAccount{AccountType: "trial", AdminEmail: "test-user@example.com"})
	if failure, ok := errors.AsType[*httpclient.Error](err); ok {
		fmt.Println(failure.Code, failure.Message, failure.MayHaveHappened)
		fmt.Println(failure.Hint)
	}
	// Output:
	// POST /api/v6/account
	// -10 exists false
	// in Veeting's older API the code -10 means: account already exists
}

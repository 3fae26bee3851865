package jaas_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"time"

	"gavel/shared/httpclient"
	"gavel/shared/jaas"
	"gavel/shared/jitsimeet"
	"gavel/shared/secrets"
)

// A join link for one person, and the end of the meeting.
func Example() {
	provider := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Println(r.Method, r.URL.Path)
	}))
	defer provider.Close()
	dir := must(os.MkdirTemp("", "example"))
	defer os.RemoveAll(dir)
	secret := map[string]any{"jaas/" + string(appID): map[string]string{"keyId": "4f4910", "privateKey": pemOf(theKey())}}
	file := filepath.Join(dir, "secrets.json")
	if err := os.WriteFile(file, must(json.Marshal(secret)), 0o600); err != nil {
		panic(err)
	}

	now := func() time.Time { return time.Date(2026, time.March, 1, 9, 0, 0, 0, time.UTC) }
	client := jaas.New(jaas.Options{
		BaseURL: provider.URL + "/v1/_jaas",
		Domain:  "8x8.vc",
		Secrets: secrets.NewFile(file, "gavel"),
		HTTP:    httpclient.New(httpclient.Options{Provider: jaas.Provider, Budget: 10 * time.Second, Now: now}),
		Now:     now,
	})

	room, err := jaas.ParseRoom("Stand-Up")
	if err != nil {
		fmt.Println(err)
	}
	token, err := client.CreateToken(context.Background(), appID, jitsimeet.Participant{
		Room:      room,
		User:      jitsimeet.User{ID: "u-17", Name: "Ada"},
		Moderator: true,
		Features:  map[string]bool{"recording": true},
		Lifetime:  jitsimeet.DefaultLifetime,
	})
	if err != nil {
		fmt.Println(err)
	}
	link, _, _ := strings.Cut(token.JoinURL, "#jwt=")
	fmt.Println(link, "until", token.Expires.Format(time.TimeOnly))
	fmt.Println(token)

	fmt.Println(client.DestroyRoom(context.Background(), appID, room))
	// Output:
	// https://8x8.vc/vpaas-magic-cookie-0123456789abcdef0123456789abcdef/stand-up until 11:00:00
	// [token]
	// POST /v1/_jaas/conference-commands/v1/meeting
	// destroyed <nil>
}

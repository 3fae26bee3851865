package functions_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

// TestJitsiFunctions_Story feeds each function its sample event, with the ids of what the sandbox made in the place of the
// samples'. The server's call-backs find their state in DynamoDB Local.
func TestJitsiFunctions_Story(t *testing.T) {
	t.Parallel()
	s := newStory(t, "jitsi")
	minted := s.feed(t, "create-token", http.StatusCreated)
	room := strings.Replace(s.server.Info().Sandboxes["jitsi"].RoomURL, "{room}", "standup", 1)
	var joined struct{ ParticipantID, Role string }
	call(t, s.server, room, `{"jwt":"`+minted["token"].(string)+`"}`, &joined)
	if joined.Role != "moderator" {
		t.Errorf("got %+v, want the moderator of the event", joined)
	}
	s.outcome(t, "dial-out", "requested")
	if got := s.feed(t, "room-occupants", http.StatusOK)["occupants"].([]any); len(got) != 2 {
		t.Errorf("got %v, want Ada and the phone", got)
	}
	s.outcome(t, "kick-participant", "not_found")
	s.outcome(t, "kick-participant", "kicked", inBody("14f01c40", joined.ParticipantID))
	s.outcome(t, "end-room", "not_found") // the last one left

	key := s.send(t, "jitsi-public-key")
	if key.StatusCode != http.StatusOK || !strings.HasPrefix(key.Body, "-----BEGIN PUBLIC KEY-----\n") || !strings.HasPrefix(key.Headers["Content-Type"], "text/plain") {
		t.Errorf("got %d %v %s, want a public key", key.StatusCode, key.Headers, key.Body)
	}
	s.feed(t, "public-key", http.StatusNotFound, inPath("use", "system"))

	token := s.madeUp(t, "jitsiCallbackToken")
	fromJitsi := inHeader("authorization", "Bearer "+token)
	s.outcome(t, "webhook", "kept", fromJitsi)
	s.outcome(t, "webhook", "known", fromJitsi)
	if got := s.feed(t, "list-events", http.StatusOK)["events"].([]any); len(got) != 1 {
		t.Errorf("got %v, want the event once", got)
	}
	id := s.bookJitsi(t)
	booked := func(e map[string]any) {
		form, err := base64.StdEncoding.DecodeString(e["body"].(string))
		if err != nil {
			t.Fatal(err)
		}
		e["body"] = base64.StdEncoding.EncodeToString([]byte(strings.Replace(string(form), "01937c4e-7a10-7cc3-98c5-1f0a2b3c4d5e", id, 1)))
	}
	asked := s.feed(t, "create-reservation", http.StatusOK, fromJitsi, booked)
	if asked["id"] != id || asked["name"] != id || asked["duration"] == 0.0 || asked["mail_owner"] != "14f01c40-5195-4a4d-8efb-f58b49d18741@meet.jitsi" {
		t.Errorf("got %v, want the room's reservation", asked)
	}
	if got := s.feed(t, "create-reservation", http.StatusNotFound, fromJitsi); got["message"] == nil {
		t.Errorf("got %v, want a message for people", got)
	}
	s.feed(t, "get-reservation", http.StatusOK, fromJitsi, inPath("id", id))
	s.outcome(t, "delete-reservation", "noted", fromJitsi, inPath("id", id))
	for _, name := range []string{"webhook", "create-reservation", "get-reservation", "delete-reservation"} {
		if got := s.feed(t, name, http.StatusUnauthorized); got["code"] != "unauthenticated" {
			t.Errorf("%s with the sample's token: got %v, want it refused", name, got)
		}
	}
	s.end(t, "example.org", "Ada", "747777777", token, "eyJ", "PRIVATE KEY")
}

// bookJitsi makes a room of the same state that meets on Jitsi, and gives its id.
func (s *story) bookJitsi(t *testing.T) string {
	t.Helper()
	got := s.send(t, "rooms-create", func(e map[string]any) {
		e["body"] = `{"name":"Stand-up","provider":"jitsi"}`
	})
	var room struct{ ID string }
	if err := json.Unmarshal([]byte(got.Body), &room); err != nil || got.StatusCode != http.StatusCreated {
		t.Fatalf("rooms-create: got %d %s, %v", got.StatusCode, got.Body, err)
	}
	return room.ID
}

package jaasapi_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// get reads one of the lists of the room.
func (h hook) get(t *testing.T, list string, into any) {
	t.Helper()
	got := h.send(t, http.MethodGet, "/jaas/"+appID+"/rooms/StandUp/"+list, "", nil)
	if err := json.Unmarshal(got.Body, into); err != nil || got.Status != http.StatusOK {
		t.Fatalf("%s: got %d %s, %v", list, got.Status, got.Body, err)
	}
}

type listed struct {
	Events []struct {
		EventType string
		Event     map[string]json.RawMessage
		LeftOut   int
	}
	Participants []struct{ ParticipantID, UserID, Name, SessionID, BreakoutRoomID string }
	Cursor       string
}

// TestWebhook_KeepsEveryDocumentedType takes the samples, twice each, and gives each back as it was.
func TestWebhook_KeepsEveryDocumentedType(t *testing.T) {
	t.Parallel()
	h := setupHook(t, nil)
	files, err := filepath.Glob(filepath.Join("..", "..", "jaas", "testdata", "events", "*.json"))
	if err != nil || len(files) < 30 {
		t.Fatalf("got %d samples, %v", len(files), err)
	}
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"kept", "known"} {
			if got := h.deliver(t, string(body), webhookSecret); got.Status != http.StatusOK || !strings.Contains(string(got.Body), want) {
				t.Errorf("%s: got %d %s, want %s", file, got.Status, got.Body, want)
			}
		}
		var all listed
		h.get(t, "events?limit=100", &all)
		last := all.Events[len(all.Events)-1]
		var sent map[string]json.RawMessage
		if err := json.Unmarshal(body, &sent); err != nil || last.EventType+".json" != filepath.Base(file) || len(last.Event) != len(sent) {
			t.Errorf("%s: got %s with %d fields, want all %d", file, last.EventType, len(last.Event), len(sent))
		}
	}
}

func TestWebhook_KeepsThatALargeEventWasThere(t *testing.T) {
	t.Parallel()
	h := setupHook(t, nil)
	body := strings.Replace(sighting("PARTICIPANT_JOINED", "aaaaaaaa", 1), "Ada", strings.Repeat("x", 300_000), 1)
	if got := h.deliver(t, body, webhookSecret); got.Status != http.StatusOK {
		t.Fatalf("got %d %s", got.Status, got.Body)
	}
	var all listed
	h.get(t, "events", &all)
	h.get(t, "participants", &all)
	if len(all.Events) != 1 || all.Events[0].Event["data"] != nil || all.Events[0].LeftOut < 300_000 || len(all.Events[0].Event) != 6 {
		t.Errorf("got %+v, want the envelope alone", all.Events)
	}
	if len(all.Participants) != 1 || len(all.Participants[0].Name) != 256 {
		t.Errorf("got %+v, want u-17 with a name cut short", all.Participants)
	}
}

// TestWebhook_KeepsWhatGrowsWhenItIsWritten in part: a character of a field's name can take six.
func TestWebhook_KeepsWhatGrowsWhenItIsWritten(t *testing.T) {
	t.Parallel()
	h := setupHook(t, nil)
	body := strings.Replace(sighting("PARTICIPANT_JOINED", "aaaaaaaa", 1), "{", `{"`+strings.Repeat(`\"`, 90<<10)+`\u0001":1,`, 1)
	if got := h.deliver(t, body, webhookSecret); got.Status != http.StatusOK {
		t.Fatalf("got %d %s", got.Status, got.Body)
	}
	var all listed
	h.get(t, "events", &all)
	if len(all.Events) != 1 || all.Events[0].Event["data"] == nil || all.Events[0].LeftOut < 90<<10 {
		t.Errorf("got %+v, want it without the field alone", all.Events)
	}
}

// stream are events of two sessions, each with an id of its own, in order.
func stream(random *rand.Rand) []string {
	var all []string
	at := int64(1000)
	add := func(kind, session, user, id string) {
		at += 1 + random.Int64N(1000)
		all = append(all, fmt.Sprintf(`{"eventType":"%s","idempotencyKey":"k-%d","fqn":"%s/standup","sessionId":"%s","timestamp":%d,"data":{"id":"%s","participantId":"%s"}}`,
			kind, at, appID, session, at, user, id))
	}
	for _, session := range []string{"s1", "s2"} {
		for n := range 12 {
			user, id := fmt.Sprintf("u-%d", n%3), fmt.Sprintf("%08x", n%5*3+n%3)
			kind := "PARTICIPANT_JOINED"
			if random.IntN(3) == 0 {
				kind = "PARTICIPANT_LEFT"
			}
			add(kind, session, user, id)
		}
		if session == "s1" {
			add("ROOM_DESTROYED", session, "", "")
		}
	}
	return all
}

func TestWebhook_OrderAndNumberOfDeliveriesMeanNothing(t *testing.T) {
	t.Parallel()
	for seed := range uint64(5) {
		random := rand.New(rand.NewPCG(seed, 1))
		clean, muddled := setupHook(t, nil), setupHook(t, nil)
		events := stream(random)
		for _, body := range events {
			clean.deliver(t, body, webhookSecret)
		}
		twice := slices.Concat(events, events)
		random.Shuffle(len(twice), func(i, j int) { twice[i], twice[j] = twice[j], twice[i] })
		for _, body := range twice {
			if got := muddled.deliver(t, body, webhookSecret); got.Status != http.StatusOK {
				t.Fatalf("got %d %s", got.Status, got.Body)
			}
		}
		var want, got listed
		clean.get(t, "participants?limit=100", &want)
		muddled.get(t, "participants?limit=100", &got)
		if !slices.Equal(got.Participants, want.Participants) || len(want.Participants) == 0 {
			t.Errorf("seed %d: got %+v, want %+v", seed, got.Participants, want.Participants)
		}
		muddled.get(t, "events?limit=100", &got)
		if len(got.Events) != len(events) {
			t.Errorf("seed %d: got %d events, want %d", seed, len(got.Events), len(events))
		}
	}
}

func TestKick_AUserUnderEveryID(t *testing.T) {
	t.Parallel()
	h := setupHook(t, nil)
	kick := func(body, want string) {
		t.Helper()
		if got := h.post(t, "/jaas/"+appID+"/rooms/standup/kick", body); got.Status != http.StatusOK || !strings.Contains(string(got.Body), want) {
			t.Errorf("got %d %s, want %s", got.Status, got.Body, want)
		}
	}
	kick(`{"userId":"u-17"}`, "not_found")
	h.deliver(t, sighting("PARTICIPANT_JOINED", "aaaaaaaa", 1), webhookSecret)
	h.deliver(t, sighting("PARTICIPANT_JOINED", "bbbbbbbb", 1), webhookSecret)
	kick(`{"userId":"u-18"}`, "not_found")
	kick(`{"userId":"u-17"}`, "kicked")
	if sent := h.upstream.received(); len(sent) != 2 || !strings.Contains(sent[0].body, "aaaaaaaa") || !strings.Contains(sent[1].body, "bbbbbbbb") {
		t.Errorf("got %+v upstream, want both ids kicked", sent)
	}
	for _, body := range []string{`{"userId":"u-17","participantId":"aaaaaaaa"}`, `{}`} {
		refused(t, h.post(t, "/jaas/"+appID+"/rooms/standup/kick", body), 422, "body")
	}
	refused(t, h.post(t, "/jaas/"+appID+"/rooms/standup/kick", `{"userId":".."}`), 422, "body.userId")
	for _, list := range []string{"participants", "events"} {
		refused(t, h.send(t, http.MethodGet, "/jaas/"+appID+"/rooms/standup/"+list+"?cursor=x", "", nil), 422, "query.cursor")
	}
}

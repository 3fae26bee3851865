package jaas_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"gavel/local/sandbox/jaas"
	client "gavel/shared/jaas"
)

func TestWebhooks_TellTheCourseOfAMeeting(t *testing.T) {
	t.Parallel()
	r := newReceiver(t)
	w := setup(t, r.hook)
	first := w.mustJoin("Standup", sign(t, participantClaims()))
	second := w.mustJoin("standup", sign(t, user("u-18")))
	w.want(w.leave("standup", first), 204)
	w.want(w.command("KICK_PARTICIPANT", "standup", "participantId", second["participantId"].(string)), 200)
	w.flush()
	want := `ROOM_CREATED standup
PARTICIPANT_JOINED standup u-17
PARTICIPANT_JOINED standup u-18
PARTICIPANT_LEFT standup u-17 left
PARTICIPANT_LEFT standup u-18 kicked
ROOM_DESTROYED standup`
	if got := r.lines(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestWebhooks_TellThatEverybodyIsOutOfADestroyedMeeting(t *testing.T) {
	t.Parallel()
	r := newReceiver(t)
	w := setup(t, r.hook)
	w.want(w.command("DIAL_OUT_PARTICIPANT", "standup", "phoneNo", "+40747777777"), 200)
	w.mustJoin("standup", sign(t, participantClaims()))
	w.mustJoin("standup", sign(t, user("u-18")))
	w.want(w.command("DESTROY", "standup"), 200)
	w.want(w.command("DESTROY", "standup"), 404)
	w.mustJoin("standup", sign(t, participantClaims()))
	w.flush()
	want := `ROOM_CREATED standup
PARTICIPANT_JOINED standup u-17
PARTICIPANT_JOINED standup u-18
PARTICIPANT_LEFT standup u-17 left
PARTICIPANT_LEFT standup u-18 left
ROOM_DESTROYED standup
ROOM_CREATED standup
PARTICIPANT_JOINED standup u-17`
	if got := r.lines(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	sessions := map[any]int{}
	for _, d := range r.Deliveries() {
		sessions[d.Event["sessionId"]]++
	}
	if len(sessions) != 2 {
		t.Errorf("got events of %d sessions, want 2", len(sessions))
	}
}

func TestWebhooks_TellNothingWhereNothingHappened(t *testing.T) {
	t.Parallel()
	r := newReceiver(t)
	w := setup(t, r.hook)
	w.want(w.join("other", sign(t, participantClaims())), 403)
	w.want(w.command("KICK_PARTICIPANT", "standup", "participantId", "00000000"), 404)
	w.want(w.command("DESTROY", "standup"), 404)
	w.want(w.command("DIAL_OUT_PARTICIPANT", "standup", "phoneNo", "+40747777777"), 200)
	w.want(w.command("HANG_UP_CALL", "standup", "phoneNo", "+40747777777"), 200)
	w.want(w.show("standup"), 404)
	w.flush()
	if got := r.lines(); got != "" {
		t.Errorf("got\n%s\nwant none", got)
	}
}

// A ban acts on the next join. Who is inside stays inside, and nobody is told anything.
func TestWebhooks_TellNothingOfABan(t *testing.T) {
	t.Parallel()
	r := newReceiver(t)
	w := setup(t, r.hook)
	token := sign(t, participantClaims())
	p := w.mustJoin("standup", token)
	w.want(w.admin(banUser+"u-17", ""), 200)
	w.want(w.join("standup", token), 403)
	if n, _ := people(w, "standup"); n != 1 {
		t.Errorf("%d inside, want 1", n)
	}
	w.flush()
	before := "ROOM_CREATED standup\nPARTICIPANT_JOINED standup u-17"
	if got := r.lines(); got != before {
		t.Errorf("got\n%s\nwant\n%s", got, before)
	}
	w.want(w.leave("standup", p), 204)
	w.flush()
	after := before + "\nPARTICIPANT_LEFT standup u-17 left\nROOM_DESTROYED standup"
	if got := r.lines(); got != after {
		t.Errorf("got\n%s\nwant\n%s", got, after)
	}
}

func TestWebhooks_AreAsTheDocumentsShow(t *testing.T) {
	t.Parallel()
	r := newReceiver(t)
	w := setup(t, r.hook)
	w.step(250 * time.Millisecond)
	p := w.mustJoin("standup", sign(t, participantClaims().with("context.group", "g<&>1").with("context.user.avatar", "https://example.org/a.png")))
	w.want(w.leave("standup", p), 204)
	w.flush()
	envelope := fmt.Sprintf(`"sessionId":%q,"timestamp":1760000000250,"fqn":"%s/standup","idempotencyKey":"-","customerId":%q,"appId":%q,`,
		p["sessionId"], appID, "0123456789abcdef0123456789abcdef", appID)
	inRoom := `"data":{"conference":"standup@conference.` + appID + `.8x8.vc","isBreakout":false,"breakoutRoomId":""}}`
	person := fmt.Sprintf(`"data":{"avatar":"https://example.org/a.png","name":"Ada","id":"u-17","group":"g<&>1","participantJid":%q,`+
		`"participantId":%q,"moderator":true,"email":"ada@example.org","isBreakout":false,"breakoutRoomId":""`, p["participantJid"], p["participantId"])
	want := []string{
		`{"eventType":"ROOM_CREATED",` + envelope + inRoom,
		`{"eventType":"PARTICIPANT_JOINED",` + envelope + person + "}}",
		`{"eventType":"PARTICIPANT_LEFT",` + envelope + person + `,"disconnectReason":"left"}}`,
		`{"eventType":"ROOM_DESTROYED",` + envelope + inRoom,
	}
	got := r.Deliveries()
	if len(got) != len(want) {
		t.Fatalf("got %d events, want %d", len(got), len(want))
	}
	keys := map[string]bool{}
	for i, d := range got {
		key := d.Event["idempotencyKey"].(string)
		keys[key] = true
		plain := strings.NewReplacer(key, "-", `\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(d.Body)
		if plain != want[i] {
			t.Errorf("got\n%s\nwant\n%s", plain, want[i])
		}
	}
	if len(keys) != len(want) {
		t.Errorf("got %d idempotency keys, want one for each of %d events", len(keys), len(want))
	}
}

func TestWebhooks_AreSigned(t *testing.T) {
	t.Parallel()
	r := newReceiver(t)
	w := setup(t, r.hook)
	w.mustJoin("standup", sign(t, participantClaims()))
	w.flush()
	for _, d := range r.Deliveries() {
		if got, want := d.Header.Get("X-Jaas-Signature"), signatureOf(hookSecret, d.Body, start); got != want {
			t.Errorf("signature: got %s, want %s", got, want)
		}
		if got, want := d.Header.Get("Content-Type"), "application/json"; got != want {
			t.Errorf("content type: got %s, want %s", got, want)
		}
		if got, want := d.Header.Get("Authorization"), "Basic Z2F2ZWw6"; got != want {
			t.Errorf("authorization: got %s, want %s", got, want)
		}
		if got, want := d.Path, "/webhooks/jaas/"+appID; got != want {
			t.Errorf("path: got %s, want %s", got, want)
		}
	}
}

// The sandbox and the client read the documents each for itself; here they meet.
func TestWebhooks_AreUnderstoodByTheClient(t *testing.T) {
	t.Parallel()
	r := newReceiver(t)
	w := setup(t, r.hook)
	p := w.mustJoin("Été", sign(t, participantClaims().with("room", "*")))
	w.want(w.command("KICK_PARTICIPANT", "%c3%a9t%c3%a9", "participantId", p["participantId"].(string)), 200)
	w.flush()
	secret, err := client.ParseWebhookSecret(hookSecret)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range r.Deliveries() {
		header := d.Header.Get(client.SignatureHeader)
		if err := client.VerifyWebhook(header, []byte(d.Body), []client.WebhookSecret{secret}, start); err != nil {
			t.Errorf("got %v, want none", err)
		}
		event, err := client.ParseEvent([]byte(d.Body))
		if err != nil || event.AppID != appID || event.Room != "%c3%a9t%c3%a9" || event.Session != p["sessionId"] || !event.At.Equal(start) {
			t.Errorf("got %v, %v; want the session's event in été", event, err)
		}
		who, ok, err := event.Participant()
		if err != nil || ok && (who.UserID != "u-17" || string(who.ID) != p["participantId"] || !who.Moderator || who.Breakout != "") {
			t.Errorf("got %+v, %v; want u-17", who, err)
		}
		if event.Type == client.ParticipantLeft && who.Reason != "kicked" {
			t.Errorf("reason: got %s, want kicked", who.Reason)
		}
	}
}

func TestWebhooks_OfATenantWithoutOneGoNowhere(t *testing.T) {
	t.Parallel()
	asked := make(chan string, 2)
	w := setup(t, func(o *jaas.Options) {
		o.Webhook = func(_ context.Context, appID string) (jaas.Webhook, error) {
			asked <- appID
			return jaas.Webhook{}, nil
		}
	})
	w.mustJoin("standup", sign(t, participantClaims()))
	w.flush()
	close(asked)
	n := 0
	for got := range asked {
		if n++; got != appID {
			t.Errorf("asked for %s, want %s", got, appID)
		}
	}
	if n != 2 {
		t.Errorf("asked %d times, want once for each event", n)
	}
}

func TestWebhooks_NotSetUpLeaveNothingToWaitFor(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.mustJoin("standup", sign(t, participantClaims()))
	w.flush()
	w.Close()
}

// A receiver may act on the room it is told about, as one that removes who must stay out.
func TestWebhooks_MayLeadToMoreOfThem(t *testing.T) {
	t.Parallel()
	r := newReceiver(t)
	w := setup(t, r.hook)
	r.Answer = func(d delivery) (int, string) {
		if data := d.Event["data"].(map[string]any); d.Event["eventType"] == "PARTICIPANT_JOINED" {
			if got := w.command("KICK_PARTICIPANT", "standup", "participantId", data["participantId"].(string)); got.status != http.StatusOK {
				t.Errorf("kick: got %d, want 200", got.status)
			}
		}
		return http.StatusOK, ""
	}
	w.mustJoin("standup", sign(t, participantClaims()))
	w.flush()
	want := "ROOM_CREATED standup\nPARTICIPANT_JOINED standup u-17\nPARTICIPANT_LEFT standup u-17 kicked\nROOM_DESTROYED standup"
	if got := r.lines(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// A receiver that does not answer holds up neither the API nor another tenant's events.
func TestWebhooks_HoldNobodyUp(t *testing.T) {
	t.Parallel()
	slow, quick := newReceiver(t), newReceiver(t)
	release, arrived := make(chan struct{}), make(chan struct{}, 2)
	slow.Answer = func(delivery) (int, string) { <-release; return http.StatusOK, "" }
	quick.Answer = func(delivery) (int, string) { arrived <- struct{}{}; return http.StatusOK, "" }
	w := setup(t, func(o *jaas.Options) {
		o.Webhook = func(_ context.Context, id string) (jaas.Webhook, error) {
			return jaas.Webhook{URL: map[string]string{appID: slow.URL, otherApp: quick.URL}[id], Secret: hookSecret}, nil
		}
	})
	p := w.mustJoin("standup", sign(t, participantClaims()))
	w.want(w.leave("standup", p), 204)

	token := signWith(t, signingKey(), map[string]any{"kid": otherKid}, participantClaims().with("sub", otherApp))
	w.want(w.do("POST", "/rooms/"+otherApp+"/standup/participants",
		http.Header{"Content-Type": {jsonType}}, asJSON(t, map[string]any{"jwt": token})), 201)
	<-arrived
	<-arrived

	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if err := w.Flush(gone); !errors.Is(err, context.Canceled) {
		t.Errorf("flush while the receiver is at it: got %v, want %v", err, context.Canceled)
	}
	close(release)
	w.flush()
	if got, want := len(slow.Deliveries()), 4; got != want {
		t.Errorf("got %d deliveries, want %d", got, want)
	}
}

// Whatever many do at once, the events tell one course of things that can have been.
func TestWebhooks_StayInOrder(t *testing.T) {
	t.Parallel()
	r := newReceiver(t)
	w := setup(t, r.hook)
	token := sign(t, participantClaims().with("room", "*"))
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			room := fmt.Sprint("room-", i%2)
			for range 10 {
				p := w.join(room, token)
				w.leave(room, p.body)
			}
		})
	}
	wg.Wait()
	w.flush()

	sessions, inside := map[string]any{}, map[string]int{}
	for i, d := range r.Deliveries() {
		room := d.Event["fqn"].(string)
		if d.Event["eventType"] == "ROOM_CREATED" {
			if sessions[room] != nil {
				t.Fatalf("event %d: %s was created while it was there", i, room)
			}
			sessions[room] = d.Event["sessionId"]
		}
		if got, want := d.Event["sessionId"], sessions[room]; got != want {
			t.Fatalf("event %d: got session %v, want %v", i, got, want)
		}
		switch d.Event["eventType"] {
		case "PARTICIPANT_JOINED":
			inside[room]++
		case "PARTICIPANT_LEFT":
			inside[room]--
		case "ROOM_DESTROYED":
			sessions[room] = nil
		}
		if inside[room] < 0 || sessions[room] == nil && inside[room] != 0 {
			t.Fatalf("event %d: %d inside of session %v", i, inside[room], sessions[room])
		}
	}
	if got, atLeast := len(r.Deliveries()), 8*10*2+2*2; got < atLeast || inside[appID+"/room-0"] != 0 {
		t.Errorf("got %d events, want at least %d, and nobody inside", got, atLeast)
	}
}

func TestClose_BreaksOffAndForgets(t *testing.T) {
	t.Parallel()
	r := newReceiver(t)
	w := setup(t, r.hook)
	called, release := make(chan struct{}), make(chan struct{})
	t.Cleanup(func() { close(release) })
	r.Answer = func(delivery) (int, string) { close(called); <-release; return http.StatusOK, "" }
	p := w.mustJoin("standup", sign(t, participantClaims()))
	<-called
	w.Close()
	w.want(w.leave("standup", p), 204)
	w.Close()
	w.flush()
	if got := len(r.Deliveries()); got != 1 {
		t.Errorf("got %d deliveries, want the one that was under way", got)
	}
}

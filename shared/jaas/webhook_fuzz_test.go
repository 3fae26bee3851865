package jaas_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"regexp"
	"testing"
	"time"

	"gavel/shared/jaas"
	"gavel/shared/jitsimeet"
)

// FuzzVerifyWebhook checks that nothing passes but the vector, however the header is dressed up, and that what is
// refused is refused for one of the reasons.
func FuzzVerifyWebhook(f *testing.F) {
	for _, header := range []string{
		vectorHeader, "", "t=", "v1=", "t=1632490060,v1=,v1=" + vectorSignature, "t=1632490060,t=1632490060,v1=" + vectorSignature,
		"v1=" + vectorSignature + " , t=1632490060", "t=1632490360,v1=" + vectorSignature, "t=18446744073709551615,v1=a", ",=,=,",
	} {
		f.Add(header, []byte(vectorBody), int64(0))
		f.Add(header, []byte("{}"), int64(301))
	}
	f.Fuzz(func(t *testing.T, header string, body []byte, late int64) {
		err := jaas.VerifyWebhook(header, body, vectorSecrets(), signing.Add(time.Duration(late)*time.Second))
		switch {
		case errors.Is(err, jaas.ErrSignatureForm), errors.Is(err, jaas.ErrSignature):
		case err == nil, errors.Is(err, jaas.ErrSignatureTime):
			if string(body) != vectorBody || !bytes.Contains([]byte(header), []byte(vectorSignature)) {
				t.Fatalf("got %v for %q and %q, want it refused", err, header, body)
			}
		default:
			t.Fatalf("got %v, want one of the reasons", err)
		}
	})
}

// eventErrors is everything an error of ParseEvent and Participant may say: words of ours alone.
var eventErrors = regexp.MustCompile(`^expected an event of JaaS: (data: )?([A-Za-z]+|data\.[A-Za-z]+|the object|appId or fqn)(:| is missing) [^:]+(: vpaas-magic-cookie- and 32 hex digits|: 8 hex digits)?$`)

// FuzzParseEvent checks that what is taken is fit for use and reads the same when it is sent again, and that errors
// are of our own words.
func FuzzParseEvent(f *testing.F) {
	f.Add([]byte(vectorBody))
	f.Add(sent(nil))
	f.Add(sent(map[string]any{"appId": nil, "eventType": "USAGE", "data": []any{map[string]any{"deviceId": "d"}}}))
	f.Add(sent(map[string]any{"eventType": "PARTICIPANT_LEFT", "data": map[string]any{"participantId": "x", "moderator": "true"}}))
	f.Add(sent(map[string]any{"timestamp": 1.5, "fqn": string(appID) + "/\u00c9\u2025%00"}))
	f.Add([]byte(`{"idempotencyKey":"\ud800","eventType":["a"]}`))
	f.Add([]byte("\xef\xbb\xbf{}"))
	f.Fuzz(func(t *testing.T, body []byte) {
		event, err := jaas.ParseEvent(body)
		if err != nil {
			checkEventError(t, err)
			return
		}
		if _, err := jaas.ParseAppID(string(event.AppID)); err != nil || event.ID == "" || event.Type == "" || event.At.IsZero() {
			t.Fatalf("got %+v, want all of it filled in", event)
		}
		if again, err := jaas.ParseRoom(string(event.Room)); event.Room != "" && (err != nil || again != event.Room) {
			t.Fatalf("got the room %q, which becomes %q, %v; want it settled", event.Room, again, err)
		}
		resent := map[string]any{
			"idempotencyKey": event.ID, "eventType": event.Type, "sessionId": event.Session, "appId": event.AppID,
			"timestamp": event.At.UnixMilli(),
		}
		if event.Room != "" {
			resent["fqn"] = string(event.AppID) + "/" + string(event.Room)
		}
		again, err := jaas.ParseEvent(must(json.Marshal(resent)))
		again.Data = event.Data
		if err != nil || !sameEvent(again, event) {
			t.Fatalf("got %+v, %v when sent again, want %+v", again, err, event)
		}
		who, ok, err := event.Participant()
		if err != nil {
			checkEventError(t, err)
		} else if _, err := jitsimeet.ParseParticipantID(string(who.ID)); ok && err != nil {
			t.Fatalf("got the id %q, want a short id", who.ID)
		}
	})
}

func checkEventError(t *testing.T, err error) {
	t.Helper()
	if !errors.Is(err, jaas.ErrEvent) || !eventErrors.MatchString(err.Error()) {
		t.Fatalf("got %q, want an error without anything of the body", err)
	}
}

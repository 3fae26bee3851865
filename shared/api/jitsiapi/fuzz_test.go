package jitsiapi_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"gavel/local/apitest"
	"gavel/shared/api"
	"gavel/shared/api/jitsiapi"
	"gavel/shared/bans"
	"gavel/shared/inbox"
	"gavel/shared/jitsi"
	"gavel/shared/jitsimeet"
	"gavel/shared/logs"
	"gavel/shared/rooms"
	"gavel/shared/roster"
)

// anybody is believed, so that only the decoding is under test.
type anybody struct{}

func (anybody) CheckSender(context.Context, string) error { return nil }

func (anybody) Kick(context.Context, jitsi.Place, jitsi.Target) (jitsi.Outcome, error) {
	return jitsi.Kicked, nil
}

// noting keeps what is noted.
type noting struct {
	*roster.Roster

	last *roster.Sighting
}

func (n noting) Note(ctx context.Context, s roster.Sighting) error {
	*n.last = s
	return n.Roster.Note(ctx, s)
}

func serve(t *testing.T, handler http.Handler, path, contentType string, body []byte) answer {
	t.Helper()
	ctx := logs.WithRequestID(t.Context(), "fuzz")
	request := httptest.NewRequestWithContext(ctx, http.MethodPost, path, strings.NewReader(string(body)))
	request.Header.Set("Content-Type", contentType)
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, request)
	got := answer{Status: recorder.Code, Header: recorder.Header(), Body: recorder.Body.Bytes()}
	openAPI().Check(t, http.MethodPost, path, got)
	return got
}

// FuzzWebhook sends any bytes as each kind of event: it is kept, or a problem document says what is wrong; the state takes
// whatever gets that far, and who is noted can be kicked.
func FuzzWebhook(f *testing.F) {
	for i, d := range examples() {
		f.Add(i, []byte(d.body))
	}
	f.Add(1, []byte(sighting("[acme]StandUp", "auth0|u", "14F01C40", true, 1<<40).body))
	f.Add(3, []byte(destroyed(2, 0).body)) // a large one would be fuzzed at a snail's pace
	f.Add(2, []byte(`{"EVENT_NAME":"muc-occupant-left","room_name":"\ud800","occupant":{"left_at":1,"occupant_jid":"İ"},"\u0001":{"a":[1e999]}}`))
	var last roster.Sighting
	mux := http.NewServeMux()
	jitsiapi.RegisterWebhook(api.New(mux), jitsiapi.WebhookServices{
		Client: anybody{}, Events: inbox.New(apitest.Empty{}, apitest.Noon, apitest.Days),
		Roster: noting{roster.New(apitest.Empty{}, apitest.Noon, apitest.Days), &last}, Bans: bans.New(apitest.Empty{}),
	})
	handler := api.Handler(mux)
	f.Fuzz(func(t *testing.T, kind int, body []byte) {
		last = roster.Sighting{}
		all := examples()
		got := serve(t, handler, "/webhooks/jitsi/events/"+all[uint(kind)%uint(len(all))].path, "application/json", body)
		if got.Status != http.StatusOK && got.Status != 400 && got.Status != 413 && got.Status != 422 {
			t.Errorf("got HTTP %d with %s for %q, want it kept or refused", got.Status, got.Body, body)
		}
		if got.Status == http.StatusOK && !json.Valid(body) {
			t.Errorf("got %q kept, want JSON", body)
		}
		if last.ID == "" {
			return
		}
		if _, err := jitsimeet.ParseParticipantID(last.ID); err != nil || last.GuestID == "" || last.Conference == "" || last.At.Year() > 9999 || last.At.Unix() <= 0 {
			t.Errorf("got %+v noted for %q, want somebody who can be kicked", last, body)
		}
	})
}

// always holds every room, as if it were in no tenant.
type always struct{}

func (always) Reserved(_ context.Context, _, id string) (rooms.Reservation, error) {
	return rooms.Reservation{Conference: id, Start: apitest.Noon(), End: apitest.Noon().Add(time.Hour), CreatedBy: "u", AskedAt: apitest.Noon()}, nil
}

// FuzzReservation sends any bytes as the module's form: a room that is granted has the name that was asked for, and
// whatever is refused has a message to show.
func FuzzReservation(f *testing.F) {
	for _, body := range []string{
		operationOf("create-reservation").body, "name=" + strings.ToUpper(sampleRoom), "name=%5Bacme%5D" + sampleRoom, "name=a&name=b", "name=%zz", "name=\xff", "n;a=m&e=",
	} {
		f.Add(form, []byte(body))
	}
	f.Add(form+"; charset=\"utf-8", []byte("name="+sampleRoom))
	mux := http.NewServeMux()
	jitsiapi.RegisterCreateReservation(api.New(mux), anybody{}, always{})
	handler := api.Handler(mux)
	f.Fuzz(func(t *testing.T, contentType string, body []byte) {
		got := serve(t, handler, conferencePath, contentType, body)
		if got.Status == http.StatusOK {
			asked, err := url.ParseQuery(string(body))
			if r := granted(t, got); err != nil || !strings.EqualFold(asked.Get("name"), r.name) || len(asked["name"]) != 1 {
				t.Errorf("got %+v for %q, want what was asked for", r, body)
			} else if place, err := jitsi.ParseNode(r.name); err != nil || string(place.Room) != r.id {
				t.Errorf("got %+v for %q, want a room of ours", r, body)
			}
			return
		}
		var p struct {
			Message, Detail string
			Status          int
		}
		if err := json.Unmarshal(got.Body, &p); err != nil || p.Message == "" || p.Message != p.Detail || p.Status != got.Status || got.Status < 400 || got.Status > 499 || got.Status == 409 {
			t.Errorf("got HTTP %d with %s for %q, want it refused with a message", got.Status, got.Body, body)
		}
	})
}

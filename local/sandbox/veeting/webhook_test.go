package veeting_test

import (
	"context"
	"encoding/json"
	"net/http"
	"reflect"
	"testing"
	"time"

	"gavel/local/sandbox/veeting"
)

func (w *world) wantLines(r receiver, want string) {
	w.t.Helper()
	w.flush()
	if got := r.lines(); got != want {
		w.t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestWebhooks_TellTheCourseOfAMeeting(t *testing.T) {
	t.Parallel()
	r := newReceiver(t)
	w := setup(t, r.hook)
	scheduled := w.schedule()
	id := scheduled.id()
	w.set(before.Add(time.Minute))
	updated := w.account("PUT", meetings+"/"+id+"/false", moved.with("id", quote(id)).with("topic", `"<new>"`).String())
	w.set(before.Add(2 * time.Minute))
	w.want(w.account("POST", meetings+"/close", `{"meetingId":"`+id+`"}`), "200 0")
	w.want(w.account("DELETE", meetings+"/"+id, ""), "200 0")
	w.wantLines(r, "onMeetingScheduled My Meeting Topic\nonMeetingUpdated <new>\nonMeetingClosed <new>\nonMeetingDeleted <new>")

	got := r.Deliveries()
	if !reflect.DeepEqual(got[0].Event, scheduled.body["data"]) {
		t.Errorf("scheduled: got %v, want %v", got[0].Event, scheduled.body["data"])
	}
	if !reflect.DeepEqual(got[1].Event, updated.body["data"]) {
		t.Errorf("updated: got %v, want %v", got[1].Event, updated.body["data"])
	}
	for _, d := range got[2:] {
		if d.Event["dtClosedAt"] != "2024-03-31T09:02:00.000Z" || d.Event["isClosed"] != true || d.Event["isOpen"] != false || d.Event["isActive"] != false {
			t.Errorf("%s: got %s, want it closed", hookOf(d), d.Body)
		}
	}
	for _, d := range got {
		if d.Method != "POST" || d.Header.Get("X-API-KEY") != hookKey || d.Header.Get("Content-Type") != jsonType {
			t.Errorf("got %s %v, want POST with the key", d.Method, d.Header)
		}
	}
}

func TestWebhooks_TellNothingOfRefusals(t *testing.T) {
	t.Parallel()
	r := newReceiver(t)
	w := setup(t, r.hook)
	id := w.schedule().id()
	w.want(w.account("POST", meetings, meeting.with("topic", "").String()), "200 -4")
	w.want(w.account("PUT", meetings+"/"+id+"/false", moved.String()), "200 -4")
	w.want(w.account("POST", meetings+"/close", `{}`), "200 -4")
	w.want(w.account("DELETE", meetings+"/x", ""), "200 -4")
	w.newAccount()
	w.wantLines(r, "onMeetingScheduled My Meeting Topic")
}

// Nobody asks about the meetings whose end passes; they close in the order of their ends, once, and before what the
// request itself is about.
func TestWebhooks_TellOfMeetingsThatCloseByThemselves(t *testing.T) {
	t.Parallel()
	r := newReceiver(t)
	w := setup(t, r.hook)
	w.topic("late", "2024-04-07T10:00:00.000Z", "60")
	w.topic("early", "2024-04-07T09:30:00.000Z", "30")
	deleted := w.topic("deleted", "2024-04-07T09:30:00.000Z", "30")
	closed := w.topic("closed", "2024-04-07T09:30:00.000Z", "30")
	w.want(w.account("DELETE", meetings+"/"+deleted, ""), "200 0")
	w.want(w.account("POST", meetings+"/close", `{"meetingId":"`+closed+`"}`), "200 0")
	w.flush()
	first := r.lines() + "\n"

	w.set(time.Date(2024, 4, 7, 11, 0, 0, 0, time.UTC))
	w.topic("past", "2024-04-07T09:01:00.000Z", "1")
	w.wantLines(r, first+"onMeetingClosed early\nonMeetingClosed late\nonMeetingScheduled past")
	w.want(w.do("GET", "/nowhere", nil, ""), "404 -1")
	w.list()
	w.wantLines(r, first+"onMeetingClosed early\nonMeetingClosed late\nonMeetingScheduled past\nonMeetingClosed past")
	for _, d := range r.Deliveries() {
		if hookOf(d) == "onMeetingClosed" && d.Event["topic"] != "closed" && d.Event["dtClosedAt"] != d.Event["endTime"] {
			t.Errorf("got %s, want it closed at its end", d.Body)
		}
	}
}

func TestWebhooks_EachGoesItsOwnWay(t *testing.T) {
	t.Parallel()
	r := newReceiver(t)
	w := setup(t, func(o *veeting.Options) {
		o.Webhook = func(_ context.Context, hook string) (veeting.Webhook, error) {
			return map[string]veeting.Webhook{
				"onMeetingScheduled": {URL: r.URL + "/a", Method: "PUT"},
				"onMeetingClosed":    {URL: r.URL + "/b", Method: "POST", Key: "k"},
			}[hook], nil
		}
	})
	id := w.schedule().id()
	w.want(w.account("PUT", meetings+"/"+id+"/false", moved.with("id", quote(id)).String()), "200 0")
	w.want(w.account("POST", meetings+"/close", `{"meetingId":"`+id+`"}`), "200 0")
	w.wantLines(r, "a My Meeting Topic\nb My Meeting Topic")
	got := r.Deliveries()
	if _, sent := got[0].Header[http.CanonicalHeaderKey("X-API-KEY")]; sent || got[0].Method != "PUT" {
		t.Errorf("got %s %v, want PUT without a key", got[0].Method, got[0].Header)
	}
	if got[1].Header.Get("X-API-KEY") != "k" || got[1].Method != "POST" {
		t.Errorf("got %s %v, want POST with the key k", got[1].Method, got[1].Header)
	}
}

func TestWebhooks_NoneAtAll(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.schedule()
	w.flush()
	w.Close()
}

// What is sent is the meeting itself, without an envelope, and one JSON value.
func TestWebhooks_AreBare(t *testing.T) {
	t.Parallel()
	r := newReceiver(t)
	w := setup(t, r.hook)
	id := w.schedule().id()
	w.flush()
	got := r.Deliveries()[0]
	if !json.Valid([]byte(got.Body)) || got.Event["id"] != id || got.Event["data"] != nil || got.Event["duration"] != "60" {
		t.Errorf("got %s, want the bare meeting", got.Body)
	}
}

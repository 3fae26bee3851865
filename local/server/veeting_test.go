package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// meetingRow is a meeting in the sandbox's own list.
type meetingRow struct {
	ID, MeetingID, Topic, StartTime, EndTime string
	Closed, Deleted                          bool
}

// meetings gives the sandbox's own list.
func (c *client) meetings() []meetingRow {
	c.t.Helper()
	var list struct{ Meetings []meetingRow }
	if err := json.Unmarshal([]byte(c.do(http.MethodGet, c.Sandboxes["veeting"].RoomURL, "").text), &list); err != nil {
		c.t.Fatal(err)
	}
	return list.Meetings
}

func onBehalf(email string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set("X-User-Email", email) }
}

func TestVeeting_MeetingStory(t *testing.T) {
	t.Parallel()
	c := setup(t, nil)
	account := c.do(http.MethodPost, "/veeting/accounts", `{"sendPassword":true,"accountType":"trial","adminFirstname":"Test","adminLastname":"User",
		"adminEmail":"test-user@example.com","paidUntil":"2099-04-19T21:03:41+02:00"}`)
	account.want(t, http.StatusCreated, map[string]any{"accountType": "trial", "name": "test-user@example.com"})
	admins := c.do(http.MethodGet, fmt.Sprintf("/veeting/accounts/%s/admins", account.body["id"]), "")
	admins.want(t, http.StatusOK, nil)
	again := c.do(http.MethodPost, "/veeting/accounts", `{"sendPassword":true,"accountType":"trial","adminFirstname":"Test","adminLastname":"User",
		"adminEmail":"test-user@example.com","paidUntil":"2099-04-19T21:03:41+02:00"}`)
	again.want(t, http.StatusBadGateway, map[string]any{"code": "upstream_error", "upstreamCode": "-10", "mayHaveHappened": false})

	organizer := onBehalf("test-user@example.com")
	body := `{"topic":"Review","startTime":"2099-04-07T11:00:00+02:00","endTime":"2099-04-07T12:00:00+02:00"}`
	c.do(http.MethodPost, "/veeting/meetings", body).want(t, http.StatusUnprocessableEntity, map[string]any{"code": "invalid_request"})
	meeting := c.do(http.MethodPost, "/veeting/meetings", body, organizer)
	meeting.want(t, http.StatusCreated, map[string]any{
		"topic": "Review", "startTime": "2099-04-07T09:00:00.000Z", "duration": 60.0, "icalSequence": 0.0, "timezone": "Europe/Zurich",
	})
	if meeting.body["meetingId"] != nil || len(fmt.Sprint(meeting.body["participantMeetingId"])) != 19 {
		t.Errorf("got %s, want the id that participants see under a name of its own", meeting.text)
	}
	at := "/veeting/meetings/" + meeting.body["id"].(string)
	moved := strings.Replace(body, "12:00", "12:30", 1)
	c.do(http.MethodPut, at, moved, organizer).want(t, http.StatusOK, map[string]any{"outcome": "updated"})
	c.do(http.MethodPost, at+"/close", "", organizer).want(t, http.StatusOK, map[string]any{"outcome": "closed"})
	c.do(http.MethodDelete, at, "", organizer).want(t, http.StatusOK, map[string]any{"outcome": "deleted"})

	want := "onMeetingScheduled onMeetingUpdated onMeetingClosed onMeetingDeleted"
	until(t, "the hooks have told", func() bool {
		var events struct {
			Events []struct {
				Hook    string
				Meeting struct{ Duration int }
			}
		}
		answer := c.do(http.MethodGet, at+"/events", "")
		if err := json.Unmarshal([]byte(answer.text), &events); err != nil || answer.status != http.StatusOK {
			t.Fatalf("got %d %s, %v", answer.status, answer.text, err)
		}
		var hooks []string
		for _, e := range events.Events {
			hooks = append(hooks, e.Hook)
		}
		return strings.Join(hooks, " ") == want
	})
}

func TestVeeting_RoomStory(t *testing.T) {
	t.Parallel()
	c := setup(t, nil)
	alice := c.as("alice")
	start := time.Now().UTC().Truncate(time.Second)
	id := c.book("alice", fmt.Sprintf(`{"name":"Stand-up","provider":"veeting","participant_ids":["bob"],"end_time":%q}`, start.Add(time.Hour).Format(time.RFC3339)))
	room, admin := "/participant/room/"+id, "/admin/room/"+id
	if got := c.meetings(); len(got) != 1 || got[0].Topic != "Stand-up" || got[0].Closed {
		t.Fatalf("got %+v, want the room's meeting", got)
	}
	joined := c.do(http.MethodPost, room+"/join", "", alice)
	joined.want(t, http.StatusOK, map[string]any{"role": "moderator"})
	if link := joined.body["url"].(string); !strings.Contains(link, c.meetings()[0].MeetingID) {
		t.Errorf("got %s, want the id that participants see in it", link)
	}
	c.do(http.MethodDelete, admin+"/participant?participant_id=bob", "", alice).want(t, http.StatusOK, map[string]any{"removed": "bob"})
	c.keptOut("alice", "bob", id)
	later := start.Add(2 * time.Hour).Format("2006-01-02T15:04:05.000Z")
	changed := c.do(http.MethodPost, admin, fmt.Sprintf(`{"name":"Retro","end_time":%q}`, later), alice)
	changed.want(t, http.StatusOK, map[string]any{"name": "Retro"})
	if got, want := changed.did(), "reschedule updated"; got != want {
		t.Errorf("update: got %q done, want %q: %s", got, want, changed.text)
	}
	if got := c.meetings()[0]; got.Topic != "Retro" || got.EndTime != later {
		t.Errorf("got %+v, want the new name and end", got)
	}
	ended := c.do(http.MethodPost, admin+"/end", "", alice)
	if got, want := ended.did(), "close closed"; got != want {
		t.Errorf("end: got %q done, want %q: %s", got, want, ended.text)
	}
	if got := c.meetings()[0]; !got.Closed {
		t.Errorf("got %+v, want it closed", got)
	}
}

package veeting_test

import (
	"testing"
	"time"
)

func TestMeetings_EndOnce(t *testing.T) {
	t.Parallel()
	w := setup(t)
	id := w.schedule().id()
	update := func() reply { return w.account("PUT", meetings+"/"+id+"/false", moved.with("id", quote(id)).String()) }
	shut := func() reply { return w.account("POST", meetings+"/close", `{"meetingId":"`+id+`"}`) }
	remove := func() reply { return w.account("DELETE", meetings+"/"+id, "") }
	w.want(update(), "200 0")
	w.want(shut(), "200 0")
	w.want(shut(), "200 -1")
	w.want(update(), "200 -1")
	w.want(remove(), "200 0")
	w.want(remove(), "200 -1")
	w.want(update(), "200 -1")
	w.want(shut(), "200 -1")
}

func TestMeetings_StateByTheClock(t *testing.T) {
	t.Parallel()
	begin := time.Date(2024, 4, 7, 9, 0, 0, 0, time.UTC)
	for _, tc := range []struct {
		name                 string
		now                  time.Time
		active, closed, open bool
	}{
		{"before", begin.Add(-time.Millisecond), false, false, true},
		{"at the start", begin, true, false, true},
		{"at the last moment", begin.Add(time.Hour - time.Millisecond), true, false, true},
		{"at the end", begin.Add(time.Hour), false, true, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			w.set(tc.now)
			got := w.schedule()
			if got.data("isActive") != tc.active || got.data("isClosed") != tc.closed || got.data("isOpen") != tc.open || got.data("dtClosedAt") != nil {
				t.Errorf("got %s, want active %v, closed %v, open %v", got.text, tc.active, tc.closed, tc.open)
			}
		})
	}
}

func TestMeetings_CloseByThemselves(t *testing.T) {
	t.Parallel()
	w := setup(t)
	id := w.schedule().id()
	end := time.Date(2024, 4, 7, 10, 0, 0, 0, time.UTC)
	w.set(end.Add(-time.Millisecond))
	if got := w.list(); got[0]["closed"] != false {
		t.Errorf("before the end: got %v, want it open", got)
	}
	w.set(end)
	w.want(w.account("PUT", meetings+"/"+id+"/false", moved.with("id", quote(id)).String()), "200 -1")
	w.want(w.account("POST", meetings+"/close", `{"meetingId":"`+id+`"}`), "200 -1")
	if got := w.list(); got[0]["closed"] != true || got[0]["deleted"] != false {
		t.Errorf("at the end: got %v, want it closed", got)
	}
	w.want(w.account("DELETE", meetings+"/"+id, ""), "200 0")
}

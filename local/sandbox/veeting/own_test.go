package veeting_test

import (
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"gavel/local/sandbox/veeting"
)

// list is what the sandbox says of its meetings.
func (w *world) list() []map[string]any {
	w.t.Helper()
	all := []map[string]any{}
	for _, m := range w.do("GET", "/sandbox/meetings", nil, "").body["meetings"].([]any) {
		all = append(all, m.(map[string]any))
	}
	return all
}

func TestOwn_Meetings(t *testing.T) {
	t.Parallel()
	w := setup(t)
	compare(t, w.do("GET", "/sandbox/meetings", nil, "").text, `{"meetings":[]}`)
	first, second := w.schedule(), w.schedule()
	w.want(w.account("POST", meetings+"/close", `{"meetingId":"`+first.id()+`"}`), "200 0")
	w.want(w.account("DELETE", meetings+"/"+second.id(), ""), "200 0")
	const times = `"topic":"My Meeting Topic","startTime":"2024-04-07T09:00:00.000Z","endTime":"2024-04-07T10:00:00.000Z"`
	compare(t, w.do("GET", "/sandbox/meetings", nil, "").text, `{"meetings":[
{"id":"ID","meetingId":"DIGITS",`+times+`,"closed":true,"deleted":false},
{"id":"ID","meetingId":"DIGITS",`+times+`,"closed":false,"deleted":true}]}`)
	for i, want := range []reply{first, second} {
		if got := w.list()[i]; got["id"] != want.id() || got["meetingId"] != want.data("meetingId") {
			t.Errorf("got %v, want %s", got, want.text)
		}
	}
}

func TestOwn_Accounts(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.newAccount()
	got := w.do("GET", "/sandbox/accounts", nil, "")
	compare(t, got.text, `{"accounts":[
{"id":"ID","name":"organizer@example.org","organizers":[{"id":"ID","email":"organizer@example.org"}]},
{"id":"ID","name":"test-user@example.com","organizers":[{"id":"ID","email":"test-user@example.com"}]}]}`)
	first := got.body["accounts"].([]any)[0].(map[string]any)
	organizer := first["organizers"].([]any)[0].(map[string]any)
	if veeting.SeedEmail != seed || w.userID(first["id"].(string)) != organizer["id"] {
		t.Errorf("got %s, want the ids that the API takes", got.text)
	}
}

func TestOwn_PathsAndMethods(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for request, want := range map[string]string{
		"GET /sandbox":             "404 -1",
		"GET /sandbox/":            "404 -1",
		"GET /sandbox/meetings/":   "404 -1",
		"GET /sandbox/meetings/x":  "404 -1",
		"POST /sandbox/meetings":   "405 -1",
		"DELETE /sandbox/accounts": "405 -1",
	} {
		method, path, _ := strings.Cut(request, " ")
		got := w.do(method, path, nil, "")
		if got.code() != want || (got.status == 405) != (got.header.Get("Allow") == "GET") {
			t.Errorf("%s: got %s allowing %q, want %s", request, got.code(), got.header.Get("Allow"), want)
		}
	}
}

// Ids are as MongoDB makes them: the seconds, a value of the process, a counter. The tutorial's user, account and room
// follow each other.
func TestIDs(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.set(start)
	created := w.newAccount()
	userID := w.userID(created.id())
	room := w.as(userEmail, "POST", meetings, meeting.String()).data("roomId").(string)
	for _, id := range []string{userID, created.id(), room} {
		if got, want := id[:8], "661a7945"; got != want { // 2024-04-13T12:23:33Z
			t.Errorf("%s: got %s, want %s", id, got, want)
		}
		if id[8:18] != room[8:18] {
			t.Errorf("%s: got %s, want the same as in %s", id, id[8:18], room)
		}
	}
	for _, pair := range [][2]string{{userID, created.id()}, {created.id(), room}} {
		if got, want := counter(t, pair[1]), (counter(t, pair[0])+1)&0xffffff; got != want {
			t.Errorf("%v: got %06x, want %06x", pair, got, want)
		}
	}
	for range 20 {
		id := w.schedule().data("meetingId").(string)
		if !regexp.MustCompile(`^\d{4}-\d{4}-\d{4}-\d{4}$`).MatchString(id) {
			t.Errorf("got %s, want four groups of four digits", id)
		}
	}
}

// counter is the end of an id.
func counter(t *testing.T, id string) uint64 {
	t.Helper()
	n, err := strconv.ParseUint(id[18:], 16, 24)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	w := setup(t)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 5 {
				id := w.account("POST", meetings, meeting.String()).id()
				w.account("PUT", meetings+"/"+id+"/false", moved.with("id", quote(id)).String())
				w.list()
				if got := w.as(seed, "DELETE", meetings+"/"+id, ""); got.code() != "200 0" {
					t.Errorf("delete: got %s, want 200 0", got.code())
				}
			}
		})
	}
	wg.Wait()
	if got := len(w.list()); got != 40 {
		t.Errorf("got %d meetings, want 40", got)
	}
}

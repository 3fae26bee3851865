package roomsapi_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"gavel/shared/audit"
	"gavel/shared/bans"
	"gavel/shared/problem"
)

type bansBody struct {
	Bans []struct {
		ID        string `json:"participant_id"`
		Reason    string
		By        string    `json:"banned_by"`
		At        time.Time `json:"banned_at"`
		ExpiresAt time.Time `json:"expires_at"`
	}
	Next string `json:"next_cursor"`
}

// kicks counts the kicks that JaaS was asked for.
func (w *world) kicks() int {
	n := 0
	for _, asked := range w.asked.Exchanges() {
		if strings.Contains(fmt.Sprint(asked.Body), "KICK_PARTICIPANT") {
			n++
		}
	}
	return n
}

// TestBan_WhoComesBackIsKicked although JaaS let them in, with the link from before.
func TestBan_WhoComesBackIsKicked(t *testing.T) {
	t.Parallel()
	w := setup(t, options{})
	m := w.meet(t)
	room, admin := "/participant/room/"+m.room, "/admin/room/"+m.room
	link := call[joinBody](t, w, guest, http.MethodPost, room+"/join", "", 200)
	w.enter(t, call[joinBody](t, w, owner, http.MethodPost, room+"/join", "", 200).URL)

	fail(&w.upstream, says(400, "")) // JaaS does not learn of the ban
	header := as(owner)
	header.Set("X-Reason", "Quandt's reason")
	path := admin + "/participant?participant_id=" + url.QueryEscape(guest)
	if got := w.send(t, header, http.MethodDelete, path, ""); got.Status != http.StatusOK {
		t.Fatalf("got %d %s", got.Status, got.Body)
	}
	list := call[bansBody](t, w, owner, http.MethodGet, admin+"/bans", "", 200)
	if len(list.Bans) != 1 || list.Bans[0].ID != guest || list.Bans[0].Reason != "Quandt's reason" || list.Bans[0].By != owner ||
		!list.Bans[0].At.Equal(w.clock.Now()) || !list.Bans[0].ExpiresAt.IsZero() {
		t.Errorf("got %+v, want the guest, with the reason", list)
	}
	isProblem(t, w.send(t, as(guest), http.MethodPost, room+"/join", ""), http.StatusNotFound, problem.NotFound)

	fail(&w.upstream, nil)
	before := w.kicks()
	if got := w.enter(t, link.URL); got.Error != "" {
		t.Fatalf("got %+v, want JaaS to let them in", got)
	}
	if got := w.kicks() - before; got != 1 {
		t.Errorf("got %d kicks of who came back, want one", got)
	}
	lift := admin + "/bans?participant_id=" + url.QueryEscape(guest)
	for _, want := range []string{"lifted", "not_found"} {
		if got := call[struct{ Outcome string }](t, w, owner, http.MethodDelete, lift, "", 200); got.Outcome != want {
			t.Errorf("got %+v, want %s", got, want)
		}
	}
	w.enter(t, link.URL)
	if got := w.kicks() - before; got != 1 {
		t.Errorf("got %d kicks after it was lifted, want none more", got)
	}
}

// TestBan_EndsWhenItIsSaidTo and is listed with its end.
func TestBan_EndsWhenItIsSaidTo(t *testing.T) {
	t.Parallel()
	w := setup(t, options{})
	m := w.meet(t)
	path := "/admin/room/" + m.room + "/participant?participant_id=" + url.QueryEscape(guest) + "&expires_in_seconds="
	for _, bad := range []string{"0", "-1", "1.5", "x", "315360001"} {
		refused(t, w.send(t, as(owner), http.MethodDelete, path+bad, ""), 422, "query.expires_in_seconds")
	}
	call[removedBody](t, w, owner, http.MethodDelete, path+"315360000", "", 200)
	list := call[bansBody](t, w, owner, http.MethodGet, "/admin/room/"+m.room+"/bans", "", 200)
	if want := w.clock.Now().Add(3650 * 24 * time.Hour); len(list.Bans) != 1 || !list.Bans[0].ExpiresAt.Equal(want) {
		t.Errorf("got %+v, want an end at %s", list, want)
	}
}

// TestJoin_OfWhomTheTenantBans is refused in its rooms, whatever name they have there.
func TestJoin_OfWhomTheTenantBans(t *testing.T) {
	t.Parallel()
	w := setup(t, options{})
	m := w.meet(t)
	list := bans.NewKeeper(w.store, audit.Trail{}, w.clock.Now)
	if err := list.Ban(t.Context(), bans.In("jaas", appID), bans.Ban{User: guest, By: "api-key:crm", At: w.clock.Now()}, audit.Event{}, guest); err != nil {
		t.Fatal(err)
	}
	join := "/participant/room/" + m.room + "/join"
	isProblem(t, w.send(t, as(guest), http.MethodPost, join, ""), http.StatusForbidden, problem.Banned)
	call[joinBody](t, w, owner, http.MethodPost, join, "", 200)
	call[removedBody](t, w, owner, http.MethodDelete, m.at(find(t, "rooms-remove-participant")), "", 200)
	call[addedBody](t, w, owner, http.MethodPost, "/admin/room/"+m.room+"/participant", `{"participant_ids":[`+quote(t, guest)+`]}`, 200)
	isProblem(t, w.send(t, as(guest), http.MethodPost, join, ""), http.StatusForbidden, problem.Banned)
	if lifted, err := list.Lift(t.Context(), bans.In("jaas", appID), guest, audit.Event{}, nil); !lifted || err != nil {
		t.Errorf("got %t, %v, want it lifted", lifted, err)
	}
	call[joinBody](t, w, guest, http.MethodPost, join, "", 200)
}

func TestBans_PagesTogetherAreTheList(t *testing.T) {
	t.Parallel()
	w := setup(t, options{})
	m := w.meet(t)
	admin := "/admin/room/" + m.room
	want := []string{"quandt-3", "quandt-4", "quandt-5"}
	call[addedBody](t, w, owner, http.MethodPost, admin+"/participant", `{"participant_ids":["quandt-3","quandt-4","quandt-5"]}`, 200)
	for _, user := range want {
		call[removedBody](t, w, owner, http.MethodDelete, admin+"/participant?participant_id="+user, "", 200)
	}
	var got []string
	cursor := ""
	for range 4 {
		page := call[bansBody](t, w, owner, http.MethodGet, admin+"/bans?limit=1"+cursor, "", 200)
		for _, b := range page.Bans {
			got = append(got, b.ID)
		}
		if page.Next == "" {
			break
		}
		cursor = "&cursor=" + page.Next
	}
	if slices.Sort(got); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	foreign := call[page](t, w, owner, http.MethodGet, "/participant/room/"+m.room+"/chat?limit=1", "", 200)
	refused(t, w.send(t, as(owner), http.MethodGet, admin+"/bans?cursor=AAAA"+foreign.Next, ""), 422, "query.cursor")
}

package jitsiapi_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gavel/local/apitest"
	"gavel/local/standin"
	"gavel/shared/inbox"
	"gavel/shared/problem"
	"gavel/shared/table"
)

// delivery is an event as event_sync sends it.
type delivery struct{ path, body string }

// examples are those of the module's README, with people of our own
// (https://github.com/jitsi-contrib/prosody-plugins/blob/main/event_sync/README.md).
func examples() []delivery {
	const room = `"room_name": "catchup", "room_jid": "catchup@conference.meet.example.org", "is_breakout": false`
	const person = `"name": "Ada Quandt", "email": "ada@example.org", "id": "u-17",
		"occupant_jid": "14f01c40-5195-4a4d-8efb-f58b49d18741@meet.example.org/OWhl8jSh", "joined_at": 1625823996`
	return []delivery{
		{"room/created", `{"event_name": "muc-room-created", ` + room + `, "created_at": 1625823996}`},
		{"occupant/joined", `{"event_name": "muc-occupant-joined", ` + room + `, "active_occupants_count": 4, "occupant": {` + person + `}}`},
		{"occupant/left", `{"event_name": "muc-occupant-left", ` + room + `, "active_occupants_count": 3, "occupant": {` + person + `, "left_at": 1625824035}}`},
		{"room/destroyed", `{"event_name": "muc-room-destroyed", ` + room + `, "created_at": 1625823996, "destroyed_at": 1625824035,
			"all_occupants": [{` + person + `, "left_at": 1625824035}]}`},
	}
}

// deliver sends an event as the module does.
func (g *gateway) deliver(t testing.TB, d delivery, authorization string) answer {
	t.Helper()
	header := http.Header{}
	if authorization != "" {
		header.Set("Authorization", authorization)
	}
	return g.send(t, http.MethodPost, "/webhooks/jitsi/events/"+d.path, d.body, header)
}

// comes demands that an event is taken with an outcome.
func (g *gateway) comes(t testing.TB, d delivery, outcome string) {
	t.Helper()
	got := g.deliver(t, d, bearer)
	if want := `{"outcome":"` + outcome + `"}` + "\n"; got.Status != http.StatusOK || string(got.Body) != want {
		t.Errorf("%s: got HTTP %d with %s for %.300s, want 200 with %s", d.path, got.Status, got.Body, d.body, want)
	}
}

// listed is an answer of jitsi-list-events.
type listed struct {
	Events []struct {
		Name       string
		ReceivedAt time.Time
		Event      map[string]json.RawMessage
	}
	Cursor string
}

func (g *gateway) list(t testing.TB, room, query string) listed {
	t.Helper()
	got := g.send(t, http.MethodGet, "/jitsi/rooms/"+room+"/events"+query, "", nil)
	var l listed
	if err := json.Unmarshal(got.Body, &l); err != nil || got.Status != http.StatusOK {
		t.Fatalf("got HTTP %d with %s, %v, want a list", got.Status, got.Body, err)
	}
	return l
}

func (g *gateway) present(t testing.TB, node, user string) []string {
	t.Helper()
	ids, err := g.roster.Present(t.Context(), node, user)
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(ids)
	return ids
}

// sighting is somebody who joins a room, or leaves it.
func sighting(room, user, id string, inside bool, at int64) delivery {
	d := delivery{path: "occupant/joined"}
	times := fmt.Sprintf(`"joined_at":%d`, at)
	if !inside {
		d.path, times = "occupant/left", fmt.Sprintf(`"joined_at":%d,"left_at":%d`, at-1, at)
	}
	d.body = fmt.Sprintf(`{"event_name":"muc-%s","room_name":"%s","room_jid":"x@y","is_breakout":false,"active_occupants_count":1,`+
		`"occupant":{"id":"%s","occupant_jid":"%s-5195-4a4d-8efb-f58b49d18741@meet.example.org/OWhl8jSh",%s}}`,
		strings.Replace(d.path, "/", "-", 1), room, user, id, times)
	return d
}

func TestWebhook_KeepsEachKindOnce(t *testing.T) {
	t.Parallel()
	g := setup(t, options{})
	g.untouched(t)
	for i, d := range examples() {
		g.comes(t, d, "kept")
		if got, want := g.present(t, "catchup", "u-17"), i == 1; (len(got) == 1 && got[0] == "14f01c40") != want || len(got) > 1 {
			t.Errorf("after %s: got %q inside, want them there: %t", d.path, got, want)
		}
		g.clock.Step(time.Second)
	}
	for _, d := range examples() {
		g.comes(t, d, "known")
		g.comes(t, delivery{d.path, strings.ReplaceAll(strings.ReplaceAll(d.body, ": ", " :\n"), ", ", ",")}, "known")
	}
	got := g.list(t, "catchup", "")
	if len(got.Events) != 4 || got.Cursor != "" {
		t.Fatalf("got %+v, want each event once", got)
	}
	for i, d := range examples() {
		e := got.Events[i]
		if e.Name != "muc-"+strings.Replace(d.path, "/", "-", 1) || !e.ReceivedAt.Equal(apitest.Noon().Add(time.Duration(i)*time.Second)) {
			t.Errorf("got %s at %s, want that of %s when it first came", e.Name, e.ReceivedAt, d.path)
		}
		var want, kept any
		whole, err := json.Marshal(e.Event)
		if err != nil || json.Unmarshal(whole, &kept) != nil || json.Unmarshal([]byte(d.body), &want) != nil || fmt.Sprint(kept) != fmt.Sprint(want) {
			t.Errorf("got %s, want what was sent: %s", whole, d.body)
		}
	}
	if got := g.present(t, "catchup", "u-17"); len(got) != 0 {
		t.Errorf("got %q inside, want nobody", got)
	}
}

// TestWebhook_LateDoubleAndShuffled deliveries leave the same people inside as those in order. A participant who is back
// from a breakout room comes under the same short id.
func TestWebhook_LateDoubleAndShuffled(t *testing.T) {
	t.Parallel()
	for seed := range uint64(6) {
		dice := rand.New(rand.NewPCG(seed, 17))
		g := setup(t, options{})
		var deliveries []delivery
		want := map[string][]string{}
		for person := range 4 {
			user := fmt.Sprintf("u-%d", 17+person)
			for device := range 1 + dice.IntN(2) {
				id := fmt.Sprintf("%04x%04x", person, device)
				at, inside := 1_700_000_000+dice.Int64N(100), false
				for range 1 + dice.IntN(5) {
					inside = !inside
					deliveries = append(deliveries, sighting("[acme]standup", user, id, inside, at))
					at += dice.Int64N(3) // in the same second people leave after they came
					if !inside {
						at++
					}
				}
				if inside {
					want[user] = append(want[user], id)
				}
			}
		}
		all := slices.Concat(deliveries, deliveries[:len(deliveries)/2])
		dice.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		for _, d := range all {
			if got := g.deliver(t, d, bearer); got.Status != 200 {
				t.Fatalf("got HTTP %d with %s, want 200", got.Status, got.Body)
			}
		}
		for person := range 4 {
			user := fmt.Sprintf("u-%d", 17+person)
			if got := g.present(t, "[acme]standup", user); !slices.Equal(got, want[user]) {
				t.Errorf("seed %d: got %q inside, want %q after %+v", seed, got, want[user], all)
			}
		}
		if got := g.list(t, "standup", "?tenant=acme&limit=100"); len(got.Events) != len(deliveries) {
			t.Errorf("seed %d: got %d events, want %d", seed, len(got.Events), len(deliveries))
		}
	}
}

// TestWebhook_KeepsUnderTheRoomsName and the provider's, by which events are found also when the code has changed.
func TestWebhook_KeepsUnderTheRoomsName(t *testing.T) {
	t.Parallel()
	store := apitest.Embedded(t)
	g := setup(t, options{store: store})
	g.comes(t, sighting("[acme]standup", "u-17", "14f01c40", true, 1_700_000_000), "kept")
	page, err := inbox.New(store, g.clock.Now, apitest.Days).List(t.Context(), "jitsi#[acme]standup", 10, "")
	if err != nil || len(page.Events) != 1 || page.Events[0].Name != "muc-occupant-joined" {
		t.Errorf("got %+v, %v, want the event", page, err)
	}
}

// TestWebhook_WhoIsNotNoted is nobody that could be removed by a user id; the event is kept all the same.
func TestWebhook_WhoIsNotNoted(t *testing.T) {
	t.Parallel()
	g := setup(t, options{})
	joined := sighting("standup", "u-17", "14f01c40", true, 1_700_000_000).body
	for name, body := range map[string]string{
		"in a breakout room": strings.Replace(joined, `"is_breakout":false`, `"is_breakout":true,"breakout_room_id":"5e1b1b1a-x"`, 1),
		"without a token":    strings.Replace(joined, `"id":"u-17",`, "", 1),
		"with no id":         strings.Replace(joined, `"u-17"`, `""`, 1),
		"with null for one":  strings.Replace(joined, `"u-17"`, `null`, 1),
		"a recorder":         strings.Replace(joined, "14f01c40-5195-4a4d-8efb-f58b49d18741", "recorder", 1),
		"a phone":            strings.Replace(joined, "14f01c40-5195-4a4d-8efb-f58b49d18741", "jigasi-14f01c40", 1),
		"of no address":      strings.Replace(joined, "occupant_jid", "jid", 1),
	} {
		if body == joined {
			t.Fatalf("%s: got the event as it was", name)
		}
		g.comes(t, delivery{"occupant/joined", body}, "kept")
		for _, user := range []string{"u-17", ""} {
			if got := g.present(t, "standup", user); len(got) != 0 {
				t.Errorf("%s: got %q inside, want nobody noted", name, got)
			}
		}
	}
	if got := g.list(t, "standup", ""); len(got.Events) != 7 {
		t.Errorf("got %d events, want all 7, those of breakout rooms included", len(got.Events))
	}
}

// TestWebhook_OfABreakoutRoomLeavesTheMainOne as it was: its events have the main room's name.
func TestWebhook_OfABreakoutRoomLeavesTheMainOne(t *testing.T) {
	t.Parallel()
	g := setup(t, options{})
	g.comes(t, sighting("standup", "u-17", "14f01c40", true, 1_700_000_000), "kept")
	left := sighting("standup", "u-17", "14f01c40", false, 1_700_000_010)
	left.body = strings.Replace(left.body, `"is_breakout":false`, `"is_breakout":true`, 1)
	g.comes(t, left, "kept")
	if got := g.present(t, "standup", "u-17"); !slices.Equal(got, []string{"14f01c40"}) {
		t.Errorf("got %q inside, want them still there", got)
	}
}

// TestWebhook_NamesOfRoomsHaveNoCase and an event is found under what the room is called elsewhere.
func TestWebhook_NamesOfRoomsHaveNoCase(t *testing.T) {
	t.Parallel()
	g := setup(t, options{secret: map[string]any{"tenant": "acme"}})
	for i, name := range []string{"[acme]standup", "[Acme]StandUp", "[acme]stand%20up%c3%a9", "standup"} {
		g.comes(t, sighting(name, "u-17", "14f01c40", true, int64(1_700_000_000+i)), "kept")
	}
	for path, want := range map[string]int{"standup": 2, "STANDUP": 2, "Stand%20Up%C3%89": 1, "other": 0} {
		if got := g.list(t, path, ""); len(got.Events) != want {
			t.Errorf("%s: got %d events, want %d of the secret's tenant", path, len(got.Events), want)
		}
	}
	if got := g.list(t, "standup", "?tenant=other"); len(got.Events) != 0 {
		t.Errorf("got %+v, want none of another tenant", got)
	}
}

func TestListEvents_InTheOrderInWhichTheyCame(t *testing.T) {
	t.Parallel()
	g := setup(t, options{})
	var want []string
	for i := range 7 {
		at := int64(1_700_000_007 - i)
		want = append(want, fmt.Sprint(at))
		g.comes(t, sighting("standup", "u-17", "14f01c40", true, at), "kept")
		g.clock.Step(time.Millisecond)
	}
	g.comes(t, sighting("standup", "u-17", "14f01c40", true, 1_700_000_007), "known") // does not move it
	times := func(l listed) []string {
		found := []string{}
		for _, e := range l.Events {
			var o struct {
				JoinedAt json.Number `json:"joined_at"`
			}
			if err := json.Unmarshal(e.Event["occupant"], &o); err != nil {
				t.Fatal(err)
			}
			found = append(found, o.JoinedAt.String())
		}
		return found
	}
	for _, limit := range []int{1, 2, 3, 6, 7, 100} {
		all, cursor, pages := []string{}, "", 0
		for {
			got := g.list(t, "standup", fmt.Sprintf("?limit=%d&cursor=%s", limit, url.QueryEscape(cursor)))
			all, cursor = append(all, times(got)...), got.Cursor
			if pages++; len(got.Events) > limit || pages > 8 {
				t.Fatalf("limit %d: got %d events in page %d", limit, len(got.Events), pages)
			}
			if cursor == "" {
				break
			}
		}
		if !slices.Equal(all, want) {
			t.Errorf("limit %d: got %q, want %q", limit, all, want)
		}
	}
}

func TestListEvents_ForeignCursorsAreRefused(t *testing.T) {
	t.Parallel()
	g := setup(t, options{})
	g.comes(t, sighting("standup", "u-17", "14f01c40", true, 1_700_000_000), "kept")
	g.comes(t, sighting("standup", "u-17", "14f01c40", false, 1_700_000_001), "kept")
	good := g.list(t, "standup", "?limit=1").Cursor
	for _, cursor := range []string{
		"x", rejected, "at#", "id#", "id#" + good, good + "0", good[1:], strings.ToUpper(good), " " + good, good + "\n", "at#\xff", "at#\x00", strings.Repeat("7", 512), "../" + good,
	} {
		refused(t, g.send(t, http.MethodGet, "/jitsi/rooms/standup/events?cursor="+url.QueryEscape(cursor), "", nil), 422, "query.cursor")
	}
	for _, limit := range []string{"0", "-747", "101", "747.5", "x"} {
		refused(t, g.send(t, http.MethodGet, "/jitsi/rooms/standup/events?limit="+limit, "", nil), 422, "query.limit")
	}
}

func TestWebhook_BelievesNobodyElse(t *testing.T) {
	t.Parallel()
	g := setup(t, options{})
	joined := sighting("standup", "u-17", "14f01c40", true, 1_700_000_000)
	for _, header := range strangers() {
		for _, d := range []delivery{joined, {joined.path, "{"}, {joined.path, rejected}, {"room/joined", joined.body}} {
			p := isProblem(t, g.deliver(t, d, header), http.StatusUnauthorized, problem.Unauthenticated)
			if p.Secret != "" || strings.Contains(p.Detail, "secret") || p.Errors != nil {
				t.Errorf("got %+v, want 401 that tells nothing", p)
			}
		}
	}
	if got := g.list(t, "standup", ""); len(got.Events) != 0 || len(g.present(t, "standup", "u-17")) != 0 {
		t.Errorf("got %+v, want nothing kept and nobody noted", got)
	}
	for _, header := range []string{bearer, "Bearer " + next} {
		if got := g.deliver(t, joined, header); got.Status != 200 {
			t.Errorf("got HTTP %d with %s, want either of the two tokens taken", got.Status, got.Body)
		}
	}
}

func TestWebhook_PathsThatTellOfNothing(t *testing.T) {
	t.Parallel()
	g := setup(t, options{})
	body := examples()[1].body
	for _, path := range []string{"room/joined", "room/left", "occupant/created", "occupant/destroyed"} {
		isProblem(t, g.deliver(t, delivery{path, body}, bearer), http.StatusNotFound, problem.NotFound)
	}
	for path, where := range map[string][]string{
		"occupant/x": {"path.change"}, "x/joined": {"path.subject"}, "Room/Created": {"path.change", "path.subject"}, rejected + "/747": {"path.change", "path.subject"},
		"%2e%2e/created": {"path.subject"},
	} {
		refused(t, g.deliver(t, delivery{path, body}, bearer), 422, where...)
	}
	if got := g.list(t, "catchup", ""); len(got.Events) != 0 {
		t.Errorf("got %+v, want nothing kept", got)
	}
}

func TestWebhook_RefusesWhatIsNoEventOfItsKind(t *testing.T) {
	t.Parallel()
	g := setup(t, options{})
	all := examples()
	for i, d := range all {
		for j, other := range all {
			if i != j {
				p := isProblem(t, g.deliver(t, delivery{d.path, other.body}, bearer), 422, problem.InvalidRequest)
				if !strings.Contains(p.Detail, "event_name") {
					t.Errorf("got %q, want event_name in it", p.Detail)
				}
			}
		}
		for _, body := range []string{" ", "{", "null", "[]", "{}", `"` + rejected + `"`, "747", d.body + "{}", strings.Replace(d.body, "catchup", rejected+"\xff", 1), standin.Page} {
			isProblem(t, g.deliver(t, delivery{d.path, body}, bearer), 422, problem.InvalidRequest)
		}
	}
	const created, joined, left, gone = 0, 1, 2, 3
	for _, tt := range []struct {
		kinds          []int
		old, new, said string
	}{
		{[]int{created, joined, left, gone}, `"catchup"`, `""`, "room_name"},
		{[]int{created, joined, left, gone}, `"catchup"`, `747`, "room_name"},
		{[]int{created, joined, left, gone}, `"catchup"`, `"747\n"`, "room_name"},
		{[]int{created, joined, left, gone}, `"catchup"`, `"` + strings.Repeat("7", 1024) + `"`, "room_name"},
		{[]int{created, joined, left, gone}, `"is_breakout": false`, `"is_breakout": "747"`, "is_breakout"},
		{[]int{joined, left}, `"occupant": {`, `"x": {`, "occupant"},
		{[]int{joined, left}, `"occupant": {`, `"occupant": null, "x": {`, "occupant"},
		{[]int{joined, left}, `"occupant": {`, `"occupant": "747", "x": {`, "occupant"},
		{[]int{joined, left}, `"joined_at": 1625823996`, `"joined_at": "747"`, "joined_at"},
		{[]int{joined, left}, `"joined_at": 1625823996`, `"joined_at": 747.5`, "joined_at"},
		{[]int{joined}, `"joined_at": 1625823996`, `"joined_at": 0`, "joined_at"},
		{[]int{left}, `"left_at": 1625824035`, `"left_at": -747`, "left_at"},
		{[]int{left}, `"left_at": 1625824035`, `"left_at": 747000000000000`, "left_at"},
		{[]int{created}, `"created_at": 1625823996`, `"created_at": null`, "created_at"},
		{[]int{created, gone}, `"created_at": 1625823996`, `"created_at": {}`, "created_at"},
		{[]int{gone}, `"destroyed_at": 1625824035`, `"destroyed_at": 0`, "destroyed_at"},
	} {
		for _, kind := range tt.kinds {
			d := all[kind]
			body := strings.Replace(d.body, tt.old, tt.new, 1)
			p := isProblem(t, g.deliver(t, delivery{d.path, body}, bearer), 422, problem.InvalidRequest)
			if !strings.Contains(p.Detail, tt.said) || strings.Contains(p.Detail, "747") {
				t.Errorf("%s, %s: got %q, want the field named and nothing of what is in it", d.path, tt.new, p.Detail)
			}
		}
	}
	if got := g.list(t, "catchup", ""); len(got.Events) != 0 || len(g.present(t, "catchup", "u-17")) != 0 {
		t.Errorf("got %+v, want nothing kept and nobody noted", got)
	}
}

// destroyed is the end of a meeting in which there were some people, filled up to a size.
func destroyed(people, size int) delivery {
	list := strings.TrimSuffix(strings.Repeat(`{"name":"Ada","email":"ada@example.org","id":"u-17","joined_at":1625823996,"left_at":1625824035},`, people), ",")
	body := `{"event_name":"muc-room-destroyed","room_name":"standup","created_at":1625823996,"destroyed_at":1625824035,"all_occupants":[` + list + `]}`
	return delivery{"room/destroyed", body + strings.Repeat(" ", max(0, size-len(body)))}
}

// TestWebhook_OfALargeMeetingLosesItsList and nothing else; each of the people has had events of their own.
func TestWebhook_OfALargeMeetingLosesItsList(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		d      delivery
		listed bool
	}{
		{"small", destroyed(1, 0), true},
		{"just below the limit", destroyed(2000, 0), true}, // 192 KiB
		{"just above it", destroyed(2200, 0), false},       // 211 KiB
		{"of thousands", destroyed(20_000, 0), false},      // 1.9 MiB
		{"the largest", destroyed(40_000, 4<<20), false},
		{"blanks alone", destroyed(2000, 4<<20), true},
	} {
		g := setup(t, options{})
		g.comes(t, tt.d, "kept")
		g.comes(t, tt.d, "known")
		got := g.list(t, "standup", "")
		if len(got.Events) != 1 {
			t.Fatalf("%s: got %d events, want it kept", tt.name, len(got.Events))
		}
		e := got.Events[0].Event
		if _, there := e["all_occupants"]; there != tt.listed || string(e["destroyed_at"]) != "1625824035" || string(e["room_name"]) != `"standup"` {
			t.Errorf("%s: got the list: %t, want %t, and the other fields as they were", tt.name, there, tt.listed)
		}
	}
	g := setup(t, options{only: "jitsi-webhook"})
	isProblem(t, g.deliver(t, destroyed(1, 4<<20+1), bearer), http.StatusRequestEntityTooLarge, problem.TooLarge)
}

// TestWebhook_OfAnIDThatNobodyCanBeBannedBy is kept where it fits, and never fails.
func TestWebhook_OfAnIDThatNobodyCanBeBannedBy(t *testing.T) {
	t.Parallel()
	g := setup(t, options{})
	for name, tt := range map[string]struct {
		id   string
		kept bool
	}{
		"too long to be one": {strings.Repeat("u", 257), true},
		"as large as fits":   {strings.Repeat("u", 150<<10), true},
		"larger":             {strings.Repeat("u", 500<<10), false},
		"blank":              {" ", true},
	} {
		d := sighting("standup", tt.id, "14f01c40", true, 1_700_000_000)
		if !tt.kept {
			isProblem(t, g.deliver(t, d, bearer), http.StatusRequestEntityTooLarge, problem.TooLarge)
		} else {
			g.comes(t, d, "kept")
		}
		if got := g.present(t, "standup", tt.id); len(got) > 0 {
			t.Errorf("%s: got %q inside, want nobody", name, got)
		}
	}
}

// TestWebhook_OfWhatDoesNotFitAtAll is refused for good, so that it is not sent again and again; who is inside is noted.
func TestWebhook_OfWhatDoesNotFitAtAll(t *testing.T) {
	t.Parallel()
	g := setup(t, options{})
	joined := sighting("standup", "u-17", "14f01c40", true, 1_700_000_000)
	for name, extra := range map[string]string{
		"a long value":      `"user":"` + strings.Repeat("x", 300<<10) + `"`,
		"many fields":       strings.TrimSuffix(manyFields(50_000), ","),
		"names of controls": `"` + strings.Repeat(`\u0001`, 60<<10) + `":1`,
	} {
		d := delivery{joined.path, strings.Replace(joined.body, "{", "{"+extra+",", 1)}
		isProblem(t, g.deliver(t, d, bearer), http.StatusRequestEntityTooLarge, problem.TooLarge)
		if got := g.present(t, "standup", "u-17"); !slices.Equal(got, []string{"14f01c40"}) {
			t.Errorf("%s: got %q inside, want them noted", name, got)
		}
	}
	// As large as can be kept, in values that take more room elsewhere.
	for _, filler := range []string{"x", "<", "&", "ü", "\u2028", "🙂"} {
		d := delivery{joined.path, strings.Replace(joined.body, "{", `{"user":"`+strings.Repeat(filler, 199<<10/len(filler))+`",`, 1)}
		g.comes(t, d, "kept")
	}
}

func manyFields(n int) string {
	var fields strings.Builder
	for i := range n {
		fmt.Fprintf(&fields, `"%d":1,`, i)
	}
	return fields.String()
}

// capricious is a state in which one of the calls fails.
type capricious struct {
	table.Store

	mu    sync.Mutex
	calls int
	fails int // which one; none when 0
}

// failing has the n-th call from now on fail.
func (s *capricious) failing(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls, s.fails = 0, n
}

func (s *capricious) pass() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.calls++; s.calls == s.fails {
		return fmt.Errorf("engine: %w: throughput exceeded", table.ErrBusy)
	}
	return nil
}

func (s *capricious) Get(ctx context.Context, keys ...table.Key) ([]table.Item, error) {
	if err := s.pass(); err != nil {
		return nil, err
	}
	return s.Store.Get(ctx, keys...)
}

func (s *capricious) Write(ctx context.Context, changes ...table.Change) error {
	if err := s.pass(); err != nil {
		return err
	}
	return s.Store.Write(ctx, changes...)
}

// TestWebhook_StateFailsAnywhere and the server, which sends an event again that was answered 5xx, makes it good.
func TestWebhook_StateFailsAnywhere(t *testing.T) {
	t.Parallel()
	for n := 1; n <= 5; n++ {
		store := &capricious{Store: apitest.Embedded(t)}
		g := setup(t, options{store: store})
		joined := sighting("standup", "u-17", "14f01c40", true, 1_700_000_000)
		store.failing(n)
		got := g.deliver(t, joined, bearer)
		if n == 5 { // read who is inside, write it, write the event, look for a ban
			if got.Status != 200 {
				t.Errorf("got HTTP %d with %s, want four calls in all", got.Status, got.Body)
			}
			continue
		}
		isProblem(t, got, http.StatusServiceUnavailable, problem.Unavailable)
		if got.Header.Get("Retry-After") == "" {
			t.Errorf("call %d: got no Retry-After, want one", n)
		}
		store.failing(0)
		if got := g.list(t, "standup", ""); len(got.Events) != n/4 {
			t.Errorf("call %d: got %+v, want nothing kept before the last one", n, got)
		}
		if n < 4 {
			g.comes(t, joined, "kept")
		}
		g.comes(t, joined, "known")
		if got := g.present(t, "standup", "u-17"); !slices.Equal(got, []string{"14f01c40"}) || len(g.list(t, "standup", "").Events) != 1 {
			t.Errorf("call %d: got %q inside, want them noted, and the event once", n, got)
		}
	}
}

// TestWebhook_KnownEventIsNotedAgain because its first delivery may have ended between the two.
func TestWebhook_KnownEventIsNotedAgain(t *testing.T) {
	t.Parallel()
	store := &forgetful{Store: apitest.Embedded(t)}
	g := setup(t, options{store: store})
	joined := sighting("standup", "u-17", "14f01c40", true, 1_700_000_000)
	store.forgets = true
	g.comes(t, joined, "kept")
	if got := g.present(t, "standup", "u-17"); len(got) != 0 {
		t.Fatalf("got %q inside, want the test to have lost them", got)
	}
	store.forgets = false
	g.comes(t, joined, "known")
	if got := g.present(t, "standup", "u-17"); !slices.Equal(got, []string{"14f01c40"}) {
		t.Errorf("got %q inside, want them noted now", got)
	}
}

// forgetful is a state that can lose who is inside.
type forgetful struct {
	table.Store

	forgets bool
}

func (s *forgetful) Write(ctx context.Context, changes ...table.Change) error {
	if s.forgets && strings.HasPrefix(changes[0].Item.Partition, "present#") {
		return nil
	}
	return s.Store.Write(ctx, changes...)
}

func TestListEvents_StateThatIsBusyIsSaidSo(t *testing.T) {
	t.Parallel()
	g := setup(t, options{store: brokenStore{err: table.ErrBusy}})
	got := g.ask(t, operationOf("list-events"))
	isProblem(t, got, http.StatusServiceUnavailable, problem.Unavailable)
	if got.Header.Get("Retry-After") == "" {
		t.Errorf("got %v, want Retry-After", got.Header)
	}
}

// TestWebhook_ManyAtOnce has the same event twenty times, and as many that differ.
func TestWebhook_ManyAtOnce(t *testing.T) {
	t.Parallel()
	g := setup(t, options{})
	const times = 20
	var arriving sync.WaitGroup
	outcomes := make(chan string, times)
	for i := range times {
		arriving.Go(func() {
			outcomes <- string(g.deliver(t, sighting("standup", "u-17", "14f01c40", true, 1_700_000_000), bearer).Body)
		})
		arriving.Go(func() {
			g.deliver(t, sighting("standup", "u-17", "14f01c40", i%2 == 0, int64(1_700_000_001+i)), bearer)
		})
	}
	arriving.Wait()
	close(outcomes)
	counted := map[string]int{}
	for outcome := range outcomes {
		counted[strings.TrimSpace(outcome)]++
	}
	if counted[`{"outcome":"kept"}`] != 1 || counted[`{"outcome":"known"}`] != times-1 {
		t.Errorf("got %v, want it kept once and known else", counted)
	}
	if got := g.list(t, "standup", "?limit=100"); len(got.Events) != times+1 || len(g.present(t, "standup", "u-17")) != 0 {
		t.Errorf("got %d events and %q inside, want %d and nobody", len(got.Events), g.present(t, "standup", "u-17"), times+1)
	}
}

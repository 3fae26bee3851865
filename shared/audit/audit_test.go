package audit_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"gavel/local/apitest"
	"gavel/shared/audit"
	"gavel/shared/logs"
	"gavel/shared/table"
)

func TestChanges(t *testing.T) {
	t.Parallel()
	ctx := audit.WithCall(logs.WithRequestID(t.Context(), "r-1"), audit.Call{Operation: "jaas-ban-user", Reason: "abuse"})
	changes, err := audit.Trail{}.Changes(ctx, noon, audit.Event{Type: "jaas.user_banned", Actor: crm, Provider: "jaas", Target: "u-17"})
	if err != nil || len(changes) != 1 {
		t.Fatalf("got %v, %v, want one item for an event of no room", changes, err)
	}
	var e audit.Event
	if err := json.Unmarshal(changes[0].Item.Data, &e); err != nil {
		t.Fatal(err)
	}
	want := audit.Event{
		ID: e.ID, At: noon, Type: "jaas.user_banned", Actor: crm, Operation: "jaas-ban-user", RequestID: "r-1", Provider: "jaas",
		Target: "u-17", Reason: "abuse", Outcome: audit.Done,
	}
	if got, want := string(changes[0].Item.Data), mustJSON(t, want); got != want || e.ID == "" {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := changes[0].Item.Expires, noon.AddDate(0, 0, 400); !got.Equal(want) {
		t.Errorf("got the end of its time at %s, want %s", got, want)
	}
	if !strings.HasPrefix(changes[0].Item.Partition, audit.PublishedPrefix) || changes[0].Item.Version != table.Absent {
		t.Errorf("got %+v, want a new item where events are published from", changes[0])
	}
	changes, err = audit.Trail{}.Changes(ctx, noon, audit.Event{Type: "room.created", Actor: audit.Person("ada"), Room: "r"})
	if err != nil || len(changes) != audit.MostItems || string(changes[0].Item.Data) != string(changes[1].Item.Data) {
		t.Errorf("got %v, %v, want two items of one content for an event of a room", changes, err)
	}
	published := 0
	for _, change := range changes {
		if strings.HasPrefix(change.Item.Partition, audit.PublishedPrefix) {
			published++
		}
	}
	if published != 1 {
		t.Errorf("got %d items where events are published from, want one", published)
	}
}

func mustJSON(t *testing.T, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestChanges_HideAddressesAndNumbers(t *testing.T) {
	t.Parallel()
	changes, err := audit.Trail{}.Changes(t.Context(), noon, audit.Event{
		Type: "participant.added", Actor: audit.Person("ada@example.org"), Room: "standup@conference", Target: "+40747777777",
		Targets: []string{"bob@example.org", "u-17"},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, change := range changes {
		for _, personal := range []string{"example.org", "747777777", "@"} {
			if strings.Contains(string(change.Item.Data)+change.Item.Partition, personal) {
				t.Errorf("got %q in %s of %s, want none", personal, change.Item.Data, change.Item.Partition)
			}
		}
	}
}

func TestID(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"", "u-17", "auth0|5f90/x", "1234567", "+12", "+1234567x", "01937c4e-7a10-7cc3-98c5-1f0a2b3c4d5e"} {
		if got := audit.ID(id); got != id {
			t.Errorf("got %q, want %q as it is", got, id)
		}
	}
	for _, personal := range []string{"ada@example.org", "+40747777777", "+40 (747) 777-777", "@"} {
		got := audit.ID(personal)
		if !strings.HasPrefix(got, "sha256:") || got != audit.ID(personal) || audit.ID(got) != got {
			t.Errorf("got %q of %q, want a digest, always the same", got, personal)
		}
	}
	if audit.ID("a@example.org") == audit.ID("b@example.org") {
		t.Error("got one digest for two, want two")
	}
}

func TestName(t *testing.T) {
	t.Parallel()
	number := audit.Digest("+40 747/777 777")
	for want, parts := range map[string][]string{
		"jaas/app/standup":              {"jaas", "app", "standup"},
		"jitsi/standup":                 {"jitsi", "standup"},
		"openmeetings/a~1b/c":           {"openmeetings", "a/b", "c"},
		"openmeetings/a/b~1c":           {"openmeetings", "a", "b/c"},
		"openmeetings/a~01b/c":          {"openmeetings", "a~1b", "c"},
		"openmeetings/cms/" + number:    {"openmeetings", "cms", "+40 747/777 777"},
		"jaas/" + audit.Digest("a/b@c"): {"jaas", "a/b@c"},
	} {
		if got := audit.Name(parts...); got != want || audit.ID(got) != got {
			t.Errorf("%q: got %q, want %q", parts, got, want)
		}
	}
}

// A conference is found by its name, also by one with an address in it, which the event does not have.
func TestLog_RoomByItsName(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(store *counted) {
		t := store.t
		store.keep(t, noon, audit.Event{Type: "t.first", Actor: crm, Room: audit.Name("openmeetings", "cms", "a/b")})
		store.keep(t, noon, audit.Event{Type: "t.second", Actor: crm, Room: audit.Name("openmeetings", "cms", "ada@example.org")})
		log := audit.NewLog(store, audit.Trail{}, clockAt(noon))
		for room, want := range map[string][]string{
			"openmeetings/cms/a~1b": {"t.first"}, "openmeetings/cms/a/b": nil, "openmeetings/cms/ada@example.org": {"t.second"},
			audit.Name("openmeetings", "cms", "ada@example.org"): {"t.second"}, "cms": nil, "openmeetings/cms": nil,
		} {
			if got, _ := read(t, func(c string) (audit.Page, error) { return log.Room(t.Context(), room, 10, c) }); !slices.Equal(got, want) {
				t.Errorf("%s: got %v, want %v", room, got, want)
			}
		}
	})
}

func TestRecorder_WritesForACallerWhoHasGone(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(store *counted) {
		t := store.t
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		asked := 0
		recorder := audit.NewRecorder(func() table.Store { asked++; return store }, audit.NewTrail(apitest.Days), clockAt(noon))
		if asked > 0 {
			t.Error("got the store asked for, want it left alone until there is an event")
		}
		recorder.Record(ctx, audit.Event{Type: "t.t", Actor: crm, Room: "jaas/app/r"})
		log := audit.NewLog(store, audit.Trail{}, clockAt(noon))
		if got, _ := read(t, func(c string) (audit.Page, error) { return log.Room(t.Context(), "jaas/app/r", 10, c) }); !slices.Equal(got, []string{"t.t"}) {
			t.Errorf("got %v, want the event", got)
		}
	})
}

func TestParseActor(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]audit.Actor{
		"api-key:crm": crm, "user:auth0|5f90": audit.Person("auth0|5f90"), "user:a:b": audit.Person("a:b"), "system:clock": audit.Clock(),
	} {
		if got, ok := audit.ParseActor(text); !ok || got != want || got.String() != text {
			t.Errorf("%s: got %+v, %t, want %+v", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "crm", "user:", "user", ":crm", "machine:crm", "API-KEY:crm"} {
		if got, ok := audit.ParseActor(text); ok {
			t.Errorf("%s: got %+v, want it refused", text, got)
		}
	}
}

// read goes through a list, page by page, and gives the types of its events.
func read(t *testing.T, list func(cursor string) (audit.Page, error)) (types []string, pages int) {
	t.Helper()
	for cursor := ""; ; {
		page, err := list(cursor)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range page.Events {
			types = append(types, e.Type)
		}
		pages++
		if cursor = page.Next; cursor == "" {
			return types, pages
		}
	}
}

func TestLog_Room(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(store *counted) {
		t := store.t
		var want []string
		for i := range 7 {
			kind := "room.t" + string(rune('0'+i))
			store.keep(t, noon.Add(time.Duration(i)*time.Millisecond), audit.Event{Type: kind, Actor: crm, Room: "r"})
			want = append(want, kind)
		}
		store.keep(t, noon, audit.Event{Type: "room.other", Actor: crm, Room: "r2"})
		store.keep(t, noon, audit.Event{Type: "jaas.user_banned", Actor: crm})
		slices.Reverse(want)
		log := audit.NewLog(store, audit.Trail{}, clockAt(noon))
		const ours = "01937c4e-7a10-7cc3-98c5-1f0a2b3c4d5e"
		store.keep(t, noon, audit.Event{Type: "room.ours", Actor: crm, Room: ours})
		if page, err := log.Room(t.Context(), strings.ToUpper(ours), 1, ""); err != nil || len(page.Events) != 1 {
			t.Errorf("got %+v, %v, want the event of the room by its id in capitals, as the room's own operations take it", page, err)
		}
		for limit, pages := range map[int]int{1: 7, 3: 3, 7: 1, 100: 1} {
			store.queries, store.items = 0, 0
			got, read := read(t, func(cursor string) (audit.Page, error) { return log.Room(t.Context(), "r", limit, cursor) })
			if !slices.Equal(got, want) || read != pages || store.queries != pages || store.items > 7+pages {
				t.Errorf("by %d: got %v in %d pages, %d queries and %d items, want %v in %d", limit, got, read, store.queries, store.items, want, pages)
			}
		}
	})
}

func TestLog_ActorOverDays(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(store *counted) {
		t := store.t
		days := map[string]int{"t.first": 399, "t.second": 70, "t.third": 69, "t.fourth": 1, "t.fifth": 0}
		for kind, ago := range days {
			store.keep(t, noon.AddDate(0, 0, -ago), audit.Event{Type: kind, Actor: crm})
			store.keep(t, noon.AddDate(0, 0, -ago), audit.Event{Type: "t.other", Actor: audit.Person("crm")})
		}
		log := audit.NewLog(store, audit.Trail{}, clockAt(noon))
		want := []string{"t.fifth", "t.fourth", "t.third", "t.second", "t.first"}
		for _, limit := range []int{1, 2, 5, 100} {
			got, _ := read(t, func(cursor string) (audit.Page, error) {
				before := store.queries
				page, err := log.Actor(t.Context(), crm, limit, cursor)
				if n := store.queries - before; n > 31 {
					t.Errorf("got %d queries for a page, want 31 at most", n)
				}
				return page, err
			})
			if !slices.Equal(got, want) {
				t.Errorf("by %d: got %v, want %v", limit, got, want)
			}
		}
		none := audit.NewLog(store, audit.NewTrail(30), clockAt(noon))
		if got, _ := read(t, func(c string) (audit.Page, error) { return none.Actor(t.Context(), crm, 10, c) }); len(got) != 2 {
			t.Errorf("kept for 30 days: got %v, want the last two", got)
		}
	})
}

func TestLog_FindsWhomItHides(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(store *counted) {
		t := store.t
		ada := audit.Person("ada@example.org")
		store.keep(t, noon, audit.Event{Type: "room.created", Actor: ada, Room: "r@example"})
		log := audit.NewLog(store, audit.Trail{}, clockAt(noon))
		for name, list := range map[string]func(string) (audit.Page, error){
			"room":  func(c string) (audit.Page, error) { return log.Room(t.Context(), "r@example", 10, c) },
			"actor": func(c string) (audit.Page, error) { return log.Actor(t.Context(), ada, 10, c) },
			"digest": func(c string) (audit.Page, error) {
				return log.Actor(t.Context(), audit.Person(audit.ID("ada@example.org")), 10, c)
			},
		} {
			if got, _ := read(t, list); !slices.Equal(got, []string{"room.created"}) {
				t.Errorf("%s: got %v, want the event", name, got)
			}
		}
	})
}

func TestLog_CursorsOfOthersAreRefused(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(store *counted) {
		t := store.t
		for i := range 3 {
			store.keep(t, noon.Add(time.Duration(i)*time.Millisecond), audit.Event{Type: "t.t", Actor: crm, Room: "r"})
		}
		log := audit.NewLog(store, audit.Trail{}, clockAt(noon))
		room, err := log.Room(t.Context(), "r", 1, "")
		if err != nil {
			t.Fatal(err)
		}
		actor, err := log.Actor(t.Context(), crm, 1, "")
		if err != nil {
			t.Fatal(err)
		}
		bad := map[string]bool{
			"x": true, "!": true, strings.Repeat("A", 80): true, room.Next[1:]: true, room.Next + "AA": true, strings.ToLower(room.Next): true,
			elsewhere(t, room.Next): true, elsewhere(t, actor.Next): true,
		}
		for cursor := range maps.Keys(bad) {
			if _, err := log.Room(t.Context(), "r", 1, cursor); err != audit.ErrCursor { //nolint:errorlint // that very one
				t.Errorf("room, %q: got %v, want it refused", cursor, err)
			}
			if _, err := log.Actor(t.Context(), crm, 1, cursor); err != audit.ErrCursor { //nolint:errorlint // that very one
				t.Errorf("actor, %q: got %v, want it refused", cursor, err)
			}
		}
		if _, err := log.Room(t.Context(), "r2", 1, room.Next); err != audit.ErrCursor { //nolint:errorlint // that very one
			t.Errorf("got %v with the cursor of another room, want it refused", err)
		}
		if _, err := log.Room(t.Context(), "r", 1, actor.Next); err != audit.ErrCursor { //nolint:errorlint // that very one
			t.Errorf("got %v with the cursor of an actor, want it refused", err)
		}
		if _, err := log.Actor(t.Context(), audit.Person("crm"), 1, actor.Next); err != audit.ErrCursor { //nolint:errorlint // that very one
			t.Errorf("got %v with the cursor of another actor, want it refused", err)
		}
	})
}

// elsewhere gives a cursor with another id in it, of the same list.
func elsewhere(t *testing.T, cursor string) string {
	t.Helper()
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		t.Fatal(err)
	}
	raw[len(raw)-1] ^= 1 // another digit
	return base64.RawURLEncoding.EncodeToString(raw)
}

package jitsiapi_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"gavel/local/apitest"
	"gavel/shared/jitsi"
	"gavel/shared/problem"
	"gavel/shared/rooms"
	"gavel/shared/table"
)

const (
	conferencePath = "/jitsi/reservations/conference"
	form           = "application/x-www-form-urlencoded"
	mailOwner      = "14f01c40-5195-4a4d-8efb-f58b49d18741@meet.jitsi"
)

// asks sends a form as the module does.
func (g *gateway) asks(t testing.TB, fields url.Values) answer {
	t.Helper()
	return g.send(t, http.MethodPost, conferencePath, fields.Encode(), http.Header{"Authorization": {bearer}, "Content-Type": {form}})
}

// asksFor asks for the room of a name.
func (g *gateway) asksFor(t testing.TB, name string) answer {
	t.Helper()
	return g.asks(t, url.Values{"name": {name}, "start_time": {"2026-03-01T12:00:00.000Z"}, "mail_owner": {mailOwner}})
}

// reads sends the request for a reservation by its id.
func (g *gateway) reads(t testing.TB, id string) answer {
	t.Helper()
	return g.send(t, http.MethodGet, conferencePath+"/"+id, "", http.Header{"Authorization": {bearer}})
}

// reservation is an answer as mod_reservations reads it: parse_conference_response wants all five, duration as a number.
type reservation struct {
	ID        *string  `json:"id"`
	Name      *string  `json:"name"`
	MailOwner *string  `json:"mail_owner"`
	StartTime *string  `json:"start_time"`
	Duration  *float64 `json:"duration"`
}

// held is a reservation with its times.
type held struct {
	id, name, owner string
	start, end      time.Time
}

// granted demands that a room may open, and reads for how long.
func granted(t testing.TB, got answer) held {
	t.Helper()
	var r reservation
	if err := json.Unmarshal(got.Body, &r); err != nil || got.Status != http.StatusOK {
		t.Fatalf("got HTTP %d with %s, %v, want a reservation", got.Status, got.Body, err)
	}
	if r.ID == nil || r.Name == nil || r.MailOwner == nil || r.StartTime == nil || r.Duration == nil || *r.MailOwner == "" {
		t.Fatalf("got %s, want id, name, mail_owner, start_time and duration", got.Body)
	}
	start, err := time.Parse("2006-01-02T15:04:05.000Z", *r.StartTime)
	if err != nil {
		t.Errorf("got the start %q, want it as yyyy-MM-dd'T'HH:mm:ss.SSSX in UTC: %v", *r.StartTime, err)
	}
	if *r.Duration != float64(int64(*r.Duration)) || *r.Duration <= 0 {
		t.Errorf("got the duration %v, want whole seconds", *r.Duration)
	}
	return held{*r.ID, *r.Name, *r.MailOwner, start, time.Unix(start.Unix()+int64(*r.Duration), 0).UTC()}
}

// shown demands a refusal that Jitsi can show to people. With 409 the module would look for another reservation.
func shown(t testing.TB, got answer, status int, code problem.Code) problem.Problem {
	t.Helper()
	p := isProblem(t, got, status, code)
	ours := status == http.StatusUnauthorized || status >= http.StatusInternalServerError // which is nothing for people
	if p.Message == "" || (p.Message == p.Detail) == ours || got.Status == http.StatusConflict {
		t.Errorf("got HTTP %d with %s, want a message that says what detail says, and of the servers' own troubles nothing", got.Status, got.Body)
	}
	if strings.ContainsAny(p.Message, "{}<>\n") || strings.HasSuffix(p.Message, ":") {
		t.Errorf("got the message %q, want words for people", p.Message)
	}
	return p
}

func TestReservation_FromStartToEnd(t *testing.T) {
	t.Parallel()
	g := setup(t, options{})
	g.untouched(t)
	room := g.book(t, rooms.Booking{Name: "x", Provider: jitsi.Provider, Start: apitest.Noon().Add(time.Hour), End: apitest.Noon().Add(2 * time.Hour)})
	want := held{room.ID, room.ID, mailOwner, apitest.Noon().Add(time.Hour), apitest.Noon().Add(2 * time.Hour)}
	for _, step := range []struct {
		wait    time.Duration
		code    problem.Code // empty for granted
		message string
	}{
		{0, problem.RoomNotStarted, "This room opens on 1 March 2026, 13:00 UTC."},
		{time.Hour - time.Millisecond, problem.RoomNotStarted, "This room opens on 1 March 2026, 13:00 UTC."},
		{time.Millisecond, "", ""},
		{time.Hour - time.Millisecond, "", ""},
		{time.Millisecond, problem.RoomEnded, "This room has been closed since 1 March 2026, 14:00 UTC."},
		{24 * time.Hour, problem.RoomEnded, "This room has been closed since 1 March 2026, 14:00 UTC."},
	} {
		g.clock.Step(step.wait)
		asked, read := g.asksFor(t, room.ID), g.reads(t, room.ID)
		if step.code == "" {
			if got := granted(t, asked); got != want {
				t.Errorf("asked for: got %+v, want %+v", got, want)
			}
			byMaker := want
			byMaker.owner = "auth0|quandt"
			if got := granted(t, read); got != byMaker {
				t.Errorf("read: got %+v, want %+v", got, byMaker)
			}
			continue
		}
		for _, got := range []answer{asked, read} {
			p := shown(t, got, http.StatusForbidden, step.code)
			if p.Message != step.message || !p.StartTime.Equal(want.start) || !p.EndTime.Equal(want.end) {
				t.Errorf("got %s, want %q and the room's times", got.Body, step.message)
			}
		}
	}
}

// TestReservation_EndsWithTheRoom to the second, whenever it is asked for.
func TestReservation_EndsWithTheRoom(t *testing.T) {
	t.Parallel()
	g := setup(t, options{})
	dice := rand.New(rand.NewPCG(1, 2))
	for range 100 {
		g.clock.Step(time.Duration(dice.Int64N(int64(3 * time.Hour))))
		b := rooms.Booking{Name: "x", Provider: jitsi.Provider, End: g.clock.Now().Add(time.Second + time.Duration(dice.Int64N(int64(1000*time.Hour))))}
		if dice.IntN(2) == 0 {
			b.Start = g.clock.Now().Add(-time.Duration(dice.Int64N(int64(1000 * time.Hour))))
		}
		room := g.book(t, b)
		g.clock.Step(time.Duration(dice.Int64N(int64(room.End.Sub(g.clock.Now())))))
		if got := granted(t, g.asksFor(t, room.ID)); !got.start.Equal(room.Start) || !got.end.Equal(room.End) {
			t.Errorf("got %+v, want from %s to %s", got, room.Start, room.End)
		}
	}
}

// TestReservation_OfFarTimes has more between them than a Duration holds.
func TestReservation_OfFarTimes(t *testing.T) {
	t.Parallel()
	g := setup(t, options{})
	first, last := time.Date(1, 1, 1, 0, 0, 1, 0, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)
	for name, tt := range map[string]struct {
		start, end, want time.Time
	}{
		"from the first day on":   {first, time.Time{}, apitest.Noon().Add(30 * 24 * time.Hour)},
		"to the last day":         {time.Time{}, last, last},
		"as long as time goes on": {first, last, last},
	} {
		room := g.book(t, rooms.Booking{Name: "x", Provider: jitsi.Provider, Start: tt.start, End: tt.end})
		if got := granted(t, g.asksFor(t, room.ID)); !got.start.Equal(room.Start) || !got.end.Equal(tt.want) {
			t.Errorf("%s: got %+v, want from %s to %s", name, got, room.Start, tt.want)
		}
	}
}

// TestReservation_OfARoomWithoutAnEnd is for 30 days from when it is asked for, not from the room's start.
func TestReservation_OfARoomWithoutAnEnd(t *testing.T) {
	t.Parallel()
	g := setup(t, options{})
	g.clock.Step(1500 * time.Millisecond)
	room := g.book(t, rooms.Booking{Name: "x", Provider: jitsi.Provider})
	for range 2 {
		for _, got := range []held{granted(t, g.asksFor(t, room.ID)), granted(t, g.reads(t, room.ID))} {
			if want := g.clock.Now().Truncate(time.Second).Add(30 * 24 * time.Hour); !got.end.Equal(want) || !got.start.Equal(room.Start) {
				t.Errorf("got %+v, want until %s", got, want)
			}
		}
		g.clock.Step(100 * 24 * time.Hour)
	}
}

// TestReservation_FollowsTheRoomsEnd as an admin moves it.
func TestReservation_FollowsTheRoomsEnd(t *testing.T) {
	t.Parallel()
	g := setup(t, options{})
	room := g.hour(t)
	ended, _, err := g.rooms.End(t.Context(), "auth0|quandt", room.ID, 10*time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	if got := granted(t, g.asksFor(t, room.ID)); !got.end.Equal(ended.End) || !got.end.Equal(apitest.Noon().Add(10*time.Minute)) {
		t.Errorf("got %+v, want until %s", got, ended.End)
	}
	g.clock.Step(time.Minute)
	if _, _, err := g.rooms.End(t.Context(), "auth0|quandt", room.ID, 0); err != nil {
		t.Fatal(err)
	}
	for _, got := range []answer{g.asksFor(t, room.ID), g.reads(t, room.ID)} {
		if p := shown(t, got, http.StatusForbidden, problem.RoomEnded); p.Message != "This room has been closed since 1 March 2026, 12:01 UTC." {
			t.Errorf("got %q, want since when", p.Message)
		}
	}
}

// TestReservation_OfWhatIsNoRoomHere tells nothing of which of the reasons it is.
func TestReservation_OfWhatIsNoRoomHere(t *testing.T) {
	t.Parallel()
	g := setup(t, options{})
	other := g.book(t, rooms.Booking{Name: "x", Provider: "elsewhere"}).ID
	unbound := g.book(t, rooms.Booking{Name: "x"}).ID
	good := g.hour(t).ID
	bodies := map[string]bool{}
	for _, name := range []string{
		sampleRoom, other, unbound, "standup", "x", "*", "[acme]" + good, "[]" + good, "[acme" + good, strings.ReplaceAll(good, "-", ""), "{" + good + "}",
		"urn:uuid:" + good, good + " ", " " + good, good + "\n", good + "/x", good + "?x", good[1:], good + "0", "[acme][acme]" + good, strings.Repeat("7", 60_000), "\xff", "🙂",
		rejected,
	} {
		p := shown(t, g.asksFor(t, name), http.StatusNotFound, problem.NotFound)
		p.RequestID = ""
		bodies[fmt.Sprintf("%+v", p)] = true
	}
	for _, id := range []string{sampleRoom, other, unbound, "standup", "x", "*", "%5Bacme%5D" + good, strings.ReplaceAll(good, "-", ""), "%7B" + good + "%7D", good + "%20", good[1:], ".."} {
		p := shown(t, g.reads(t, id), http.StatusNotFound, problem.NotFound)
		p.RequestID = ""
		bodies[fmt.Sprintf("%+v", p)] = true
	}
	if len(bodies) != 1 {
		t.Errorf("got %d different answers, want one", len(bodies))
	}
}

// TestReservation_NameInCapitals is that of the room, and what is answered is equal but for its case.
func TestReservation_NameInCapitals(t *testing.T) {
	t.Parallel()
	g := setup(t, options{})
	room := g.hour(t)
	for _, name := range []string{room.ID, strings.ToUpper(room.ID)} {
		got := granted(t, g.asksFor(t, name))
		if !strings.EqualFold(got.name, name) || got.id != room.ID {
			t.Errorf("got %+v for %s, want that room", got, name)
		}
		if got := granted(t, g.reads(t, name)); got.id != room.ID || got.name != room.ID {
			t.Errorf("got %+v for %s, want that room", got, name)
		}
	}
}

// TestReservation_OfATenantsRoom has the tenant in its name, as Prosody has.
func TestReservation_OfATenantsRoom(t *testing.T) {
	t.Parallel()
	g := setup(t, options{secret: map[string]any{"tenant": "acme"}})
	room := g.hour(t)
	for _, name := range []string{"[acme]" + room.ID, "[ACME]" + strings.ToUpper(room.ID)} {
		if got := granted(t, g.asksFor(t, name)); got.name != "[acme]"+room.ID || got.id != room.ID || !strings.EqualFold(got.name, name) {
			t.Errorf("got %+v for %s, want the name with its tenant, and the room's id", got, name)
		}
	}
	for _, name := range []string{room.ID, "[other]" + room.ID, "[acm]" + room.ID} {
		shown(t, g.asksFor(t, name), http.StatusNotFound, problem.NotFound)
	}
	if got := granted(t, g.reads(t, room.ID)); got.name != "[acme]"+room.ID {
		t.Errorf("got %+v, want the name with its tenant", got)
	}
}

func TestReservation_OwnerIsWhoOpensIt(t *testing.T) {
	t.Parallel()
	g := setup(t, options{})
	room := g.hour(t)
	for owner, want := range map[string]string{mailOwner: mailOwner, "": "auth0|quandt", "a+b&c=d ü@x": "a+b&c=d ü@x"} {
		if got := granted(t, g.asks(t, url.Values{"name": {room.ID}, "mail_owner": {owner}})); got.owner != want {
			t.Errorf("got the owner %q for %q, want %q", got.owner, owner, want)
		}
	}
	if got := granted(t, g.asks(t, url.Values{"name": {room.ID}})); got.owner != "auth0|quandt" {
		t.Errorf("got the owner %q, want who made the room", got.owner)
	}
}

func TestReservation_FormInEverySpelling(t *testing.T) {
	t.Parallel()
	g := setup(t, options{})
	room := g.hour(t)
	for _, contentType := range []string{form, form + "; charset=UTF-8", form + ";charset=utf-8", "Application/X-WWW-Form-Urlencoded"} {
		for _, body := range []string{
			"name=" + room.ID, "start_time=2026-03-01T12%3A00%3A00.000Z&mail_owner=x&name=" + room.ID, "name=" + strings.ReplaceAll(room.ID, "-", "%2D"),
			"name=" + room.ID + "&a=1&a=2&&b", "n%61me=" + room.ID,
		} {
			granted(t, g.send(t, http.MethodPost, conferencePath, body, http.Header{"Authorization": {bearer}, "Content-Type": {contentType}}))
		}
	}
}

func TestReservation_WhatIsNoFormIsRefused(t *testing.T) {
	t.Parallel()
	g := setup(t, options{})
	good := "name=" + g.hour(t).ID
	asks := func(body string, contentType ...string) answer {
		return g.send(t, http.MethodPost, conferencePath, body, http.Header{"Authorization": {bearer}, "Content-Type": contentType})
	}
	for name, got := range map[string]answer{
		"JSON by its type":       asks(good, "application/json"),
		"text":                   asks(good, "text/plain"),
		"parts":                  asks(good, "multipart/form-data; boundary=b"),
		"nonsense for a type":    asks(good, ";;"),
		"no type":                asks(good),
		"JSON":                   asks(`{"name":"x"}`, form),
		"no name":                asks("mail_owner=x", form),
		"an empty name":          asks("name=&mail_owner=x", form),
		"a name without a value": asks("name", form),
		"two names":              asks(good+"&"+good, form),
		"two names, one empty":   asks(good+"&name=", form),
		"a name in capitals":     asks(strings.Replace(good, "name", "Name", 1), form),
		"a broken escape":        asks(good+"&mail_owner=%747%zz", form),
		"a semicolon":            asks(good+";mail_owner="+rejected, form),
		"a blank":                asks(" ", form),
	} {
		p := shown(t, got, http.StatusUnprocessableEntity, problem.InvalidRequest)
		if !strings.Contains(p.Message, "application/x-www-form-urlencoded") || strings.Contains(string(got.Body), rejected) {
			t.Errorf("%s: got %s, want it said what is expected", name, got.Body)
		}
	}
}

// TestReservation_WhatTheLibraryRefusesIsShownToo because Jitsi shows it all the same.
func TestReservation_WhatTheLibraryRefusesIsShownToo(t *testing.T) {
	t.Parallel()
	g := setup(t, options{})
	header := http.Header{"Authorization": {bearer}, "Content-Type": {form}}
	for _, body := range []string{"name=" + strings.Repeat("7", maxBody), strings.Repeat("&", maxBody+1)} {
		shown(t, g.send(t, http.MethodPost, conferencePath, body, header), http.StatusRequestEntityTooLarge, problem.TooLarge)
	}
	shown(t, g.send(t, http.MethodPost, conferencePath, "", header), http.StatusBadRequest, problem.InvalidRequest)
	shown(t, g.send(t, http.MethodPost, conferencePath+"?x=1", "name=x", header), http.StatusUnprocessableEntity, problem.InvalidRequest)
	shown(t, g.send(t, http.MethodPost, conferencePath+"?x=1&x=2", "name=x", header), http.StatusUnprocessableEntity, problem.InvalidRequest)
	for _, method := range []string{http.MethodGet, http.MethodDelete} {
		got := g.send(t, method, conferencePath+"/"+strings.Repeat("7", 65), "", header)
		shown(t, got, http.StatusUnprocessableEntity, problem.InvalidRequest)
		refused(t, got, 422, "path.id")
	}
}

// strangers are Authorization headers of somebody else than the server.
func strangers() []string {
	return []string{
		"", "Bearer", "Bearer ", callback, "Bearer" + callback, "Bearer  " + callback, bearer + "x", bearer[:len(bearer)-1], "Basic " + callback, bearer + ", " + bearer,
		strings.ToUpper(bearer), "Bearer " + strings.Repeat("x", 5000), "Bearer null", "Bearer " + loginKeyID,
	}
}

func TestReservation_BelievesNobodyElse(t *testing.T) {
	t.Parallel()
	g := setup(t, options{})
	id := g.hour(t).ID
	for _, op := range operations()[6:9] {
		op = op.about(id)
		for _, header := range strangers() {
			op.header.Set("Authorization", header)
			p := shown(t, g.ask(t, op), http.StatusUnauthorized, problem.Unauthenticated)
			if p.Secret != "" || p.Errors != nil || strings.Contains(p.Detail, "secret") {
				t.Errorf("%s: got %+v, want 401 that tells nothing", op.id, p)
			}
		}
		op.header.Del("Authorization")
		shown(t, g.ask(t, op), http.StatusUnauthorized, problem.Unauthenticated)
		// Who is not believed is not told what is wrong either.
		op.body = rejected
		if op.method == http.MethodPost {
			shown(t, g.ask(t, op), http.StatusUnauthorized, problem.Unauthenticated)
		}
		op = operationOf(strings.TrimPrefix(op.id, "jitsi-")).about(id)
		for _, header := range []string{bearer, "Bearer " + next} {
			op.header.Set("Authorization", header)
			if got := g.ask(t, op); got.Status != 200 {
				t.Errorf("%s: got HTTP %d with %s, want either of the two tokens taken", op.id, got.Status, got.Body)
			}
		}
	}
}

func TestReservation_TokenThatWasAddedIsNoticed(t *testing.T) {
	t.Parallel()
	const added = "made-up-token-added-just-now"
	g := setup(t, options{})
	op := operationOf("delete-reservation")
	op.comes(t, g, g.ask(t, op))
	op.header.Set("Authorization", "Bearer "+added)
	shown(t, g.ask(t, op), http.StatusUnauthorized, problem.Unauthenticated)
	g.vault.Put(secretOf(g.upstream.url, map[string]any{"callbackTokens": []string{added}}))
	g.clock.Step(5 * time.Second) // strangers do not have it read more often
	op.comes(t, g, g.ask(t, op))
	op.header.Set("Authorization", bearer)
	shown(t, g.ask(t, op), http.StatusUnauthorized, problem.Unauthenticated)
}

// TestDeleteReservation_ChangesNothing: people may come back until the room's end.
func TestDeleteReservation_ChangesNothing(t *testing.T) {
	t.Parallel()
	g := setup(t, options{})
	room := g.hour(t)
	before := granted(t, g.asksFor(t, room.ID))
	op := operationOf("delete-reservation")
	for _, id := range []string{room.ID, room.ID, sampleRoom, "x"} {
		op := op.about(id)
		op.comes(t, g, g.ask(t, op))
	}
	if got := granted(t, g.asksFor(t, room.ID)); got != before {
		t.Errorf("got %+v, want %+v as before", got, before)
	}
}

// brokenStore is a state that cannot be read.
type brokenStore struct {
	table.Store

	err error
}

func (s brokenStore) Get(context.Context, ...table.Key) ([]table.Item, error) { return nil, s.err }

func (s brokenStore) Query(context.Context, table.Range) ([]table.Item, error) { return nil, s.err }

func (s brokenStore) Write(context.Context, ...table.Change) error { return s.err }

func TestReservation_StateThatIsBusyIsSaidSo(t *testing.T) {
	t.Parallel()
	g := setup(t, options{store: brokenStore{err: fmt.Errorf("engine: %w: throughput exceeded", table.ErrBusy)}})
	for _, got := range []answer{g.asksFor(t, sampleRoom), g.reads(t, sampleRoom)} {
		shown(t, got, http.StatusServiceUnavailable, problem.Unavailable)
		if got.Header.Get("Retry-After") == "" || strings.Contains(string(got.Body), "throughput") {
			t.Errorf("got %v with %s, want Retry-After and nothing of the inside", got.Header, got.Body)
		}
	}
	g = setup(t, options{store: brokenStore{err: errors.New("engine: disk is full")}})
	for _, got := range []answer{g.asksFor(t, sampleRoom), g.reads(t, sampleRoom)} {
		if shown(t, got, http.StatusInternalServerError, problem.Internal); strings.Contains(string(got.Body), "disk") {
			t.Errorf("got %s, want nothing of the inside", got.Body)
		}
	}
}

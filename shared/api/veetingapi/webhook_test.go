package veetingapi_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gavel/local/apitest"
	"gavel/local/standin"
	"gavel/shared/problem"
	"gavel/shared/table"
	"gavel/shared/veeting"
)

func onDynamoDB(t testing.TB) table.Store {
	t.Helper()
	return apitest.DynamoDB(t, nil)
}

// engine is a gateway that keeps its events in one of the engines, with the test that it is for.
type engine struct {
	*gateway

	t *testing.T
}

// onBothEngines does a test with the two operations about events.
func onBothEngines(t *testing.T, test func(g engine)) {
	t.Helper()
	for name, open := range map[string]func(testing.TB) table.Store{"embedded": apitest.Embedded, "dynamodb": onDynamoDB} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := setup(t, options{store: open(t)})
			g.untouched(t)
			test(engine{g, t})
		})
	}
}

// deliver sends an event as Veeting does.
func (g *gateway) deliver(t testing.TB, method, hook, key, body string) answer {
	t.Helper()
	header := http.Header{}
	if key != "" {
		header.Set("X-API-KEY", key)
	}
	return g.send(t, method, "/webhooks/veeting/"+hook, body, header)
}

// comes demands that an event is taken with an outcome.
func (g *gateway) comes(t testing.TB, body, outcome string) {
	t.Helper()
	got := g.deliver(t, http.MethodPost, hook, hookKey, body)
	if want := `{"outcome":"` + outcome + `"}` + "\n"; got.Status != http.StatusOK || string(got.Body) != want {
		t.Errorf("got HTTP %d with %s for %.200s, want 200 with %s", got.Status, got.Body, body, want)
	}
}

// listed is an answer of veeting-list-events.
type listed struct {
	Events []struct {
		Hook       string
		ReceivedAt time.Time
		Meeting    map[string]json.RawMessage
		LeftOut    int
	}
	Cursor string
}

// topics gives what makes the events of these tests differ.
func (l listed) topics() []string {
	topics := []string{}
	for _, e := range l.Events {
		topics = append(topics, strings.Trim(string(e.Meeting["topic"]), `"`))
	}
	return topics
}

func (g *gateway) list(t testing.TB, id, query string) listed {
	t.Helper()
	got := g.send(t, http.MethodGet, "/veeting/meetings/"+id+"/events"+query, "", nil)
	var l listed
	if err := json.Unmarshal(got.Body, &l); err != nil || got.Status != http.StatusOK {
		t.Fatalf("got HTTP %d with %s, %v, want a list", got.Status, got.Body, err)
	}
	return l
}

// told is an event about the meeting.
func told(topic string) string { return `{"id":"` + meetingID + `","topic":"` + topic + `"}` }

func TestWebhook_KeepsTheMeetingOnce(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(g engine) {
		t := g.t
		body := operationOf("webhook").body
		g.comes(t, body, "kept")
		g.clock.Step(time.Minute)
		g.comes(t, body, "known")
		g.comes(t, strings.ReplaceAll(body, ": ", " :\n"), "known")
		if got := g.deliver(t, http.MethodPut, hook, hookKey, body); string(got.Body) != `{"outcome":"known"}`+"\n" {
			t.Errorf("got %s by PUT, want it known", got.Body)
		}
		got := g.list(t, meetingID, "")
		if len(got.Events) != 1 || got.Cursor != "" {
			t.Fatalf("got %+v, want the one event", got)
		}
		e := got.Events[0]
		if e.Hook != hook || !e.ReceivedAt.Equal(g.clock.Now().Add(-time.Minute)) {
			t.Errorf("got %+v, want %s when it first came", e, hook)
		}
		for name, want := range map[string]string{
			"id": `"` + meetingID + `"`, "participantMeetingId": `"9974-7653-8886-0485"`, "duration": "60", "icalSequence": "0", "dtClosedAt": `"2024-04-07T09:50:00.000Z"`,
		} {
			if string(e.Meeting[name]) != want {
				t.Errorf("%s: got %s, want %s", name, e.Meeting[name], want)
			}
		}
		if _, mixed := e.Meeting["meetingId"]; mixed || len(e.Meeting) != 17 {
			t.Errorf("got %d fields, want all 17 and no meetingId", len(e.Meeting))
		}
	})
}

func TestWebhook_TakesPutAsWell(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(g engine) {
		t := g.t
		if got := g.deliver(t, http.MethodPut, hook, hookKey, told("a")); got.Status != http.StatusOK || string(got.Body) != `{"outcome":"kept"}`+"\n" {
			t.Errorf("got HTTP %d with %s, want it kept", got.Status, got.Body)
		}
		g.comes(t, told("a"), "known")
		isProblem(t, g.sendOnly(t, http.MethodDelete, "/webhooks/veeting/"+hook, "", nil), http.StatusMethodNotAllowed, problem.MethodNotAllowed)
	})
}

// TestWebhook_KeepsThatALargeEventWasThere once, with what of it fits.
func TestWebhook_KeepsThatALargeEventWasThere(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(g engine) {
		t := g.t
		summary := func(end string, size int) string {
			return `{"id":"` + meetingID + `","topic":"Review","summary":"` + strings.Repeat("<p>", size/3) + end + `"}`
		}
		for _, body := range []string{summary("a", 190<<10), summary("a", 2<<20), summary("b", 2<<20)} {
			g.comes(t, body, "kept")
			g.comes(t, strings.Replace(body, `":"`, `" : "`, 3), "known")
			g.clock.Step(time.Second)
		}
		got := g.list(t, meetingID, "").Events
		if len(got) != 3 {
			t.Fatalf("got %d events, want all three", len(got))
		}
		for i, e := range got {
			whole := i == 0
			if _, there := e.Meeting["summary"]; there != whole || whole != (e.LeftOut == 0) || !whole && e.LeftOut < 2<<20-3 {
				t.Errorf("%d: got the summary: %t and %d left out, want %t and the size of what was cut", i, there, e.LeftOut, whole)
			}
			if fields := len(e.Meeting); string(e.Meeting["topic"]) != `"Review"` || string(e.Meeting["id"]) != `"`+meetingID+`"` || whole && fields != 3 || !whole && fields != 2 {
				t.Errorf("%d: got %d fields, want the others as they came", i, fields)
			}
		}
	})
}

// TestListEvents_InTheOrderInWhichTheyCame page by page.
func TestListEvents_InTheOrderInWhichTheyCame(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(g engine) {
		t := g.t
		var want []string
		for i := range 7 {
			topic := string(rune('g' - i))
			want = append(want, topic)
			g.comes(t, told(topic), "kept")
			g.clock.Step(time.Millisecond)
		}
		g.comes(t, told("g"), "known") // does not move it
		if got := g.list(t, meetingID, ""); !slices.Equal(got.topics(), want) || got.Cursor != "" {
			t.Errorf("got %q and the cursor %q, want %q", got.topics(), got.Cursor, want)
		}
		for _, limit := range []int{1, 2, 3, 6, 100} {
			all, cursor, pages := []string{}, "", 0
			for {
				page := g.list(t, meetingID, fmt.Sprintf("?limit=%d&cursor=%s", limit, url.QueryEscape(cursor)))
				all, cursor = append(all, page.topics()...), page.Cursor
				if pages++; len(page.Events) > limit || pages > 8 {
					t.Fatalf("limit %d: got %d events in page %d", limit, len(page.Events), pages)
				}
				if cursor == "" {
					break
				}
			}
			if !slices.Equal(all, want) {
				t.Errorf("limit %d: got %q, want %q", limit, all, want)
			}
		}
	})
}

func TestListEvents_OfOneMeetingAlone(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(g engine) {
		t := g.t
		const other = "5e945c36b863b82cefdddf55"
		g.comes(t, told("a"), "kept")
		g.comes(t, strings.Replace(told("a"), meetingID, other, 1), "kept")
		g.comes(t, strings.Replace(told("b"), meetingID, strings.ToUpper(meetingID), 1), "kept")
		g.deliver(t, http.MethodPost, "onMeetingUpdated", "made-up-key-of-another", told("a"))
		got := g.list(t, meetingID, "")
		hooks := map[string]int{}
		for _, e := range got.Events {
			hooks[e.Hook]++
		}
		if len(got.Events) != 3 || hooks[hook] != 2 || hooks["onMeetingUpdated"] != 1 || len(g.list(t, other, "").Events) != 1 {
			t.Errorf("got %+v, want three, one of them of the other hook", got)
		}
	})
}

// TestListEvents_ForeignCursorsAreRefused whatever they are made of.
func TestListEvents_ForeignCursorsAreRefused(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(g engine) {
		t := g.t
		g.comes(t, told("a"), "kept")
		g.comes(t, told("b"), "kept")
		good := g.list(t, meetingID, "?limit=1").Cursor
		for _, cursor := range []string{
			"x", rejected, "at#", "id#", "id#" + good, good + "0", good[1:], strings.ToUpper(good), " " + good, good + "\n", "at#\xff", "at#\x00",
			"at#" + strings.Repeat("😀", 500), strings.Repeat("7", 512), "at#747#747", "../" + good,
		} {
			got := g.send(t, http.MethodGet, "/veeting/meetings/"+meetingID+"/events?cursor="+url.QueryEscape(cursor), "", nil)
			refused(t, got, 422, "query.cursor")
		}
		for _, limit := range []string{"0", "-747", "101", "747.5", "x", ""} {
			got := g.send(t, http.MethodGet, "/veeting/meetings/"+meetingID+"/events?limit="+limit, "", nil)
			if limit != "" {
				refused(t, got, 422, "query.limit")
			}
		}
	})
}

// TestWebhook_ManyAtOnce has the same event twenty times, and as many that differ.
func TestWebhook_ManyAtOnce(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(g engine) {
		t := g.t
		const times = 20
		var arriving sync.WaitGroup
		outcomes := make(chan string, times)
		for i := range times {
			arriving.Go(func() { outcomes <- string(g.deliver(t, http.MethodPost, hook, hookKey, told("same")).Body) })
			arriving.Go(func() { g.deliver(t, http.MethodPut, hook, hookKey, told(fmt.Sprint(i))) })
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
		if got := g.list(t, meetingID, "?limit=100"); len(got.Events) != times+1 {
			t.Errorf("got %d events, want %d", len(got.Events), times+1)
		}
	})
}

func TestWebhook_BelievesNobodyElse(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(g engine) {
		t := g.t
		for _, key := range []string{
			"", "x", hookKey[1:], hookKey + "x", strings.ToUpper(hookKey), hookKey + "," + hookKey, strings.Repeat("x", 5000), apiKey, "made-up-key-of-another",
		} {
			for _, body := range []string{told("a"), "{", rejected} {
				p := isProblem(t, g.deliver(t, http.MethodPost, hook, key, body), http.StatusUnauthorized, problem.Unauthenticated)
				if p.Secret != "" || strings.Contains(p.Detail, "secret") || p.Errors != nil {
					t.Errorf("got %+v, want 401 that tells nothing", p)
				}
			}
		}
		if got := g.list(t, meetingID, ""); len(got.Events) != 0 {
			t.Errorf("got %+v, want nothing kept", got)
		}
	})
}

// TestWebhook_KeepsALongSummary whole, also in characters that take more room elsewhere.
func TestWebhook_KeepsALongSummary(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(g engine) {
		for i, filler := range []string{"x", "<", "&", "ü", "\u2028", "🙂"} {
			head := strings.TrimSuffix(told(fmt.Sprint("summary ", i)), "}") + `,"summary":"`
			g.comes(g.t, head+strings.Repeat(filler, (199<<10-len(head)-2)/len(filler))+`"}`, "kept")
		}
		if got := g.list(g.t, meetingID, ""); len(got.Events) != 6 {
			g.t.Errorf("got %d events, want 6", len(got.Events))
		}
	})
}

// TestWebhook_OfTwoKeysTheFirstCounts as with all headers.
func TestWebhook_OfTwoKeysTheFirstCounts(t *testing.T) {
	t.Parallel()
	g := setup(t, options{only: webhookID})
	for keys, want := range map[[2]string]int{{hookKey, "x"}: 200, {"x", hookKey}: 401} {
		got := g.send(t, http.MethodPost, "/webhooks/veeting/"+hook, told("a"), http.Header{"X-Api-Key": keys[:]})
		if got.Status != want {
			t.Errorf("got HTTP %d for %q, want %d", got.Status, keys, want)
		}
	}
}

func TestWebhook_WithoutAKeyInTheSecretIsNotTaken(t *testing.T) {
	t.Parallel()
	for name, keys := range map[string]any{"none": nil, "another": map[string]string{"onMeetingJoined": hookKey}, "empty": map[string]string{hook: ""}} {
		g := setup(t, options{only: webhookID, secret: map[string]any{"webhookKeys": keys}})
		for _, key := range []string{"", hookKey, apiKey} {
			p := isProblem(t, g.deliver(t, http.MethodPost, hook, key, told("a")), http.StatusServiceUnavailable, problem.NotConfigured)
			if p.Secret != secretName || !strings.Contains(p.Detail, "webhookKeys") {
				t.Errorf("%s: got %+v, want %s named", name, p, secretName)
			}
		}
	}
}

func TestWebhook_ThatVeetingDoesNotHaveIsRefused(t *testing.T) {
	t.Parallel()
	g := setup(t, options{only: webhookID, secret: map[string]any{"webhookKeys": map[string]string{"onMeetingStarted": hookKey, "747": hookKey, hook: hookKey}}})
	for _, name := range []string{"onMeetingStarted", "747", rejected, strings.ToLower(hook), hook + "%20", "%2e%2e", hook + "%2Fx"} {
		refused(t, g.deliver(t, http.MethodPost, name, hookKey, told("a")), 422, "path.hook")
	}
}

func TestWebhook_AllOfVeetingsAreTaken(t *testing.T) {
	t.Parallel()
	hooks := veeting.HookNames()
	keys := map[string]string{}
	for _, name := range hooks {
		keys[name] = "made-up-key-of-" + name
	}
	g := setup(t, options{secret: map[string]any{"webhookKeys": keys}})
	for _, name := range hooks {
		if got := g.deliver(t, http.MethodPost, name, keys[name], told("a")); string(got.Body) != `{"outcome":"kept"}`+"\n" {
			t.Errorf("%s: got HTTP %d with %s, want it kept", name, got.Status, got.Body)
		}
		isProblem(t, g.deliver(t, http.MethodPost, name, hookKey, told("a")), http.StatusUnauthorized, problem.Unauthenticated)
		g.clock.Step(time.Second)
	}
	for i, e := range g.list(t, meetingID, "").Events {
		if e.Hook != hooks[i] {
			t.Errorf("got %s, want %s: each hook has its own events", e.Hook, hooks[i])
		}
	}
}

func TestWebhook_RefusesWhatIsNoEvent(t *testing.T) {
	t.Parallel()
	g := setup(t, options{only: webhookID})
	for _, body := range []string{" ", "{", "null", "[]", `"` + rejected + `"`, "747", `{"a":"` + rejected + `"`, "{}{}", "{\"a\":\"" + rejected + "\xff\"}", standin.Page} {
		isProblem(t, g.deliver(t, http.MethodPost, hook, hookKey, body), http.StatusUnprocessableEntity, problem.InvalidRequest)
	}
}

// TestWebhook_WithoutAMeetingsIDIsKept under none: of some hooks nothing is known.
func TestWebhook_WithoutAMeetingsIDIsKept(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(g engine) {
		t := g.t
		for _, body := range []string{
			"{}", `{"id":null}`, `{"id":747}`, `{"id":"9974-7653-8886-0485"}`, `{"id":"` + strings.Repeat("a", 5000) + `"}`, `{"meeting":{"id":"` + meetingID + `"}}`,
		} {
			g.comes(t, body, "kept")
			g.comes(t, body, "known")
		}
		if got := g.list(t, meetingID, ""); len(got.Events) != 0 {
			t.Errorf("got %+v, want none of the meeting", got)
		}
	})
}

// TestWebhook_TakesTheLargestEvents although < and > could take six bytes each.
func TestWebhook_TakesTheLargestEvents(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(g engine) {
		t := g.t
		for _, filler := range []string{"x", "<", "&", "ü", "\u2028", "\U0001F642"} {
			begin, end := `{"id":"`+meetingID+`","duration":"007","agenda":"`, `"}`
			fits := (maxBody - len(begin) - len(end)) / len(filler)
			g.comes(t, begin+strings.Repeat(filler, fits)+end, "kept")
			g.clock.Step(time.Millisecond)
		}
		if got := g.list(t, meetingID, ""); len(got.Events) != 6 || string(got.Events[0].Meeting["duration"]) != "7" {
			t.Errorf("got %d events, want 6", len(got.Events))
		}
	})
}

func TestWebhook_KeyThatWasRotatedIsNoticed(t *testing.T) {
	t.Parallel()
	const next = "made-up-key-that-is-new"
	g := setup(t, options{})
	g.comes(t, told("a"), "kept")
	g.vault.put(t, g.upstream.url, map[string]any{"webhookKeys": map[string]string{hook: next}})
	if got := g.deliver(t, http.MethodPost, hook, next, told("b")); string(got.Body) != `{"outcome":"kept"}`+"\n" {
		t.Errorf("got HTTP %d with %s, want the new key taken", got.Status, got.Body)
	}
	isProblem(t, g.deliver(t, http.MethodPost, hook, hookKey, told("c")), http.StatusUnauthorized, problem.Unauthenticated)
}

// busyStore is a state that is not reached in time.
type busyStore struct{ table.Store }

func (busyStore) Write(context.Context, ...table.Change) error { return table.ErrBusy }

func (busyStore) Query(context.Context, table.Range) ([]table.Item, error) { return nil, table.ErrBusy }

func TestEvents_StateThatIsBusyIsSaidSo(t *testing.T) {
	t.Parallel()
	g := setup(t, options{store: busyStore{}})
	for _, op := range operations()[6:] {
		got := g.ask(t, op)
		isProblem(t, got, http.StatusServiceUnavailable, problem.Unavailable)
		if got.Header.Get("Retry-After") == "" {
			t.Errorf("%s: got no Retry-After, want one", op.id)
		}
	}
}

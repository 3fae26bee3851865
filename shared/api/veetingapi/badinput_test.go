package veetingapi_test

import (
	"net/http"
	"strings"
	"testing"

	"gavel/local/apitest"
	"gavel/shared/problem"
)

// bodyCase is a body that is refused.
type bodyCase struct {
	name   string
	body   string
	status int
	where  []string
}

// writing gives the operations that take a body by their description, if only an empty one.
func writing() []operation {
	return []operation{operationOf("create-account"), operationOf("schedule-meeting"), operationOf("update-meeting"), operationOf("close-meeting")}
}

// unreadable are bodies that are no JSON, or JSON that two readers could understand in two ways.
func unreadable(op operation) []bodyCase {
	field := map[string]string{"veeting-create-account": "adminEmail", "veeting-close-meeting": "any"}[op.id]
	if field == "" {
		field = "topic"
	}
	bodies := apitest.Unreadable(field, op.body)
	bodies["the tutorial's backslash"] = "{\"adminPreferredLanguage\":\"en\",\\\n\"" + field + "\":\"" + rejected + "\"}"
	cases := make([]bodyCase, 0, len(bodies))
	for name, body := range bodies {
		cases = append(cases, bodyCase{name, body, http.StatusBadRequest, []string{"body"}})
	}
	return cases
}

// unfit are bodies that are JSON, but no object, or one with fields that are not known.
func unfit(op operation) []bodyCase {
	cases := []bodyCase{
		{"a list", `[]`, 422, []string{"body"}},
		{"a list of bodies", `[` + op.body + `]`, 422, []string{"body"}},
		{"a string", `"` + rejected + `"`, 422, []string{"body"}},
		{"a number", `747`, 422, []string{"body"}},
		{"true", `true`, 422, []string{"body"}},
		{"null", `null`, 422, []string{"body"}},
	}
	if op.id == "veeting-close-meeting" {
		return append(cases,
			bodyCase{"the body of Veeting's own call", `{"meetingId":"` + rejected + `"}`, 422, []string{"body.meetingId"}},
			bodyCase{"fields", `{"b":1,"a":null}`, 422, []string{"body.a", "body.b"}},
		)
	}
	return append(cases,
		bodyCase{"a field that is not known", strings.Replace(op.body, "{", `{"dryRun":"`+rejected+`",`, 1), 422, []string{"body.dryRun"}},
		bodyCase{"fields that are not known", strings.Replace(op.body, "{", `{"b":"`+rejected+`","a":747,`, 1), 422, []string{"body.a", "body.b"}},
		bodyCase{"an id", strings.Replace(op.body, "{", `{"id":"`+rejected+`",`, 1), 422, []string{"body.id"}},
	)
}

func TestBadBody_IsRefusedWithEveryFaultAndNothingIsSent(t *testing.T) {
	t.Parallel()
	for _, op := range writing() {
		t.Run(op.id, func(t *testing.T) {
			t.Parallel()
			g := setup(t, options{only: op.id})
			g.untouched(t)
			for _, c := range append(unreadable(op), unfit(op)...) {
				t.Run(c.name, func(t *testing.T) {
					t.Parallel()
					got := g.with(t, op, c.body)
					if c.where[0] == "body" {
						refusedAt(t, got, c.status, "body")
						return
					}
					refused(t, got, c.status, c.where...)
				})
			}
		})
	}
}

func TestEmptyBody_IsRefusedWhereTheOperationNeedsOne(t *testing.T) {
	t.Parallel()
	for _, op := range calling() {
		g := setup(t, options{only: op.id})
		if op.body == "" || op.id == "veeting-close-meeting" {
			if got := g.with(t, op, ""); got.Status != op.status {
				t.Errorf("%s: got HTTP %d, want %d: it needs no body", op.id, got.Status, op.status)
			}
			continue
		}
		g.untouched(t)
		refused(t, g.with(t, op, ""), http.StatusBadRequest, "body")
	}
}

func TestContentType_OtherThanJSONIsRefused(t *testing.T) {
	t.Parallel()
	for _, op := range writing() {
		g := setup(t, options{only: op.id})
		g.untouched(t)
		for _, contentType := range []string{"text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=b", rejected} {
			op.header.Set("Content-Type", contentType)
			refused(t, g.ask(t, op), http.StatusUnsupportedMediaType, "header.Content-Type")
		}
	}
}

// The limits are 64 KiB, and of an event 4 MiB, written out: they are part of the API.
const (
	maxBody  = 65536
	maxEvent = 4194304
)

func TestBodySize_OneByteTooManyIsRefused(t *testing.T) {
	t.Parallel()
	for _, op := range append(writing(), operationOf("webhook")) {
		t.Run(op.id, func(t *testing.T) {
			t.Parallel()
			g := setup(t, options{only: op.id})
			most := maxBody
			if op.id == webhookID {
				most = maxEvent
			}
			for _, long := range []string{padded(op.body, most+1), strings.Repeat(rejected, most/len(rejected)+1)} {
				isProblem(t, g.with(t, op, long), http.StatusRequestEntityTooLarge, problem.TooLarge)
			}
			if sent := g.upstream.seen(); len(sent) > 0 {
				t.Errorf("got %q upstream, want nothing", sent)
			}
			if got := g.with(t, op, padded(op.body, most)); got.Status != op.status {
				t.Errorf("got HTTP %d for %d bytes, want %d: %.300s", got.Status, most, op.status, got.Body)
			}
		})
	}
}

func padded(body string, size int) string { return body + strings.Repeat(" ", size-len(body)) }

func TestQuery_ThatIsNotKnownIsRefused(t *testing.T) {
	t.Parallel()
	for _, op := range operations() {
		g := setup(t, options{only: op.id})
		g.untouched(t)
		refused(t, g.sendOnly(t, op.method, op.path+"?dryRun="+rejected, op.body, op.header), 422, "query.dryRun")
		refused(t, g.sendOnly(t, op.method, op.path+"?b=747&a[x]=747&notify="+rejected, op.body, op.header), 422, "query.a[x]", "query.b", "query.notify")
	}
}

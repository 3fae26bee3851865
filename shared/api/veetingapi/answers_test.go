package veetingapi_test

import (
	"strings"
	"testing"

	"gavel/local/standin"
	"gavel/shared/problem"
)

// TestAnswer_IsPassedOnWhole with what nobody has documented.
func TestAnswer_IsPassedOnWhole(t *testing.T) {
	t.Parallel()
	const data = `{"id":"5e945c36b863b82cefdddf54","meetingId":"9974-7653-8886-0485","duration":"an hour","icalSequence":"12","new":{"duration":"1","x":[null]},"big":12345678901234567890}`
	const want = `{"big":12345678901234567890,"duration":"an hour","icalSequence":12,"id":"5e945c36b863b82cefdddf54","new":{"duration":"1","x":[null]},"participantMeetingId":"9974-7653-8886-0485"}`
	for _, code := range []string{`0`, `"0"`} {
		for _, op := range ofMeetings() {
			g := setup(t, options{only: op.id, answer: standin.Says(200, `{"responseCode":`+code+`,"data":`+data+`}`)})
			// What is not a number is not what the document says of duration.
			got := g.sendOnly(t, op.method, op.path, op.body, op.header)
			whole := want
			if op.status == 200 {
				whole = strings.Replace(op.answer[:strings.Index(op.answer, `","`)+1]+`,"meeting":`+want+`}`, "\n", "", 1)
				if !strings.Contains(op.answer, `","`) {
					whole = strings.TrimSuffix(op.answer, "}") + `,"meeting":` + want + `}`
				}
			}
			if got.Status != op.status || string(got.Body) != whole+"\n" {
				t.Errorf("%s: got HTTP %d with %s, want %d with %s", op.id, got.Status, got.Body, op.status, whole)
			}
		}
	}
}

// TestAnswer_ThatSaysNoMore than yes has no meeting in it.
func TestAnswer_ThatSaysNoMore(t *testing.T) {
	t.Parallel()
	for _, op := range calling() {
		for _, said := range []string{`{"responseCode":0}`, `{"responseCode":"0","data":null}`} {
			g := setup(t, options{only: op.id, answer: standin.Says(200, said)})
			want := map[string]string{
				"veeting-create-account": `{}`, "veeting-list-admins": `{"admins":[]}`, "veeting-schedule-meeting": `{}`,
				"veeting-update-meeting": `{"outcome":"updated"}`, "veeting-close-meeting": `{"outcome":"closed"}`, "veeting-delete-meeting": `{"outcome":"deleted"}`,
			}[op.id]
			if got := g.ask(t, op); got.Status != op.status || string(got.Body) != want+"\n" {
				t.Errorf("%s: got HTTP %d with %s, want %d with %s", op.id, got.Status, got.Body, op.status, want)
			}
		}
	}
}

// TestAnswer_ThatIsANo is passed on with Veeting's code and message, and with what the code used to mean.
func TestAnswer_ThatIsANo(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ code, want, means string }{
		{`-10`, "-10", "account already exists"},
		{`"-10"`, "-10", "account already exists"},
		{`-4`, "-4", "data not valid"},
		{`"-3"`, "-3", "not allowed"},
		{`-2`, "-2", "session key not valid"},
		{`-99`, "-99", "unknown error"},
		{`-1`, "-1", ""},
		{`7`, "7", ""},
	} {
		for _, status := range []int{200, 400, 409} {
			for _, op := range calling() {
				g := setup(t, options{only: op.id, answer: standin.Says(status, `{"responseCode":`+tt.code+`,"responseMessage":"No luck, `+userEmail+`","data":{"field":"topic"}}`)})
				got := g.ask(t, op)
				p := check(t, fault{Status: 502, Code: problem.UpstreamError, Upstream: status, Maybe: status == 200 && tt.want == "-99"}, got)
				if p.UpstreamCode != tt.want || p.UpstreamMessage != "No luck, [redacted]" || !strings.Contains(p.UpstreamBody, `"field":"topic"`) {
					t.Errorf("%s: got %s, want Veeting's own code %s and message", op.id, got.Body, tt.want)
				}
				hint := "in Veeting's older API the code " + tt.want + " means: " + tt.means
				if strings.Contains(p.Detail, "older API") != (tt.means != "") || tt.means != "" && !strings.Contains(p.Detail, hint) {
					t.Errorf("%s: got %q, want %q in it if there was a meaning", op.id, p.Detail, hint)
				}
				if n := len(g.upstream.seen()); n != 1 {
					t.Errorf("%s: got %d requests upstream, want 1", op.id, n)
				}
			}
		}
	}
}

package veetingapi_test

import (
	"net/http"
	"strings"
	"testing"

	"gavel/shared/problem"
)

// idOf gives the parameter of the operation's path, if it has one.
func idOf(op operation) (name, value string) {
	switch {
	case op.id == "veeting-list-admins":
		return "accountId", "5e9459c5b863b82cefdddf4f"
	case strings.Contains(op.path, meetingID):
		return "meetingId", meetingID
	}
	return "", ""
}

func TestID_ThatIsNoneIsRefused(t *testing.T) {
	t.Parallel()
	for _, op := range operations() {
		name, good := idOf(op)
		if name == "" {
			continue
		}
		t.Run(op.id, func(t *testing.T) {
			t.Parallel()
			g := setup(t, options{only: op.id})
			g.untouched(t)
			for _, value := range []string{
				"x", "747", rejected, strings.ToUpper(good), good[1:], good + "0", good[1:] + "g", "%20" + good, good + "%0A", good + "%00", good[2:] + "%C3%A9",
				"%2e", "%2e%2e", ".", "..", "a%2F747", "null", "9974-7653-8886-048", "9974-7653-8886-0485-1", good + ",747", strings.Repeat("7", 8000),
			} {
				refused(t, g.send(t, op.method, strings.Replace(op.path, good, value, 1), op.body, op.header), 422, "path."+name)
			}
		})
	}
}

// TestID_ThatParticipantsSeeIsExplained because Veeting calls both of them meetingId.
func TestID_ThatParticipantsSeeIsExplained(t *testing.T) {
	t.Parallel()
	for _, op := range operations() {
		if name, _ := idOf(op); name != "meetingId" {
			continue
		}
		g := setup(t, options{only: op.id})
		g.untouched(t)
		for value, explained := range map[string]bool{"9974-7653-8886-0485": true, "9974765388860485": true, "x": false, "5e945c36b863b82cefdddf5": false} {
			got := g.send(t, op.method, strings.Replace(op.path, meetingID, value, 1), op.body, op.header)
			refused(t, got, 422, "path.meetingId")
			if p := document(t, got); strings.Contains(p.Errors[0].Message, "that participants see") != explained {
				t.Errorf("%s: got %q for %s, want the difference explained: %t", op.id, p.Errors[0].Message, value, explained)
			}
		}
	}
}

func TestFaults_OfAllPartsAreReportedTogether(t *testing.T) {
	t.Parallel()
	g := setup(t, options{})
	g.untouched(t)
	refused(t, g.send(t, "PUT", "/veeting/meetings/747", `{"topic":"","startTime":"747","endTime":"747","duration":0,"type":"a b","timezone":"747"}`, users("747", "747")), 422,
		"body.duration", "body.endTime", "body.startTime", "body.timezone", "body.topic", "body.type", "header.X-User-Email", "header.X-User-Id", "path.meetingId")
	refused(t, g.send(t, "GET", "/veeting/meetings/747/events?limit=0&cursor="+strings.Repeat("7", 513), "", nil), 422, "path.meetingId", "query.cursor", "query.limit")
}

func TestPath_ThatNamesNoOperationIsNotFound(t *testing.T) {
	t.Parallel()
	g := setup(t, options{})
	g.untouched(t)
	for _, op := range operations() {
		for _, other := range []string{op.path + "/", op.path + "/../x", "/x/.." + op.path, "/" + op.path, strings.ToUpper(op.path), strings.Replace(op.path, "veeting/", "veeting%2F", 1)} {
			if op.id == webhookID && strings.Contains(other, "%2F") {
				continue
			}
			isProblem(t, g.sendOnly(t, op.method, other, op.body, op.header), http.StatusNotFound, problem.NotFound)
		}
	}
}

func TestMethod_ThatThePathDoesNotHaveIsRefused(t *testing.T) {
	t.Parallel()
	g := setup(t, options{})
	g.untouched(t)
	for _, op := range operations() {
		got := g.sendOnly(t, http.MethodPatch, op.path, op.body, op.header)
		isProblem(t, got, http.StatusMethodNotAllowed, problem.MethodNotAllowed)
		if allow := got.Header.Get("Allow"); !strings.Contains(allow, op.method) {
			t.Errorf("%s: got Allow %q, want %s in it", op.id, allow, op.method)
		}
	}
}

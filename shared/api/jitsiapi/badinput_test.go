package jitsiapi_test

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

// writing gives the operations that take a JSON body by their description, if only an empty one.
func writing() []operation { return operations()[:4] }

// fieldOf gives a field of the operation's body.
func fieldOf(op operation) string {
	return map[string]string{
		"jitsi-create-token": "room", "jitsi-end-room": "silentReconnect", "jitsi-kick-participant": "participantId", "jitsi-dial-out": "phoneNo",
	}[op.id]
}

// wholeBody gives a body that the operation takes.
func wholeBody(op operation) string {
	if op.body == "" {
		return "{}"
	}
	return op.body
}

// unreadable are bodies that are no JSON, or JSON that two readers could understand in two ways.
func unreadable(op operation) []bodyCase {
	bodies := apitest.Unreadable(fieldOf(op), wholeBody(op))
	cases := make([]bodyCase, 0, len(bodies))
	for name, body := range bodies {
		cases = append(cases, bodyCase{name, body, http.StatusBadRequest, []string{"body"}})
	}
	return cases
}

// unfit are bodies that are JSON, but not what the operation takes.
func unfit(op operation) []bodyCase {
	cases := []bodyCase{
		{"null", `null`, 422, []string{"body"}},
		{"a list", `[]`, 422, []string{"body"}},
		{"a list of bodies", `[` + op.body + `]`, 422, []string{"body"}},
		{"a string", `"` + rejected + `"`, 422, []string{"body"}},
		{"a number", `747`, 422, []string{"body"}},
		{"true", `true`, 422, []string{"body"}},
		{"a field that is not known", strings.Replace(wholeBody(op), "{", `{"dryRun":"`+rejected+`"`+comma(op), 1), 422, []string{"body.dryRun"}},
		{"fields that are not known", strings.Replace(wholeBody(op), "{", `{"b":"`+rejected+`","a":747`+comma(op), 1), 422, []string{"body.a", "body.b"}},
	}
	field := fieldOf(op)
	upper := strings.ToUpper(field[:1]) + field[1:]
	at := []string{"body." + upper}
	switch op.id {
	case "jitsi-end-room":
		return append(cases, bodyCase{"a capital in the name", `{"SilentReconnect":true}`, 422, at})
	case "jitsi-create-token", "jitsi-dial-out": // without its field a body lacks something
		cases = append(cases, bodyCase{"a capital in the name", strings.Replace(op.body, field, upper, 1), 422, append([]string{"body"}, at...)})
	default:
		cases = append(cases, bodyCase{"a capital in the name", strings.Replace(op.body, field, upper, 1), 422, at})
	}
	return append(cases,
		bodyCase{"both spellings", strings.Replace(op.body, "{", `{"`+upper+`":"`+rejected+`",`, 1), 422, at},
		bodyCase{"no field", `{}`, 422, []string{"body"}},
	)
}

// comma stands between fields where the operation's body has one.
func comma(op operation) string {
	if op.body == "" {
		return ""
	}
	return ","
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
					if c.where[0] == "body" && len(c.where) == 1 {
						problems.RefusedAt(t, got, c.status, "body")
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
	for _, op := range writing() {
		g := setup(t, options{only: op.id})
		if op.id == "jitsi-end-room" {
			op.comes(t, g, g.with(t, op, ""))
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
		op.body = wholeBody(op)
		for _, contentType := range []string{"text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=b", rejected} {
			op.header.Set("Content-Type", contentType)
			refused(t, g.ask(t, op), http.StatusUnsupportedMediaType, "header.Content-Type")
		}
	}
}

// maxBody is 64 KiB, written out: the limit is part of the API.
const maxBody = 65536

func padded(body string, size int) string { return body + strings.Repeat(" ", size-len(body)) }

func TestBodySize_OneByteTooManyIsRefused(t *testing.T) {
	t.Parallel()
	for _, op := range writing() {
		t.Run(op.id, func(t *testing.T) {
			t.Parallel()
			g := setup(t, options{only: op.id})
			op.body = wholeBody(op)
			for _, long := range []string{padded(op.body, maxBody+1), strings.Repeat(rejected, maxBody/len(rejected)+1)} {
				isProblem(t, g.with(t, op, long), http.StatusRequestEntityTooLarge, problem.TooLarge)
			}
			if sent := g.upstream.seen(); len(sent) > 0 {
				t.Errorf("got %q upstream, want nothing", sent)
			}
			if got := g.with(t, op, padded(op.body, maxBody)); got.Status != op.status {
				t.Errorf("got HTTP %d for %d bytes, want %d: %.300s", got.Status, maxBody, op.status, got.Body)
			}
		})
	}
}

func TestQuery_ThatIsNotKnownIsRefused(t *testing.T) {
	t.Parallel()
	for _, op := range operations() {
		g := setup(t, options{only: op.id})
		g.untouched(t)
		op.path, _, _ = strings.Cut(op.path, "?")
		refused(t, g.sendOnly(t, op.method, op.path+"?dryRun="+rejected, op.body, op.header), 422, "query.dryRun")
		refused(t, g.sendOnly(t, op.method, op.path+"?b=747&a[x]=747&Tenant="+rejected, op.body, op.header), 422, "query.Tenant", "query.a[x]", "query.b")
	}
}

// inRoom gives the operations whose path has a room.
func inRoom() []operation { return append(calling(), operationOf("list-events")) }

func TestRoom_ThatIsNoneIsRefused(t *testing.T) {
	t.Parallel()
	for _, op := range inRoom() {
		t.Run(op.id, func(t *testing.T) {
			t.Parallel()
			g := setup(t, options{only: op.id})
			g.untouched(t)
			for _, value := range []string{
				"*", "%2a", "%20", "..", "%2e%2e", ".", "%3F%23", "a%00", "a%0A", "a%7F", "a%C2%85", strings.Repeat("7", 129), strings.Repeat("%C3%BC", 129), "%FF",
			} {
				refused(t, g.send(t, op.method, strings.Replace(op.path, "standup", value, 1), op.body, op.header), 422, "path.room")
			}
		})
	}
}

// TestRoom_InEverySpelling means the room that the web client would open.
func TestRoom_InEverySpelling(t *testing.T) {
	t.Parallel()
	for _, op := range commanding() {
		t.Run(op.id, func(t *testing.T) {
			t.Parallel()
			for _, value := range []string{"standup", "StandUp", "STANDUP", "stand%3Fup", "%53tandup", "%2553tandup", "standup%2F"} {
				g := setup(t, options{only: op.id})
				op.comes(t, g, g.send(t, op.method, strings.Replace(op.path, "standup", value, 1), op.body, op.header))
			}
		})
	}
}

func TestTenant_ThatIsNoneIsRefused(t *testing.T) {
	t.Parallel()
	for _, op := range inRoom() {
		t.Run(op.id, func(t *testing.T) {
			t.Parallel()
			g := setup(t, options{only: op.id})
			g.untouched(t)
			op.path, _, _ = strings.Cut(op.path, "?")
			for _, value := range []string{"%20", "a.b", "a%2Fb", "-747", "_747", "%5Bacme%5D", "caf%C3%A9", "acme%0A", "acme%00", strings.Repeat("7", 64), "*", ".."} {
				refused(t, g.send(t, op.method, op.path+"?tenant="+value, op.body, op.header), 422, "query.tenant")
			}
			refused(t, g.send(t, op.method, op.path+"?tenant=acme&tenant=747", op.body, op.header), 422, "query.tenant")
		})
	}
}

func TestFaults_OfAllPartsAreReportedTogether(t *testing.T) {
	t.Parallel()
	g := setup(t, options{})
	g.untouched(t)
	refused(t, g.post(t, "/jitsi/rooms/*/end?tenant=a.747", `{"silentReconnect":"747"}`), 422, "body.silentReconnect", "path.room", "query.tenant")
	refused(t, g.post(t, "/jitsi/rooms/*/kick?tenant=a.747", `{"participantId":"747","number":"747"}`), 422,
		"body", "body.participantId", "path.room", "query.tenant")
	refused(t, g.post(t, "/jitsi/rooms/*/dial-out?tenant=a.747", `{"phoneNo":"747","x":747}`), 422, "body.phoneNo", "body.x", "path.room", "query.tenant")
	refused(t, g.send(t, "GET", "/jitsi/rooms/*/occupants?tenant=a.747", "", nil), 422, "path.room", "query.tenant")
	refused(t, g.send(t, "GET", "/jitsi/rooms/*/events?tenant=a.747&limit=0&cursor="+strings.Repeat("7", 513), "", nil), 422,
		"path.room", "query.cursor", "query.limit", "query.tenant")
}

func TestPath_ThatNamesNoOperationIsNotFound(t *testing.T) {
	t.Parallel()
	g := setup(t, options{})
	g.untouched(t)
	for _, op := range operations() {
		op.path, _, _ = strings.Cut(op.path, "?")
		for _, other := range []string{op.path + "/", "/x/.." + op.path, "/" + op.path, strings.ToUpper(op.path)} {
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

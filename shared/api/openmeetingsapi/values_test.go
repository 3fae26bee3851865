package openmeetingsapi_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"gavel/local/standin"
)

// place is where an operation takes a text that goes into a path of the server's.
type place struct {
	id    string
	where string // as faults say it
	// request gives the operation's request with a text in that place, and sent what of it reaches the server, with %s for
	// the text.
	request func(t testing.TB, op operation, text string) (path, body string)
	sent    string
}

func inQuery(name string) func(testing.TB, operation, string) (string, string) {
	return func(t testing.TB, op operation, text string) (string, string) {
		t.Helper()
		path, query, _ := strings.Cut(op.path, "?")
		values, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		values.Set(name, text)
		return path + "?" + values.Encode(), op.body
	}
}

func inBody(name string) func(testing.TB, operation, string) (string, string) {
	return func(t testing.TB, op operation, text string) (string, string) {
		t.Helper()
		return op.path, with(t, op.body, name, quoted(text))
	}
}

func inPath(_ testing.TB, _ operation, text string) (path, body string) {
	return "/openmeetings/errors/" + strings.ReplaceAll(url.PathEscape(text), ".", "%2E"), ""
}

func places() []place {
	return []place{
		{"find-room", "query.externalType", inQuery("externalType"), "GET /room/CONFERENCE/%s/room-17"},
		{"find-room", "query.externalId", inQuery("externalId"), "GET /room/CONFERENCE/myCMS/%s"},
		{"delete-external-user", "query.externalType", inQuery("externalType"), "DELETE /user/%s/uniqueId1"},
		{"delete-external-user", "query.externalId", inQuery("externalId"), "DELETE /user/myCMS/%s"},
		{"delete-external-file", "query.externalType", inQuery("externalType"), "DELETE /file/%s/file-17"},
		{"delete-external-file", "query.externalId", inQuery("externalId"), "DELETE /file/myCMS/%s"},
		{"list-files", "query.externalType", inQuery("externalType"), "GET /file/%s"},
		{"list-recordings", "query.externalType", inQuery("externalType"), "GET /record/%s"},
		{"find-appointments", "query.title", inQuery("title"), "GET /calendar/title/%s"},
		{"kick", "body.externalType", inBody("externalType"), "GET /room/kick/2/%s/uniqueId1"},
		{"kick", "body.externalId", inBody("externalId"), "GET /room/kick/2/myCMS/%s"},
		{"rename-file", "body.name", inBody("name"), "POST /file/rename/9/%s"},
		{"get-error-text", "path.key", inPath, "GET /error/%s/1"},
	}
}

func TestText_ThatCannotBeInAPathOfTheServersIsRefused(t *testing.T) {
	t.Parallel()
	texts := []string{
		".", "..", "/", "a/b", "/" + rejected, `\`, `a\b`, ";", "a;b=" + rejected, "../../" + rejected, "a\x00b", "a\nb", "\r\n" + rejected, "\t", "\x7f",
		"\u0085", strings.Repeat("a", 256), strings.Repeat("ü", 256),
	}
	for _, p := range places() {
		t.Run(p.id+" "+p.where, func(t *testing.T) {
			t.Parallel()
			op := operationOf(p.id)
			g := setup(t, options{only: op.id})
			g.untouched(t)
			for _, text := range texts {
				if text == "/" && p.where == "path.key" {
					continue // that is another path, and none
				}
				path, body := p.request(t, op, text)
				refused(t, g.send(t, op.method, path, body, nil), 422, p.where)
			}
			if strings.HasPrefix(p.where, "query") {
				path, body := p.request(t, op, "a\xffb")
				refused(t, g.send(t, op.method, path, body, nil), 422, p.where)
				path, body = p.request(t, op, "")
				refused(t, g.send(t, op.method, path, body, nil), 422, p.where)
			}
		})
	}
}

func TestText_IsOneSegmentOfThePathOnItsWay(t *testing.T) {
	t.Parallel()
	for _, p := range places() {
		t.Run(p.id+" "+p.where, func(t *testing.T) {
			t.Parallel()
			op := operationOf(p.id)
			g := setup(t, options{only: op.id, command: standin.Says(http.StatusOK, `{}`)})
			for text, want := range map[string]string{
				"%": "%25", "100%25": "100%2525", "%2e%2e": "%252e%252e", "%2F": "%252F", "a+b c": "a%2Bb%20c", "a?b#c": "a%3Fb%23c", "ü": "%C3%BC",
				"日本": "%E6%97%A5%E6%9C%AC", "...": "...", "a.b": "a.b", "auth0|5f90": "auth0%7C5f90", "a&b=c": "a%26b%3Dc", "👩‍🏫": "%F0%9F%91%A9%E2%80%8D%F0%9F%8F%AB",
				"007": "007", "true": "true", "~'\"": "~%27%22", strings.Repeat("ü", 255): strings.Repeat("%C3%BC", 255),
			} {
				before := len(g.upstream.commands())
				path, body := p.request(t, op, text)
				g.send(t, op.method, path, body, nil)
				sent := g.upstream.commands()[before:]
				if len(sent) == 0 || sent[0].line != strings.Replace(p.sent, "%s", want, 1) {
					t.Errorf("got %+v upstream for %q, want %s in %s", sent, text, want, p.sent)
				}
			}
		})
	}
}

// valueCase is a body that is refused for what it says.
type valueCase struct {
	id, name, body string
	where          []string
}

func valueCases(t testing.TB) []valueCase {
	t.Helper()
	entry := func(options string) string {
		return `{"user":{"externalId":"u","externalType":"t"},"options":` + options + `}`
	}
	slot := func(start, end string) string { return `{"title":"x","start":"` + start + `","end":"` + end + `"}` }
	member := func(m string) string {
		return `{"title":"x","start":"2026-12-01T09:00:00Z","end":"2026-12-01T10:00:00Z","members":[{"userId":1},` + m + `]}`
	}
	cases := []valueCase{
		{"create-entry", "no target", entry(`{}`), []string{"body.options.roomId"}},
		{"create-entry", "no target, but a role", entry(`{"moderator":true}`), []string{"body.options.roomId"}},
		{"create-entry", "room without type", entry(`{"externalRoomId":"747"}`), []string{"body.options.externalType"}},
		{"create-entry", "type without room", entry(`{"externalType":"747"}`), []string{"body.options.externalRoomId"}},
		{"create-entry", "type without room beside an id", entry(`{"roomId":2,"externalType":"747"}`), []string{"body.options.externalRoomId"}},
		{"create-entry", "everything", `{"user":{"externalId":"","externalType":"","x":1},"options":{"roomId":0,"y":1},"languageId":0,"z":1}`, []string{
			"body.languageId", "body.options.roomId", "body.options.y", "body.user.externalId", "body.user.externalType", "body.user.x", "body.z",
		}},
		{"create-room", "id without type", `{"type":"CONFERENCE","externalId":"747"}`, []string{"body.externalType"}},
		{"create-room", "type without id", `{"type":"CONFERENCE","externalType":"747","externalId":""}`, []string{"body.externalId"}},
		{"create-room", "closed", `{"type":"CONFERENCE","closed":true}`, []string{"body.closed"}},
		{"create-room", "an id", `{"type":"CONFERENCE","id":747}`, []string{"body.id"}},
		{"create-room", "element not known", `{"type":"CONFERENCE","hiddenElements":["CHAT","` + rejected + `"]}`, []string{"body.hiddenElements[1]"}},
		{"create-room", "element in small letters", `{"type":"CONFERENCE","hiddenElements":["chat"]}`, []string{"body.hiddenElements[0]"}},
		{"create-room", "too many files", `{"type":"CONFERENCE","files":[{"fileId":1,"wbIdx":0}` + strings.Repeat(`,{"fileId":1,"wbIdx":0}`, 100) + `]}`, []string{"body.files"}},
		{"create-room", "file with a name", `{"type":"CONFERENCE","files":[{"fileId":1,"wbIdx":0,"name":"747"}]}`, []string{"body.files[0].name"}},
		{"create-room", "file without anything", `{"type":"CONFERENCE","files":[{}]}`, []string{"body.files[0]"}},
		{"create-room", "type of a file", `{"type":"FOLDER"}`, []string{"body.type"}},
		{"update-room", "closed", `{"closed":true}`, []string{"body.closed"}},
		{"update-room", "an id", `{"id":3}`, []string{"body.id"}},
		{"kick", "id without type", `{"externalId":"747"}`, []string{"body.externalType"}},
		{"kick", "type without id", `{"externalType":"747"}`, []string{"body.externalId"}},
		{"kick", "id and an empty type", `{"externalType":"","externalId":"747"}`, []string{"body.externalType"}},
		{"clear-whiteboard", "slide alone", `{"slide":0}`, []string{"body.whiteboardId"}},
		{"clear-whiteboard", "slide and null", `{"slide":0,"whiteboardId":null}`, []string{"body.whiteboardId"}},
		{"upload-file", "id without type", `{"name":"x","content":"eA==","externalId":"747"}`, []string{"body.externalType"}},
		{"upload-file", "a room", `{"name":"x","content":"eA==","roomId":747}`, []string{"body.roomId"}},
		{"upload-file", "folder with content", `{"name":"x","type":"FOLDER","content":"eA=="}`, []string{"body.content"}},
		{"upload-file", "file without content", `{"name":"x"}`, []string{"body.content"}},
		{"upload-file", "file with empty content", `{"name":"x","content":""}`, []string{"body.content"}},
		{"upload-file", "type that cannot be sent", `{"name":"x","type":"RECORDING","content":"eA=="}`, []string{"body.type"}},
		{"move-file", "no folder", `{"roomId":2}`, []string{"body"}},
		{"move-file", "folder as text", `{"roomId":2,"folderId":"747"}`, []string{"body.folderId"}},
		{"move-file", "folder with a fraction", `{"roomId":2,"folderId":-747.5}`, []string{"body.folderId"}},
		{"create-user", "id without type", with(t, operationOf("create-user").body, "externalId", `"747"`), []string{"body.externalType"}},
		{"create-user", "rights of an administrator", with(t, operationOf("create-user").body, "rights", `["ROOM","ADMIN"]`), []string{"body.rights[1]"}},
		{"create-user", "rights of a program", with(t, operationOf("create-user").body, "rights", `["SOAP"]`), []string{"body.rights[0]"}},
		{"create-user", "rights in small letters", with(t, operationOf("create-user").body, "rights", `["room"]`), []string{"body.rights[0]"}},
		{"create-user", "login of three", with(t, operationOf("create-user").body, "login", `"doe"`), []string{"body.login"}},
		{"create-user", "no e-mail address", with(t, operationOf("create-user").body, "email", `"`+rejected+`"`), []string{"body.email"}},
		{"create-user", "kind of user", with(t, operationOf("create-user").body, "type", `"LDAP"`), []string{"body.type"}},
		{"create-invitation", "no e-mail address", `{"email":"` + rejected + `"}`, []string{"body.email"}},
		{"create-invitation", "period without times", `{"email":"ada@example.org","valid":"PERIOD"}`, []string{"body.validFrom", "body.validTo"}},
		{"create-invitation", "period of one time", `{"email":"ada@example.org","valid":"PERIOD","validFrom":"2026-11-22 09:00:00"}`, []string{"body.validTo"}},
		{"create-invitation", "period in another form", `{"email":"ada@example.org","valid":"PERIOD","validFrom":"2026-11-22T09:00:00","validTo":"747"}`, []string{"body.validFrom", "body.validTo"}},
		{"create-invitation", "no day", `{"email":"ada@example.org","valid":"PERIOD","validFrom":"2026-02-30 09:00:00","validTo":"2026-13-01 09:00:00"}`, []string{"body.validFrom", "body.validTo"}},
		{"create-invitation", "backwards", `{"email":"ada@example.org","valid":"PERIOD","validFrom":"2026-11-22 09:00:00","validTo":"2026-11-22 08:59:59"}`, []string{"body.validTo"}},
		{"create-invitation", "no time in between", `{"email":"ada@example.org","valid":"PERIOD","validFrom":"2026-11-22 09:00:00","validTo":"2026-11-22 09:00:00"}`, []string{"body.validTo"}},
	}
	for _, id := range []string{"create-appointment", "update-appointment"} {
		cases = append(cases,
			valueCase{id, "no times", `{"title":"x"}`, []string{"body"}},
			valueCase{id, "times that are none", slot(rejected, "747"), []string{"body.end", "body.start"}},
			valueCase{id, "days", slot("2026-12-01", "2026-12-02"), []string{"body.end", "body.start"}},
			valueCase{id, "no zones", slot("2026-12-01T09:00:00", "2026-12-01T10:00:00"), []string{"body.end", "body.start"}},
			valueCase{id, "no such day", slot("2026-02-30T09:00:00Z", "2026-12-01T25:00:00Z"), []string{"body.end", "body.start"}},
			valueCase{id, "end within the second of the start", slot("2026-12-01T09:00:00.1Z", "2026-12-01T09:00:00.9Z"), []string{"body.end"}},
			valueCase{id, "milliseconds", `{"title":"x","start":1747747747000,"end":1747747748000}`, []string{"body.end", "body.start"}},
			valueCase{id, "backwards", slot("2026-12-01T09:00:00Z", "2026-12-01T08:59:59Z"), []string{"body.end"}},
			valueCase{id, "backwards but for the zone", slot("2026-12-01T09:00:00-05:00", "2026-12-01T10:00:00+01:00"), []string{"body.end"}},
			valueCase{id, "no time in between", slot("2026-12-01T09:00:00Z", "2026-12-01T10:00:00+01:00"), []string{"body.end"}},
			valueCase{id, "year 1", slot("0001-12-01T09:00:00Z", "2026-12-01T10:00:00Z"), []string{"body.start"}},
			valueCase{id, "years before 1970", slot("1747-12-01T09:00:00Z", "1969-12-31T23:59:59Z"), []string{"body.end", "body.start"}},
			valueCase{id, "year 10000", slot("2026-12-01T09:00:00Z", "10000-12-01T10:00:00Z"), []string{"body.end"}},
			valueCase{id, "member who is nobody", member(`{}`), []string{"body.members[1].userId"}},
			valueCase{id, "member with a name alone", member(`{"firstname":"Ada"}`), []string{"body.members[1].userId"}},
			valueCase{id, "member in two ways", member(`{"userId":747,"email":"ada@example.org"}`), []string{"body.members[1].userId"}},
			valueCase{id, "member without type", member(`{"externalId":"747"}`), []string{"body.members[1].externalType"}},
			valueCase{id, "member without id", member(`{"externalType":"747"}`), []string{"body.members[1].externalId"}},
			valueCase{id, "member with a bad address", member(`{"email":"` + rejected + `"}`), []string{"body.members[1].email"}},
			valueCase{id, "member with a bad id", member(`{"userId":-747}`), []string{"body.members[1].userId"}},
			valueCase{id, "member with a field", member(`{"userId":1,"role":"747"}`), []string{"body.members[1].role"}},
			valueCase{id, "member as a number", member(`747`), []string{"body.members[1]", "body.members[1].userId"}},
			valueCase{id, "too many members", member(`{"userId":2}` + strings.Repeat(`,{"userId":2}`, 199)), []string{"body.members"}},
			valueCase{id, "reminder in small letters", `{"title":"x","start":"2026-12-01T09:00:00Z","end":"2026-12-01T10:00:00Z","reminder":"ical"}`, []string{"body.reminder"}},
		)
	}
	return cases
}

func TestValue_ThatTheServerCannotUseIsRefused(t *testing.T) {
	t.Parallel()
	for _, c := range valueCases(t) {
		t.Run(c.id+" "+c.name, func(t *testing.T) {
			t.Parallel()
			op := operationOf(c.id)
			g := setup(t, options{only: op.id})
			g.untouched(t)
			refused(t, g.send(t, op.method, op.path, c.body, nil), 422, c.where...)
		})
	}
}

func TestPassword_ThatTheServerWouldRefuseIsRefused(t *testing.T) {
	t.Parallel()
	op := operationOf("create-user")
	g := setup(t, options{only: op.id})
	g.untouched(t)
	for _, bad := range []string{
		"Kite-7!", "kite-71!stone", "KITE-71!STONE", "Kite-xx!stone", "Kite-71-stone", "John-71!stone", "Kite-71!DOE", "Kite-71!ample", "kite 71 stone",
		"12345678", "Kite-71?(stone)",
	} {
		got := g.send(t, op.method, op.path, with(t, op.body, "password", quoted(bad)), nil)
		refused(t, got, 422, "body.password")
		if strings.Contains(string(got.Body), bad) {
			t.Errorf("got %s, which repeats the password", got.Body)
		}
	}
}

func TestQuery_ThatDoesNotFitIsRefused(t *testing.T) {
	t.Parallel()
	const start, end = "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z"
	for _, c := range []struct {
		id, query string
		where     []string
	}{
		{"list-rooms", "", []string{"query.type"}},
		{"list-rooms", "type=", []string{"query.type"}},
		{"list-rooms", "type=conference", []string{"query.type"}},
		{"list-rooms", "type=" + rejected, []string{"query.type"}},
		{"list-rooms", "type=CONFERENCE%20", []string{"query.type"}},
		{"list-rooms", "Type=CONFERENCE", []string{"query.Type"}},
		{"find-room", "", []string{"query.externalId", "query.externalType", "query.type"}},
		{"find-room", "type=RESTRICTED&externalType=a&externalId=b", []string{"query.type"}},
		{"find-room", "type=CONFERENCE&externalId=747", []string{"query.externalType"}},
		{"delete-external-user", "externalType=747", []string{"query.externalId"}},
		{"delete-external-file", "externalId=747", []string{"query.externalType"}},
		{"list-files", "", []string{"query.externalType"}},
		{"list-recordings", "externalId=747", []string{"query.externalType"}},
		{"list-recordings", "externalType=a&externalId=" + strings.Repeat("7", 256), []string{"query.externalId"}},
		{"find-appointments", "", []string{"query.title"}},
		{"list-appointments", "", []string{"query.end", "query.start"}},
		{"list-appointments", "start=" + rejected + "&end=747", []string{"query.end", "query.start"}},
		{"list-appointments", "start=2026-12-01&end=" + end, []string{"query.start"}},
		{"list-appointments", "start=2026-12-01T00:00:00%2B0100&end=" + end, []string{"query.start"}},
		{"list-appointments", "start=2026-12-01T00:00:00+01:00&end=" + end, []string{"query.start"}}, // a blank, that is
		{"list-appointments", "start=1747747747000&end=" + end, []string{"query.start"}},
		{"list-appointments", "start=" + end + "&end=" + start, []string{"query.end"}},
		{"list-appointments", "start=" + start + "&end=" + start, []string{"query.end"}},
		{"list-appointments", "start=0001-12-01T00:00:00Z&end=" + end, []string{"query.start"}},
		{"list-appointments", "start=" + start + "&end=10000-01-01T00:00:00Z", []string{"query.end"}},
		{"list-appointments", "start=" + start + "&end=" + end + "&userId=0", []string{"query.userId"}},
		{"list-appointments", "start=" + start + "&end=" + end + "&userId=747.5", []string{"query.userId"}},
		{"next-appointment", "userId=" + rejected, []string{"query.userId"}},
		{"next-appointment", "userId=-747", []string{"query.userId"}},
		{"next-appointment", "userId=9223372036854775808", []string{"query.userId"}},
		{"list-group-users", "start=-747", []string{"query.start"}},
		{"list-group-users", "start=2147483648", []string{"query.start"}},
		{"list-group-users", "max=0", []string{"query.max"}},
		{"list-group-users", "max=1001", []string{"query.max"}},
		{"list-group-users", "max=747e1", []string{"query.max"}},
		{"list-group-users", "orderBy=id%3Bdrop", []string{"query.orderBy"}},
		{"list-group-users", "orderBy=" + strings.Repeat("a", 65), []string{"query.orderBy"}},
		{"list-group-users", "order=ASC", []string{"query.order"}},
		{"list-group-users", "order=" + rejected + "&max=x&start=y", []string{"query.max", "query.order", "query.start"}},
		{"get-error-text", "language=0", []string{"query.language"}},
		{"get-error-text", "language=en", []string{"query.language"}},
		{"get-error-text", "language=2147483648", []string{"query.language"}},
	} {
		t.Run(c.id+" "+c.query, func(t *testing.T) {
			t.Parallel()
			op := operationOf(c.id)
			g := setup(t, options{only: op.id})
			g.untouched(t)
			path, _, _ := strings.Cut(op.path, "?")
			refused(t, g.send(t, op.method, path+"?"+c.query, "", nil), 422, slices.Clone(c.where)...)
		})
	}
}

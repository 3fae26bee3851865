package roomsapi_test

import (
	"fmt"
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

// unreadable are bodies that are no JSON, or JSON that two readers could understand in two ways.
func unreadable(op operation) []bodyCase {
	whole := op.body
	if whole == "" {
		whole = "{}"
	}
	bodies := map[string]string{
		"cut short":                 `{`,
		"cut short in a value":      `{"name":"` + marker,
		"blank":                     " \n",
		"no JSON":                   marker,
		"a form":                    "name=" + marker,
		"name without quotes":       `{name:"` + marker + `"}`,
		"comma at the end":          `{"name":"` + marker + `",}`,
		"comment":                   "// " + marker + "\n" + whole,
		"not a number":              `{"name":NaN}`,
		"leading zero":              `{"name":07}`,
		"byte order mark":           "\ufeff" + whole,
		"text after it":             whole + marker,
		"a second value":            whole + whole,
		"a name twice":              `{"name":"` + marker + `","name":"` + marker + `"}`,
		"a name twice, one escaped": `{"name":1,"n\u0061me":1}`,
		"a name twice further down": `{"name":{"a":1,"a":2}}`,
		"invalid UTF-8":             `{"name":"` + marker + "\xff\"}",
		"invalid UTF-8 in a name":   "{\"\xff\":1}",
		"surrogate in UTF-8":        "{\"name\":\"\xed\xa0\x80\"}",
		"half a surrogate pair":     `{"name":"\ud800"}`,
		"control character":         "{\"name\":\"a\x00b\"}",
		"UTF-16":                    "{\x00}\x00",
		"nested too deep":           strings.Repeat("[", 20_000),
		"number beyond all bounds":  `{"time_left_in_seconds":1e400}`,
	}
	cases := make([]bodyCase, 0, len(bodies))
	for name, body := range bodies {
		cases = append(cases, bodyCase{name, body, http.StatusBadRequest, []string{"body"}})
	}
	return cases
}

// ofAnyType are bodies that are JSON but no object of known fields.
func ofAnyType(op operation) []bodyCase {
	cases := []bodyCase{
		{"null", `null`, 422, []string{"body"}},
		{"a list", `[]`, 422, []string{"body"}},
		{"a list of bodies", `[{"name":"` + marker + `"}]`, 422, []string{"body"}},
		{"a string", `"` + marker + `"`, 422, []string{"body"}},
		{"a number", `7`, 422, []string{"body"}},
		{"true", `true`, 422, []string{"body"}},
	}
	if op.body == "" {
		return append(cases, bodyCase{"a field", `{"force":"` + marker + `"}`, 422, []string{"body.force"}})
	}
	name, _, _ := strings.Cut(op.body[2:], `"`)
	upper := strings.ToUpper(name)
	capitals := []string{"body." + upper}
	if op.id == "rooms-create" || op.id == "rooms-add-participant" { // which cannot do without the field
		capitals = append([]string{"body"}, capitals...)
	}
	return append(cases,
		bodyCase{"a field that is not known", strings.Replace(op.body, "{", `{"force":"`+marker+`",`, 1), 422, []string{"body.force"}},
		bodyCase{"capitals for a name", strings.Replace(op.body, name, upper, 1), 422, capitals},
	)
}

func TestBadBody_IsRefusedWithEveryFault(t *testing.T) {
	t.Parallel()
	w := setup(t, options{})
	m := w.meet(t)
	for _, op := range operations() {
		if !op.takesBody() {
			continue
		}
		t.Run(op.id, func(t *testing.T) {
			t.Parallel()
			for _, c := range append(append(unreadable(op), ofAnyType(op)...), badFields()[op.id]...) {
				t.Run(c.name, func(t *testing.T) {
					t.Parallel()
					refused(t, w.send(t, as(owner), op.method, m.at(op), c.body), c.status, c.where...)
				})
			}
		})
	}
}

// badTimes are no times, or none that can be kept.
func badTimes(field string) []bodyCase {
	var cases []bodyCase
	for _, value := range []string{
		`"tomorrow"`, `""`, `" "`, `"2099-01-05"`, `"2099-01-05 10:00:00Z"`, `"2099-01-05T10:00:00"`, `"2099-13-05T10:00:00Z"`,
		`"2099-02-30T10:00:00Z"`, `"2099-01-05T24:00:01Z"`, `"2099-01-05T10:00:00+25:00"`, `"20990105T100000Z"`, `"+12099-01-05T10:00:00Z"`,
		`"10000-01-05T10:00:00Z"`, `4071000000`, `-1`, `true`, `[]`, `{}`, `"2099-01-05T10:00:00Zquandt"`,
	} {
		cases = append(cases, bodyCase{field + " " + value, `{"name":"Quandt","` + field + `":` + value + `}`, 422, []string{"body." + field}})
	}
	return cases
}

// TestTimes_ThatHaveNoFormInUTCAreRefused is about four digits of a year that become five, or get a sign.
func TestTimes_ThatHaveNoFormInUTCAreRefused(t *testing.T) {
	t.Parallel()
	w := setup(t, options{})
	booked := "/admin/room/" + w.book(t, owner, `,"start_time":"2099-01-05T10:00:00Z"`).ID
	for value, where := range map[string]string{
		`"start_time":"9999-12-31T23:59:59-12:00"`: "body.start_time",
		`"start_time":"0000-01-01T00:00:00+12:00"`: "body.start_time",
		`"end_time":"9999-12-31T23:59:59-12:00"`:   "body.end_time",
		`"end_time":"0000-01-01T00:00:00+12:00"`:   "body.end_time",
	} {
		refused(t, w.send(t, as(owner), http.MethodPost, "/room", `{"name":"Quandt",`+value+`}`), 422, where)
		refused(t, w.send(t, as(owner), http.MethodPost, booked, `{`+value+`}`), 422, where)
	}
	if got := w.book(t, owner, `,"end_time":"9999-12-31T23:59:59Z"`).EndTime; got != "9999-12-31T23:59:59Z" {
		t.Errorf("got the end %q, want the last there is", got)
	}
	if got := w.book(t, owner, `,"start_time":"0000-01-01T00:00:00Z"`).StartTime; got != "0000-01-01T00:00:00Z" {
		t.Errorf("got the start %q, want the first there is", got)
	}
}

// badIDs are no user ids.
func badIDs() []bodyCase {
	var cases []bodyCase
	for _, value := range []string{
		`""`, `" "`, `"."`, `".."`, `"\u0000"`, `"quandt\n"`, `"\u0085"`, `"` + strings.Repeat("q", 251) + `"`, `"` + strings.Repeat("ü", 126) + `"`,
		`7`, `null`, `true`, `["quandt"]`, `{"id":"quandt"}`,
	} {
		cases = append(cases, bodyCase{
			"participant_ids with " + value[:min(len(value), 20)], `{"name":"Quandt","participant_ids":["ok",` + value + `]}`, 422,
			[]string{"body.participant_ids[1]"},
		})
	}
	list := []string{"body.participant_ids"}
	return append(cases,
		bodyCase{"101 participants", `{"name":"Quandt","participant_ids":[` + strings.Repeat(`"q",`, 100) + `"q"]}`, 422, list},
		bodyCase{"text for a list", `{"name":"Quandt","participant_ids":"quandt"}`, 422, list},
		bodyCase{"an object for a list", `{"name":"Quandt","participant_ids":{}}`, 422, list},
		bodyCase{"two bad ids", `{"name":"Quandt","participant_ids":["","ok","."]}`, 422, []string{"body.participant_ids[0]", "body.participant_ids[2]"}},
	)
}

// badNames are no names for a field that has one, up to so many characters.
func badNames(field string, longest int) []bodyCase {
	var cases []bodyCase
	for _, value := range []string{
		`""`, `" \u2003 "`, `"\u0000"`, `"Quandt\r\nSet-Cookie: a=b"`, `"a\tb"`, `"\u007f"`, `"\u009b31m"`,
		`"` + strings.Repeat("ü", longest+1) + `"`, `7`, `true`, `["Quandt"]`, `{}`,
	} {
		cases = append(cases, bodyCase{field + " " + value[:min(len(value), 20)], `{"` + field + `":` + value + `}`, 422, []string{"body." + field}})
	}
	return cases
}

// badFields are bodies with a field that does not fit, by operation.
func badFields() map[string][]bodyCase {
	body := []string{"body"}
	seconds := []string{"body.time_left_in_seconds"}
	return map[string][]bodyCase{
		"rooms-create": append(append(append(append(badNames("name", 255), badTimes("start_time")...), badTimes("end_time")...), badIDs()...),
			bodyCase{"no name", `{}`, 422, body},
			bodyCase{"no name but others", `{"provider":"jaas"}`, 422, body},
			bodyCase{"another provider", `{"name":"Quandt","provider":"zoom"}`, 422, []string{"body.provider"}},
			bodyCase{"provider in capitals", `{"name":"Quandt","provider":"JaaS"}`, 422, []string{"body.provider"}},
			bodyCase{"no provider's name", `{"name":"Quandt","provider":""}`, 422, []string{"body.provider"}},
			bodyCase{"end in the past", `{"name":"Quandt","end_time":"2020-01-01T00:00:00Z"}`, 422, []string{"body.end_time"}},
			bodyCase{"end now", `{"name":"Quandt","end_time":"2026-03-01T12:00:00Z"}`, 422, []string{"body.end_time"}},
			bodyCase{"end before start", `{"name":"Quandt","start_time":"2027-01-01T00:00:00Z","end_time":"2026-12-31T00:00:00Z"}`, 422, []string{"body.end_time"}},
			bodyCase{"end at start", `{"name":"Quandt","start_time":"2027-01-01T00:00:00Z","end_time":"2027-01-01T01:00:00+01:00"}`, 422, []string{"body.end_time"}},
			bodyCase{"end at the beginning of all times", `{"name":"Quandt","end_time":"0001-01-01T00:00:00Z"}`, 422, []string{"body.end_time"}},
			bodyCase{"both past", `{"name":"Quandt","start_time":"2020-01-01T00:00:00Z","end_time":"2020-01-01T01:00:00Z"}`, 422, []string{"body.end_time"}},
			bodyCase{
				"everything at once", `{"name":7,"start_time":"soon","end_time":"later","provider":1,"participant_ids":1,"x":1}`, 422,
				[]string{"body.end_time", "body.name", "body.participant_ids", "body.provider", "body.start_time", "body.x"},
			},
		),
		"rooms-update": append(append(append(badNames("name", 255), badTimes("start_time")...), badTimes("end_time")...),
			bodyCase{"end in the past", `{"end_time":"2020-01-01T00:00:00Z"}`, 422, []string{"body.end_time"}},
			bodyCase{"end at the beginning of all times", `{"end_time":"0001-01-01T00:00:00Z"}`, 422, []string{"body.end_time"}},
			bodyCase{"end before the start there is", `{"end_time":"2026-03-01T11:00:00Z"}`, 422, []string{"body.end_time"}},
			bodyCase{"another provider", `{"provider":"jaas"}`, 422, []string{"body.provider"}},
			bodyCase{"participants", `{"participant_ids":["quandt"]}`, 422, []string{"body.participant_ids"}},
		),
		"rooms-end": {
			{"negative", `{"time_left_in_seconds":-1}`, 422, seconds},
			{"more than a week", `{"time_left_in_seconds":604801}`, 422, seconds},
			{"a fraction", `{"time_left_in_seconds":1.5}`, 422, seconds},
			{"text", `{"time_left_in_seconds":"60"}`, 422, seconds},
			{"beyond 64 bits", `{"time_left_in_seconds":18446744073709551617}`, 422, seconds},
			{"the name of old", `{"time_left_in_second":60}`, 422, []string{"body.time_left_in_second"}},
		},
		"rooms-add-participant": append(addOnly(badIDs()),
			bodyCase{"nobody named", `{}`, 422, body},
			bodyCase{"an empty list", `{"participant_ids":[]}`, 422, []string{"body.participant_ids"}},
		),
		"rooms-update-profile": append(badNames("username", 100),
			bodyCase{"text for a flag", `{"archive_room":"true"}`, 422, []string{"body.archive_room"}},
			bodyCase{"a number for a flag", `{"archive_room":1}`, 422, []string{"body.archive_room"}},
			bodyCase{"somebody else's", `{"participant_id":"quandt","username":"Quandt"}`, 422, []string{"body.participant_id"}},
		),
		"rooms-send-chat": {
			{"nothing", `{}`, 422, []string{"body.text"}},
			{"no text", `{"text":""}`, 422, []string{"body.text"}},
			{"null", `{"text":null}`, 422, []string{"body.text"}},
			{"a number", `{"text":7}`, 422, []string{"body.text"}},
			{"too long", `{"text":"` + strings.Repeat("ü", 4001) + `"}`, 422, []string{"body.text"}},
			{"somebody else's", `{"text":"Quandt","uid":"quandt"}`, 422, []string{"body.uid"}},
			{"another time", `{"text":"Quandt","timestamp":"2020-01-01T00:00:00Z"}`, 422, []string{"body.timestamp"}},
			{"attachment without a file", `{"attachment":{}}`, 422, []string{"body.attachment"}},
			{"attachment with no id", `{"attachment":{"file_id":""}}`, 422, []string{"body.attachment.file_id"}},
			{"attachment with a bad id", `{"attachment":{"file_id":"quandt"}}`, 422, []string{"body.attachment.file_id"}},
			{"attachment as the client would have it", `{"attachment":{"file_id":"` + unknownRoom + `","name":"quandt.exe"}}`, 422, []string{"body.attachment.name"}},
			{"attachment as text", `{"attachment":"` + unknownRoom + `"}`, 422, []string{"body.attachment"}},
			{"two attachments", `{"attachment":[{"file_id":"` + unknownRoom + `"}]}`, 422, []string{"body.attachment"}},
		},
	}
}

// addOnly takes the name out, which only a new room has.
func addOnly(cases []bodyCase) []bodyCase {
	for i := range cases {
		cases[i].body = strings.Replace(cases[i].body, `"name":"Quandt",`, "", 1)
	}
	return cases
}

func TestEmptyBody_IsRefusedWhereTheOperationNeedsOne(t *testing.T) {
	t.Parallel()
	for _, op := range operations() {
		if !op.takesBody() {
			continue
		}
		t.Run(op.id, func(t *testing.T) {
			t.Parallel()
			w := setup(t, options{})
			m := w.meet(t)
			got := w.send(t, as(owner), op.method, m.at(op), "")
			if op.body == "" || op.id == "rooms-end" {
				if got.Status != op.status {
					t.Errorf("got HTTP %d with %s, want %d: the operation needs no body", got.Status, got.Body, op.status)
				}
				return
			}
			refused(t, got, http.StatusBadRequest, "body")
		})
	}
}

func TestBodySize_OneByteTooManyIsRefused(t *testing.T) {
	t.Parallel()
	const limit = 65536 // written out: it is part of the API
	w := setup(t, options{})
	m := w.meet(t)
	for _, op := range operations() {
		if op.body == "" {
			continue
		}
		t.Run(op.id, func(t *testing.T) {
			t.Parallel()
			padded := op.body + strings.Repeat(" ", limit-len(op.body))
			if got := w.send(t, as(owner), op.method, m.at(op), padded); got.Status != op.status {
				t.Errorf("got HTTP %d with %s for %d bytes, want %d", got.Status, got.Body, limit, op.status)
			}
			isProblem(t, w.send(t, as(owner), op.method, m.at(op), padded+" "), http.StatusRequestEntityTooLarge, problem.TooLarge)
		})
	}
}

func TestContentType_OtherThanJSONIsRefused(t *testing.T) {
	t.Parallel()
	w := setup(t, options{})
	m := w.meet(t)
	for _, op := range operations() {
		if op.body == "" {
			continue
		}
		for _, contentType := range []string{"text/plain", "application/x-www-form-urlencoded", "application/xml", marker} {
			request, err := http.NewRequestWithContext(t.Context(), op.method, w.url+m.at(op), strings.NewReader(op.body))
			if err != nil {
				t.Fatal(err)
			}
			request.Header = as(owner)
			request.Header.Set("Content-Type", contentType)
			refused(t, apitest.Do(t, request), http.StatusUnsupportedMediaType, "header.Content-Type")
		}
	}
}

func TestQuery_ThatDoesNotFitIsRefused(t *testing.T) {
	t.Parallel()
	w := setup(t, options{})
	m := w.meet(t)
	const pages = "limit=0 limit=101 limit=-1 limit=x limit=1.5 limit=1e1 limit=%20 limit=99999999999999999999 limit=0x10"
	long := strings.Repeat("A", 600)
	cursors := "cursor=" + long + " cursor=" + marker + " cursor=%00 cursor=%FF cursor=AAAA cursor=====" + " cursor=%F0%9F%98%80 cursor=AAAAAAAAAAAA"
	people := "participant_id= participant_id=. participant_id=.. participant_id=%20 participant_id=a%00 participant_id=%FF participant_id=" + strings.Repeat("q", 251)
	for id, queries := range map[string]string{
		"rooms-list":               pages + " " + cursors + " status=open status=Booked status=booked,ended status=%20",
		"rooms-list-participants":  pages + " " + cursors,
		"rooms-list-chat":          pages + " " + cursors,
		"rooms-list-bans":          pages + " " + cursors,
		"rooms-lift-ban":           people,
		"rooms-remove-participant": people,
		"rooms-download-url":       "file_id= file_id=quandt file_id=" + strings.ReplaceAll(unknownRoom, "-", "") + " file_id=%00",
	} {
		op := find(t, id)
		for query := range strings.FieldsSeq(queries) {
			t.Run(id+" "+query[:min(len(query), 40)], func(t *testing.T) {
				t.Parallel()
				name, _, _ := strings.Cut(query, "=")
				path, _, _ := strings.Cut(m.at(op), "?")
				refused(t, w.send(t, as(owner), op.method, path+"?"+query, ""), 422, "query."+name)
			})
		}
	}
}

func TestQuery_WithAnUnknownParameterIsRefused(t *testing.T) {
	t.Parallel()
	w := setup(t, options{})
	m := w.meet(t)
	for _, op := range operations() {
		path := m.at(op)
		sign := "?"
		if strings.Contains(path, "?") {
			sign = "&"
		}
		refused(t, w.send(t, as(owner), op.method, path+sign+"dryRun="+marker, op.body), 422, "query.dryRun")
		refused(t, w.send(t, as(owner), op.method, path+sign+"b=1&a[x]=2&Limit=3", op.body), 422, "query.Limit", "query.a[x]", "query.b")
	}
}

func TestQuery_WithoutWhatIsNeededIsRefused(t *testing.T) {
	t.Parallel()
	w := setup(t, options{})
	m := w.meet(t)
	for id, where := range map[string][]string{
		"rooms-remove-participant": {"query.participant_id"},
		"rooms-lift-ban":           {"query.participant_id"},
		"rooms-download-url":       {"query.file_id"},
		"rooms-upload-url":         {"query.content_type", "query.name", "query.size"},
	} {
		op := find(t, id)
		path, _, _ := strings.Cut(m.at(op), "?")
		refused(t, w.send(t, as(owner), op.method, path, ""), 422, where...)
	}
}

func TestParticipantInThePath_OfAnotherFormIsRefused(t *testing.T) {
	t.Parallel()
	w := setup(t, options{})
	m := w.meet(t)
	for _, method := range []string{http.MethodPost, http.MethodDelete} {
		for _, id := range []string{".", "..", "%2e%2e", "%20", "a%00", "%0a", "%FF", "%C2%85", strings.Repeat("q", 251), strings.Repeat("%C3%BC", 126)} {
			got := w.send(t, as(owner), method, fmt.Sprintf("/admin/room/%s/participant/%s/admin", m.room, id), "")
			refused(t, got, 422, "path.participant_id")
		}
	}
}

func TestFaults_AreReportedTogether(t *testing.T) {
	t.Parallel()
	w := setup(t, options{})
	refused(t, w.send(t, as(owner), http.MethodPost, "/admin/room/x", `{"name":"","b":1}`), 422, "body.b", "body.name", "path.room_id")
	refused(t, w.send(t, as(owner), http.MethodPost, "/admin/room/x/participant/%20/admin", `{"b":1}`), 422,
		"body.b", "path.participant_id", "path.room_id")
	refused(t, w.send(t, as(owner), http.MethodGet, "/participant/room/x/upload?size=0&name=%20&content_type=%01", ""), 422,
		"path.room_id", "query.content_type", "query.name", "query.size")
}

package jaasapi_test

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"gavel/local/apitest"
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
	field := op.field
	if field == "" {
		field = "any"
	}
	whole := op.body
	if whole == "" {
		whole = "{}"
	}
	bodies := apitest.Unreadable(field, whole)
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
	}
	if op.body == "" {
		return append(cases,
			bodyCase{"a field", `{"force":"` + rejected + `"}`, 422, []string{"body.force"}},
			bodyCase{"fields", `{"b":1,"a":null}`, 422, []string{"body.a", "body.b"}},
		)
	}
	field, rest := `"`+op.field+`"`, ""
	if op.field == "room" {
		rest = `,"user":{"id":"u-17"}`
	}
	at := []string{"body." + op.field}
	atNull, without := at, []string{"body"}
	if op.field == "participantId" { // null is as good as absent, and userId could be there in its place
		atNull, without = []string{"body"}, nil
	}
	upper := strings.ToUpper(op.field[:1]) + op.field[1:]
	all := strings.ToUpper(op.field)
	cases = append(cases,
		bodyCase{"a number for text", `{` + field + `:747` + rest + `}`, 422, at},
		bodyCase{"true for text", `{` + field + `:true` + rest + `}`, 422, at},
		bodyCase{"null for text", `{` + field + `:null` + rest + `}`, 422, atNull},
		bodyCase{"a list for text", `{` + field + `:["` + rejected + `"]` + rest + `}`, 422, at},
		bodyCase{"an object for text", `{` + field + `:{"a":"` + rejected + `"}` + rest + `}`, 422, at},
		bodyCase{"empty text", `{` + field + `:""` + rest + `}`, 422, at},
		bodyCase{"a field that is not known", strings.Replace(op.body, "{", `{"dryRun":"`+rejected+`",`, 1), 422, []string{"body.dryRun"}},
		bodyCase{"a capital in the name", strings.Replace(op.body, op.field, upper, 1), 422, append(slices.Clone(without), "body."+upper)},
		bodyCase{"capitals for a name", strings.Replace(op.body, op.field, all, 1), 422, append(slices.Clone(without), "body."+all)},
		bodyCase{"a blank in the name", strings.Replace(op.body, op.field, op.field+" ", 1), 422, append(slices.Clone(without), "body."+op.field+" ")},
		bodyCase{"both spellings", strings.Replace(op.body, "{", `{"`+upper+`":"`+rejected+`",`, 1), 422, []string{"body." + upper}},
	)
	if op.field == "room" {
		return append(cases, bodyCase{"no field", `{}`, 422, []string{"body", "body"}})
	}
	return append(cases, bodyCase{"no field", `{}`, 422, []string{"body"}})
}

func TestBadBody_IsRefusedWithEveryFaultAndNothingIsSent(t *testing.T) {
	t.Parallel()
	for _, op := range operations() {
		t.Run(op.id, func(t *testing.T) {
			t.Parallel()
			g := setup(t, options{})
			g.untouched(t)
			for _, c := range append(unreadable(op), unfit(op)...) {
				t.Run(c.name, func(t *testing.T) {
					t.Parallel()
					refused(t, g.post(t, op.url(), c.body), c.status, c.where...)
				})
			}
		})
	}
}

func TestEmptyBody_IsRefusedWhereTheOperationNeedsOne(t *testing.T) {
	t.Parallel()
	for _, op := range operations() {
		t.Run(op.id, func(t *testing.T) {
			t.Parallel()
			g := setup(t, options{})
			got := g.post(t, op.url(), "")
			if op.body != "" {
				refused(t, got, http.StatusBadRequest, "body")
				return
			}
			if got.Status != http.StatusOK {
				t.Errorf("got HTTP %d, want 200: the operation needs no body", got.Status)
			}
		})
	}
}

func TestUnknownQueryParameter_IsRefused(t *testing.T) {
	t.Parallel()
	for _, op := range operations() {
		t.Run(op.id, func(t *testing.T) {
			t.Parallel()
			g := setup(t, options{})
			g.untouched(t)
			refused(t, g.post(t, op.url()+"?dryRun="+rejected, op.body), 422, "query.dryRun")
			refused(t, g.post(t, op.url()+"?b=1&a[x]=2&a%26=3", op.body), 422, "query.a&", "query.a[x]", "query.b")
			refused(t, g.post(t, op.url()+"?"+op.field+"x="+rejected, op.body), 422, "query."+op.field+"x")
		})
	}
}

func TestContentType_OtherThanJSONIsRefused(t *testing.T) {
	t.Parallel()
	for _, op := range operations() {
		t.Run(op.id, func(t *testing.T) {
			t.Parallel()
			g := setup(t, options{})
			g.untouched(t)
			body := op.body
			if body == "" {
				body = "{}"
			}
			for _, contentType := range []string{
				"text/plain", "text/json", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data; boundary=b",
				"application/jsonp", "application/json, text/plain", "a; b+c", rejected,
			} {
				got := g.send(t, http.MethodPost, op.url(), body, http.Header{"Content-Type": {contentType}})
				refused(t, got, http.StatusUnsupportedMediaType, "header.Content-Type")
			}
		})
	}
}

func TestContentType_JSONInAnySpellingOrNoneIsTaken(t *testing.T) {
	t.Parallel()
	for _, op := range operations() {
		t.Run(op.id, func(t *testing.T) {
			t.Parallel()
			g := setup(t, options{})
			for _, contentType := range [][]string{
				nil,
				{"application/json"},
				{"application/json; charset=utf-8"},
				{"application/json;charset=UTF-8"},
				{"Application/JSON"},
				{"application/json ; charset=utf-8"},
			} {
				got := g.send(t, http.MethodPost, op.url(), op.body, http.Header{"Content-Type": contentType})
				if got.Status != op.status {
					t.Errorf("got HTTP %d for %q, want %d: %s", got.Status, contentType, op.status, got.Body)
				}
			}
		})
	}
}

func TestAccept_NeverChangesTheFormOfAnAnswer(t *testing.T) {
	t.Parallel()
	for _, op := range operations() {
		t.Run(op.id, func(t *testing.T) {
			t.Parallel()
			g := setup(t, options{})
			for _, accept := range []string{"text/html", "application/cbor", "application/json;q=0", "*/*;q=0", ";;", "application/problem+xml"} {
				good := g.send(t, http.MethodPost, op.url(), op.body, http.Header{"Accept": {accept}})
				if ct := good.Header.Get("Content-Type"); good.Status != op.status || ct != "application/json" {
					t.Errorf("got HTTP %d, %s for Accept %q, want %d, application/json", good.Status, ct, accept, op.status)
				}
				bad := g.send(t, http.MethodPost, op.url(), `[]`, http.Header{"Accept": {accept}})
				refused(t, bad, 422, "body")
			}
		})
	}
}

// maxBody is 64 KiB, written out: the limit is part of the API.
const maxBody = 65536

func TestBodySize_OneByteTooManyIsRefused(t *testing.T) {
	t.Parallel()
	for _, op := range operations() {
		t.Run(op.id, func(t *testing.T) {
			t.Parallel()
			g := setup(t, options{})
			g.untouched(t)
			for name, body := range map[string]string{
				"good, and blanks":  padded(op.body, maxBody+1),
				"one long value":    `{"` + op.field + `":"` + strings.Repeat("7", maxBody) + `"}`,
				"not even JSON":     strings.Repeat(rejected, maxBody/len(rejected)+1),
				"four times of it":  padded(op.body, 4*maxBody),
				"blanks in advance": strings.Repeat(" ", maxBody) + op.body + " ",
			} {
				got := g.post(t, op.url(), body)
				p := document(t, got)
				if p.Status != http.StatusRequestEntityTooLarge || p.Code != "too_large" {
					t.Errorf("%s: got HTTP %d with code %s, want 413 with too_large", name, p.Status, p.Code)
				}
			}
		})
	}
}

func TestBodySize_TheLimitItselfIsTaken(t *testing.T) {
	t.Parallel()
	for _, op := range operations() {
		t.Run(op.id, func(t *testing.T) {
			t.Parallel()
			g := setup(t, options{})
			body := op.body
			if body == "" {
				body = "{}"
			}
			if got := g.post(t, op.url(), padded(body, maxBody)); got.Status != op.status {
				t.Errorf("got HTTP %d for %d bytes, want %d: %s", got.Status, maxBody, op.status, got.Body)
			}
		})
	}
}

func padded(body string, size int) string { return body + strings.Repeat(" ", size-len(body)) }

// TestBodySize_WithoutALength sends chunks, so that the size is only found out on the way.
func TestBodySize_WithoutALength(t *testing.T) {
	t.Parallel()
	op := operations()[4]
	g := setup(t, options{})
	for size, want := range map[int]int{maxBody: http.StatusOK, maxBody + 1: http.StatusRequestEntityTooLarge} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, g.url+op.url(), io.MultiReader(strings.NewReader(padded(op.body, size))))
		if err != nil {
			t.Fatal(err)
		}
		if got := apitest.Do(t, request); got.Status != want {
			t.Errorf("got HTTP %d for %d bytes in chunks, want %d", got.Status, size, want)
		}
	}
	if n := g.upstream.count.Load(); n != 1 {
		t.Errorf("got %d requests upstream, want 1", n)
	}
}

// TestBodyThatBreaksOff_IsRefused announces more than it sends.
func TestBodyThatBreaksOff_IsRefused(t *testing.T) {
	t.Parallel()
	op := operations()[4]
	g := setup(t, options{})
	g.untouched(t)
	conn := dial(t, g.url)
	_, _ = io.WriteString(conn, "POST "+op.url()+" HTTP/1.1\r\nHost: gavel.test\r\nContent-Length: 500\r\n\r\n"+op.body)
	if err := conn.CloseWrite(); err != nil {
		t.Fatal(err)
	}
	refused(t, read(t, conn), http.StatusBadRequest, "body")
}

package openmeetingsapi_test

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

// writing gives the operations that take a body, if only an empty one.
func writing() []operation {
	var found []operation
	for _, op := range operations() {
		if op.method == http.MethodPost || op.method == http.MethodPut {
			found = append(found, op)
		}
	}
	return found
}

// unreadable are bodies that are no JSON, or JSON that two readers could understand in two ways.
func unreadable(op operation) []bodyCase {
	field := "any"
	if all := fieldsOf(op); len(all) > 0 {
		field, _, _ = strings.Cut(all[0].at, ".")
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

// unfit are bodies that are JSON, but no object, or one with fields that are not known.
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
	return append(cases,
		bodyCase{"a field that is not known", strings.Replace(op.body, "{", `{"dryRun":"`+rejected+`",`, 1), 422, []string{"body.dryRun"}},
		bodyCase{"fields that are not known", strings.Replace(op.body, "{", `{"b":"`+rejected+`","a":747,`, 1), 422, []string{"body.a", "body.b"}},
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
					got := g.send(t, op.method, op.path, c.body, nil)
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

// bodiless are operations that do something and need no body to do it.
func bodiless(op operation) bool {
	return op.body == "" || op.id == "openmeetings-kick" || op.id == "openmeetings-clear-whiteboard"
}

func TestEmptyBody_IsRefusedWhereTheOperationNeedsOne(t *testing.T) {
	t.Parallel()
	for _, op := range writing() {
		t.Run(op.id, func(t *testing.T) {
			t.Parallel()
			g := setup(t, options{only: op.id})
			if !bodiless(op) {
				g.untouched(t)
				refused(t, g.send(t, op.method, op.path, "", nil), http.StatusBadRequest, "body")
				return
			}
			for _, body := range []string{"", "{}"} {
				if got := g.send(t, op.method, op.path, body, nil); got.Status != op.status {
					t.Errorf("got HTTP %d for %q, want %d: the operation needs no body", got.Status, body, op.status)
				}
			}
		})
	}
}

func TestContentType_OtherThanJSONIsRefused(t *testing.T) {
	t.Parallel()
	for _, op := range writing() {
		t.Run(op.id, func(t *testing.T) {
			t.Parallel()
			g := setup(t, options{only: op.id})
			g.untouched(t)
			body := op.body
			if body == "" {
				body = "{}"
			}
			for _, contentType := range []string{"text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=b", rejected} {
				got := g.send(t, op.method, op.path, body, http.Header{"Content-Type": {contentType}})
				refused(t, got, http.StatusUnsupportedMediaType, "header.Content-Type")
			}
		})
	}
}

// maxBody is 64 KiB, written out: the limit is part of the API. Uploads have one of their own.
const maxBody = 65536

func TestBodySize_OneByteTooManyIsRefused(t *testing.T) {
	t.Parallel()
	for _, op := range writing() {
		limit := maxBody
		if op.id == "openmeetings-upload-file" {
			limit = maxUpload
		}
		t.Run(op.id, func(t *testing.T) {
			t.Parallel()
			g := setup(t, options{only: op.id})
			body := op.body
			if body == "" {
				body = "{}"
			}
			for _, long := range []string{padded(body, limit+1), strings.Repeat(rejected, limit/len(rejected)+1)} {
				isProblem(t, g.send(t, op.method, op.path, long, nil), http.StatusRequestEntityTooLarge, problem.TooLarge)
			}
			if sent := g.upstream.commands(); len(sent) > 0 || g.upstream.loggedIn() > 0 {
				t.Errorf("got %+v upstream, want nothing", sent)
			}
			if got := g.send(t, op.method, op.path, padded(body, limit), nil); got.Status != op.status {
				t.Errorf("got HTTP %d for %d bytes, want %d: %.300s", got.Status, limit, op.status, got.Body)
			}
		})
	}
}

func padded(body string, size int) string { return body + strings.Repeat(" ", size-len(body)) }

func TestQuery_ThatIsNotKnownIsRefused(t *testing.T) {
	t.Parallel()
	for _, op := range operations() {
		t.Run(op.id, func(t *testing.T) {
			t.Parallel()
			g := setup(t, options{only: op.id})
			g.untouched(t)
			glue := "?"
			if strings.Contains(op.path, "?") {
				glue = "&"
			}
			refused(t, g.sendOnly(t, op.method, op.path+glue+"dryRun="+rejected, op.body, nil), 422, "query.dryRun")
			refused(t, g.sendOnly(t, op.method, op.path+glue+"b=747&a[x]=747&sid="+rejected, op.body, nil), 422, "query.a[x]", "query.b", "query.sid")
		})
	}
}

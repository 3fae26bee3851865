package roomsapi_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"gavel/shared/api"
	"gavel/shared/api/roomsapi"
	"gavel/shared/problem"
)

// description finds what the OpenAPI document says of a request.
type description struct {
	routes     *http.ServeMux
	operations map[string]*huma.Operation // by the pattern of the route
	schemas    huma.Registry
}

var document = sync.OnceValue(func() description {
	described := api.NewDocument()
	roomsapi.Register(described, nil)
	d := description{routes: http.NewServeMux(), operations: map[string]*huma.Operation{}, schemas: described.OpenAPI().Components.Schemas}
	for path, item := range described.OpenAPI().Paths {
		for method, op := range map[string]*huma.Operation{
			http.MethodGet: item.Get, http.MethodPost: item.Post, http.MethodPatch: item.Patch, http.MethodDelete: item.Delete,
		} {
			if op != nil {
				d.routes.HandleFunc(method+" "+path, http.NotFound)
				d.operations[method+" "+path] = op
			}
		}
	}
	return d
})

// validating guards what the library notes in a schema when it first validates against it.
var validating sync.Mutex

// described holds an answer against what the OpenAPI document says of its operation: the status, the media type and
// every value of the body. Answers of no operation are passed over.
func described(t testing.TB, request *http.Request, got answer) {
	t.Helper()
	d := document()
	_, pattern := d.routes.Handler(request)
	op := d.operations[pattern]
	if op == nil {
		return
	}
	response, found := op.Responses[strconv.Itoa(got.status)]
	if !found {
		t.Errorf("%s: got HTTP %d, want a status that the document has: %s", op.OperationID, got.status, got.body)
		return
	}
	media, found := response.Content[got.header.Get("Content-Type")]
	if !found {
		t.Errorf("%s: got %q with HTTP %d, want a media type that the document has", op.OperationID, got.header.Get("Content-Type"), got.status)
		return
	}
	var value any
	if err := json.Unmarshal(got.body, &value); err != nil {
		t.Errorf("%s: got %s, want JSON: %v", op.OperationID, got.body, err)
		return
	}
	result := &huma.ValidateResult{}
	validating.Lock()
	defer validating.Unlock()
	huma.Validate(d.schemas, media.Schema, huma.NewPathBuffer(nil, 0), huma.ModeReadFromServer, value, result)
	if len(result.Errors) > 0 {
		t.Errorf("%s: got %s, which is not what the document says: %v", op.OperationID, got.body, result.Errors)
	}
}

func TestDescribed_HasAllOperations(t *testing.T) {
	t.Parallel()
	var got, want []string
	for _, op := range document().operations {
		got = append(got, op.OperationID)
	}
	for _, op := range operations() {
		want = append(want, op.id)
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("got the operations %q, want %q", got, want)
	}
}

// TestDescribed_FindsWhatItIsThereFor keeps the check itself from going blind.
func TestDescribed_FindsWhatItIsThereFor(t *testing.T) {
	t.Parallel()
	header := http.Header{"Content-Type": {"application/json"}}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://gavel.test/participant/room/x/join", nil)
	if err != nil {
		t.Fatal(err)
	}
	const good = `{"url":"https://8x8.vc/a","role":"moderator","expires_at":"2026-03-01T12:00:00Z"}`
	for name, tt := range map[string]struct {
		got   answer
		fault bool
	}{
		"good":           {answer{200, header, []byte(good)}, false},
		"another status": {answer{201, header, []byte(good)}, true},
		"another type":   {answer{200, http.Header{"Content-Type": {"text/html"}}, []byte(good)}, true},
		"no JSON":        {answer{200, header, []byte("<html>")}, true},
		"another value":  {answer{200, header, []byte(strings.Replace(good, "moderator", "owner", 1))}, true},
		"a field more":   {answer{200, header, []byte(strings.Replace(good, "{", `{"jwt":"",`, 1))}, true},
		"a field less":   {answer{200, header, []byte(strings.Replace(good, `"role":"moderator",`, "", 1))}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			silent := &silentTB{TB: t}
			described(silent, request, tt.got)
			if silent.failed != tt.fault {
				t.Errorf("got a fault: %t, want %t", silent.failed, tt.fault)
			}
		})
	}
}

// silentTB notes that a check failed and says nothing.
type silentTB struct {
	testing.TB

	failed bool
}

func (s *silentTB) Errorf(string, ...any) { s.failed = true }

// problemOf reads a problem document and checks what all of them have in common.
func problemOf(t testing.TB, got answer) problem.Problem {
	t.Helper()
	var p problem.Problem
	decoder := json.NewDecoder(bytes.NewReader(got.body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&p); err != nil {
		t.Fatalf("got HTTP %d with %q, want a problem document: %v", got.status, got.body, err)
	}
	if ct := got.header.Get("Content-Type"); ct != problem.ContentType {
		t.Errorf("got content type %q, want %q", ct, problem.ContentType)
	}
	if p.Status != got.status || p.Title != http.StatusText(got.status) || p.Type != "urn:gavel:problem:"+string(p.Code) {
		t.Errorf("got status %d, title %q, type %q, want those of HTTP %d and code %s", p.Status, p.Title, p.Type, got.status, p.Code)
	}
	if id := got.header.Get("X-Request-Id"); id == "" || p.RequestID != id {
		t.Errorf("got requestId %q, want %q as in X-Request-Id", p.RequestID, id)
	}
	if p.Detail == "" {
		t.Error("got no detail, want what happened in words")
	}
	for _, fault := range p.Errors {
		if fault.Location == "" || fault.Message == "" {
			t.Errorf("got the fault %+v, want a location and a message", fault)
		}
	}
	return p
}

// isProblem checks status and code of a problem document.
func isProblem(t testing.TB, got answer, status int, code problem.Code) problem.Problem {
	t.Helper()
	p := problemOf(t, got)
	if p.Status != status || p.Code != code {
		t.Errorf("got HTTP %d with code %s, want %d with %s: %s", p.Status, p.Code, status, code, got.body)
	}
	return p
}

// refused checks the problem document of a request that is wrong, and where it says so.
func refused(t testing.TB, got answer, status int, where ...string) {
	t.Helper()
	p := isProblem(t, got, status, problem.InvalidRequest)
	found := make([]string, 0, len(p.Errors))
	for _, fault := range p.Errors {
		found = append(found, fault.Location)
	}
	// A place stands there twice where the schema and a check of its own both have something to say.
	if found = slices.Compact(found); !slices.Equal(found, where) {
		t.Errorf("got faults at %q, want at %q: %s", found, where, got.body)
	}
	for _, inside := range []string{marker, "Go ", "json:", "rooms."} {
		if strings.Contains(strings.ToLower(string(got.body)), inside) {
			t.Errorf("got %s, which says %q", got.body, inside)
		}
	}
}

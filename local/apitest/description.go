package apitest

import (
	"encoding/json"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"gavel/shared/api"
)

// Description is what the OpenAPI document says of some operations.
type Description struct {
	// Operations are by the pattern of their route.
	Operations map[string]*huma.Operation

	routes  *http.ServeMux
	schemas huma.Registry
	mu      sync.Mutex // guards what the library notes in a schema when it first validates against it
}

// Describe describes the operations that a function registers.
func Describe(register func(huma.API)) *Description {
	written := api.NewDocument()
	register(written)
	d := &Description{
		Operations: map[string]*huma.Operation{}, routes: http.NewServeMux(), schemas: written.OpenAPI().Components.Schemas,
	}
	for path, item := range written.OpenAPI().Paths {
		for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete} {
			if op != nil {
				d.routes.HandleFunc(op.Method+" "+path, http.NotFound)
				d.Operations[op.Method+" "+path] = op
			}
		}
	}
	return d
}

// Check holds an answer against what the OpenAPI document says of its operation: the status, the media type and every
// value of the body. Answers of no operation are passed over.
func (d *Description) Check(t testing.TB, method, path string, got Answer) {
	t.Helper()
	// A segment of dots is a value like any other to the API, which the routes here would not see.
	at, err := url.Parse("http://gavel.test" + strings.ReplaceAll(path, "/.", "/x"))
	if err != nil {
		return
	}
	_, pattern := d.routes.Handler(&http.Request{Method: method, URL: at, Host: at.Host})
	op := d.Operations[pattern]
	if op == nil {
		return
	}
	response, found := op.Responses[strconv.Itoa(got.Status)]
	if !found {
		t.Errorf("%s: got HTTP %d, want a status that the document has: %.500s", op.OperationID, got.Status, got.Body)
		return
	}
	contentType := got.Header.Get("Content-Type")
	name, _, _ := mime.ParseMediaType(contentType)
	if strings.HasPrefix(name, "text/") { // the document has no parameters, of which one of texts has a charset
		contentType = name
	}
	media, found := response.Content[contentType]
	if !found {
		t.Errorf("%s: got %q with HTTP %d, want a media type that the document has", op.OperationID, contentType, got.Status)
		return
	}
	value := any(string(got.Body))
	if !strings.HasPrefix(name, "text/") {
		if err := json.Unmarshal(got.Body, &value); err != nil {
			t.Errorf("%s: got %.500s, want JSON: %v", op.OperationID, got.Body, err)
			return
		}
	}
	result := &huma.ValidateResult{}
	d.mu.Lock()
	defer d.mu.Unlock()
	huma.Validate(d.schemas, media.Schema, huma.NewPathBuffer(nil, 0), huma.ModeReadFromServer, value, result)
	if len(result.Errors) > 0 {
		t.Errorf("%s: got %.500s, which is not what the document says: %v", op.OperationID, got.Body, result.Errors)
	}
}

// Silent notes that a check failed and says nothing. It is for the tests of checks.
type Silent struct {
	testing.TB

	Fault bool
}

// Errorf notes that a check failed.
func (s *Silent) Errorf(string, ...any) { s.Fault = true }

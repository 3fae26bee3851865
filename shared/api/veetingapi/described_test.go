package veetingapi_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"gavel/shared/api"
	"gavel/shared/api/veetingapi"
)

// description finds what the OpenAPI document says of a request.
type description struct {
	routes     *http.ServeMux
	operations map[string]*huma.Operation // by the pattern of the route
	schemas    huma.Registry
}

var openAPI = sync.OnceValue(func() description {
	written := api.NewDocument()
	veetingapi.Register(written, nil, nil)
	d := description{routes: http.NewServeMux(), operations: map[string]*huma.Operation{}, schemas: written.OpenAPI().Components.Schemas}
	for path, item := range written.OpenAPI().Paths {
		for method, op := range map[string]*huma.Operation{
			http.MethodGet: item.Get, http.MethodPost: item.Post, http.MethodPut: item.Put, http.MethodDelete: item.Delete,
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
func described(t testing.TB, method, path string, got answer) {
	t.Helper()
	d := openAPI()
	if strings.HasPrefix(path, "/webhooks/") {
		method = http.MethodPost // the document has one of the two
	}
	at, err := url.Parse("http://gavel.test" + path)
	if err != nil || strings.Contains(path, "/.") {
		return
	}
	_, pattern := d.routes.Handler(&http.Request{Method: method, URL: at, Host: at.Host})
	op := d.operations[pattern]
	if op == nil {
		return
	}
	response, found := op.Responses[strconv.Itoa(got.status)]
	if !found {
		t.Errorf("%s: got HTTP %d, want a status that the document has: %.500s", op.OperationID, got.status, got.body)
		return
	}
	media, found := response.Content[got.header.Get("Content-Type")]
	if !found {
		t.Errorf("%s: got %q with HTTP %d, want a media type that the document has", op.OperationID, got.header.Get("Content-Type"), got.status)
		return
	}
	var value any
	if err := json.Unmarshal(got.body, &value); err != nil {
		t.Errorf("%s: got %.500s, want JSON: %v", op.OperationID, got.body, err)
		return
	}
	result := &huma.ValidateResult{}
	validating.Lock()
	defer validating.Unlock()
	huma.Validate(d.schemas, media.Schema, huma.NewPathBuffer(nil, 0), huma.ModeReadFromServer, value, result)
	if len(result.Errors) > 0 {
		t.Errorf("%s: got %.500s, which is not what the document says: %v", op.OperationID, got.body, result.Errors)
	}
}

func TestDescribed_HasAllOperations(t *testing.T) {
	t.Parallel()
	var got, want []string
	for _, op := range openAPI().operations {
		got = append(got, op.OperationID)
	}
	for _, op := range operations() {
		want = append(want, op.id)
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) || len(got) != 8 {
		t.Errorf("got the %d operations %q, want %q", len(got), got, want)
	}
}

// TestDescribed_SaysHowIDsAndAddressesLook although it is our own code that checks them.
func TestDescribed_SaysHowIDsAndAddressesLook(t *testing.T) {
	t.Parallel()
	for _, op := range openAPI().operations {
		for _, p := range op.Parameters {
			switch p.Name {
			case "meetingId", "accountId", "X-User-Id":
				if p.Schema.Pattern != "^[0-9a-f]{24}$" {
					t.Errorf("%s: got the pattern %q for %s, want 24 hex digits", op.OperationID, p.Schema.Pattern, p.Name)
				}
			case "X-User-Email":
				text, err := json.Marshal(p.Schema)
				if err != nil || !strings.Contains(string(text), `"format":"email"`) || *p.Schema.MaxLength != 320 {
					t.Errorf("%s: got %s, %v for %s, want an e-mail address", op.OperationID, text, err, p.Name)
				}
			}
		}
	}
}

// TestDescribed_FindsWhatItIsThereFor keeps the check itself from going blind.
func TestDescribed_FindsWhatItIsThereFor(t *testing.T) {
	t.Parallel()
	header := http.Header{"Content-Type": {"application/json"}}
	const good = `{"outcome":"closed","meeting":{"id":"a","duration":60,"new":1}}`
	for name, tt := range map[string]struct {
		got   answer
		fault bool
	}{
		"good":            {answer{200, header, []byte(good)}, false},
		"another status":  {answer{201, header, []byte(good)}, true},
		"another type":    {answer{200, http.Header{"Content-Type": {"text/html"}}, []byte(good)}, true},
		"no JSON":         {answer{200, header, []byte("<html>")}, true},
		"another outcome": {answer{200, header, []byte(strings.Replace(good, "closed", "ended", 1))}, true},
		"text for number": {answer{200, header, []byte(strings.Replace(good, "60", `"60"`, 1))}, true},
		"a field more":    {answer{200, header, []byte(strings.Replace(good, "{", `{"hash":"",`, 1))}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			silent := &silentTB{TB: t}
			described(silent, http.MethodPost, "/veeting/meetings/"+meetingID+"/close", tt.got)
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

package veetingapi_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"gavel/local/apitest"
	"gavel/shared/api/veetingapi"
)

var openAPI = sync.OnceValue(func() *apitest.Description {
	return apitest.Describe(func(a huma.API) { veetingapi.Register(a, nil, nil) })
})

// described holds an answer against what the OpenAPI document says of its operation.
func described(t testing.TB, method, path string, got answer) {
	t.Helper()
	if strings.HasPrefix(path, "/webhooks/") {
		method = http.MethodPost // the document has one of the two
	}
	openAPI().Check(t, method, path, got)
}

func TestDescribed_HasAllOperations(t *testing.T) {
	t.Parallel()
	var got, want []string
	for _, op := range openAPI().Operations {
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
	for _, op := range openAPI().Operations {
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
		"good":            {answer{Status: 200, Header: header, Body: []byte(good)}, false},
		"another status":  {answer{Status: 201, Header: header, Body: []byte(good)}, true},
		"another type":    {answer{Status: 200, Header: http.Header{"Content-Type": {"text/html"}}, Body: []byte(good)}, true},
		"no JSON":         {answer{Status: 200, Header: header, Body: []byte("<html>")}, true},
		"another outcome": {answer{Status: 200, Header: header, Body: []byte(strings.Replace(good, "closed", "ended", 1))}, true},
		"text for number": {answer{Status: 200, Header: header, Body: []byte(strings.Replace(good, "60", `"60"`, 1))}, true},
		"a field more":    {answer{Status: 200, Header: header, Body: []byte(strings.Replace(good, "{", `{"hash":"",`, 1))}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			silent := &apitest.Silent{TB: t}
			described(silent, http.MethodPost, "/veeting/meetings/"+meetingID+"/close", tt.got)
			if silent.Fault != tt.fault {
				t.Errorf("got a fault: %t, want %t", silent.Fault, tt.fault)
			}
		})
	}
}

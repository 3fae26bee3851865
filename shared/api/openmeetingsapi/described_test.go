package openmeetingsapi_test

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"gavel/local/apitest"
	"gavel/shared/api/openmeetingsapi"
)

var openAPI = sync.OnceValue(func() *apitest.Description {
	return apitest.Describe(func(a huma.API) { openmeetingsapi.Register(a, nil) })
})

// described holds an answer against what the OpenAPI document says of its operation.
func described(t testing.TB, method, path string, got answer) {
	t.Helper()
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
	if !slices.Equal(got, want) || len(got) != 47 {
		t.Errorf("got the %d operations %q, want %q", len(got), got, want)
	}
}

// TestDescribed_FindsWhatItIsThereFor keeps the check itself from going blind.
func TestDescribed_FindsWhatItIsThereFor(t *testing.T) {
	t.Parallel()
	header := http.Header{"Content-Type": {"application/json"}}
	const good = `{"outcome":"ended","inside":0}`
	for name, tt := range map[string]struct {
		got   answer
		fault bool
	}{
		"good":           {answer{Status: 200, Header: header, Body: []byte(good)}, false},
		"another status": {answer{Status: 201, Header: header, Body: []byte(good)}, true},
		"another type":   {answer{Status: 200, Header: http.Header{"Content-Type": {"text/html"}}, Body: []byte(good)}, true},
		"no JSON":        {answer{Status: 200, Header: header, Body: []byte("<html>")}, true},
		"another value":  {answer{Status: 200, Header: header, Body: []byte(strings.Replace(good, "ended", "closed", 1))}, true},
		"a field more":   {answer{Status: 200, Header: header, Body: []byte(strings.Replace(good, "{", `{"hash":"",`, 1))}, true},
		"a field less":   {answer{Status: 200, Header: header, Body: []byte(strings.Replace(good, `,"inside":0`, "", 1))}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			silent := &apitest.Silent{TB: t}
			described(silent, http.MethodPost, "/openmeetings/rooms/2/end", tt.got)
			if silent.Fault != tt.fault {
				t.Errorf("got a fault: %t, want %t", silent.Fault, tt.fault)
			}
		})
	}
}

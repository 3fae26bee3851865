package roomsapi_test

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"gavel/local/apitest"
	"gavel/shared/api/roomsapi"
)

var openAPI = sync.OnceValue(func() *apitest.Description {
	return apitest.Describe(func(a huma.API) { roomsapi.Register(a, nil) })
})

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
	if !slices.Equal(got, want) {
		t.Errorf("got the operations %q, want %q", got, want)
	}
}

// TestDescribed_FindsWhatItIsThereFor keeps the check itself from going blind.
func TestDescribed_FindsWhatItIsThereFor(t *testing.T) {
	t.Parallel()
	header := http.Header{"Content-Type": {"application/json"}}
	const good = `{"url":"https://8x8.vc/a","role":"moderator","expires_at":"2026-03-01T12:00:00Z"}`
	for name, tt := range map[string]struct {
		got   answer
		fault bool
	}{
		"good":           {answer{Status: 200, Header: header, Body: []byte(good)}, false},
		"another status": {answer{Status: 201, Header: header, Body: []byte(good)}, true},
		"another type":   {answer{Status: 200, Header: http.Header{"Content-Type": {"text/html"}}, Body: []byte(good)}, true},
		"no JSON":        {answer{Status: 200, Header: header, Body: []byte("<html>")}, true},
		"another value":  {answer{Status: 200, Header: header, Body: []byte(strings.Replace(good, "moderator", "owner", 1))}, true},
		"a field more":   {answer{Status: 200, Header: header, Body: []byte(strings.Replace(good, "{", `{"jwt":"",`, 1))}, true},
		"a field less":   {answer{Status: 200, Header: header, Body: []byte(strings.Replace(good, `"role":"moderator",`, "", 1))}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			silent := &apitest.Silent{TB: t}
			openAPI().Check(silent, http.MethodPost, "/participant/room/x/join", tt.got)
			if silent.Fault != tt.fault {
				t.Errorf("got a fault: %t, want %t", silent.Fault, tt.fault)
			}
		})
	}
}

package jitsiapi_test

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"gavel/local/apitest"
	"gavel/shared/api"
	"gavel/shared/api/jitsiapi"
)

var openAPI = sync.OnceValue(func() *apitest.Description {
	return apitest.Describe(func(a huma.API) { jitsiapi.Register(a, jitsiapi.Services{}) })
})

func TestDescribed_HasAllOperations(t *testing.T) {
	t.Parallel()
	var got, want []string
	for pattern, op := range openAPI().Operations {
		got = append(got, op.OperationID+" "+pattern)
	}
	for _, op := range operations() {
		want = append(want, op.id+" "+op.route)
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) || len(got) != 11 {
		t.Errorf("got the %d operations %q, want %q", len(got), got, want)
	}
}

// TestDescribed_SaysHowTenantsLook although it is our own code that checks them.
func TestDescribed_SaysHowTenantsLook(t *testing.T) {
	t.Parallel()
	found := 0
	for _, op := range openAPI().Operations {
		for _, p := range op.Parameters {
			if p.Name == "tenant" && p.In == "query" {
				found++
				if p.Schema.Pattern != "^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$" || p.Required {
					t.Errorf("%s: got %+v, want an optional tenant with its form", op.OperationID, p)
				}
			}
		}
	}
	if found != 5 {
		t.Errorf("got %d operations with a tenant in the query, want 5", found)
	}
}

// TestDescribed_FindsWhatItIsThereFor keeps the check itself from going blind.
func TestDescribed_FindsWhatItIsThereFor(t *testing.T) {
	t.Parallel()
	header := http.Header{"Content-Type": {"application/json"}}
	plain := http.Header{"Content-Type": {"text/plain; charset=utf-8"}}
	const end, key = "/jitsi/rooms/standup/end", "/jitsi/keys/login/" + "cad5c0dcfc6ee3b2244062dbeab33b3a3495bf999fa94cd13d93991f618ccba6.pem"
	for name, tt := range map[string]struct {
		method, path string
		got          answer
		fault        bool
	}{
		"good":             {"POST", end, answer{Status: 200, Header: header, Body: []byte(`{"outcome":"destroyed"}`)}, false},
		"another status":   {"POST", end, answer{Status: 404, Header: header, Body: []byte(`{"outcome":"destroyed"}`)}, true},
		"another type":     {"POST", end, answer{Status: 200, Header: plain, Body: []byte(`{"outcome":"destroyed"}`)}, true},
		"another outcome":  {"POST", end, answer{Status: 200, Header: header, Body: []byte(`{"outcome":"ended"}`)}, true},
		"a field more":     {"POST", end, answer{Status: 200, Header: header, Body: []byte(`{"outcome":"destroyed","room":"x"}`)}, true},
		"a key":            {"GET", key, answer{Status: 200, Header: plain, Body: []byte("PEM")}, false},
		"a key as JSON":    {"GET", key, answer{Status: 200, Header: header, Body: []byte(`"PEM"`)}, true},
		"no such document": {"GET", "/elsewhere", answer{Status: 200, Header: plain}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			silent := &apitest.Silent{TB: t}
			openAPI().Check(silent, tt.method, tt.path, tt.got)
			if silent.Fault != tt.fault {
				t.Errorf("got a fault: %t, want %t", silent.Fault, tt.fault)
			}
		})
	}
}

func TestRegister_AddsOneOperation(t *testing.T) {
	t.Parallel()
	for _, op := range operations() {
		a := api.NewDocument()
		registers()[op.id](a, jitsiapi.Services{})
		var got []string
		for _, item := range a.OpenAPI().Paths {
			for _, added := range []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete} {
				if added != nil {
					got = append(got, added.OperationID+" "+added.Method+" "+added.Path)
				}
			}
		}
		if len(got) != 1 || got[0] != op.id+" "+op.route {
			t.Errorf("got the operations %q, want %s %s alone", got, op.id, op.route)
		}
	}
}

func TestRegister_SaysWhichScopeIsNeeded(t *testing.T) {
	t.Parallel()
	for _, op := range openAPI().Operations {
		want := operationOf(strings.TrimPrefix(op.OperationID, "jitsi-")).scope
		var got []string
		for _, way := range op.Security {
			for _, scopes := range way {
				got = append(got, scopes...)
			}
		}
		if want == "" && len(got) != 0 || want != "" && !slices.Equal(got, []string{want, want}) {
			t.Errorf("%s: got the scopes %q, want %q for either way", op.OperationID, got, want)
		}
	}
}

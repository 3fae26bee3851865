package veetingapi_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"gavel/shared/api"
	"gavel/shared/api/inboxapi"
	"gavel/shared/api/veetingapi"
)

// registers are what each function calls to serve its one operation.
func registers() map[string]func(huma.API, veetingapi.Client, inboxapi.EventLog) {
	type client = veetingapi.Client
	type events = inboxapi.EventLog
	return map[string]func(huma.API, client, events){
		"veeting-create-account":   func(a huma.API, c client, _ events) { veetingapi.RegisterCreateAccount(a, c) },
		"veeting-list-admins":      func(a huma.API, c client, _ events) { veetingapi.RegisterListAdmins(a, c) },
		"veeting-schedule-meeting": func(a huma.API, c client, _ events) { veetingapi.RegisterScheduleMeeting(a, c) },
		"veeting-update-meeting":   func(a huma.API, c client, _ events) { veetingapi.RegisterUpdateMeeting(a, c) },
		"veeting-close-meeting":    func(a huma.API, c client, _ events) { veetingapi.RegisterCloseMeeting(a, c) },
		"veeting-delete-meeting":   func(a huma.API, c client, _ events) { veetingapi.RegisterDeleteMeeting(a, c) },
		webhookID:                  func(a huma.API, c client, e events) { veetingapi.RegisterWebhook(a, c, e) },
		"veeting-list-events":      func(a huma.API, _ client, e events) { veetingapi.RegisterListEvents(a, e) },
	}
}

func TestRegister_AddsOneOperation(t *testing.T) {
	t.Parallel()
	for _, op := range operations() {
		t.Run(op.id, func(t *testing.T) {
			t.Parallel()
			a := api.NewDocument()
			registers()[op.id](a, nil, nil)
			var got []string
			for _, item := range a.OpenAPI().Paths {
				for _, added := range []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete} {
					if added != nil {
						got = append(got, added.Method+" "+added.OperationID)
					}
				}
			}
			if len(got) != 1 || got[0] != op.method+" "+op.id {
				t.Errorf("got the operations %q, want %s %s alone", got, op.method, op.id)
			}
		})
	}
}

// TestRegister_SaysWhichScopeIsNeeded has the two apart: who schedules need not make accounts.
func TestRegister_SaysWhichScopeIsNeeded(t *testing.T) {
	t.Parallel()
	for _, op := range openAPI().Operations {
		want := operationOf(strings.TrimPrefix(op.OperationID, "veeting-")).scope
		var got []string
		for _, way := range op.Security {
			for _, scopes := range way {
				got = append(got, scopes...)
			}
		}
		if want == "" && len(got) != 0 || want != "" && !slices.Equal(got, []string{want, want}) {
			t.Errorf("%s: got the scopes %q, want %q for either way", op.OperationID, got, want)
		}
		if op.Method == http.MethodPut && op.OperationID == webhookID {
			t.Error("got the webhook's PUT in the document, want POST alone")
		}
	}
}

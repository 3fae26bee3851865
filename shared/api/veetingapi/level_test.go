package veetingapi_test

import (
	"net/http"
	"strings"
	"testing"

	"gavel/shared/problem"
)

func users(id, email string) http.Header {
	header := http.Header{}
	if id != "" {
		header.Set("X-User-Id", id)
	}
	if email != "" {
		header.Set("X-User-Email", email)
	}
	return header
}

// TestLevel_WhatDoesNotFitTheUserIsRefused and nothing is sent.
func TestLevel_WhatDoesNotFitTheUserIsRefused(t *testing.T) {
	t.Parallel()
	for _, op := range ofMeetings() {
		for name, tt := range map[string]struct {
			level     string
			id, email string
			says      string // empty where the call is made
		}{
			"instance, nobody":    {"instance", "", "", "an instance-level key needs a user"},
			"instance, by id":     {"instance", userID, "", ""},
			"instance, by e-mail": {"instance", "", userEmail, ""},
			"instance, both":      {"instance", userID, userEmail, "not both"},
			"account, nobody":     {"account", "", "", ""},
			"account, by id":      {"account", userID, "", "leave X-User-Id and X-User-Email out"},
			"account, by e-mail":  {"account", "", userEmail, "leave X-User-Id and X-User-Email out"},
			"account, both":       {"account", userID, userEmail, "not both"},
		} {
			t.Run(op.id+" "+name, func(t *testing.T) {
				t.Parallel()
				g := setup(t, options{only: op.id, secret: map[string]any{"level": tt.level}})
				got := g.send(t, op.method, op.path, op.body, users(tt.id, tt.email))
				if tt.says == "" {
					if got.Status != op.status || len(g.upstream.seen()) != 1 {
						t.Errorf("got HTTP %d and %d requests upstream, want %d and 1: %s", got.Status, len(g.upstream.seen()), op.status, got.Body)
					}
					return
				}
				refused(t, got, http.StatusUnprocessableEntity, "header.X-User-Id")
				if p := document(t, got); !strings.Contains(p.Errors[0].Message, tt.says) {
					t.Errorf("got %q, want %q in it", p.Errors[0].Message, tt.says)
				}
				if sent := g.upstream.seen(); len(sent) != 0 {
					t.Errorf("got %q upstream, want nothing", sent)
				}
			})
		}
	}
}

func TestLevel_AccountsNeedAKeyOfTheInstance(t *testing.T) {
	t.Parallel()
	for _, op := range calling()[:2] {
		g := setup(t, options{only: op.id, secret: map[string]any{"level": "account"}})
		g.untouched(t)
		p := isProblem(t, g.ask(t, op), http.StatusServiceUnavailable, problem.NotConfigured)
		if !strings.Contains(p.Detail, "instance-level key") || p.MayHaveHappened != nil {
			t.Errorf("got %+v, want to be told which key is needed", p)
		}
	}
}

// TestUser_OfBadFormIsRefused before it gets into a header.
func TestUser_OfBadFormIsRefused(t *testing.T) {
	t.Parallel()
	for _, op := range ofMeetings() {
		g := setup(t, options{only: op.id})
		g.untouched(t)
		for _, id := range []string{"747", rejected, strings.ToUpper(userID), userID + "0", userEmail, "9974-7653-8886-0485", strings.Repeat("7", 5000)} {
			refused(t, g.send(t, op.method, op.path, op.body, users(id, "")), 422, "header.X-User-Id")
		}
		for _, email := range []string{
			"747", rejected, "@", "a@", "@a", "a b@example.org", "a@example.org, b@example.org", "Ada <ada@example.org>", "<ada@example.org>",
			`"\747"@example.org`, "ada@example.org " + rejected, "ada@example.org;" + rejected, rejected + "@" + strings.Repeat("x", 320),
			"=?" + rejected + "?q?a?= <a@example.org>", "a@exam\tple.org",
		} {
			refused(t, g.send(t, op.method, op.path, op.body, users("", email)), 422, "header.X-User-Email")
		}
		refused(t, g.send(t, op.method, op.path, op.body, users(rejected, rejected)), 422, "header.X-User-Email", "header.X-User-Id")
	}
}

// TestUser_WithAnOddAddressIsTaken as it is.
func TestUser_WithAnOddAddressIsTaken(t *testing.T) {
	t.Parallel()
	op := operationOf("delete-meeting")
	for _, email := range []string{"o'hara+x_1@sub.example.org", "a@b", "A.B@Example.org", "{x}@example.org"} {
		g := setup(t, options{only: op.id})
		if got := g.send(t, op.method, op.path, "", users("", email)); got.Status != op.status {
			t.Errorf("%s: got HTTP %d: %s", email, got.Status, got.Body)
			continue
		}
		if sent, want := g.upstream.seen()[0], "DELETE /meeting/"+meetingID+"\nX-User-Email: "+email; sent != want {
			t.Errorf("got %q upstream, want %q", sent, want)
		}
	}
}

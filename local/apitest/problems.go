package apitest

import (
	"bytes"
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gavel/shared/problem"
)

// Problems reads problem documents.
type Problems struct {
	// Confidential finds what may stand in none: keys, e-mail addresses, what was rejected. Nil finds nothing.
	Confidential *regexp.Regexp
	// Inside are words that tell of our own code, or of a value that was refused, in capitals or not.
	Inside []string
	// Once is whether a place has one fault at most.
	Once bool
}

// Document reads a problem document and checks what all of them have in common.
func (c Problems) Document(t testing.TB, got Answer) problem.Problem {
	t.Helper()
	if c.Confidential != nil {
		if found := c.Confidential.Find(got.Body); found != nil {
			t.Errorf("got %.500s, which says %q", got.Body, found)
		}
	}
	var p problem.Problem
	decoder := json.NewDecoder(bytes.NewReader(got.Body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&p); err != nil {
		t.Fatalf("got HTTP %d with %.300q, want a problem document: %v", got.Status, got.Body, err)
	}
	if ct := got.Header.Get("Content-Type"); ct != problem.ContentType {
		t.Errorf("got content type %q, want %q", ct, problem.ContentType)
	}
	if p.Status != got.Status || p.Title != http.StatusText(got.Status) || p.Type != "urn:gavel:problem:"+string(p.Code) {
		t.Errorf("got status %d, title %q, type %q, want those of HTTP %d and code %s", p.Status, p.Title, p.Type, got.Status, p.Code)
	}
	if id := got.Header.Get("X-Request-Id"); id == "" || p.RequestID != id {
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

// Is checks status and code of a problem document.
func (c Problems) Is(t testing.TB, got Answer, status int, code problem.Code) problem.Problem {
	t.Helper()
	p := c.Document(t, got)
	if p.Status != status || p.Code != code {
		t.Errorf("got HTTP %d with code %s, want %d with %s: %.500s", p.Status, p.Code, status, code, got.Body)
	}
	return p
}

// Refused checks the problem document of a request that is wrong, and where it says so. Unless it has to be once, a place
// may stand there twice, where the schema and a check of its own both have something to say.
func (c Problems) Refused(t testing.TB, got Answer, status int, where ...string) {
	t.Helper()
	found := c.faults(t, got, status)
	if !c.Once {
		found = slices.Compact(found)
	}
	if !slices.Equal(found, where) {
		t.Errorf("got faults at %q, want at %q: %.500s", found, where, got.Body)
	}
}

// RefusedAt is for a fault that brings others with it: of a body that cannot be read, what must be in it is missing, too.
func (c Problems) RefusedAt(t testing.TB, got Answer, status int, where string) {
	t.Helper()
	if found := c.faults(t, got, status); !slices.Contains(found, where) {
		t.Errorf("got faults at %q, want one at %q: %.500s", found, where, got.Body)
	}
}

// faults gives the places of the faults, and checks that nothing is said of the value or of the inside.
func (c Problems) faults(t testing.TB, got Answer, status int) []string {
	t.Helper()
	p := c.Is(t, got, status, problem.InvalidRequest)
	found := make([]string, 0, len(p.Errors))
	for _, fault := range p.Errors {
		found = append(found, fault.Location)
	}
	said := strings.ToLower(strings.ReplaceAll(string(got.Body), p.RequestID, "")) // whose digits may be anything
	for _, inside := range append([]string{Rejected, "747", "Go ", "json:", "strconv", "parsing time"}, c.Inside...) {
		if strings.Contains(said, strings.ToLower(inside)) {
			t.Errorf("got %.500s, which says %q", got.Body, inside)
		}
	}
	return found
}

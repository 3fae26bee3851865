package veeting_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"gavel/local/sandbox/veeting"
)

func (w *world) recorded() string {
	w.t.Helper()
	raw, err := json.Marshal(w.rec.Exchanges())
	if err != nil {
		w.t.Fatal(err)
	}
	return string(raw)
}

func TestRecord_Exchanges(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.as(seed, "POST", meetings, meeting.String())
	w.do("POST", meetings, headers("X-API-KEY", "wrong", "X-USER-ID", "x"), "not json")
	w.do("GET", "/nowhere?a=b%20c", nil, "")
	w.account("POST", meetings, meeting.with("topic", quote(strings.Repeat("x", 1<<15))).String())
	w.list()
	x := w.rec.Exchanges()
	if len(x) != 4 {
		t.Fatalf("got %d exchanges, want 4: the sandbox's own list is none", len(x))
	}
	first := x[0]
	if first.Provider != "veeting" || first.Method != "POST" || first.Path != meetings || !first.Time.Equal(before) ||
		first.ContentType != jsonType || first.Answer.Status != 200 || first.TokenError != "" {
		t.Errorf("got %+v, want the exchange", first)
	}
	if body := first.Body.(map[string]any); body["duration"] != json.Number("60") || body["topic"] != "My Meeting Topic" {
		t.Errorf("got %v, want the request's body", body)
	}
	if body := first.Answer.Body.(map[string]any); body["data"].(map[string]any)["duration"] != "60" {
		t.Errorf("got %v, want the answer's body", body)
	}
	if first.Claims["level"] != "instance" || first.Claims["user"] != "email" || len(first.Claims) != 3 {
		t.Errorf("got %v, want level, user and a fingerprint", first.Claims)
	}
	if refused := x[1]; refused.Claims != nil || refused.TokenError == "" || refused.Body != "not json" || refused.Answer.Status != 401 {
		t.Errorf("got %+v, want a refusal", refused)
	}
	if x[2].Path != "/nowhere" || x[2].Query != "a=b%20c" || x[2].Answer.Status != 404 {
		t.Errorf("got %+v, want the wrong base URL", x[2])
	}
	if x[3].Body != nil || x[3].Claims["user"] != nil {
		t.Errorf("got %+v, want neither the body nor a user", x[3])
	}
}

func TestRecord_TellsUserHeadersAndKeysApart(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.do("POST", meetings, headers("X-API-KEY", instanceKey, "X-USER-ID", "x"), "{}")
	w.do("POST", meetings, headers("X-API-KEY", instanceKey, "X-USER-ID", "x", "X-USER-EMAIL", "y"), "{}")
	w.account("POST", meetings, "{}")
	x := w.rec.Exchanges()
	for i, want := range []any{"id", "both", nil} {
		if got := x[i].Claims["user"]; got != want {
			t.Errorf("got %v, want %v", got, want)
		}
	}
	one, same, other := x[0].Claims["key"].(string), x[1].Claims["key"], x[2].Claims["key"]
	if one != same || one == other || !strings.HasPrefix(one, "key:") || len(one) != len("key:")+8 {
		t.Errorf("got %s, %s, %s; want the first twice and another", one, same, other)
	}
}

// Keys stay out of the record, wherever a client puts them.
func TestRecord_HoldsNoSecret(t *testing.T) {
	t.Parallel()
	w := setup(t)
	const wrong = "never-a-key-77"
	icsToken := w.schedule().data("icsToken").(string)
	w.owner("GET", "/api/v6/account/admin/"+w.newAccount().id(), "")
	w.do("POST", meetings, headers("X-API-KEY", wrong), `{"apiKey":"`+wrong+`","`+wrong+`":["`+wrong+`"]}`)
	w.do("POST", meetings, headers("X-API-KEY", "", "X-USER-EMAIL", "someone@example.net"), `{"apiKey":"`+accountKey+`"}`)
	w.do("POST", meetings, headers(), "apiKey="+instanceKey)
	w.do("POST", meetings+"/"+url.PathEscape(instanceKey)+"?key="+url.QueryEscape(instanceKey), nil, "")
	w.do("POST", meetings+"?x=%zz"+accountKey, nil, "")
	w.do("POST", meetings, http.Header{"Authorization": {"Bearer " + accountKey}, "Content-Type": {accountKey}}, "")
	w.do("POST", meetings, http.Header{"Authorization": {wrong}}, "")
	w.account("POST", meetings, meeting.with(accountKey, `1`).String())
	recorded := w.recorded()
	for _, secret := range []string{
		instanceKey, url.PathEscape(instanceKey), url.QueryEscape(instanceKey), accountKey, wrong, icsToken, "calender",
		"someone@example.net",
	} {
		if strings.Contains(recorded, secret) {
			t.Errorf("the record holds %q: %s", secret, recorded)
		}
	}
	for _, shown := range []string{`"apiKey":"key:`, `"icsToken":"ics:`, `"authorization":"Bearer"`, `"apiKey=key:`, `/key:`} {
		if !strings.Contains(recorded, shown) {
			t.Errorf("got %s, want it to hold %s", recorded, shown)
		}
	}
}

// One key may begin with another.
func TestRecord_HidesKeysWhole(t *testing.T) {
	t.Parallel()
	w := setup(t, func(o *veeting.Options) {
		o.Keys = keys(veeting.Key{Value: "abc", Level: "account"}, veeting.Key{Value: "abc-tail", Level: "account"})
	})
	w.do("POST", meetings, headers("X-API-KEY", "abc"), `abc-tail`)
	if got := w.recorded(); strings.Contains(got, "-tail") {
		t.Errorf("got %s, want no part of a key", got)
	}
	w.do("POST", meetings, headers("X-API-KEY", ""), "text")
	if got := w.rec.Exchanges()[1].Body; got != "text" {
		t.Errorf("got %v, want the text: no key is no secret", got)
	}
}

func TestRecord_SaysThatKeysCannotBeRead(t *testing.T) {
	t.Parallel()
	w := setup(t, func(o *veeting.Options) {
		o.Keys = func(context.Context) ([]veeting.Key, error) { return nil, errors.New("broken at " + accountKey) }
	})
	w.account("POST", meetings, meeting.String())
	x := w.rec.Exchanges()[0]
	if x.TokenError == "" || x.Claims != nil || strings.Contains(w.recorded(), accountKey) {
		t.Errorf("got %+v, want an error without the key", x)
	}
}

package veeting_test

import (
	"context"
	"errors"
	"net/http"
	"sync/atomic"
	"testing"

	"gavel/local/sandbox/veeting"
)

const (
	meetings = "/api/v6/meeting"
	accounts = "/api/v6/account"
)

func TestKeys_BadOnes(t *testing.T) {
	t.Parallel()
	good := headers("X-API-KEY", instanceKey, "X-USER-EMAIL", seed)
	for _, tc := range []struct {
		name   string
		header http.Header
		keys   veeting.KeysFunc
	}{
		{"none", headers(), keys(veeting.Key{Level: "instance"})},
		{"empty", headers("X-API-KEY", ""), keys(veeting.Key{Level: "instance"})},
		{"unknown", headers("X-API-KEY", instanceKey+"x"), keys(veeting.Key{Value: instanceKey, Level: "instance"})},
		{"other case", headers("X-API-KEY", "KEY"), keys(veeting.Key{Value: "key", Level: "instance"})},
		{"two", headers("X-API-KEY", instanceKey, "X-API-KEY", instanceKey), keys(veeting.Key{Value: instanceKey, Level: "instance"})},
		{"as a bearer token", headers("Authorization", "Bearer "+instanceKey), keys(veeting.Key{Value: instanceKey, Level: "instance"})},
		{"of no level", good, keys(veeting.Key{Value: instanceKey})},
		{"of an unknown level", good, keys(veeting.Key{Value: instanceKey, Level: "owner"})},
		{"no keys at all", good, keys()},
		{"nobody to ask", good, nil},
		{"of an account that is not there", headers("X-API-KEY", "a"), keys(veeting.Key{Value: "a", Level: "account", AccountID: "5e9459c5b863b82cefdddf4f"})},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, func(o *veeting.Options) { o.Keys = tc.keys })
			w.want(w.do("POST", meetings, tc.header, meeting.String()), "401 -3")
		})
	}
}

func TestKeys_ThatCannotBeRead(t *testing.T) {
	t.Parallel()
	w := setup(t, func(o *veeting.Options) {
		o.Keys = func(context.Context) ([]veeting.Key, error) { return nil, errors.New("broken") }
	})
	w.want(w.account("POST", meetings, meeting.String()), "500 -99")
}

func TestKeys_AreReadAtEveryRequest(t *testing.T) {
	t.Parallel()
	var now atomic.Pointer[veeting.Key]
	w := setup(t, func(o *veeting.Options) {
		o.Keys = func(context.Context) ([]veeting.Key, error) { return []veeting.Key{*now.Load()}, nil }
	})
	now.Store(&veeting.Key{Value: "old", Level: "account"})
	w.want(w.do("POST", meetings, headers("X-API-KEY", "old"), meeting.String()), "200 0")
	now.Store(&veeting.Key{Value: "new", Level: "account"})
	w.want(w.do("POST", meetings, headers("X-API-KEY", "old"), meeting.String()), "401 -3")
	w.want(w.do("POST", meetings, headers("X-API-KEY", "new"), meeting.String()), "200 0")
}

func TestLevels(t *testing.T) {
	t.Parallel()
	w := setup(t)
	created := w.newAccount()
	userID := w.userID(created.id())
	for _, tc := range []struct {
		name         string
		method, path string
		header       http.Header
		body, want   string
	}{
		{"account key makes an account", "POST", accounts, headers("X-API-KEY", accountKey), account.String(), "200 -3"},
		{"account key lists admins", "GET", accounts + "/admin/" + created.id(), headers("X-API-KEY", accountKey), "", "200 -3"},
		{"account call for a user", "GET", accounts + "/admin/" + created.id(), headers("X-API-KEY", instanceKey, "X-USER-EMAIL", userEmail), "", "200 -3"},
		{"account key", "POST", meetings, headers("X-API-KEY", accountKey), meeting.String(), "200 0"},
		{"account key for a user", "POST", meetings, headers("X-API-KEY", accountKey, "X-USER-EMAIL", seed), meeting.String(), "200 -3"},
		{"account key for an id", "POST", meetings, headers("X-API-KEY", accountKey, "X-USER-ID", userID), meeting.String(), "200 -3"},
		{"account key for nobody", "POST", meetings, headers("X-API-KEY", accountKey, "X-USER-ID", ""), meeting.String(), "200 -3"},
		{"instance key alone", "POST", meetings, headers("X-API-KEY", instanceKey), meeting.String(), "200 -3"},
		{"instance key for an id", "POST", meetings, headers("X-API-KEY", instanceKey, "X-USER-ID", userID), meeting.String(), "200 0"},
		{"instance key for an e-mail", "POST", meetings, headers("X-API-KEY", instanceKey, "X-USER-EMAIL", userEmail), meeting.String(), "200 0"},
		{"header in lower case", "POST", meetings, headers("x-api-key", instanceKey, "x-user-email", userEmail), meeting.String(), "200 0"},
		{"both", "POST", meetings, headers("X-API-KEY", instanceKey, "X-USER-ID", userID, "X-USER-EMAIL", userEmail), meeting.String(), "200 -3"},
		{"the same twice", "POST", meetings, headers("X-API-KEY", instanceKey, "X-USER-EMAIL", userEmail, "X-USER-EMAIL", userEmail), meeting.String(), "200 -3"},
		{"the same id twice", "POST", meetings, headers("X-API-KEY", instanceKey, "X-USER-ID", userID, "X-USER-ID", userID), meeting.String(), "200 -3"},
		{"unknown e-mail", "POST", meetings, headers("X-API-KEY", instanceKey, "X-USER-EMAIL", "nobody@example.com"), meeting.String(), "200 -3"},
		{"e-mail in another case", "POST", meetings, headers("X-API-KEY", instanceKey, "X-USER-EMAIL", "Test-User@example.com"), meeting.String(), "200 -3"},
		{"account id for a user id", "POST", meetings, headers("X-API-KEY", instanceKey, "X-USER-ID", created.id()), meeting.String(), "200 -3"},
		{"e-mail for an id", "POST", meetings, headers("X-API-KEY", instanceKey, "X-USER-ID", userEmail), meeting.String(), "200 -3"},
		{"id for an e-mail", "POST", meetings, headers("X-API-KEY", instanceKey, "X-USER-EMAIL", userID), meeting.String(), "200 -3"},
		{"empty e-mail", "POST", meetings, headers("X-API-KEY", instanceKey, "X-USER-EMAIL", ""), meeting.String(), "200 -3"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got := w.do(tc.method, tc.path, tc.header, tc.body)
			if got.code() != tc.want {
				t.Errorf("got %s, want %s: %s", got.code(), tc.want, got.text)
			}
			if tc.want == "200 0" && got.data("addedByUserEmail") != seed && got.data("addedByUserEmail") != userEmail {
				t.Errorf("got %v, want the meeting of a known user", got.data("addedByUserEmail"))
			}
		})
	}
}

// An account's key and an account's users reach no other account's meetings.
func TestMeetings_BelongToTheirAccount(t *testing.T) {
	t.Parallel()
	var extra atomic.Pointer[veeting.Key]
	extra.Store(&veeting.Key{})
	w := setup(t, func(o *veeting.Options) {
		o.Keys = func(context.Context) ([]veeting.Key, error) {
			return []veeting.Key{{Value: instanceKey, Level: "instance"}, {Value: accountKey, Level: "account"}, *extra.Load()}, nil
		}
	})
	extra.Store(&veeting.Key{Value: "theirs", Level: "account", AccountID: w.newAccount().id()})
	id := w.schedule().id()
	for _, header := range []http.Header{
		headers("X-API-KEY", "theirs"), headers("X-API-KEY", instanceKey, "X-USER-EMAIL", userEmail),
	} {
		w.want(w.do("PUT", meetings+"/"+id+"/false", header, moved.with("id", quote(id)).String()), "200 -3")
		w.want(w.do("POST", meetings+"/close", header, `{"meetingId":"`+id+`"}`), "200 -3")
		w.want(w.do("DELETE", meetings+"/"+id, header, ""), "200 -3")
	}
	got := w.do("POST", meetings, headers("X-API-KEY", "theirs"), meeting.String())
	if got.data("addedByUserEmail") != userEmail {
		t.Errorf("got %s, want a meeting of %s", got.text, userEmail)
	}
	w.want(w.as(seed, "DELETE", meetings+"/"+id, ""), "200 0")
}

package openmeetings_test

import (
	"fmt"
	"strings"
	"testing"
)

func TestGroup_MakeListDelete(t *testing.T) {
	t.Parallel()
	w := setup(t)
	sid, admin := w.login("gavel"), w.login("root")
	if got := w.get(sid, "group").text; got != `{"groupDTO":[{"id":1,"name":"User"}]}` {
		t.Errorf("got %s, want the default group in an array", got)
	}
	if got := w.call("POST", sid, "group?name=staff", nil).text; got != `{"serviceResult":{"message":2,"type":"SUCCESS"}}` {
		t.Errorf("got %s, want the number 2", got)
	}
	w.makeRoom(sid, `"type":"CONFERENCE","externalType":"shop"`)
	if got := w.get(sid, "group").text; !strings.Contains(got, `{"id":3,"name":"shop"}`) {
		t.Errorf("got %s, want a group for the external type", got)
	}
	w.wantDenied(w.delete(sid, "group/2"))
	w.wantMessage(w.delete(admin, "group/2"), 200, "SUCCESS Deleted")
	if got := w.delete(admin, "group/2"); got.status != 500 || got.body == nil {
		t.Errorf("twice: got %d %s, want 500", got.status, got.text)
	}
}

// A group by the name of another system is not that system's.
func TestGroup_OrdinaryOnesAreNotExternal(t *testing.T) {
	t.Parallel()
	w := setup(t)
	sid := w.login("gavel")
	w.want(w.call("POST", sid, "group?name=shop", nil), 200)
	id := w.makeRoom(sid, `"type":"CONFERENCE","externalType":"shop","externalId":"r-1"`)
	if got := w.get(sid, "room/"+id).object("roomDTO")["externalType"]; got != "shop" {
		t.Errorf("externalType: got %v, want shop", got)
	}
	w.want(w.get(sid, "room/CONFERENCE/shop/r-1"), 200)
	ordinary := w.makeRoom(sid, `"type":"INTERVIEW","externalId":"r-2"`)
	w.want(w.post(sid, "group/2/rooms/add/"+ordinary), 200)
	w.want(w.get(sid, "room/INTERVIEW/shop/r-2"), 204)
	if got := len(w.get(sid, "group").list("groupDTO")); got != 3 {
		t.Errorf("groups: got %d, want 3", got)
	}
}

func TestGroup_Users(t *testing.T) {
	t.Parallel()
	w := setup(t)
	sid := w.login("gavel")
	w.want(w.call("POST", sid, "group?name=staff", nil), 200)
	numeric := `{"serviceResult":{"message":6,"type":"SUCCESS"}}`
	for range 2 {
		if got := w.post(sid, "group/2/users/6").text; got != numeric {
			t.Errorf("join: got %s, want %s", got, numeric)
		}
	}
	w.want(w.post(sid, "group/2/users/3"), 200)
	got := w.get(sid, "group/users/2?start=0&max=1&orderby=id&asc=true")
	result := got.object("userSearchResult")
	first, _ := result["result"].(map[string]any)
	if fmt.Sprint(result["records"]) != "2" || result["objectName"] != "org.apache.openmeetings.db.entity.user.User" || first["login"] != "ada" {
		t.Errorf("got %s, want ada without brackets, of two", got.text)
	}
	w.login("loner") // has a group now
	for range 2 {
		if got := w.delete(sid, "group/2/users/6").text; got != numeric {
			t.Errorf("leave: got %s, want %s", got, numeric)
		}
	}
	for _, path := range []string{"group/2/users/99", "group/99/users/1"} {
		if got := w.post(sid, path); got.status != 500 || got.body == nil {
			t.Errorf("%s: got %d %s, want 500", path, got.status, got.text)
		}
	}
	w.wantPage(w.post(sid, "group/x/users/1"), 404)
}

func TestGroup_MembershipOutlastsALogin(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.want(w.delete(w.login("gavel"), "group/1/users/3"), 200)
	w.wantMessage(w.post("", "user/login", "user", "ada", "pass", password), 200, "ERROR error.nogroup")
}

func TestGroup_Search(t *testing.T) {
	t.Parallel()
	w := setup(t)
	sid := w.login("gavel")
	for _, tc := range []struct{ query, want string }{
		{"start=0&max=9&asc=true", "gavel root ada soap sleeper ldap"},
		{"start=0&max=9", "ldap sleeper soap ada root gavel"},
		{"start=1&max=2&orderby=login&asc=true", "gavel ldap"},
		{"start=0&max=2&orderby=a.b;&asc=true", "gavel root"},
		{"start=9&max=2&asc=true", ""},
		{"", ""},
	} {
		logins := []string{}
		users, _ := w.get(sid, "group/users/1?"+tc.query).object("userSearchResult")["result"].([]any)
		for _, u := range users {
			logins = append(logins, fmt.Sprint(u.(map[string]any)["login"]))
		}
		if got := strings.Join(logins, " "); got != tc.want {
			t.Errorf("%s: got %q, want %q", tc.query, got, tc.want)
		}
	}
	if got := w.get(sid, "group/users/1?start=0&max=9&orderby=shoesize"); got.status != 500 || got.body == nil {
		t.Errorf("unknown column: got %d %s, want 500", got.status, got.text)
	}
	for _, query := range []string{"start=x", "max=-1", "max=2147483648"} {
		w.wantPage(w.get(sid, "group/users/1?"+query), 404)
	}
}

func TestGroup_Rooms(t *testing.T) {
	t.Parallel()
	w := setup(t)
	sid := w.login("gavel")
	w.wantMessage(w.post(sid, "group/1/rooms/add/1"), 200, "SUCCESS Success")
	w.wantMessage(w.post(sid, "group/1/rooms/add/1"), 200, "ERROR Not added")
	w.wantMessage(w.post(sid, "group/1/rooms/add/99"), 200, "ERROR Not added")
	if got := w.post(sid, "group/99/rooms/add/1"); got.status != 500 || got.body == nil {
		t.Errorf("unknown group: got %d %s, want 500", got.status, got.text)
	}
}

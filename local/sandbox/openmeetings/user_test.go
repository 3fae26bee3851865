package openmeetings_test

import (
	"fmt"
	"strings"
	"testing"
)

func TestUser_Create(t *testing.T) {
	t.Parallel()
	w := setup(t)
	sid := w.login("gavel")
	got := w.post(sid, "user", "confirm", "nonsense", "user",
		`{"login":"grace","password":"`+password+`","firstname":"5","lastname":"H","rights":["ADMIN"],"address":{"email":"g@navy.mil","country":"US"},"timeZoneId":"Europe/Berlin"}`)
	want := `{"userDTO":{"id":8,"login":"grace","firstname":"5","lastname":"H","rights":["ADMIN","ROOM","LOGIN","DASHBOARD"],"languageId":1,` +
		`"address":{"id":8,"inserted":{"time":1795330800000},"deleted":false,"country":"US","email":"g@navy.mil"},"timeZoneId":"Europe/Berlin","type":"USER"}}`
	if got.status != 200 || got.text != want {
		t.Errorf("got %d %s, want %s", got.status, got.text, want)
	}
	users := w.get(sid, "user").list("userDTO")
	listed := users[len(users)-1]
	if fmt.Sprint(listed["firstname"]) != "5" || strings.Contains(w.get(sid, "user").text, `"firstname":"5"`) {
		t.Errorf("firstname in a list: got %v, want the number 5", listed["firstname"])
	}
	address := listed["address"].(map[string]any)
	if address["mail"] != "g@navy.mil" || address["email"] != nil || fmt.Sprint(address["created"]) != "1795330800000" {
		t.Errorf("address in a list: got %v, want mail and created", address)
	}
	// The new user can log in, and has the right that SOAP alone was enough to give.
	w.wantMessage(w.delete(w.login("G@navy.mil"), "user/99"), 200, "SUCCESS Deleted")
}

func TestUser_CreateExternal(t *testing.T) {
	t.Parallel()
	w := setup(t)
	sid := w.login("gavel")
	user := `{"userDTO":{"login":"grace","password":"` + password + `","externalId":"u-1","externalType":"shop","rights":[]}}`
	got := w.post(sid, "user", "user", user).object("userDTO")
	if got["type"] != "EXTERNAL" || got["externalType"] != "shop" || fmt.Sprint(got["rights"]) != "[ROOM]" {
		t.Errorf("got %v, want an external user with ROOM alone", got)
	}
	w.wantMessage(w.post(sid, "user", "user", user), 500, "ERROR User does already exist!")
	users := w.get(sid, "user")
	if !strings.Contains(users.text, `"rights":"ROOM"`) {
		t.Errorf("got %s, want the only right without brackets", users.text)
	}
	w.want(w.enter("u-1", `"roomId":1`), 200)
	if n := len(w.get(sid, "user").list("userDTO")); n != len(users.list("userDTO")) {
		t.Errorf("got %d users after the entry, want no new one", n)
	}
}

func TestUser_Refusals(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"9.1", "8.1"} {
		w := setup(t)
		if version == "8.1" {
			w = setup(t, version81)
		}
		sid := w.login("gavel")
		for _, tc := range []struct{ name, user, want string }{
			{"short login", `{"login":"abc","password":"` + password + `"}`, "error.short.login"},
			{"no login", `{"password":"` + password + `"}`, "error.short.login"},
			{"login in use", `{"login":"Gavel","password":"Xy-0!aaaa"}`, "error.login.inuse"},
			{"e-mail in use", `{"login":"grace","password":"Xy-0!aaaa","address":{"email":"GAVEL@example.org"}}`, "error.email.inuse"},
			{"no e-mail", `{"login":"grace","password":"` + password + `","address":{"country":"US"}}`, "You have entered an invalid email address"},
			{"bad e-mail", `{"login":"grace","password":"` + password + `","address":{"email":"grace"}}`, "You have entered an invalid email address"},
			{"weak password comes first", `{"login":"abc","password":"Aa1!"}`, "'Weak' password: minimum password length is 8"},
			{"no password", `{"login":"grace"}`, "'Weak' password: minimum password length is 8"},
			{"part of the login", `{"login":"grace","password":"xX1!-grac"}`, "'Weak' password: it shouldn't contain part of the user's email address or username"},
			{"unknown id", `{"id":99,"login":"grace","password":"` + password + `"}`, "Cannot invoke"},
		} {
			got := w.post(sid, "user", "user", tc.user)
			if got.status != 500 || !strings.HasPrefix(got.message(), "ERROR "+tc.want) {
				t.Errorf("%s, %s: got %d %s, want 500 %s", version, tc.name, got.status, got.text, tc.want)
			}
		}
	}
}

// A ParamConverter reads the user: the JSON parser's own exception is not caught, others are.
func TestUser_RefusedInput(t *testing.T) {
	t.Parallel()
	w := setup(t)
	sid := w.login("gavel")
	for user, status := range map[string]int{
		`{`: 500, `[]`: 500, ``: 500, `{"login":5}`: 500, `{"address":"x"}`: 500,
		`{"rights":["GOD"]}`: 400, `{"rights":["admin"]}`: 400, `{"type":"X"}`: 400, `{"nick":"x"}`: 400,
		`{"userDTO":{},"x":1}`: 400,
	} {
		w.wantPage(w.post(sid, "user", "user", user), status)
	}
	if got := w.post(sid, "user"); got.status != 500 || !strings.Contains(got.message(), "is null") {
		t.Errorf("no user: got %d %s, want 500 and a null pointer", got.status, got.text)
	}
}

func TestUser_Delete(t *testing.T) {
	t.Parallel()
	w := setup(t)
	admin, ada, sid := w.login("root"), w.login("ada"), w.login("gavel")
	w.want(w.enter("u-1", `"roomId":1`), 200)
	w.want(w.get(ada, "room/public/CONFERENCE"), 200)
	w.wantMessage(w.delete(admin, "user/3"), 200, "SUCCESS Deleted") // ada
	w.wantDenied(w.get(ada, "room/public/CONFERENCE"))
	w.wantMessage(w.post("", "user/login", "user", "ada", "pass", password), 200, "ERROR error.bad.credentials")
	w.wantMessage(w.delete(admin, "user/3"), 200, "SUCCESS Deleted")
	w.wantMessage(w.delete(admin, "user/shop/u-1"), 200, "SUCCESS Deleted")
	w.wantMessage(w.delete(admin, "user/shop/u-1"), 200, "SUCCESS Deleted")
	if got := len(w.get(sid, "user").list("userDTO")); got != 6 {
		t.Errorf("users: got %d, want 6", got)
	}
	w.wantDenied(w.delete(sid, "user/1")) // SOAP is not enough
}

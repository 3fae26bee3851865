package veeting_test

import (
	"fmt"
	"strings"
	"testing"
)

func TestCreateAccount_TakesWhatTheTutorialSendsOnly(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ field, raw string }{
		{"sendPassword", ``},
		{"sendPassword", `"true"`},
		{"sendPassword", `1`},
		{"sendPassword", `null`},
		{"accountType", ``},
		{"accountType", `"paid"`},
		{"accountType", `null`},
		{"adminFirstname", ``},
		{"adminFirstname", `""`},
		{"adminFirstname", `null`},
		{"adminFirstName", `"Test"`},
		{"adminLastname", ``},
		{"adminLastname", `7`},
		{"adminEmail", ``},
		{"adminEmail", `"nobody"`},
		{"adminEmail", `"Test User <a@example.com>"`},
		{"adminEmail", `" a@example.com"`},
		{"adminPreferredLanguage", ``},
		{"adminPreferredLanguage", `["en"]`},
		{"paidUntil", ``},
		{"paidUntil", `"2024-04-19"`},
		{"paidUntil", `1713553421203`},
		{"organizers", `3`},
	} {
		t.Run(tc.field+" "+tc.raw, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			got := w.owner("POST", "/api/v6/account", account.with(tc.field, tc.raw).String())
			w.want(got, "200 -4")
			if message, _ := got.body["responseMessage"].(string); !strings.HasPrefix(message, "field "+tc.field+" ") {
				t.Errorf("got %q, want it to begin with field %s", message, tc.field)
			}
			if n := strings.Count(w.do("GET", "/sandbox/accounts", nil, "").text, `"name"`); n != 1 {
				t.Errorf("got %d accounts, want the first only", n)
			}
		})
	}
}

func TestCreateAccount_OnePerEmail(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.newAccount()
	for _, taken := range []string{userEmail, "Test-User@Example.com", seed} {
		w.want(w.owner("POST", "/api/v6/account", account.with("adminEmail", quote(taken)).String()), "200 -10")
	}
	w.want(w.owner("POST", "/api/v6/account", account.with("adminEmail", `"other@example.com"`).String()), "200 0")
}

func TestListAdmins_NeedsTheIDOfAnAccount(t *testing.T) {
	t.Parallel()
	w := setup(t)
	created := w.newAccount()
	for id, want := range map[string]string{
		created.id():                             "200 0",
		w.userID(created.id()):                   "200 -1",
		strings.ToUpper(created.id()[:23]) + "G": "200 -4",
		created.id()[:23]:                        "200 -4",
		created.id() + "0":                       "200 -4",
		"%20":                                    "200 -4",
	} {
		w.want(w.owner("GET", "/api/v6/account/admin/"+id, ""), want)
	}
}

// Every account has organizer, ids and tokens of its own.
func TestAccounts_AreApart(t *testing.T) {
	t.Parallel()
	w := setup(t)
	seen := map[string]bool{}
	for i := range 3 {
		email := fmt.Sprintf("user-%d@example.com", i)
		created := w.owner("POST", "/api/v6/account", account.with("adminEmail", quote(email)).String())
		admins := w.owner("GET", "/api/v6/account/admin/"+created.id(), "").body["data"].([]any)
		admin := admins[0].(map[string]any)
		scheduled := w.as(email, "POST", "/api/v6/meeting", meeting.String())
		for _, id := range []any{
			created.id(), admin["id"], admin["icsToken"], scheduled.id(), scheduled.data("meetingId"),
			scheduled.data("icsToken"), scheduled.data("roomId"),
		} {
			if seen[id.(string)] {
				t.Errorf("got %v twice, want it once", id)
			}
			seen[id.(string)] = true
		}
		if admin["email"] != email || scheduled.data("accountId") != created.id() {
			t.Errorf("got %v and %s, want those of %s", admin, scheduled.text, email)
		}
	}
	if got, want := len(seen), 21; got != want {
		t.Errorf("got %d ids, want %d", got, want)
	}
}

package jitsi_test

import (
	"fmt"
	"testing"

	"gavel/local/sandbox/jitsi"
)

func TestRoles_ByPlugin(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name                    string
		c                       claims
		affiliation, moderation string
	}{
		{"guest", guest(), "member", "member"},
		{"no user", guest().with("context.user", nil), "member", "member"},
		{"user.moderator true", guest().with("context.user.moderator", true), "owner", "member"},
		{"user.moderator as text", guest().with("context.user.moderator", "true"), "owner", "member"},
		{"user.moderator false", guest().with("context.user.moderator", false), "member", "member"},
		{"user.moderator false as text", guest().with("context.user.moderator", "false"), "member", "member"},
		{"user.moderator in capitals", guest().with("context.user.moderator", "True"), "member", "member"},
		{"user.affiliation owner", guest().with("context.user.affiliation", "owner"), "owner", "member"},
		{"user.affiliation moderator", guest().with("context.user.affiliation", "moderator"), "owner", "member"},
		{"user.affiliation teacher", guest().with("context.user.affiliation", "teacher"), "owner", "member"},
		{"user.affiliation member", guest().with("context.user.affiliation", "member"), "member", "member"},
		{"user.affiliation in capitals", guest().with("context.user.affiliation", "Owner"), "member", "member"},
		{"user.affiliation member, moderator true", guest().with("context.user.affiliation", "member").with("context.user.moderator", true), "owner", "member"},
		{"moderator true", guest().with("moderator", true), "member", "owner"},
		{"moderator as text", guest().with("moderator", "true"), "member", "member"},
		{"moderator 1", guest().with("moderator", 1), "member", "member"},
		{"moderator false", guest().with("moderator", false), "member", "member"},
		{"for both", guest().with("moderator", true).with("context.user.moderator", true).with("context.user.affiliation", "owner"), "owner", "owner"},
		{"at odds", guest().with("moderator", false).with("context.user.moderator", true), "owner", "member"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			token := sign(t, tc.c)
			plugins := fmt.Sprintf(`{"token_affiliation":%q,"token_moderation":%q}`, tc.affiliation, tc.moderation)
			for _, loaded := range []struct {
				moderation bool
				want       string
			}{{false, tc.affiliation}, {true, tc.moderation}} {
				w := setup(t, traits(jitsi.Traits{Moderation: loaded.moderation}))
				got := w.mustJoin("standup", token)
				if asJSON(t, got["plugins"]) != plugins {
					t.Errorf("got plugins %v, want %s", got["plugins"], plugins)
				}
				role := map[string]string{"owner": "moderator", "member": "participant"}[loaded.want]
				if got["affiliation"] != loaded.want || got["role"] != role {
					t.Errorf("with token_moderation %t: got %v %v, want %s %s", loaded.moderation, got["affiliation"], got["role"], loaded.want, role)
				}
			}
		})
	}
}

func affiliations(w *world, room string) string {
	w.t.Helper()
	all := ""
	list, _ := w.show(room).body["participants"].([]any)
	for _, p := range list {
		all += fmt.Sprint(p.(map[string]any)["userId"], " ", p.(map[string]any)["affiliation"], " ")
	}
	return all
}

// Without a plugin's owner, jicofo makes one, and another when that one has left.
func TestRoles_AutoOwner(t *testing.T) {
	t.Parallel()
	w := setup(t, traits(jitsi.Traits{AutoOwner: true}))
	a := w.mustJoin("standup", sign(t, user("a").with("context.user.moderator", false)))
	if a["affiliation"] != "owner" || a["role"] != "moderator" || asJSON(t, a["plugins"]) != `{"token_affiliation":"member","token_moderation":"member"}` {
		t.Errorf("got %v, want an owner whose token does not say so", a)
	}
	w.mustJoin("standup", sign(t, user("b")))
	w.mustJoin("standup", sign(t, user("c").with("context.user.moderator", true)))
	d := w.mustJoin("other", sign(t, user("d").with("room", "*").with("context.user.moderator", true)))
	w.mustJoin("other", sign(t, user("e").with("room", "*")))
	if got, want := affiliations(w, "standup"), "a owner b member c owner "; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	w.want(w.leave("standup", a), 204)
	if got, want := affiliations(w, "standup"), "b member c owner "; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	w.want(w.leave("other", d), 204)
	if got, want := affiliations(w, "other"), "e owner "; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// token_moderation refuses every other grant of owner.
func TestRoles_AutoOwnerAgainstModeration(t *testing.T) {
	t.Parallel()
	w := setup(t, traits(jitsi.Traits{AutoOwner: true, Moderation: true}))
	if got := w.mustJoin("standup", sign(t, guest())); got["affiliation"] != "member" {
		t.Errorf("got %v, want member", got["affiliation"])
	}
}

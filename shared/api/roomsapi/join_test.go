package roomsapi_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"gavel/local/apitest"
	"gavel/shared/problem"
)

// claims reads the token of a join link.
func claims(t testing.TB, link string) (c struct {
	Exp, Nbf int64
	Room     string
	Context  struct{ User map[string]any }
},
) {
	t.Helper()
	_, token, _ := strings.Cut(link, "#jwt=")
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		t.Fatalf("got a link with a token of %d parts, want 3", len(parts))
	}
	text, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err == nil {
		err = json.Unmarshal(text, &c)
	}
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestJoin_IsGoodUntilTheRoomsEnd(t *testing.T) {
	t.Parallel()
	w := setup(t, options{})
	for name, tt := range map[string]struct {
		end  string
		want time.Duration
	}{
		"in a second":   {"2026-03-01T12:00:01Z", time.Second},
		"in an hour":    {"2026-03-01T13:00:00Z", time.Hour},
		"in a day":      {"2026-03-02T12:00:00Z", 24 * time.Hour},
		"in a year":     {"2027-03-01T12:00:00Z", 24 * time.Hour},
		"in two zones":  {"2026-03-01T15:30:00+02:00", 90 * time.Minute},
		"never by plan": {"", 2 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			more := `,"provider":"jaas"`
			if tt.end != "" {
				more += `,"end_time":"` + tt.end + `"`
			}
			room := w.book(t, owner, more)
			link := call[joinBody](t, w, owner, http.MethodPost, "/participant/room/"+room.ID+"/join", "{}", 200)
			want := apitest.Noon().Add(tt.want)
			if got := time.Unix(claims(t, link.URL).Exp, 0); !link.ExpiresAt.Equal(want) || !got.Equal(want) {
				t.Errorf("got expires_at %s and exp %s, want %s", link.ExpiresAt, got.UTC(), want)
			}
		})
	}
}

func TestJoin_BeforeTheStart(t *testing.T) {
	t.Parallel()
	w := setup(t, options{})
	start := apitest.Noon().Add(time.Hour)
	for _, end := range []time.Time{{}, start.Add(time.Hour)} {
		more := `,"provider":"jaas","start_time":` + quote(t, start.Format(time.RFC3339))
		if !end.IsZero() {
			more += `,"end_time":` + quote(t, end.Format(time.RFC3339))
		}
		room := w.book(t, owner, more)
		got := w.send(t, as(owner), http.MethodPost, "/participant/room/"+room.ID+"/join", "")
		p := isProblem(t, got, http.StatusConflict, problem.RoomNotStarted)
		if !p.StartTime.Equal(start) || !p.EndTime.Equal(end) {
			t.Errorf("got the times %s and %s, want %s and %s", p.StartTime, p.EndTime, start, end)
		}
		if strings.Contains(string(got.Body), "end_time") != !end.IsZero() {
			t.Errorf("got %s, want an end only where there is one", got.Body)
		}
	}
	if got := len(w.asked.Exchanges()); got != 0 {
		t.Errorf("JaaS got %d requests, want none", got)
	}
}

func TestJoin_ARoomWithoutAMeeting(t *testing.T) {
	t.Parallel()
	w := setup(t, options{})
	room := w.book(t, owner, "")
	isProblem(t, w.send(t, as(owner), http.MethodPost, "/participant/room/"+room.ID+"/join", ""), http.StatusConflict, problem.NoProvider)
	removed := w.send(t, as(owner), http.MethodPost, "/admin/room/"+room.ID+"/end", "")
	if strings.Contains(string(removed.Body), "at_provider") {
		t.Errorf("got %s, want nothing about a provider", removed.Body)
	}
}

func TestJoin_ARoleThatChangedShowsAtTheNextTime(t *testing.T) {
	t.Parallel()
	w := setup(t, options{})
	m := w.meet(t)
	grant := find(t, "rooms-grant-admin")
	for _, want := range []string{"participant", "moderator", "participant"} {
		link := call[joinBody](t, w, guest, http.MethodPost, "/participant/room/"+m.room+"/join", "", 200)
		if got := w.enter(t, link.URL); link.Role != want || got.Moderator != (want == "moderator") {
			t.Errorf("got the role %s and moderator %t, want %s", link.Role, got.Moderator, want)
		}
		if want == "participant" {
			call[profileBody](t, w, owner, http.MethodPost, m.at(grant), "", 200)
		} else {
			call[profileBody](t, w, owner, http.MethodDelete, m.at(grant), "", 200)
		}
	}
}

func TestJoin_WhoWasRemovedAndIsInvitedAgain(t *testing.T) {
	t.Parallel()
	w := setup(t, options{})
	m := w.meet(t)
	before := call[joinBody](t, w, guest, http.MethodPost, "/participant/room/"+m.room+"/join", "", 200)
	call[removedBody](t, w, owner, http.MethodDelete, m.at(find(t, "rooms-remove-participant")), "", 200)
	call[addedBody](t, w, owner, http.MethodPost, "/admin/room/"+m.room+"/participant", `{"participant_ids":[`+quote(t, guest)+`]}`, 200)
	after := call[joinBody](t, w, guest, http.MethodPost, "/participant/room/"+m.room+"/join", "", 200)
	if got := w.enter(t, before.URL); got.Error != "user is banned" {
		t.Errorf("got %+v with the link from before the removal, want it banned", got)
	}
	if got := w.enter(t, after.URL); got.Error != "" || got.UserID != guest+"~1" {
		t.Errorf("got %+v with the link from after the invitation, want a seat under another id", got)
	}
}

func TestCreate_WithoutATenantNamesTheSetting(t *testing.T) {
	t.Parallel()
	w := setup(t, options{noTenant: true})
	got := w.send(t, as(owner), http.MethodPost, "/room", `{"name":"Quandt","provider":"jaas"}`)
	if p := isProblem(t, got, http.StatusServiceUnavailable, problem.NotConfigured); !strings.Contains(p.Detail, "GAVEL_ROOMS_JAAS_APP_ID") {
		t.Errorf("got %q, want it to name the setting", p.Detail)
	}
	w.book(t, owner, "") // without a provider there is nothing to configure
	if got := call[roomsBody](t, w, owner, http.MethodGet, "/participant/room", "", 200); len(got.Rooms) != 1 {
		t.Errorf("got %d rooms, want the one that could be made", len(got.Rooms))
	}
}

func TestJoin_WithoutASecretNamesIt(t *testing.T) {
	t.Parallel()
	w := setup(t, options{secrets: map[string]any{"jitsi": map[string]string{}}})
	m := w.meet(t)
	got := w.send(t, as(guest), http.MethodPost, "/participant/room/"+m.room+"/join", "")
	if p := isProblem(t, got, http.StatusServiceUnavailable, problem.NotConfigured); p.Secret != "gavel/jaas/"+appID {
		t.Errorf("got the secret %q, want gavel/jaas/%s", p.Secret, appID)
	}
	removed := call[removedBody](t, w, owner, http.MethodDelete, m.at(find(t, "rooms-remove-participant")), "", 200)
	if e := removed.AtProvider; e == nil || e.Complete || e.Failure.Code != "not_configured" || e.did() != "kick not_present" {
		t.Errorf("got %+v, want the failure not_configured", e)
	}
}

package bindings_test

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"gavel/local/apitest"
	"gavel/shared/audit"
	"gavel/shared/bans"
	"gavel/shared/bindings"
	"gavel/shared/config"
	"gavel/shared/jaas"
	"gavel/shared/jitsi"
	"gavel/shared/jitsimeet"
	"gavel/shared/openmeetings"
	"gavel/shared/problem"
	"gavel/shared/rooms"
	"gavel/shared/table"
	"gavel/shared/veeting"
)

const (
	appID      = "vpaas-magic-cookie-0123456789abcdef0123456789abcdef"
	roomID     = "01937c4e-7a10-7cc3-98c5-1f0a2b3c4d5e"
	conference = appID + "/" + roomID
)

var errJaaS = errors.New("JaaS said no")

// client is a JaaS that records what it is asked, and fails in one of the calls.
type client struct {
	calls   []string
	minted  jitsimeet.Participant
	failing string // the beginning of the call that fails
}

func (c *client) call(words ...string) error {
	call := strings.Join(words, " ")
	c.calls = append(c.calls, call)
	if c.failing != "" && strings.HasPrefix(call, c.failing) {
		return errJaaS
	}
	return nil
}

func (c *client) CreateToken(_ context.Context, appID jaas.AppID, p jitsimeet.Participant) (jitsimeet.Token, error) {
	c.minted = p
	if err := c.call("token", string(appID)); err != nil {
		return jitsimeet.Token{}, err
	}
	return jitsimeet.Token{JWT: "header.payload.signature", JoinURL: "https://8x8.vc/join", Expires: time.Unix(1000, 0)}, nil
}

func (c *client) BanUser(_ context.Context, appID jaas.AppID, userID string) (jaas.Outcome, error) {
	return jaas.Banned, c.call("ban", userID, string(appID))
}

func (c *client) KickParticipant(_ context.Context, appID jaas.AppID, room jitsimeet.Room, id jitsimeet.ParticipantID) (jaas.Outcome, error) {
	return jaas.Kicked, c.call("kick", string(id), string(appID), string(room))
}

func (c *client) DestroyRoom(_ context.Context, appID jaas.AppID, room jitsimeet.Room) (jaas.Outcome, error) {
	return jaas.NotFound, c.call("destroy", string(appID), string(room))
}

// presence says under which ids everybody is present, or fails.
type presence struct {
	ids []string
	err error
}

func (p presence) Present(_ context.Context, of string, guestIDs ...string) ([]string, error) {
	if of != conference || !slices.Equal(guestIDs, []string{"bob"}) {
		return nil, errors.New("asked for another guest")
	}
	return p.ids, p.err
}

func same(t *testing.T, what string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: got %q, want %q", what, got, want)
	}
}

func TestBind_NamesTheTenantsRoom(t *testing.T) {
	t.Parallel()
	j := &bindings.JaaS{AppID: appID}
	if got, err := j.Bind(t.Context(), rooms.Meeting{RoomID: roomID, Name: "Stand-up"}); err != nil || got != conference {
		t.Errorf("got %s, %v, want %s", got, err, conference)
	}
}

func TestBind_WithoutATenant(t *testing.T) {
	t.Parallel()
	for _, id := range []jaas.AppID{"", "nonsense"} {
		_, err := (&bindings.JaaS{AppID: id}).Bind(t.Context(), rooms.Meeting{RoomID: roomID, Name: "Stand-up"})
		if p, is := errors.AsType[*problem.Problem](err); !is || p.Code != problem.NotConfigured || p.Status != http.StatusServiceUnavailable {
			t.Errorf("%q: got %v, want %s", id, err, problem.NotConfigured)
		}
	}
}

func TestAdmit_MintsForTheRoomsTenant(t *testing.T) {
	t.Parallel()
	c := &client{}
	j := &bindings.JaaS{Client: c, AppID: "the tenant of new rooms", Bans: bans.New(apitest.Empty{})}
	guest := rooms.Guest{ID: "bob~1", Name: "Bob", Moderator: true, Lifetime: time.Hour}
	got, err := j.Admit(t.Context(), conference, guest)
	if err != nil || got != (rooms.Admission{URL: "https://8x8.vc/join", Expires: time.Unix(1000, 0)}) {
		t.Errorf("got %+v, %v, want the token's", got, err)
	}
	same(t, "calls", c.calls, []string{"token " + appID})
	p := c.minted
	if p.Room != roomID || p.User != (jitsimeet.User{ID: "bob~1", Name: "Bob"}) || !p.Moderator || p.Lifetime != time.Hour || p.Pattern != "" {
		t.Errorf("got %+v, want the guest, in the one room", p)
	}
	guest.Moderator = false
	if _, err := j.Admit(t.Context(), conference, guest); err != nil || c.minted.Moderator {
		t.Errorf("a mere participant: got %+v, %v, want no moderator", c.minted, err)
	}
	c.failing = "token"
	if got, err := j.Admit(t.Context(), conference, guest); !errors.Is(err, errJaaS) || got.URL != "" {
		t.Errorf("failing: got %+v, %v, want %v", got, err, errJaaS)
	}
}

// TestAdmit_RefusesWhomTheTenantBans by either of their ids, and in no other tenant.
func TestAdmit_RefusesWhomTheTenantBans(t *testing.T) {
	t.Parallel()
	list := bans.NewKeeper(apitest.Embedded(t), audit.Trail{}, time.Now)
	for user, scope := range map[string]bans.Scope{
		"bob": bans.In(jaas.Provider, appID), "cyd": bans.In(jaas.Provider, "another"), "dan": bans.In("jitsi", appID),
	} {
		if err := list.Ban(t.Context(), scope, bans.Ban{User: user, By: "api-key:crm", At: time.Now()}, audit.Event{}, user); err != nil {
			t.Fatal(err)
		}
	}
	c := &client{}
	j := &bindings.JaaS{Client: c, Bans: list}
	for guest, banned := range map[rooms.Guest]bool{
		{ID: "bob", User: "bob", Lifetime: time.Hour}: true, {ID: "bob~1", User: "bob", Lifetime: time.Hour}: true,
		{ID: "cyd", User: "cyd", Lifetime: time.Hour}: false, {ID: "dan", User: "dan", Lifetime: time.Hour}: false,
	} {
		got, err := j.Admit(t.Context(), conference, guest)
		p, is := errors.AsType[*problem.Problem](err)
		if refused := is && p.Code == problem.Banned && p.Status == http.StatusForbidden && got.URL == ""; refused != banned || !banned && err != nil {
			t.Errorf("%s: got %+v, %v, want it refused: %t", guest.ID, got, err, banned)
		}
	}
	if len(c.calls) != 2 {
		t.Errorf("got %q, want tokens for two", c.calls)
	}
	j.Bans = bans.New(broken{})
	if _, err := j.Admit(t.Context(), conference, rooms.Guest{ID: "eve", User: "eve", Lifetime: time.Hour}); !errors.Is(err, table.ErrBusy) {
		t.Errorf("without an answer of the state: got %v, want %v", err, table.ErrBusy)
	}
}

// broken is a state that does not answer.
type broken struct{ table.Store }

func (broken) Get(context.Context, ...table.Key) ([]table.Item, error) { return nil, table.ErrBusy }

func TestExpel_BansThenKicks(t *testing.T) {
	t.Parallel()
	ban, kick := "ban bob "+appID, " "+appID+" "+roomID
	for name, tt := range map[string]struct {
		present presence
		failing string
		calls   []string
		actions []string
		wantErr bool
	}{
		"not present": {presence{}, "", []string{ban}, []string{"ban banned", "kick not_present"}, false},
		"present twice": {
			presence{ids: []string{"aaaa0001", "aaaa0002"}},
			"",
			[]string{ban, "kick aaaa0001" + kick, "kick aaaa0002" + kick},
			[]string{"ban banned", "kick kicked", "kick kicked"},
			false,
		},
		"ban fails":      {presence{ids: []string{"aaaa0001"}}, "ban", []string{ban, "kick aaaa0001" + kick}, []string{"kick kicked"}, true},
		"presence fails": {presence{err: errJaaS}, "", []string{ban}, []string{"ban banned"}, true},
		"second kick fails": {
			presence{ids: []string{"aaaa0001", "aaaa0002", "aaaa0003"}},
			"kick aaaa0002",
			[]string{ban, "kick aaaa0001" + kick, "kick aaaa0002" + kick, "kick aaaa0003" + kick},
			[]string{"ban banned", "kick kicked", "kick kicked"},
			true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := &client{failing: tt.failing}
			got, err := (&bindings.JaaS{Client: c, AppID: "another", Present: tt.present}).Expel(t.Context(), conference, []string{"bob"})
			if errors.Is(err, errJaaS) != tt.wantErr || err != nil != tt.wantErr {
				t.Errorf("got %v, want an error: %t", err, tt.wantErr)
			}
			same(t, "calls", c.calls, tt.calls)
			var actions []string
			for _, a := range got {
				actions = append(actions, a.Name+" "+a.Outcome)
			}
			same(t, "actions", actions, tt.actions)
		})
	}
}

func TestClose_DestroysTheRoom(t *testing.T) {
	t.Parallel()
	c := &client{}
	j := &bindings.JaaS{Client: c, AppID: "another"}
	got, err := j.Close(t.Context(), conference)
	if err != nil || got != (rooms.Action{Name: "destroy", Outcome: "not_found"}) {
		t.Errorf("got %+v, %v, want it destroyed, or gone already", got, err)
	}
	same(t, "calls", c.calls, []string{"destroy " + appID + " " + roomID})
	c.failing = "destroy"
	if _, err := j.Close(t.Context(), conference); !errors.Is(err, errJaaS) {
		t.Errorf("failing: got %v, want %v", err, errJaaS)
	}
}

// A room that was stored by something else is a fault, and none of JaaS's business.
func TestJaaS_ConferenceOfAnotherForm(t *testing.T) {
	t.Parallel()
	c := &client{}
	j := &bindings.JaaS{Client: c, AppID: appID}
	_, admit := j.Admit(t.Context(), roomID, rooms.Guest{ID: "bob"})
	_, expel := j.Expel(t.Context(), roomID, []string{"bob"})
	_, closing := j.Close(t.Context(), roomID)
	if admit == nil || expel == nil || closing == nil {
		t.Errorf("got %v, %v, %v, want errors", admit, expel, closing)
	}
	same(t, "calls", c.calls, nil)
}

func TestNew(t *testing.T) {
	t.Parallel()
	all := bindings.New(config.Config{RoomsJaaSAppID: appID}, bindings.Clients{JaaS: &client{}}, nil)
	if got, want := slices.Sorted(maps.Keys(all)), []string{jaas.Provider, jitsi.Provider, openmeetings.Provider, veeting.Provider}; !slices.Equal(got, want) {
		t.Fatalf("got %v, want %v", got, want)
	}
	if got, err := all[jaas.Provider].Bind(t.Context(), rooms.Meeting{RoomID: roomID, Name: "Stand-up"}); err != nil || got != conference {
		t.Errorf("bind: got %s, %v, want %s", got, err, conference)
	}
}

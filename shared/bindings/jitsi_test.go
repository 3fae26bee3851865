package bindings_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"gavel/shared/bindings"
	"gavel/shared/jitsi"
	"gavel/shared/jitsimeet"
	"gavel/shared/rooms"
)

var errJitsi = errors.New("jitsi said no")

// prosody is a Jitsi that records what it is asked, and fails in one of the calls.
type prosody struct {
	tenant  jitsi.Tenant // of the secret
	calls   []string
	minted  jitsi.TokenRequest
	failing string // the beginning of the call that fails
	deaf    error  // when no events can come
}

var _ bindings.JitsiClient = (*prosody)(nil)

func (p *prosody) call(words ...any) error {
	call := strings.TrimSpace(fmt.Sprintln(words...))
	p.calls = append(p.calls, call)
	if p.failing != "" && strings.HasPrefix(call, p.failing) {
		return errJitsi
	}
	return nil
}

func (p *prosody) CheckHearing(context.Context) error { return p.deaf }

func (p *prosody) Conference(_ context.Context, at jitsi.Place) (string, error) {
	if err := p.call("conference", at.Node()); err != nil {
		return "", err
	}
	if at.Tenant == "" {
		at.Tenant = p.tenant
	}
	return at.Node(), nil
}

func (p *prosody) CreateToken(_ context.Context, r jitsi.TokenRequest) (jitsimeet.Token, error) {
	p.minted = r
	if err := p.call("token"); err != nil {
		return jitsimeet.Token{}, err
	}
	return jitsimeet.Token{JWT: "header.payload.signature", JoinURL: "https://meet.example.org/join", Expires: time.Unix(1000, 0)}, nil
}

func (p *prosody) Kick(_ context.Context, at jitsi.Place, target jitsi.Target) (jitsi.Outcome, error) {
	err := p.call("kick", target.ID+jitsimeet.ParticipantID(target.Number.E164()), at.Node())
	return jitsi.Kicked, err
}

func (p *prosody) EndRoom(_ context.Context, at jitsi.Place, silent bool) (jitsi.Outcome, error) {
	return jitsi.NotFound, p.call("end", at.Node(), silent)
}

// anyone says under which ids everybody is present, or fails, and notes who was asked for.
type anyone struct {
	ids   []string
	err   error
	asked []string
}

func (a *anyone) Present(_ context.Context, conference string, guestIDs ...string) ([]string, error) {
	a.asked = append(a.asked, conference+" "+strings.Join(guestIDs, " "))
	return a.ids, a.err
}

// nodes are names of conferences with the place that each is of.
func nodes() map[string]jitsi.Place {
	return map[string]jitsi.Place{
		roomID: {Room: roomID}, "[acme]" + roomID: {Tenant: "acme", Room: roomID}, "[a-b_c]" + roomID: {Tenant: "a-b_c", Room: roomID},
	}
}

func TestJitsi_BindNamesTheRoomAsProsodyDoes(t *testing.T) {
	t.Parallel()
	for conference, place := range nodes() {
		p := &prosody{tenant: place.Tenant}
		got, err := (&bindings.Jitsi{Client: p}).Bind(t.Context(), rooms.Meeting{RoomID: roomID, Name: "Stand-up"})
		if err != nil || got != conference {
			t.Errorf("got %s, %v, want %s", got, err, conference)
		}
		same(t, "calls", p.calls, []string{"conference " + roomID})
	}
	if got, err := (&bindings.Jitsi{Client: &prosody{failing: "conference"}}).Bind(t.Context(), rooms.Meeting{RoomID: roomID}); !errors.Is(err, errJitsi) || got != "" {
		t.Errorf("failing: got %q, %v, want %v", got, err, errJitsi)
	}
}

func TestJitsi_AdmitMintsForTheRoomsTenant(t *testing.T) {
	t.Parallel()
	for conference, place := range nodes() {
		p := &prosody{tenant: "that-of-new-rooms"}
		j := &bindings.Jitsi{Client: p}
		guest := rooms.Guest{ID: "bob~1", Name: "Bob", Moderator: true, Lifetime: time.Hour}
		got, err := j.Admit(t.Context(), conference, guest)
		if err != nil || got != (rooms.Admission{URL: "https://meet.example.org/join", Expires: time.Unix(1000, 0)}) {
			t.Errorf("got %+v, %v, want the token's", got, err)
		}
		r := p.minted
		if r.Room != place.Room || r.Tenant != place.Tenant || r.User != (jitsimeet.User{ID: "bob~1", Name: "Bob"}) || !r.Moderator || r.Lifetime != time.Hour ||
			r.Pattern != "" || r.Link != "" || r.Features != nil {
			t.Errorf("%s: got %+v, want the guest, in the one room, with the link's usual style", conference, r)
		}
		guest.Moderator = false
		if _, err := j.Admit(t.Context(), conference, guest); err != nil || p.minted.Moderator {
			t.Errorf("a mere participant: got %+v, %v, want no moderator", p.minted, err)
		}
		p.failing = "token"
		if got, err := j.Admit(t.Context(), conference, guest); !errors.Is(err, errJitsi) || got.URL != "" {
			t.Errorf("failing: got %+v, %v, want %v", got, err, errJitsi)
		}
	}
}

func TestJitsi_ExpelKicksUnderEveryID(t *testing.T) {
	t.Parallel()
	for conference := range nodes() {
		kick := func(id string) string { return "kick " + id + " " + conference }
		for name, tt := range map[string]struct {
			present anyone
			failing string
			calls   []string
			actions []string
			wantErr bool
		}{
			"not present": {anyone{}, "", nil, []string{"kick not_present"}, false},
			"present twice": {
				anyone{ids: []string{"aaaa0001", "aaaa0002"}}, "", []string{kick("aaaa0001"), kick("aaaa0002")}, []string{"kick kicked", "kick kicked"}, false,
			},
			"presence fails":  {anyone{err: errJitsi}, "", nil, nil, true},
			"both kicks fail": {anyone{ids: []string{"aaaa0001", "aaaa0002"}}, "kick", []string{kick("aaaa0001"), kick("aaaa0002")}, nil, true},
			"second kick fails": {
				anyone{ids: []string{"aaaa0001", "aaaa0002", "aaaa0003"}},
				"kick aaaa0002",
				[]string{kick("aaaa0001"), kick("aaaa0002"), kick("aaaa0003")},
				[]string{"kick kicked", "kick kicked"},
				true,
			},
		} {
			p := &prosody{failing: tt.failing}
			got, err := (&bindings.Jitsi{Client: p, Present: &tt.present}).Expel(t.Context(), conference, []string{"bob"})
			if errors.Is(err, errJitsi) != tt.wantErr || err != nil != tt.wantErr {
				t.Errorf("%s: got %v, want an error: %t", name, err, tt.wantErr)
			}
			same(t, name+": calls", p.calls, tt.calls)
			same(t, name+": asked for", tt.present.asked, []string{conference + " bob"})
			var actions []string
			for _, a := range got {
				actions = append(actions, a.Name+" "+a.Outcome)
			}
			same(t, name+": actions", actions, tt.actions)
		}
	}
}

func TestJitsi_CloseEndsTheMeetingInTheOpen(t *testing.T) {
	t.Parallel()
	for conference := range nodes() {
		p := &prosody{}
		j := &bindings.Jitsi{Client: p}
		got, err := j.Close(t.Context(), conference)
		if err != nil || got != (rooms.Action{Name: "destroy", Outcome: "not_found"}) {
			t.Errorf("got %+v, %v, want it destroyed, or gone already", got, err)
		}
		same(t, "calls", p.calls, []string{"end " + conference + " false"})
		p.failing = "end"
		if _, err := j.Close(t.Context(), conference); !errors.Is(err, errJitsi) {
			t.Errorf("failing: got %v, want %v", err, errJitsi)
		}
	}
}

// A room that was stored by something else is a fault, and none of Jitsi's business.
func TestJitsi_ConferenceOfAnotherForm(t *testing.T) {
	t.Parallel()
	p, present := &prosody{}, &anyone{ids: []string{"aaaa0001"}}
	j := &bindings.Jitsi{Client: p, Present: present}
	for _, stored := range []string{"", "*", "[acme]", "[]" + roomID, "[acme" + roomID, "[a.b]" + roomID, conference, veetingConference, "a b", "a@b", "%zz"} {
		_, admit := j.Admit(t.Context(), stored, rooms.Guest{ID: "bob"})
		_, expel := j.Expel(t.Context(), stored, []string{"bob"})
		_, closing := j.Close(t.Context(), stored)
		for _, err := range []error{admit, expel, closing} {
			if err == nil || stored != "" && strings.Contains(err.Error(), stored) {
				t.Errorf("%q: got %v, want an error that does not repeat it", stored, err)
			}
		}
	}
	if len(p.calls) != 0 || len(present.asked) != 0 {
		t.Errorf("got the calls %q and %q, want none", p.calls, present.asked)
	}
}

// Nobody is seen where no events come, which must not look as if nobody were there.
func TestJitsi_ExpelWithoutEvents(t *testing.T) {
	t.Parallel()
	deaf := errors.New("nothing is heard")
	got, err := (&bindings.Jitsi{Client: &prosody{deaf: deaf}, Present: &presence{}}).Expel(t.Context(), "standup", []string{"bob"})
	if len(got) != 0 || !errors.Is(err, deaf) {
		t.Errorf("got %v, %v; want that it is not known", got, err)
	}
}

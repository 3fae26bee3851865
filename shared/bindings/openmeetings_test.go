package bindings_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"gavel/shared/bindings"
	"gavel/shared/openmeetings"
	"gavel/shared/problem"
	"gavel/shared/rooms"
)

var errServer = errors.New("the server said no")

// meetings is an OpenMeetings that records what it is asked.
type meetings struct {
	calls   []string
	fields  openmeetings.RoomFields
	person  openmeetings.Person
	options openmeetings.EntryOptions
	outcome openmeetings.Outcome
	inside  int64
	err     error
	failing string // the call that gives err; empty where all do
}

var _ bindings.OpenMeetingsClient = (*meetings)(nil)

func (m *meetings) EnsureRoom(_ context.Context, kind openmeetings.RoomType, externalType, externalID string, fields openmeetings.RoomFields) (openmeetings.Room, error) {
	m.calls = append(m.calls, fmt.Sprint("ensure ", kind, " ", externalType, " ", externalID))
	m.fields = fields
	return openmeetings.Room{ID: 42}, m.err
}

func (m *meetings) CreateEntry(_ context.Context, p openmeetings.Person, o openmeetings.EntryOptions, languageID int64) (openmeetings.Entry, error) {
	m.calls = append(m.calls, fmt.Sprint("enter ", languageID))
	m.person, m.options = p, o
	return openmeetings.Entry{URL: "https://meet.example.org/hash", Expires: noon.Add(30 * time.Minute)}, m.err
}

func (m *meetings) KickUser(_ context.Context, id int64, externalType, externalID string) (openmeetings.Outcome, error) {
	call := fmt.Sprint("kick ", id, " ", externalType, " ", externalID)
	m.calls = append(m.calls, call)
	if m.failing != "" && m.failing != call {
		return m.outcome, nil
	}
	return m.outcome, m.err
}

func (m *meetings) EndRoom(_ context.Context, id int64) (openmeetings.Outcome, int64, error) {
	m.calls = append(m.calls, fmt.Sprint("end ", id))
	return m.outcome, m.inside, m.err
}

var noon = time.Date(2026, time.November, 22, 12, 0, 0, 0, time.UTC)

func bound(m *meetings) *bindings.OpenMeetings {
	return &bindings.OpenMeetings{Client: m, Now: func() time.Time { return noon }}
}

func TestOpenMeetings_BindMakesARoom(t *testing.T) {
	t.Parallel()
	m := &meetings{}
	got, err := bound(m).Bind(t.Context(), rooms.Meeting{RoomID: roomID, Name: "Stand-up"})
	if err != nil || got != "42" {
		t.Errorf("got %q, %v, want the server's id", got, err)
	}
	same(t, "calls", m.calls, []string{"ensure CONFERENCE gavel " + roomID})
	f := m.fields
	if *f.Name != "Stand-up" || !*f.Moderated || *f.Capacity != rooms.MaxParticipants || f.Public != nil {
		t.Errorf("got %+v, want a room of that name for all, where links say who moderates", f)
	}
}

func TestOpenMeetings_AdmitMakesAnEntry(t *testing.T) {
	t.Parallel()
	for lifetime, want := range map[time.Duration]time.Time{
		time.Minute: noon.Add(time.Minute), time.Hour: noon.Add(30 * time.Minute),
	} {
		m := &meetings{}
		got, err := bound(m).Admit(t.Context(), "42", rooms.Guest{ID: "ada", Name: "Ada", Moderator: true, Lifetime: lifetime})
		if err != nil || got.URL != "https://meet.example.org/hash" || !got.Expires.Equal(want) {
			t.Errorf("%s: got %+v, %v, want the link until %s", lifetime, got, err, want)
		}
		if m.person != (openmeetings.Person{ExternalID: "ada", ExternalType: "gavel", FirstName: "Ada"}) {
			t.Errorf("got %+v, want Ada", m.person)
		}
		if m.options != (openmeetings.EntryOptions{RoomID: 42, Moderator: true}) {
			t.Errorf("got %+v, want room 42 as moderator, once", m.options)
		}
	}
}

// Who is admitted under an id must be found under it to be removed, and two people never share one.
func TestOpenMeetings_GuestsHaveIDsForPaths(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	for _, id := range []string{
		"ada", "auth0|5f90/x", `a\b`, "a;b", ".", "..", "ada@example.org", "Żółć", "base64url.YWRh", "base64url.YS9i", "a/b", "007",
	} {
		m := &meetings{outcome: openmeetings.Kicked}
		o := bound(m)
		if _, err := o.Admit(t.Context(), "42", rooms.Guest{ID: id}); err != nil {
			t.Fatal(err)
		}
		if _, err := o.Expel(t.Context(), "42", []string{id}); err != nil {
			t.Fatal(err)
		}
		external := m.person.ExternalID
		if want := "kick 42 gavel " + external; !slices.Contains(m.calls, want) {
			t.Errorf("%s: got %v, want %s", id, m.calls, want)
		}
		if err := openmeetings.CheckSegment(external); err != nil {
			t.Errorf("%s: got %s, %v", id, external, err)
		}
		if other, taken := seen[external]; taken {
			t.Errorf("%s and %s are both %s", id, other, external)
		}
		seen[external] = id
	}
}

func TestOpenMeetings_ExpelKicks(t *testing.T) {
	t.Parallel()
	for _, outcome := range []openmeetings.Outcome{openmeetings.Kicked, openmeetings.NotFound} {
		got, err := bound(&meetings{outcome: outcome}).Expel(t.Context(), "42", []string{"ada"})
		if want := []rooms.Action{{Name: "kick", Outcome: string(outcome)}}; err != nil || !slices.Equal(got, want) {
			t.Errorf("got %v, %v, want %v", got, err, want)
		}
	}
}

func TestOpenMeetings_CloseEndsTheMeeting(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		server meetings
		want   string
		fails  string
	}{
		"ended":                  {meetings{outcome: openmeetings.Ended}, "ended", ""},
		"no such room":           {meetings{err: openmeetings.ErrNotFound}, "not_found", ""},
		"somebody is inside yet": {meetings{outcome: openmeetings.Occupied, inside: 2}, "occupied", "counts 2 inside"},
		"fails":                  {meetings{err: errServer}, "", "said no"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := bound(&tt.server).Close(t.Context(), "42")
			if got != (rooms.Action{Name: "end", Outcome: tt.want}) {
				t.Errorf("got %+v, want %s", got, tt.want)
			}
			if tt.fails == "" && err != nil || tt.fails != "" && (err == nil || !strings.Contains(err.Error(), tt.fails)) {
				t.Errorf("got %v, want %q in it", err, tt.fails)
			}
			if p, ok := errors.AsType[*problem.Problem](err); ok && p.Code != problem.UpstreamError {
				t.Errorf("got %s, want %s", p.Code, problem.UpstreamError)
			}
		})
	}
}

// One id that is refused keeps nobody in who goes by another.
func TestOpenMeetings_ExpelTriesEveryID(t *testing.T) {
	t.Parallel()
	m := &meetings{outcome: openmeetings.Kicked}
	ids := []string{"ada~1", "ada"}
	if _, err := bound(m).Expel(t.Context(), "42", ids); err != nil || len(m.calls) != 2 {
		t.Fatalf("got %v and the calls %v, want a kick for each id", err, m.calls)
	}
	for _, call := range m.calls {
		refusing := &meetings{outcome: openmeetings.Kicked, err: errServer, failing: call}
		got, err := bound(refusing).Expel(t.Context(), "42", ids)
		if want := []rooms.Action{{Name: "kick", Outcome: "kicked"}}; !errors.Is(err, errServer) || !slices.Equal(got, want) || !slices.Equal(refusing.calls, m.calls) {
			t.Errorf("got %v, %v after %v, want %v and the error", got, err, refusing.calls, want)
		}
	}
}

func TestOpenMeetings_PassesErrorsOn(t *testing.T) {
	t.Parallel()
	o := bound(&meetings{err: errServer})
	_, bindErr := o.Bind(t.Context(), rooms.Meeting{RoomID: roomID, Name: "Stand-up"})
	_, admitErr := o.Admit(t.Context(), "42", rooms.Guest{ID: "ada"})
	_, expelErr := o.Expel(t.Context(), "42", []string{"ada"})
	for _, err := range []error{bindErr, admitErr, expelErr} {
		if !errors.Is(err, errServer) {
			t.Errorf("got %v, want %v", err, errServer)
		}
	}
}

func TestOpenMeetings_RoomOfAnotherProvider(t *testing.T) {
	t.Parallel()
	m := &meetings{}
	o := bound(m)
	_, admitErr := o.Admit(t.Context(), conference, rooms.Guest{ID: "ada"})
	_, expelErr := o.Expel(t.Context(), conference, []string{"ada"})
	_, closeErr := o.Close(t.Context(), conference)
	if admitErr == nil || expelErr == nil || closeErr == nil || len(m.calls) != 0 {
		t.Errorf("got %v, %v, %v and the calls %v, want errors alone", admitErr, expelErr, closeErr, m.calls)
	}
}

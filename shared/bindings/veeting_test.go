package bindings_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"gavel/shared/bindings"
	"gavel/shared/config"
	"gavel/shared/httpclient"
	"gavel/shared/problem"
	"gavel/shared/rooms"
	"gavel/shared/secrets"
	"gavel/shared/veeting"
)

const (
	veetingID         = "5e945c36b863b82cefdddf54"
	participantID     = "9974-7653-8886-0485"
	veetingConference = veetingID + "/" + participantID
	organizerID       = "5e9459c5b863b82cefdddf4e"
	organizerEmail    = "test-user@example.com"
)

var errVeeting = errors.New("veeting said no")

// calendar is a Veeting that records what it is asked.
type calendar struct {
	calls   []string
	user    veeting.User
	meeting veeting.Meeting
	made    veeting.Object
	err     error
}

var _ bindings.VeetingClient = (*calendar)(nil)

func (c *calendar) call(user veeting.User, words ...string) error {
	c.calls, c.user = append(c.calls, strings.Join(words, " ")), user
	return c.err
}

func (c *calendar) Schedule(_ context.Context, user veeting.User, m veeting.Meeting) (veeting.Object, error) {
	c.meeting = m
	return c.made, c.call(user, "schedule")
}

func (c *calendar) Update(_ context.Context, user veeting.User, id string, m veeting.Meeting) (veeting.Object, error) {
	c.meeting = m
	return veeting.Object{}, c.call(user, "update", id)
}

func (c *calendar) Close(_ context.Context, user veeting.User, id string) (veeting.Object, error) {
	return veeting.Object{}, c.call(user, "close", id)
}

func (c *calendar) JoinURL(_ context.Context, participantMeetingID, name string) (string, error) {
	if err := c.call(veeting.User{}, "join", participantMeetingID, name); err != nil {
		return "", err
	}
	return "https://meet.example.org/" + participantMeetingID, nil
}

// object is an answer of the client with some fields of text.
func object(fields ...string) veeting.Object {
	o := veeting.Object{}
	for i := 0; i < len(fields); i += 2 {
		o[fields[i]] = json.RawMessage(`"` + fields[i+1] + `"`)
	}
	return o
}

func onVeeting(c *calendar) *bindings.Veeting {
	return &bindings.Veeting{Client: c, Organizer: organizerEmail, Now: func() time.Time { return noon }}
}

func standUp() rooms.Meeting {
	return rooms.Meeting{RoomID: roomID, Name: "Stand-up", Start: noon.Add(time.Hour), End: noon.Add(90 * time.Minute)}
}

func TestVeeting_BindSchedulesAMeeting(t *testing.T) {
	t.Parallel()
	c := &calendar{made: object("id", veetingID, "participantMeetingId", participantID)}
	got, err := onVeeting(c).Bind(t.Context(), standUp())
	if err != nil || got != veetingConference {
		t.Errorf("got %q, %v, want both ids", got, err)
	}
	same(t, "calls", c.calls, []string{"schedule"})
	if m := c.meeting; m.Topic != "Stand-up" || !m.Start.Equal(noon.Add(time.Hour)) || !m.End.Equal(noon.Add(90*time.Minute)) {
		t.Errorf("got %+v, want the room's name and times", m)
	}
	if m := c.meeting; m.Minutes != 0 || m.Type != "" || m.Recurring || m.Recorded || m.DialIn || m.Participants != nil || m.Recurrence != nil || m.PermissionID != nil {
		t.Errorf("got %+v, want the rest at its default", m)
	}
}

// TestVeeting_RoomsWithoutAnEndLastADay because Veeting knows none that stay open.
func TestVeeting_RoomsWithoutAnEndLastADay(t *testing.T) {
	t.Parallel()
	c := &calendar{made: object("id", veetingID, "participantMeetingId", participantID)}
	m := standUp()
	m.End = time.Time{}
	if _, err := onVeeting(c).Bind(t.Context(), m); err != nil || !c.meeting.End.Equal(m.Start.Add(24*time.Hour)) {
		t.Errorf("bind: got %s, %v, want 24 h after %s", c.meeting.End, err, m.Start)
	}
	c.meeting = veeting.Meeting{}
	if err := onVeeting(c).Reschedule(t.Context(), veetingConference, m); err != nil || !c.meeting.End.Equal(m.Start.Add(24*time.Hour)) {
		t.Errorf("reschedule: got %s, %v, want 24 h after %s", c.meeting.End, err, m.Start)
	}
}

func TestVeeting_TheOrganizerIsWhoTheSettingsName(t *testing.T) {
	t.Parallel()
	for organizer, want := range map[string]veeting.User{
		"": {}, organizerEmail: {Email: organizerEmail}, organizerID: {ID: organizerID},
	} {
		c := &calendar{made: object("id", veetingID, "participantMeetingId", participantID)}
		v := bindings.New(config.Config{RoomsVeetingUser: organizer}, bindings.Clients{Veeting: c}, nil)[veeting.Provider].(rooms.Scheduler)
		for name, do := range map[string]func() error{
			"bind":       func() error { _, err := v.Bind(t.Context(), standUp()); return err },
			"close":      func() error { _, err := v.Close(t.Context(), veetingConference); return err },
			"reschedule": func() error { return v.Reschedule(t.Context(), veetingConference, standUp()) },
		} {
			c.user = veeting.User{ID: "nobody"}
			if err := do(); err != nil || c.user != want {
				t.Errorf("%s for %q: got %+v, %v, want %+v", name, organizer, c.user, err, want)
			}
		}
	}
}

// TestVeeting_AMeetingWithoutItsIDsIsNone that a room could be bound to.
func TestVeeting_AMeetingWithoutItsIDsIsNone(t *testing.T) {
	t.Parallel()
	for name, made := range map[string]veeting.Object{
		"nothing": nil, "no ids": object("topic", "Stand-up"), "one id": object("id", veetingID), "the other id": object("participantMeetingId", participantID),
		"ids that were mixed up": object("id", participantID, "participantMeetingId", veetingID),
		"Veeting's own names":    object("id", veetingID, "meetingId", participantID),
		"another form":           object("id", "5e94", "participantMeetingId", participantID),
		"a number":               {"id": json.RawMessage("7"), "participantMeetingId": json.RawMessage("8")},
	} {
		got, err := onVeeting(&calendar{made: made}).Bind(t.Context(), standUp())
		p, is := errors.AsType[*problem.Problem](err)
		if got != "" || !is || p.Status != http.StatusBadGateway || p.Code != problem.UpstreamError {
			t.Errorf("%s: got %q, %v, want %s", name, got, err, problem.UpstreamError)
		}
	}
}

func TestVeeting_AdmitGivesTheLink(t *testing.T) {
	t.Parallel()
	c := &calendar{}
	for _, guest := range []rooms.Guest{
		{ID: "ada", Name: "Ada & Żółć", Moderator: true, Lifetime: time.Hour + time.Millisecond}, {ID: "bob", Lifetime: time.Hour},
	} {
		got, err := onVeeting(c).Admit(t.Context(), veetingConference, guest)
		if want := (rooms.Admission{URL: "https://meet.example.org/" + participantID, Expires: noon.Add(time.Hour)}); err != nil || got != want {
			t.Errorf("got %+v, %v, want %+v", got, err, want)
		}
	}
	same(t, "calls", c.calls, []string{"join " + participantID + " Ada & Żółć", "join " + participantID + " "})
}

func TestVeeting_ExpelSaysThatItCannot(t *testing.T) {
	t.Parallel()
	c := &calendar{err: errVeeting}
	for _, conference := range []string{veetingConference, "anything"} {
		got, err := onVeeting(c).Expel(t.Context(), conference, []string{"ada"})
		if want := []rooms.Action{{Name: "kick", Outcome: "not_supported"}}; err != nil || !slices.Equal(got, want) {
			t.Errorf("got %v, %v, want %v", got, err, want)
		}
	}
	same(t, "calls", c.calls, nil)
}

func TestVeeting_CloseEndsTheMeeting(t *testing.T) {
	t.Parallel()
	c := &calendar{}
	got, err := onVeeting(c).Close(t.Context(), veetingConference)
	if err != nil || got != (rooms.Action{Name: "close", Outcome: "closed"}) {
		t.Errorf("got %+v, %v, want it closed", got, err)
	}
	same(t, "calls", c.calls, []string{"close " + veetingID})
	c.err = errVeeting
	if got, err := onVeeting(c).Close(t.Context(), veetingConference); !errors.Is(err, errVeeting) || got.Outcome != "" {
		t.Errorf("failing: got %+v, %v, want %v", got, err, errVeeting)
	}
}

func TestVeeting_RescheduleTellsNameAndTimes(t *testing.T) {
	t.Parallel()
	c := &calendar{}
	if err := onVeeting(c).Reschedule(t.Context(), veetingConference, standUp()); err != nil {
		t.Errorf("got %v", err)
	}
	same(t, "calls", c.calls, []string{"update " + veetingID})
	if m := c.meeting; m.Topic != "Stand-up" || !m.Start.Equal(noon.Add(time.Hour)) || !m.End.Equal(noon.Add(90*time.Minute)) {
		t.Errorf("got %+v, want the room's name and times", m)
	}
}

// everyCall does all that can fail.
func everyCall(t *testing.T, c *calendar, conference string) map[string]error {
	t.Helper()
	v := onVeeting(c)
	_, bindErr := v.Bind(t.Context(), standUp())
	_, admitErr := v.Admit(t.Context(), conference, rooms.Guest{ID: "ada"})
	_, closeErr := v.Close(t.Context(), conference)
	return map[string]error{"bind": bindErr, "admit": admitErr, "close": closeErr, "reschedule": v.Reschedule(t.Context(), conference, standUp())}
}

func TestVeeting_PassesErrorsOn(t *testing.T) {
	t.Parallel()
	for _, failure := range []error{
		errVeeting, &httpclient.Error{Provider: veeting.Provider, Kind: httpclient.Timeout, MayHaveHappened: true},
		&secrets.Error{Name: "gavel/veeting", Reason: "joinUrl is missing"}, veeting.ErrLevel,
	} {
		for name, err := range everyCall(t, &calendar{err: failure}, veetingConference) {
			if !errors.Is(err, failure) {
				t.Errorf("%s: got %v, want %v", name, err, failure)
			}
		}
	}
}

// TestVeeting_SaysWhichSettingIsWrong where the key is of another level than the organizer needs.
func TestVeeting_SaysWhichSettingIsWrong(t *testing.T) {
	t.Parallel()
	for _, failure := range []error{veeting.ErrNoUser, veeting.ErrUser} {
		for name, err := range everyCall(t, &calendar{err: failure}, veetingConference) {
			if name == "admit" {
				continue // needs no organizer
			}
			p, is := errors.AsType[*problem.Problem](err)
			if !is || p.Status != http.StatusServiceUnavailable || p.Code != problem.NotConfigured || !strings.Contains(p.Detail, "GAVEL_ROOMS_VEETING_USER") {
				t.Errorf("%s: got %v, want %s with the setting named", name, err, problem.NotConfigured)
			}
		}
	}
}

// TestVeeting_RoomOfAnotherProvider is a fault, and none of Veeting's business.
func TestVeeting_RoomOfAnotherProvider(t *testing.T) {
	t.Parallel()
	c := &calendar{made: object("id", veetingID, "participantMeetingId", participantID)}
	for name, err := range everyCall(t, c, "42") {
		if (err == nil) != (name == "bind") {
			t.Errorf("%s: got %v, want an error", name, err)
		}
	}
	same(t, "calls", c.calls, []string{"schedule"})
}

// vault is the secret of an instance.
type vault string

func (v vault) FullName(name string) string { return "gavel/" + name }

func (v vault) Read(context.Context, string) (secrets.Raw, error) {
	return secrets.NewRaw("1", []byte(v)), nil
}

// TestVeeting_AdmitWithTheRealClient has the name in the link, and says what is missing where there is none.
func TestVeeting_AdmitWithTheRealClient(t *testing.T) {
	t.Parallel()
	now := func() time.Time { return noon }
	for content, want := range map[vault]string{
		`{"baseUrl":"https://meet.example.org","apiKey":"k","level":"account","joinUrl":"https://meet.example.org/join/{participantMeetingId}?x=1"}`: "https://meet.example.org/join/" +
			participantID + "?x=1&participantName=Ada%20%26%20%22Lovelace%22%3F",
		`{"baseUrl":"https://meet.example.org","apiKey":"k","level":"account"}`: "",
	} {
		client := veeting.New(veeting.Options{Secrets: content, Now: now})
		got, err := (&bindings.Veeting{Client: client, Now: now}).Admit(t.Context(), veetingConference, rooms.Guest{ID: "ada", Name: `Ada & "Lovelace"?`, Lifetime: time.Hour})
		failure, is := errors.AsType[*secrets.Error](err)
		if got.URL != want || is != (want == "") || is && (failure.Passing || failure.Name != "gavel/veeting" || !strings.Contains(failure.Reason, "joinUrl")) {
			t.Errorf("got %s, %v, want %q", got.URL, err, want)
		}
	}
}

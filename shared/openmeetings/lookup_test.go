package openmeetings_test

import (
	"errors"
	"net/url"
	"testing"

	"gavel/shared/httpclient"
	"gavel/shared/openmeetings"
)

const (
	calendarOf3 = "GET /calendar/3/1970-01-01T00%3A00%3A00%2B0000/9999-12-31T00%3A00%3A00%2B0000"
	fileRoute   = "DELETE /file/crm/5"
)

func TestUpdateAppointment_OfOneThatDoesNotExistSendsNothing(t *testing.T) {
	t.Parallel()
	for _, stored := range []string{`{"appointmentDTO":[]}`, `{"appointmentDTO":[{"id":4},{"id":50}]}`, ``} {
		f := setup(t)
		f.upstream.on(calendarOf3, gives(stored))
		got, err := f.client.UpdateAppointment(t.Context(), 5, openmeetings.Booking{OwnerID: 3})
		if !errors.Is(err, openmeetings.ErrNotFound) || got.ID != 0 || len(f.upstream.commands()) != 1 {
			t.Errorf("%q: got %+v, %v after %d commands, want ErrNotFound after 1", stored, got, err, len(f.upstream.commands()))
		}
	}
}

func TestUpdateAppointment_ToARoomThatDoesNotExistSendsNothing(t *testing.T) {
	t.Parallel()
	f := setup(t)
	f.upstream.on(calendarOf3, gives(allAppointments))
	f.upstream.on("GET /room/8", fails("null"))
	_, err := f.client.UpdateAppointment(t.Context(), 5, openmeetings.Booking{OwnerID: 3, RoomID: 8})
	if !errors.Is(err, openmeetings.ErrNotFound) || len(f.upstream.commands()) != 2 {
		t.Errorf("got %v after %d commands, want ErrNotFound after 2", err, len(f.upstream.commands()))
	}
}

// It can be deleted between the two requests.
func TestUpdateAppointment_OfOneThatIsGoneByThen(t *testing.T) {
	t.Parallel()
	f := setup(t)
	f.upstream.on(calendarOf3, gives(allAppointments))
	f.upstream.on("POST /calendar", fails("null"))
	if _, err := f.client.UpdateAppointment(t.Context(), 5, openmeetings.Booking{OwnerID: 3}); !errors.Is(err, openmeetings.ErrNotFound) {
		t.Errorf("got %v, want ErrNotFound", err)
	}
	f.upstream.on("POST /calendar", fails("Mail server connection failed"))
	_, err := f.client.UpdateAppointment(t.Context(), 5, openmeetings.Booking{OwnerID: 3})
	if failure := refusal(t, err, "Mail server connection failed"); !failure.MayHaveHappened {
		t.Errorf("got %+v, want that it may have happened", failure)
	}
}

// rebook updates an appointment of the calendar, and gives what was sent.
func (f *fixture) rebook(t *testing.T, calendar string, b openmeetings.Booking) string {
	t.Helper()
	f.upstream.on(calendarOf3, gives(`{"appointmentDTO":`+calendar+`}`))
	f.upstream.on("POST /calendar", gives(oneAppointment))
	if _, err := f.client.UpdateAppointment(t.Context(), 5, b); err != nil {
		t.Fatal(err)
	}
	return must(url.ParseQuery(f.upstream.commands()[1].body)).Get("appointment")
}

func TestUpdateAppointment_LeavesOutTheNameARoomHasNot(t *testing.T) {
	t.Parallel()
	sent := setup(t).rebook(t, `[{"id":5,"room":{"id":7,"type":"CONFERENCE","public":true}}]`, openmeetings.Booking{OwnerID: 3})
	room, _ := changed(t, sent, "", nil)["room"].(map[string]any)
	if name, has := room["name"]; has || room["isPublic"] != true {
		t.Errorf("got room %v with name %v, want it public and without one", room, name)
	}
}

// One without a room gets one of its own, as a new one does.
func TestUpdateAppointment_OfOneWithoutARoom(t *testing.T) {
	t.Parallel()
	f := setup(t)
	b := openmeetings.Booking{Title: "a", OwnerID: 3, Start: start, End: start, RoomType: openmeetings.Interview}
	got := f.rebook(t, `[{"id":4,"icalId":"i-4"},{"id":5,"room":null}]`, b)
	want := `{"id":5,"title":"a","start":"2026-03-01T09:00:00+0000","end":"2026-03-01T09:00:00+0000","owner":{"id":3},` +
		`"room":{"type":"INTERVIEW","appointment":true},"passwordProtected":false}`
	if !sameJSON(got, want) {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestDeleteExternalFile_LooksForTheFileWhereTheServiceFails(t *testing.T) {
	t.Parallel()
	const others = `{"id":8,"externalId":"05","externalType":"crm"}`
	for name, tc := range map[string]struct {
		files   string
		deleted string
		want    openmeetings.Outcome
	}{
		"found":           {`[` + others + `,{"id":9,"externalId":5,"externalType":"crm"}]`, result(`"Deleted"`, "SUCCESS"), openmeetings.Deleted},
		"gone by then":    {`[{"id":9,"externalId":"5"}]`, result(`"Bad id"`, "ERROR"), openmeetings.NotFound},
		"only another":    {`[` + others + `]`, "", openmeetings.NotFound},
		"none of the app": {`[]`, "", openmeetings.NotFound},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := setup(t)
			f.upstream.on(fileRoute, fails("Named parameter [type] not set"))
			f.upstream.on("GET /file/crm", gives(`{"fileItemDTO":`+tc.files+`}`))
			f.upstream.on("DELETE /file/9", gives(tc.deleted))
			got, err := f.client.DeleteExternalFile(t.Context(), "crm", "5")
			if err != nil || got != tc.want || f.upstream.times(fileRoute) != 1 {
				t.Errorf("got %q, %v after %d tries, want %q after 1", got, err, f.upstream.times(fileRoute), tc.want)
			}
		})
	}
}

func TestDeleteExternalFile_OtherFailuresAreErrors(t *testing.T) {
	t.Parallel()
	f := setup(t)
	f.upstream.on(fileRoute, fails("error.unknown"))
	got, err := f.client.DeleteExternalFile(t.Context(), "crm", "5")
	if failure := refusal(t, err, "error.unknown"); failure.Kind != httpclient.Refused || got != "" || len(f.upstream.commands()) != 1 {
		t.Errorf("got %q and %+v after %d commands, want it refused after 1", got, failure, len(f.upstream.commands()))
	}
	f.upstream.on(fileRoute, fails("Named parameter [type] not set"))
	f.upstream.on("GET /file/crm", status(500))
	got, err = f.client.DeleteExternalFile(t.Context(), "crm", "5")
	if failure := upstreamError(t, err); failure.Kind != httpclient.Refused || got != "" || len(f.upstream.commands()) != 3 {
		t.Errorf("got %q and %+v after %d commands, want it refused after 3", got, failure, len(f.upstream.commands()))
	}
}

// The answers of calls that give a room its external type lack it; one that is there is the server's.
func TestRooms_HaveTheExternalTypeTheyWereGiven(t *testing.T) {
	t.Parallel()
	for answered, want := range map[string]openmeetings.Text{
		`{"id":7}`: "crm", `{"id":7,"externalType":""}`: "crm", `{"id":7,"externalType":"erp"}`: "erp",
	} {
		f := setup(t)
		f.upstream.on("POST /room", gives(`{"roomDTO":`+answered+`}`))
		f.upstream.on("GET /room/CONFERENCE/crm/5", gives(`{"roomDTO":`+answered+`}`))
		f.upstream.on("GET /room/7", gives(`{"roomDTO":{"id":7,"type":"CONFERENCE","externalType":"crm"}}`))
		created, err := f.client.CreateRoom(t.Context(), openmeetings.RoomFields{ExternalType: new("crm")})
		updated, updateErr := f.client.UpdateRoom(t.Context(), 7, openmeetings.RoomFields{})
		ensured, ensureErr := f.client.EnsureRoom(t.Context(), openmeetings.Conference, "crm", "5", openmeetings.RoomFields{})
		if err := errors.Join(err, updateErr, ensureErr); err != nil {
			t.Fatal(err)
		}
		if created.ExternalType != want || updated.ExternalType != want || ensured.ExternalType != want {
			t.Errorf("%s: got %q, %q and %q, want %q", answered, created.ExternalType, updated.ExternalType, ensured.ExternalType, want)
		}
	}
	f := setup(t)
	f.upstream.on("POST /room", gives(`{"roomDTO":{"id":7}}`))
	if got, err := f.client.CreateRoom(t.Context(), openmeetings.RoomFields{}); err != nil || got.ExternalType != "" {
		t.Errorf("got %q, %v; want none for a room that was given none", got.ExternalType, err)
	}
}

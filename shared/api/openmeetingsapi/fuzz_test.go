package openmeetingsapi_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"gavel/local/apitest"
	"gavel/shared/api"
	"gavel/shared/api/openmeetingsapi"
	"gavel/shared/auth"
	"gavel/shared/logs"
	"gavel/shared/openmeetings"
	"gavel/shared/problem"
)

// willing does whatever it is asked to, so that only the decoding is under test, and says what it should not have been
// asked.
type willing struct {
	openmeetingsapi.Client

	t *testing.T
}

func (w willing) fault(wrong bool, what string, of any) {
	if wrong {
		w.t.Errorf("got %s let through: %+v", what, of)
	}
}

// UpdateAppointment checks what CreateAppointment does.
func (w willing) UpdateAppointment(ctx context.Context, id int64, b openmeetings.Booking) (openmeetings.Appointment, error) {
	w.fault(id < 1, "a negative id", b)
	return w.CreateAppointment(ctx, b)
}

// CreateAppointment checks times and members.
func (w willing) CreateAppointment(_ context.Context, b openmeetings.Booking) (openmeetings.Appointment, error) {
	w.fault(b.RoomID < 0 || b.OwnerID < 0 || b.LanguageID < 0, "a negative id", b)
	w.fault(b.Title == "" || !b.End.After(b.Start) || b.Start.Year() < 1970 || b.End.Year() > 9999, "a bad title or time", b)
	w.fault(!slices.Contains([]openmeetings.RoomType{"CONFERENCE", "PRESENTATION", "INTERVIEW"}, b.RoomType), "a bad type", b)
	w.fault(b.PasswordProtected != (b.Password != ""), "a password that is none", b)
	for _, m := range b.Members {
		w.fault(m.UserID < 0 || (m.ExternalID == "") != (m.ExternalType == "") || m.UserID == 0 && m.Email == "" && m.ExternalID == "", "a bad member", m)
	}
	return openmeetings.Appointment{Start: time.Unix(0, 0).UTC(), End: time.Unix(0, 0).UTC()}, nil
}

// CreateRoom checks the type and the ids.
func (w willing) CreateRoom(_ context.Context, f openmeetings.RoomFields) (openmeetings.Room, error) {
	w.fault(f.Type == nil || f.Capacity != nil && *f.Capacity < 1 || f.DemoTime != nil && *f.DemoTime < 0, "a bad room", f)
	given := func(s *string) bool { return s != nil && *s != "" }
	w.fault(given(f.ExternalID) != given(f.ExternalType), "half an id", f)
	return openmeetings.Room{Type: openmeetings.Conference}, nil
}

// CreateUser checks password and rights.
func (w willing) CreateUser(_ context.Context, u openmeetings.NewUser) (openmeetings.User, error) {
	w.fault(openmeetings.CheckPassword(u.Password, u.Login, string(u.Address.Email)) != nil, "a bad password", u)
	w.fault((u.ExternalID == "") != (u.ExternalType == ""), "half an id", u)
	for _, right := range u.Rights {
		w.fault(right != openmeetings.RightRoom && right != openmeetings.RightDashboard && right != openmeetings.RightLogin, "a right", u.Rights)
	}
	return openmeetings.User{}, nil
}

// CreateEntry checks whom and where to.
func (w willing) CreateEntry(_ context.Context, p openmeetings.Person, o openmeetings.EntryOptions, id int64) (openmeetings.Entry, error) {
	w.fault(p.ExternalID == "" || p.ExternalType == "" || id < 0, "nobody", p)
	w.fault(o.RoomID < 0 || o.RecordingID < 0 || (o.ExternalRoomID == "") != (o.ExternalType == ""), "a bad target", o)
	w.fault(o.RoomID == 0 && o.RecordingID == 0 && o.ExternalRoomID == "", "no target", o)
	return openmeetings.Entry{}, nil
}

// CreateInvitation checks address and period.
func (w willing) CreateInvitation(_ context.Context, in openmeetings.Invitation, _ bool, _ int64) (openmeetings.Entry, error) {
	w.fault(in.Email == "" || in.RoomID < 1 || in.PasswordProtected != (in.Password != ""), "a bad invitation", in)
	w.fault((in.Valid == openmeetings.Period) != isPeriod(in.ValidFrom, in.ValidTo), "a bad period", in)
	return openmeetings.Entry{}, nil
}

func isPeriod(from, to string) bool {
	start, err := time.Parse(time.DateTime, from)
	if err != nil {
		return false
	}
	end, err := time.Parse(time.DateTime, to)
	return err == nil && end.After(start)
}

// UploadFile checks that there is a file or a folder.
func (w willing) UploadFile(_ context.Context, f openmeetings.NewFile, content []byte) (openmeetings.File, error) {
	w.fault(f.Name == "" || (f.Type == openmeetings.Folder) != (len(content) == 0) || len(content) > 3<<20, "a bad file", f)
	w.fault((f.ExternalID == "") != (f.ExternalType == ""), "half an id", f)
	return openmeetings.File{}, nil
}

// KickUser checks that the ids can be in a path.
func (w willing) KickUser(_ context.Context, _ int64, externalType, externalID string) (openmeetings.Outcome, error) {
	for _, given := range []string{externalType, externalID} {
		w.fault(openmeetings.CheckSegment(given) != nil, "a bad id", given)
	}
	return openmeetings.Kicked, nil
}

// KickAll does it.
func (willing) KickAll(context.Context, int64) (openmeetings.Outcome, error) {
	return openmeetings.Kicked, nil
}

// fuzzed are the operations with the largest bodies.
func fuzzed() []operation {
	var found []operation
	for _, id := range []string{"create-appointment", "create-room", "create-user", "create-entry", "create-invitation", "upload-file", "kick"} {
		found = append(found, operationOf(id))
	}
	return found
}

// FuzzDecode sends any bytes as any content type: the answer is a success or says in a problem document what is wrong,
// and what gets through is what the server can use.
func FuzzDecode(f *testing.F) {
	ops := fuzzed()
	for i, op := range ops {
		f.Add(i, []byte(op.body), "application/json")
		for _, c := range append(unreadable(op), unfit(op)...) {
			f.Add(i, []byte(c.body), "")
		}
		for _, c := range valueCases(f) {
			if "openmeetings-"+c.id == op.id {
				f.Add(i, []byte(c.body), "a/b+json;c")
			}
		}
	}
	f.Fuzz(func(t *testing.T, nth int, body []byte, contentType string) {
		op := ops[uint(nth)%uint(len(ops))]
		mux := http.NewServeMux()
		registers()[op.id](api.New(mux), willing{t: t})
		got := serve(t, api.Handler(mux), op, body, contentType)
		if got.Status == op.status {
			return
		}
		p := apitest.Problems{}.Document(t, got)
		if p.Status < 400 || p.Status > 499 || len(p.Errors) == 0 && p.Code != problem.TooLarge {
			t.Errorf("%s: got %s for %q, want 2xx or 4xx with faults", op.id, got.Body, body)
		}
		if strings.Contains(string(got.Body), "json:") || strings.Contains(string(got.Body), "Go struct") {
			t.Errorf("%s: got %s, which tells of the inside", op.id, got.Body)
		}
	})
}

func serve(t *testing.T, handler http.Handler, op operation, body []byte, contentType string) answer {
	t.Helper()
	ctx := logs.WithRequestID(t.Context(), "fuzz")
	ctx = auth.WithPrincipal(ctx, auth.Principal{Kind: auth.APIKey, Name: "fuzz", Scopes: []string{"openmeetings"}})
	request := httptest.NewRequestWithContext(ctx, op.method, op.path, strings.NewReader(string(body)))
	if contentType != "" {
		request.Header.Set("Content-Type", contentType)
	}
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, request)
	if !json.Valid(recorder.Body.Bytes()) {
		t.Errorf("got %q, want JSON", recorder.Body.Bytes())
	}
	got := answer{Status: recorder.Code, Header: recorder.Header(), Body: recorder.Body.Bytes()}
	described(t, op.method, op.path, got)
	return got
}

package openmeetings_test

import (
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"gavel/local/standin"
	"gavel/shared/httpclient"
	"gavel/shared/openmeetings"
)

// broken is the beginning of every kind of answer, and the end of none.
const broken = `{"serviceResult":{"message":"x","type":"SUCCESS"},"roomDTO":{"id":7`

// faults are those of any server, of which a 500 is not tried again, and those of answers that are not OpenMeetings'. What
// only reads is repeated; all else is sent once.
func faults() map[string]standin.Fault {
	all := standin.Faults("{}", 1)
	maps.Copy(all, map[string]standin.Fault{
		"404":        {Answer: status(404), Kind: httpclient.Refused, Status: 404, Sent: 1},
		"nothing":    standin.Nonsense(200, ""),
		"cut off":    standin.Nonsense(200, broken),
		"wrong root": standin.Nonsense(200, `{"rooms":{"id":7}}`),
		"no root":    standin.Nonsense(200, `{"id":7,"message":"x","type":"SUCCESS"}`),
		"a list":     standin.Nonsense(200, `[]`),
		"a text":     standin.Nonsense(200, `"OK"`),
		"null":       standin.Nonsense(200, `null`),
		"too deep":   standin.Nonsense(200, strings.Repeat("[", 20_000)),
	})
	return all
}

// Every request of every operation fails in every way: it is sent as often as is right, what should follow it is not
// sent at all, and there is nothing beside the error.
func TestFaults_OfEveryRequest(t *testing.T) {
	t.Parallel()
	for name, fault := range faults() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, o := range operations() {
				for at := range o.steps {
					synctest.Test(t, func(t *testing.T) { strike(t, fault, o, at) })
				}
			}
		})
	}
}

// strike makes the operation's request with that index fail.
func strike(t *testing.T, fault standin.Fault, o operation, at int) {
	t.Helper()
	f := setup(t, inMemory())
	o.prepare(f.upstream)
	f.upstream.on(o.steps[at].route(), fault.Answer)

	got, err := o.do(t.Context(), f.client)

	failure := upstreamError(t, err)
	done := fault.Done || slices.ContainsFunc(o.steps[:at], func(s step) bool { return s.changes })
	if failure.Kind != fault.Kind || failure.Status != fault.Status || failure.Secret != "" || failure.MayHaveHappened != done {
		t.Errorf("%s, request %d: got %+v, want %s with HTTP %d, may have happened %t", o.name, at+1, failure, fault.Kind, fault.Status, done)
	}
	if !isEmpty(got) {
		t.Errorf("%s, request %d: got %+v beside the error", o.name, at+1, got)
	}
	for i, s := range o.steps {
		want := 1
		switch {
		case i > at:
			want = 0
		case i == at && !s.changes:
			want = fault.Sent
		}
		n := f.upstream.times(s.route())
		if again := n == want+1 && fault.Kind == httpclient.Unreachable && !s.changes; again {
			n-- // net/http repeats a GET by itself that breaks on a connection that was kept
		}
		if n != want {
			t.Errorf("%s: got %s %d times when request %d fails, want %d", o.name, s.route(), n, at+1, want)
		}
	}
	wantLogins := 1
	if o.open {
		wantLogins = 0
	}
	if n := f.upstream.logins(); n != wantLogins || f.vault.Reads.Load() != 1 {
		t.Errorf("%s: got %d logins and %d reads of the secret, want %d and 1", o.name, n, f.vault.Reads.Load(), wantLogins)
	}
}

// isEmpty tells a result that has nothing in it.
func isEmpty(result any) bool {
	value := reflect.ValueOf(result)
	return value.IsZero() || value.Kind() == reflect.Slice && value.Len() == 0 || result == " 0"
}

// The requests that change something are those of the contract, most of them GETs: this table is by hand, so that a
// mistake in the other does not hide one in the client.
func TestOperations_ThatChangeSomethingAreSentOnce(t *testing.T) {
	t.Parallel()
	for name, once := range map[string]bool{
		"CloseRoom": true, "OpenRoom": true, "KickAll": true, "KickUser": true, "ClearWhiteboard": true, "ClearWhiteboard of one": true,
		"ClearWhiteboard of one slide": true, "EnsureRoom": true, "DeleteRoom": true, "CreateRoom": true, "CreateEntry": true,
		"CreateInvitation": true, "DeleteUser": true, "CreateUser": true, "DeleteExternalUser": true, "CreateGroup": true, "DeleteGroup": true,
		"AddGroupUser": true, "RemoveGroupUser": true, "AddGroupRoom": true, "CreateAppointment": true, "DeleteAppointment": true,
		"DeleteRecording": true, "UploadFile": true, "RenameFile": true, "MoveFile": true, "DeleteFile": true, "DeleteExternalFile": true,
		"Room": false, "Rooms": false, "FindRoom": false, "CountRoom": false, "RoomUsers": false, "Users": false, "Groups": false,
		"GroupUsers": false, "Appointments": false, "NextAppointment": false, "RoomAppointment": false, "FindAppointments": false,
		"Recordings": false, "RoomRecordings": false, "Files": false, "RoomFiles": false, "FolderFiles": false, "Health": false,
		"Version": false, "ErrorText": false,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f := setup(t, inMemory())
				o := operationNamed(name)
				f.upstream.on(o.steps[0].route(), standin.InTurn(standin.Breaks(""), status(502), gives(o.steps[0].answer)))
				_, err := o.do(t.Context(), f.client)
				if failed := err != nil; failed != once || (len(f.upstream.commands()) == 1) != once {
					t.Errorf("got %v after %d requests, want it sent once: %t", err, len(f.upstream.commands()), once)
				}
			})
		})
	}
}

func TestFaults_AnAnswerThatIsTooLong(t *testing.T) {
	t.Parallel()
	long := `{"roomDTO":{"id":7,"name":"` + strings.Repeat("a", 10<<20) + `"}}`
	for _, code := range []int{200, 500} {
		for _, name := range []string{"Room", "CloseRoom", "CreateEntry"} {
			o := operationNamed(name)
			f := setup(t)
			f.upstream.on(o.steps[0].route(), standin.Says(code, long))
			_, err := o.do(t.Context(), f.client)
			failure := upstreamError(t, err)
			if failure.Status != code || len(failure.Body) > httpclient.MaxExcerpt+len("…") || len(failure.Raw()) > 2<<20 {
				t.Errorf("%s: got HTTP %d, an excerpt of %d bytes and %d kept, want %d and little", name, failure.Status, len(failure.Body), len(failure.Raw()), code)
			}
		}
	}
}

func TestFaults_NobodyListens(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := setup(t, inMemory())
		if err := f.upstream.listener.Close(); err != nil {
			t.Fatal(err)
		}
		for _, o := range operations() {
			_, err := o.do(t.Context(), f.client)
			if failure := upstreamError(t, err); failure.Kind != httpclient.Unreachable || failure.MayHaveHappened {
				t.Errorf("%s: got %+v, want unreachable and nothing done", o.name, failure)
			}
		}
	})
}

// Whatever is not there is told by Java's words for a null pointer, in which a server of 6.3.0 or later fails; a key of its
// own is another matter, and so is trouble of its own: a room must not count as gone because the database does not answer.
func TestNotFound_IsAFailureInTheWordsOfANullPointer(t *testing.T) {
	t.Parallel()
	for name, miss := range map[string]bool{
		"Room": true, "UpdateRoom": true, "CloseRoom": true, "OpenRoom": true, "EndRoom": true, "CreateInvitation": true,
		"ClearWhiteboard": true, "RoomFiles": true, "FolderFiles": true, "DeleteGroup": true, "AddGroupUser": true,
		"RemoveGroupUser": true, "AddGroupRoom": true, "GroupUsers by id": true, "CreateAppointment in a room": true,
		"CreateRoom": false, "CreateUser": false, "CreateEntry": false, "DeleteRoom": false, "KickAll": false, "CountRoom": false,
		"CreateAppointment": false, "UpdateAppointment": false, "GroupUsers": false, "UploadFile": false, "Users": false, "Health": false,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for message, missing := range map[string]bool{
				`null`: miss, `"Cannot invoke \"Room.getId()\" because \"r\" is null"`: miss, `"Cannot read field \"id\" because \"r\" is null"`: miss,
				`""`: miss, `"java.lang.NullPointerException"`: miss, `"error.unknown"`: false,
				`"Cannot get a connection, pool error Timeout waiting for idle object"`: false, `"Communications link failure"`: false,
				`"java.text.ParseException: Unparseable date"`: false, `"Mail server connection failed"`: false,
			} {
				f := setup(t)
				o := operationNamed(name)
				f.upstream.on(o.steps[0].route(), standin.Says(500, result(message, "ERROR")))
				_, err := o.do(t.Context(), f.client)
				if err == nil || errors.Is(err, openmeetings.ErrNotFound) != missing {
					t.Errorf("%s: got %v, want ErrNotFound: %t", message, err, missing)
				}
				if !missing {
					_ = upstreamError(t, err)
				}
			}
		})
	}
}

func TestNotFound_OfADeletionIsAnOutcome(t *testing.T) {
	t.Parallel()
	for name, answers := range map[string][]http.HandlerFunc{
		"DeleteRoom": {says(`"Not found"`)}, "DeleteAppointment": {fails("null"), fails("Bad id")},
		"DeleteFile": {refuses("Bad id")}, "KickUser": {says(`"Not kicked"`)},
	} {
		o := operationNamed(name)
		for _, answer := range answers {
			f := setup(t)
			f.upstream.on(o.steps[0].route(), answer)
			if got, err := o.do(t.Context(), f.client); err != nil || got != openmeetings.NotFound {
				t.Errorf("%s: got %v, %v; want %s", name, got, err, openmeetings.NotFound)
			}
		}
	}
}

// Java's null is 204: one thing is not there, a list is empty, and what was to be made is nobody knows where.
func TestNotFound_IsNoContent(t *testing.T) {
	t.Parallel()
	for _, o := range operations() {
		if len(o.steps) > 1 || strings.HasPrefix(o.name, "Create") && o.name[:10] != "CreateUser" {
			continue
		}
		for name, answer := range map[string]http.HandlerFunc{"204": status(204), "null": gives(root(o.steps[0].answer, "null"))} {
			f := setup(t)
			f.upstream.on(o.steps[0].route(), answer)
			got, err := o.do(t.Context(), f.client)
			switch {
			case o.open || strings.HasPrefix(o.steps[0].answer, `{"serviceResult"`) || strings.HasPrefix(o.name, "CreateUser") ||
				strings.HasPrefix(o.name, "UploadFile"), strings.HasPrefix(o.name, "EnsureRoom"):
				_ = upstreamError(t, err)
			case o.want[0] == '[':
				if text := string(must(json.Marshal(got))); err != nil || text != "[]" {
					t.Errorf("%s answered %s: got %s, %v; want no elements", o.name, name, text, err)
				}
			case !errors.Is(err, openmeetings.ErrNotFound):
				t.Errorf("%s answered %s: got %v, %v; want ErrNotFound", o.name, name, got, err)
			}
		}
	}
}

// root puts something else under the root of an answer.
func root(answer, thing string) string {
	name, _, _ := strings.Cut(answer, ":")
	return name + ":" + thing + "}"
}

// With status 200 a service can say no all the same.
func TestRefusal_WithAStatusOfSuccess(t *testing.T) {
	t.Parallel()
	for _, o := range operations() {
		if len(o.steps) > 1 || !strings.HasPrefix(o.steps[0].answer, `{"serviceResult"`) {
			continue
		}
		f := setup(t)
		f.upstream.on(o.steps[0].route(), refuses("no such luck"))
		got, err := o.do(t.Context(), f.client)
		failure := refusal(t, err, "no such luck")
		if failure.Kind != httpclient.Refused || failure.Status != 200 || failure.MayHaveHappened || !strings.Contains(failure.Body, "no such luck") {
			t.Errorf("%s: got %v and %+v, want it refused with HTTP 200", o.name, got, failure)
		}
		if err.Error() != "openmeetings: refused (HTTP 200)" {
			t.Errorf("%s: got %q, want nothing of the message in it", o.name, err)
		}
	}
}

func TestNumber_OfCountAndNewGroup(t *testing.T) {
	t.Parallel()
	for message, want := range map[string]int64{`3`: 3, `"3"`: 3, `0`: 0, `9007199254740993`: 9007199254740993} {
		f := setup(t)
		f.upstream.on("GET /room/count/7", says(message))
		f.upstream.on("POST /group", says(message))
		for _, name := range []string{"CountRoom", "CreateGroup"} {
			if got, err := operationNamed(name).do(t.Context(), f.client); err != nil || got != want {
				t.Errorf("%s of %s: got %v, %v; want %d", name, message, got, err, want)
			}
		}
	}
	for _, message := range []string{`""`, `"many"`, `1.5`, `true`, `null`, `99999999999999999999`, `{}`, `[1]`} {
		f := setup(t)
		f.upstream.on("GET /room/count/7", says(message))
		if failure := upstreamError(t, f.count(t.Context())); failure.Kind != httpclient.Nonsense {
			t.Errorf("%s: got %+v, want nonsense", message, failure)
		}
	}
}

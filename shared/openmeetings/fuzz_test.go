package openmeetings_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"testing"
	"time"

	"gavel/local/standin"
	"gavel/shared/httpclient"
	"gavel/shared/openmeetings"
)

// oddities are answers that the server gives, or nearly.
var oddities = []string{
	`{}`, `null`, `[]`, `""`, `{"id":"5"}`, `{"id":null}`, `{"id":5.0}`, `{"id":99999999999999999999}`, `{"name":5,"Name":"6"}`, `{"name":"\ud800"}`,
	`{"public":true,"isPublic":false}`, `{"address":{"mail":"a","email":"b"}}`, `{"start":"2026-03-01T10:00:00+2400"}`, `{"start":9e99,"end":{}}`,
	`{"start":253402300800000}`, `{"files":{"fileId":1},"hiddenElements":"CHAT","rights":[null]}`, `{"meetingMembers":{"user":{}},"owner":null,"room":{}}`,
	storedRoom, plainRoom, storedAppointment, appointmentRead,
	`{"plain":{"id":5},"ByGetter":true,"ByField":"x","Start":1}`,
}

// reread checks that what can be read can be written, and is read back as it was written.
func reread[T any](f *testing.F) {
	f.Helper()
	for _, text := range oddities {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var first, second T
		if json.Unmarshal(data, &first) != nil {
			return
		}
		written, err := json.Marshal(first)
		if err != nil {
			t.Fatalf("%q was read and cannot be written: %v", data, err)
		}
		if err := json.Unmarshal(written, &second); err != nil {
			t.Fatalf("%s cannot be read back: %v", written, err)
		}
		if again := must(json.Marshal(second)); !bytes.Equal(again, written) {
			t.Fatalf("got  %s when read back\nwant %s", again, written)
		}
	})
}

func FuzzRoom(f *testing.F)        { reread[openmeetings.Room](f) }
func FuzzUser(f *testing.F)        { reread[openmeetings.User](f) }
func FuzzAppointment(f *testing.F) { reread[openmeetings.Appointment](f) }
func FuzzRecording(f *testing.F)   { reread[openmeetings.Recording](f) }
func FuzzFile(f *testing.F)        { reread[openmeetings.File](f) }

// inline answers in place of a network.
type inline func(r *http.Request) *http.Response

func (answer inline) RoundTrip(r *http.Request) (*http.Response, error) { return answer(r), nil }

// FuzzServiceResult checks that whatever is answered to commands is a success with a meaning or one of the errors, and
// that an entry never lacks its hash.
func FuzzServiceResult(f *testing.F) {
	for _, text := range append([]string{
		result(`"a"`, "SUCCESS"), result(`5`, "SUCCESS"), result(`true`, "ERROR"), result(`null`, "SUCCESS"), result(`""`, "SUCCESS"),
		result(`"error.notallowed"`, "ERROR"), result(`{}`, "SUCCESS"), `{"serviceResult":null}`, `{"serviceResult":[{"type":"SUCCESS"}]}`,
		`{"SERVICERESULT":{"TYPE":"SUCCESS","Message":"x"}}`, `{"serviceResult":{"type":true}}`,
	}, oddities...) {
		f.Add(200, []byte(text))
		f.Add(500, []byte(text))
	}
	f.Fuzz(func(t *testing.T, code int, body []byte) {
		if code < 200 || code > 599 || code == 204 {
			return
		}
		client := scripted(code, body)
		entry, err := client.CreateEntry(t.Context(), openmeetings.Person{}, openmeetings.EntryOptions{}, 0)
		if (err == nil) == (entry.Hash == "" || entry.URL == "") {
			t.Fatalf("got %+v, %v; want an entry or an error", entry, err)
		}
		outcome, err := client.CloseRoom(t.Context(), 7)
		if (err == nil) != (outcome == openmeetings.Closed) {
			t.Fatalf("got %q, %v; want an outcome or an error", outcome, err)
		}
		if n, err := client.CreateGroup(t.Context(), "a"); err != nil && n != 0 {
			t.Fatalf("got %d, %v; want a number or an error", n, err)
		}
	})
}

// scripted is a Client that is logged in and gets the same answer to everything else. Its answers take no time.
func scripted(code int, body []byte) *openmeetings.Client {
	store := standin.NewVault("openmeetings")
	putAccount(store, "https://meet.example.org/openmeetings", user, password)
	now := func() time.Time { return start }
	transport := inline(func(r *http.Request) *http.Response {
		if r.URL.Path == "/openmeetings/services/user/login" {
			return recorded(200, []byte(result(`"sid"`, "SUCCESS")))
		}
		return recorded(code, body)
	})
	return openmeetings.New(openmeetings.Options{
		Secrets: store, Now: now,
		HTTP: httpclient.New(httpclient.Options{Provider: openmeetings.Provider, Budget: time.Second, Transport: transport, Now: now}),
	})
}

func recorded(code int, body []byte) *http.Response {
	return &http.Response{StatusCode: code, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(body))}
}

package veeting_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"gavel/local/standin"
	"gavel/shared/veeting"
)

// TestWire_IsAsTheTutorialWritesIt has the whole request as it goes over the wire: names of headers in the tutorial's
// capitals, a content type also where there is no body, and nothing more than that.
func TestWire_IsAsTheTutorialWritesIt(t *testing.T) {
	t.Parallel()
	for _, o := range operations() {
		for name, tt := range map[string]struct {
			user veeting.User
			line string
		}{
			"by e-mail": {veeting.User{Email: userEmail}, "X-USER-EMAIL: " + userEmail},
			"by id":     {veeting.User{ID: userID}, "X-USER-ID: " + userID},
		} {
			t.Run(o.name+" "+name, func(t *testing.T) {
				t.Parallel()
				f := setup(t)
				f.upstream.from(gives(o.data))
				got, err := o.do(t.Context(), f.client, tt.user)
				if err != nil {
					t.Fatal(err)
				}
				sameJSON(t, "answer", got, o.want)
				want := []string{"Content-Type: application/json", "X-API-KEY: " + apiKey}
				if o.about == "meeting" {
					want = append(want, tt.line)
				}
				sameRequest(t, f.upstream.raw(), o, want)
			})
		}
	}
}

// sameRequest compares one request, as it came, leaving out what is of HTTP and not of Veeting.
func sameRequest(t *testing.T, raw string, o operation, want []string) {
	t.Helper()
	head, body, _ := strings.Cut(raw, "\r\n\r\n")
	lines := strings.Split(head, "\r\n")
	method, path, _ := strings.Cut(o.line, " ")
	if line := method + " " + basePath + apiPath + path + " HTTP/1.1"; lines[0] != line || body != o.body {
		t.Errorf("got\n%s\n%s\nwant\n%s\n%s", lines[0], body, line, o.body)
	}
	header := slices.DeleteFunc(lines[1:], func(line string) bool {
		name, _, _ := strings.Cut(line, ":")
		return name == "Host" || name == "User-Agent" || name == "Content-Length"
	})
	slices.Sort(header)
	if !slices.Equal(header, want) {
		t.Errorf("got the header %q, want %q", header, want)
	}
}

func TestWire_AccountKeysNameNoUser(t *testing.T) {
	t.Parallel()
	for _, o := range operations() {
		if o.about == "account" {
			continue
		}
		f := setup(t, accountLevel())
		if _, err := o.do(t.Context(), f.client, veeting.User{}); err != nil {
			t.Errorf("%s: got %v", o.name, err)
		}
		sameRequest(t, f.upstream.raw(), o, []string{"Content-Type: application/json", "X-API-KEY: " + apiKey})
	}
}

// TestWire_OfEveryField is a meeting with nothing left at its default.
func TestWire_OfEveryField(t *testing.T) {
	t.Parallel()
	permission := "5e945c36b863b82cefdddf60"
	m := veeting.Meeting{
		Topic: `Q&A <"ü"> 🙂`, Start: time.Date(2024, time.April, 7, 11, 0, 0, 1_999_999, time.FixedZone("", 7200)),
		End: time.Date(2024, time.April, 7, 4, 45, 0, 0, time.FixedZone("", -5*3600+900)), Minutes: 29, Type: "boardroom",
		Recurring: true, Recorded: true, DialIn: true, Participants: []json.RawMessage{json.RawMessage(`"a"`), json.RawMessage(`{}`)},
		Recurrence: json.RawMessage(`{"1":2}`), PermissionID: &permission,
	}
	f := setup(t)
	if _, err := f.client.Schedule(t.Context(), veeting.User{ID: userID}, m); err != nil {
		t.Fatal(err)
	}
	want := `{"topic":"Q&A <\"ü\"> 🙂","startTime":"2024-04-07T09:00:00.001Z","endTime":"2024-04-07T09:30:00.000Z","duration":29,"type":"boardroom",` +
		`"isRecurring":true,"isRecorded":true,"isDialin":true,"invitedParticipants":["a",{}],"recurring":{"1":2},"meetingPermissionId":"` + permission + `"}`
	sameJSON(t, "body", json.RawMessage(f.upstream.seen()[0].body), want)
	for _, part := range []string{`"startTime":"2024-04-07T09:00:00.001Z"`, `"endTime":"2024-04-07T09:30:00.000Z"`, `"recurring":{"1":2},"meetingPermissionId"`} {
		if body := f.upstream.seen()[0].body; !strings.Contains(body, part) {
			t.Errorf("got %s, want %s in it", body, part)
		}
	}
}

func TestMinutes_BegunOnesCount(t *testing.T) {
	t.Parallel()
	at := newMeeting().Start
	for long, want := range map[time.Duration]int{
		time.Millisecond: 1, time.Minute: 1, time.Minute + time.Millisecond: 2, time.Hour: 60, 55*time.Minute + 5*time.Second: 56, 24 * time.Hour: 1440,
	} {
		if got := veeting.Minutes(at, at.Add(long)); got != want {
			t.Errorf("%s: got %d minutes, want %d", long, got, want)
		}
	}
}

// TestBaseURL_WithAndWithoutTheAPIsPath has all that people put into the secret.
func TestBaseURL_WithAndWithoutTheAPIsPath(t *testing.T) {
	t.Parallel()
	for _, written := range []string{"", "/", "//", "/api/v6", "/api/v6/", "/api/v6//", " ", "/api/v6 \n"} {
		f := setup(t)
		f.vault.Put(f.secret.With(fields{"baseUrl": f.upstream.url + basePath + written, "apiKey": " " + apiKey + "\n"}))
		if _, err := f.client.Close(t.Context(), veeting.User{ID: userID}, meetingID); err != nil {
			t.Errorf("%q: got %v", written, err)
		}
		if got, want := f.upstream.seen()[0].uri, basePath+apiPath+"/meeting/close"; got != want {
			t.Errorf("%q: got %s, want %s", written, got, want)
		}
	}
}

// TestPaths_StayOneSegment is for ids that nobody has checked before.
func TestPaths_StayOneSegment(t *testing.T) {
	t.Parallel()
	f := setup(t)
	const odd, escaped = "a/../b?c#d%2e+ü", "a%2F..%2Fb%3Fc%23d%252e%2B%C3%BC"
	_, deleted := f.client.Delete(t.Context(), veeting.User{ID: userID}, odd)
	_, updated := f.client.Update(t.Context(), veeting.User{ID: userID}, odd, newMeeting())
	f.upstream.from(gives("[]"))
	_, listed := f.client.ListAdmins(t.Context(), odd)
	if deleted != nil || updated != nil || listed != nil {
		t.Fatalf("got %v, %v, %v, want no errors", deleted, updated, listed)
	}
	for i, want := range []string{"/meeting/" + escaped, "/meeting/" + escaped + "/false", "/account/admin/" + escaped} {
		if got := f.upstream.seen()[i].uri; got != basePath+apiPath+want {
			t.Errorf("got %s, want %s", got, basePath+apiPath+want)
		}
	}
}

// TestRedirect_IsNotFollowed because the key would go along.
func TestRedirect_IsNotFollowed(t *testing.T) {
	t.Parallel()
	for _, o := range operations() {
		f := setup(t)
		f.upstream.from(standin.Says(http.StatusTemporaryRedirect, "", "Location", "/elsewhere"))
		_, err := o.call(t.Context(), f)
		if failure := upstreamError(t, err); failure.Status != 307 || len(f.upstream.seen()) != 1 {
			t.Errorf("%s: got %v after %d requests, want the redirect as an error", o.name, failure, len(f.upstream.seen()))
		}
	}
}

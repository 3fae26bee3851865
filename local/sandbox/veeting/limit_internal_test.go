package veeting

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestState_RefusesWhenFull(t *testing.T) {
	t.Parallel()
	s := New(Options{Keys: func(context.Context) ([]Key, error) {
		return []Key{{Value: "owner", Level: LevelInstance}, {Value: "account", Level: LevelAccount}}, nil
	}})
	send := func(key, path, body string) string {
		r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set(headerKey, key)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		return w.Body.String()
	}
	for range maxMeetings - 1 {
		s.state.meetings = append(s.state.meetings, &meeting{deleted: true})
	}
	for range maxAccounts - 2 {
		s.state.accounts = append(s.state.accounts, &account{})
	}
	const (
		plan = `{"topic":"t","startTime":"2024-04-07T09:00:00.000Z","endTime":"2024-04-07T10:00:00.000Z","duration":60,"type":"standard",` +
			`"isRecurring":false,"isRecorded":false,"isDialin":false,"invitedParticipants":[],"recurring":{},"meetingPermissionId":null}`
		user = `{"sendPassword":true,"accountType":"trial","adminFirstname":"Test","adminLastname":"User",` +
			`"adminEmail":"EMAIL","adminPreferredLanguage":"en","paidUntil":"2024-04-19T19:03:41.203Z"}`
	)
	for i, want := range []string{`{"responseCode":0,`, `{"responseCode":-99,`} {
		if got := send("account", "/api/v6/meeting", plan); !strings.HasPrefix(got, want) {
			t.Errorf("meeting %d: got %s, want %s", i, got, want)
		}
		body := strings.Replace(user, "EMAIL", strings.Repeat("a", i+1)+"@example.com", 1)
		if got := send("owner", "/api/v6/account", body); !strings.HasPrefix(got, want) {
			t.Errorf("account %d: got %s, want %s", i, got, want)
		}
	}
}

func TestRefused_TellsNothingOfErrorsNobodyThoughtOf(t *testing.T) {
	t.Parallel()
	got := refused(errors.New("private"))
	if got.status != http.StatusInternalServerError || strings.Contains(string(got.body), "private") {
		t.Errorf("got %d %s, want 500 without the error", got.status, got.body)
	}
}

func TestObjectIDs_CounterStaysInItsDigits(t *testing.T) {
	t.Parallel()
	ids := &objectIDs{counter: 0xfffffe}
	at := time.Unix(0x5e9459c5, 0)
	for _, want := range []string{"5e9459c50000000000ffffff", "5e9459c50000000000000000"} {
		if got := ids.next(at); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

package veeting_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"gavel/local/standin"
	"gavel/shared/veeting"
)

var (
	byID    = veeting.User{ID: userID}
	byEmail = veeting.User{Email: userEmail}
	byBoth  = veeting.User{ID: userID, Email: userEmail}
)

// TestLevel_DecidesWhatIsSent has every level with every user: what does not fit is refused and nothing is sent.
func TestLevel_DecidesWhatIsSent(t *testing.T) {
	t.Parallel()
	for _, o := range operations() {
		for _, tt := range []struct {
			level   string
			user    veeting.User
			meeting error // of calls about meetings
			account error // of calls about accounts, which name no user
		}{
			{"instance", veeting.User{}, veeting.ErrNoUser, nil},
			{"instance", byID, nil, nil},
			{"instance", byEmail, nil, nil},
			{"instance", byBoth, veeting.ErrTwoUsers, nil},
			{"account", veeting.User{}, nil, veeting.ErrLevel},
			{"account", byID, veeting.ErrUser, veeting.ErrLevel},
			{"account", byEmail, veeting.ErrUser, veeting.ErrLevel},
			{"account", byBoth, veeting.ErrTwoUsers, veeting.ErrLevel},
		} {
			want := tt.meeting
			if o.about == "account" {
				want = tt.account
			}
			f := setup(t, withSecret(fields{"level": tt.level}))
			f.upstream.from(gives(o.data))
			_, err := o.do(t.Context(), f.client, tt.user)
			if !errors.Is(err, want) {
				t.Errorf("%s, %s level, %+v: got %v, want %v", o.name, tt.level, tt.user, err, want)
			}
			if sent := len(f.upstream.seen()); (sent == 1) != (want == nil) {
				t.Errorf("%s, %s level, %+v: got %d requests upstream", o.name, tt.level, tt.user, sent)
			}
		}
	}
}

// TestLevel_ThatChangesInTheSecretIsFollowed is a key of the instance that is replaced by one of an account.
func TestLevel_ThatChangesInTheSecretIsFollowed(t *testing.T) {
	t.Parallel()
	f := setup(t)
	if _, err := f.client.Close(t.Context(), byID, meetingID); err != nil {
		t.Fatal(err)
	}
	f.upstream.set(func(u *upstream) { u.key = newKey })
	f.vault.Put(f.secret.With(fields{"apiKey": newKey, "level": "account"}))
	if _, err := f.client.Close(t.Context(), byID, meetingID); !errors.Is(err, veeting.ErrUser) {
		t.Errorf("got %v, want %v", err, veeting.ErrUser)
	}
	if _, err := f.client.Close(t.Context(), veeting.User{}, meetingID); err != nil {
		t.Errorf("got %v, want it done for the account", err)
	}
}

func TestSecret_ThatCannotBeUsedSaysWhy(t *testing.T) {
	t.Parallel()
	good := fields{"baseUrl": "https://meet.example.org", "apiKey": apiKey, "level": "instance"}
	for name, tt := range map[string]struct {
		content any
		want    string
	}{
		"text":                    {"Hush", "expected a JSON object"},
		"a list":                  {[]string{"Hush"}, "expected a JSON object"},
		"null":                    {nil, "baseUrl is missing"},
		"a number for the key":    {good.With(fields{"apiKey": 81}), "expected a JSON object"},
		"no address":              {good.With(fields{"baseUrl": nil}), "baseUrl is missing"},
		"only a slash":            {good.With(fields{"baseUrl": "/"}), "baseUrl is missing"},
		"no key":                  {good.With(fields{"apiKey": " \n"}), "apiKey is missing"},
		"a key over two lines":    {good.With(fields{"apiKey": "Hush\r\nX-User-Id: a"}), "apiKey holds characters"},
		"a key with a blank":      {good.With(fields{"apiKey": "Hush hush"}), "apiKey holds characters"},
		"a key beyond ASCII":      {good.With(fields{"apiKey": "Hüsh"}), "apiKey holds characters"},
		"no level":                {good.With(fields{"level": nil}), "level must be"},
		"another level":           {good.With(fields{"level": "Hush"}), "level must be"},
		"a level in capitals":     {good.With(fields{"level": "Instance"}), "level must be"},
		"no URL":                  {good.With(fields{"baseUrl": "meet.example.org"}), "baseUrl is not an http"},
		"a password in the URL":   {good.With(fields{"baseUrl": "https://u:Hush@meet.example.org"}), "baseUrl must be a URL without"},
		"in the open":             {good.With(fields{"baseUrl": "http://meet.example.org"}), "baseUrl must be https"},
		"join link without an id": {good.With(fields{"joinUrl": "https://meet.example.org/Hush"}), "joinUrl must be"},
		"join link that is code":  {good.With(fields{"joinUrl": "javascript:Hush{participantMeetingId}"}), "joinUrl must be"},
		"a list of hook keys":     {good.With(fields{"webhookKeys": []string{"Hush"}}), "expected a JSON object"},
		"a number for a hook":     {good.With(fields{"webhookKeys": map[string]any{"onHush": 7}}), "expected a JSON object"},
		"a blank for a hook":      {good.With(fields{"webhookKeys": map[string]any{"onHush": " "}}), "webhookKeys: expected the keys of the hooks"},
		"a hook's empty key":      {good.With(fields{"webhookKeys": map[string]any{"onHush": []string{"Hush", ""}}}), "webhookKeys: expected the keys of the hooks"},
		"a hook's key twice":      {good.With(fields{"webhookKeys": map[string]any{"onHush": []string{"Hush", "Hush"}}}), "webhookKeys: one of them is there twice"},
		"a hook's key, two lines": {good.With(fields{"webhookKeys": map[string]any{"onHush": "Hush\nhush"}}), "webhookKeys: expected the keys of the hooks"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := setup(t)
			f.vault.PutText(string(must(json.Marshal(tt.content))))
			for _, o := range operations() {
				_, err := o.call(t.Context(), f)
				if got := secretError(t, err); !strings.Contains(got.Reason, tt.want) || strings.Contains(got.Error(), "ush") || got.Passing {
					t.Errorf("%s: got %v, want %q and nothing of the secret", o.name, got, tt.want)
				}
			}
			if sent := len(f.upstream.seen()); sent != 0 {
				t.Errorf("got %d requests upstream, want none", sent)
			}
		})
	}
}

func TestSecret_ThatIsNotThere(t *testing.T) {
	t.Parallel()
	f := setup(t)
	f.vault.PutText("")
	_, closeErr := f.client.Close(t.Context(), byID, meetingID)
	_, receiveErr := f.client.Receive(t.Context(), "onMeetingClosed", hookKey, []byte("{}"))
	_, joinErr := f.client.JoinURL(t.Context(), "9974-7653-8886-0485", "")
	for _, err := range []error{closeErr, receiveErr, joinErr} {
		_ = secretError(t, err)
	}
}

// TestRotation_IsNoticedWhenTheOldKeyIsRejected with either status.
func TestRotation_IsNoticedWhenTheOldKeyIsRejected(t *testing.T) {
	t.Parallel()
	for _, o := range operations() {
		for _, code := range []int{http.StatusUnauthorized, http.StatusForbidden} {
			f := setup(t)
			f.upstream.set(func(u *upstream) {
				u.rejects = standin.Says(code, `{"responseCode":-3}`)
				u.always = gives(o.data)
			})
			if _, err := o.call(t.Context(), f); err != nil {
				t.Fatal(err)
			}
			f.rotate()
			for range 2 {
				got, err := o.call(t.Context(), f)
				if err != nil {
					t.Errorf("%s: got %v", o.name, err)
					continue
				}
				sameJSON(t, o.name, got, o.want)
			}
			// Once before, with the old key and the new one, and again with the new one.
			if sent, reads := len(f.upstream.seen()), f.vault.Reads.Load(); sent != 4 || reads != 2 {
				t.Errorf("%s: got %d requests and %d reads of the secret, want 4 and 2", o.name, sent, reads)
			}
		}
	}
}

// TestRejection_NamesTheSecret when the secret is the same, is gone or has another wrong key.
func TestRejection_NamesTheSecret(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		change func(f *fixture)
		sent   int
	}{
		"the same":          {func(*fixture) {}, 1},
		"gone":              {func(f *fixture) { f.vault.PutText("") }, 1},
		"garbled":           {func(f *fixture) { f.vault.PutText("{") }, 1},
		"another wrong key": {func(f *fixture) { f.vault.Put(f.secret.With(fields{"apiKey": "a-third-one"})) }, 2},
	} {
		for _, o := range operations() {
			f := setup(t)
			f.upstream.from(gives(o.data))
			if _, err := o.call(t.Context(), f); err != nil {
				t.Fatal(err)
			}
			f.upstream.set(func(u *upstream) {
				u.key, u.rejects = newKey, func(w http.ResponseWriter, r *http.Request) {
					standin.Says(http.StatusForbidden, `{"responseCode":"-3","responseMessage":"no `+r.Header.Get("X-Api-Key")+`"}`)(w, r)
				}
			})
			tt.change(f)
			_, err := o.call(t.Context(), f)
			got := upstreamError(t, err)
			if got.Kind != "credentials" || got.Secret != secretOf || got.MayHaveHappened || got.Code != "-3" || got.Message != "no [redacted]" || !strings.Contains(got.Body, "no [redacted]") {
				t.Errorf("%s, %s: got %+v, want a rejection that names %s", name, o.name, got, secretOf)
			}
			if sent, reads := len(f.upstream.seen())-1, f.vault.Reads.Load(); sent != tt.sent || reads != 2 {
				t.Errorf("%s, %s: got %d requests and %d reads, want %d and 2", name, o.name, sent, reads, tt.sent)
			}
		}
	}
}

// TestSecret_IsReadAgainAfterMinutes although nothing was rejected.
func TestSecret_IsReadAgainAfterMinutes(t *testing.T) {
	t.Parallel()
	f := setup(t)
	for range 3 {
		for range 2 {
			if _, err := f.client.Close(t.Context(), byID, meetingID); err != nil {
				t.Fatal(err)
			}
		}
		f.clock.Step(6 * time.Minute)
	}
	if reads := f.vault.Reads.Load(); reads != 3 {
		t.Errorf("got %d reads, want 3", reads)
	}
	f.vault.Put(f.secret.With(fields{"level": "account"}))
	if _, err := f.client.CreateAccount(t.Context(), newAccount()); !errors.Is(err, veeting.ErrLevel) {
		t.Errorf("got %v, want the new secret's %v", err, veeting.ErrLevel)
	}
}

package veeting_test

import (
	"errors"
	"strings"
	"testing"

	"gavel/shared/secrets"
	"gavel/shared/veeting"
)

const (
	hook = "onMeetingClosed"
	sent = `{"id":"5E945C36B863B82CEFDDDF54","meetingId":"9974-7653-8886-0485","duration":"60","icalSequence":"1","isClosed":true,"new":[1]}`
)

func TestReceive_TakesWhatTheHookSends(t *testing.T) {
	t.Parallel()
	f := setup(t)
	got, err := f.client.Receive(t.Context(), hook, hookKey, []byte(sent))
	if err != nil || got.Hook != hook || got.MeetingID != meetingID {
		t.Fatalf("got %+v, %v, want an event of %s", got, err, meetingID)
	}
	sameJSON(t, "data", got.Data, `{"id":"5E945C36B863B82CEFDDDF54","participantMeetingId":"9974-7653-8886-0485","duration":60,"icalSequence":1,"isClosed":true,"new":[1]}`)
	if n := len(f.upstream.seen()); n != 0 {
		t.Errorf("got %d requests upstream, want none", n)
	}
}

func TestReceive_BelievesNobodyElse(t *testing.T) {
	t.Parallel()
	f := setup(t, withSecret(fields{"webhookKeys": map[string]string{hook: hookKey, "onMeetingJoined": "Another"}}))
	for _, key := range []string{
		"", " ", "x", hookKey[1:], hookKey[:len(hookKey)-1], hookKey + "x", hookKey + "\x00", hookKey + " ", " " + hookKey, hookKey + hookKey,
		strings.ToUpper(hookKey), strings.Repeat("x", len(hookKey)), strings.Repeat("x", 100_000), apiKey, "Another",
	} {
		for _, body := range []string{sent, "", "{"} {
			if got, err := f.client.Receive(t.Context(), hook, key, []byte(body)); !errors.Is(err, veeting.ErrSender) || got.Hook != "" || got.Data != nil {
				t.Errorf("%.50q: got %+v, %v, want %v", key, got, err, veeting.ErrSender)
			}
		}
	}
}

// TestReceive_NeedsAKey because a hook that has none could be anybody.
func TestReceive_NeedsAKey(t *testing.T) {
	t.Parallel()
	for name, keys := range map[string]any{"none": nil, "another": map[string]string{"onMeetingJoined": hookKey}, "empty": map[string]string{hook: ""}} {
		f := setup(t, withSecret(fields{"webhookKeys": keys}))
		for _, key := range []string{"", hookKey, apiKey} {
			_, err := f.client.Receive(t.Context(), hook, key, []byte(sent))
			if got := secretError(t, err); !strings.Contains(got.Reason, "webhookKeys") || got.Passing {
				t.Errorf("%s: got %v, want to be told of webhookKeys", name, got)
			}
		}
	}
}

func TestReceive_NoticesARotation(t *testing.T) {
	t.Parallel()
	f := setup(t)
	receive := func(key string) error {
		_, err := f.client.Receive(t.Context(), hook, key, []byte(sent))
		return err
	}
	if err := receive(hookKey); err != nil {
		t.Fatal(err)
	}
	f.vault.Put(f.secret.With(fields{"webhookKeys": map[string]string{hook: newKey}}))
	// As long as nobody uses the new one, the old one is good.
	if err := receive(hookKey); err != nil || f.vault.Reads.Load() != 1 {
		t.Errorf("got %v after %d reads, want the old key taken", err, f.vault.Reads.Load())
	}
	if err := receive(newKey); err != nil || f.vault.Reads.Load() != 2 {
		t.Errorf("got %v after %d reads, want the new key taken", err, f.vault.Reads.Load())
	}
	if err := receive(hookKey); !errors.Is(err, veeting.ErrSender) {
		t.Errorf("got %v, want the old key refused", err)
	}
	for name, content := range map[string]fields{"no keys": f.secret.With(fields{"webhookKeys": nil}), "an empty one": f.secret.With(fields{"webhookKeys": map[string]string{hook: ""}})} {
		f.vault.Put(content)
		if err := receive(""); err == nil {
			t.Errorf("%s: got no error, want it refused", name)
		}
	}
}

// TestReceive_DuringAChange takes the new key and the old one, and the old one no more once it is out of the secret.
func TestReceive_DuringAChange(t *testing.T) {
	t.Parallel()
	for when, tt := range map[string]struct {
		keys      any
		good, bad []string
	}{
		"before":    {hookKey, []string{hookKey}, []string{newKey, ""}},
		"a list":    {[]string{hookKey}, []string{hookKey}, []string{newKey, ""}},
		"overlap":   {[]string{" " + newKey + "\n", hookKey}, []string{hookKey, newKey}, []string{"", "x", hookKey + newKey, " " + newKey}},
		"other way": {[]string{hookKey, newKey}, []string{hookKey, newKey}, []string{"", "x"}},
		"after":     {newKey, []string{newKey}, []string{hookKey, ""}},
	} {
		f := setup(t, withSecret(fields{"webhookKeys": map[string]any{hook: tt.keys, "onMeetingJoined": "Another"}}))
		for _, key := range tt.good {
			if _, err := f.client.Receive(t.Context(), hook, key, []byte(sent)); err != nil {
				t.Errorf("%s: got %v, want each of the keys taken", when, err)
			}
		}
		for _, key := range append(tt.bad, "Another") {
			if _, err := f.client.Receive(t.Context(), hook, key, []byte(sent)); !errors.Is(err, veeting.ErrSender) {
				t.Errorf("%s: %q: got %v, want %v", when, key, err, veeting.ErrSender)
			}
		}
	}
}

func TestReceive_RefusesWhatIsNoEvent(t *testing.T) {
	t.Parallel()
	f := setup(t)
	for _, body := range []string{
		"", " ", "{", "null", "[]", "[{}]", `"x"`, "7", "true", "{}{}", `{"a":1}x`, `{"a":`, "<html>", "{\"a\":\"\xff\"}", "{\"\xff\":1}", "\xef\xbb\xbf{}", strings.Repeat("[", 20_000),
	} {
		if got, err := f.client.Receive(t.Context(), hook, hookKey, []byte(body)); !errors.Is(err, veeting.ErrEvent) || got.Data != nil {
			t.Errorf("%.50q: got %+v, %v, want %v", body, got, err, veeting.ErrEvent)
		}
	}
}

// TestReceive_WithoutAMeetingsID takes the event all the same: of some hooks nothing is known.
func TestReceive_WithoutAMeetingsID(t *testing.T) {
	t.Parallel()
	f := setup(t)
	for _, body := range []string{
		"{}", `{"id":null}`, `{"id":7}`, `{"id":""}`, `{"id":{"$oid":"5e945c36b863b82cefdddf54"}}`, `{"ID":"5e945c36b863b82cefdddf54"}`,
		`{"id":"9974-7653-8886-0485"}`, `{"id":"` + strings.Repeat("a", 5000) + `"}`,
	} {
		got, err := f.client.Receive(t.Context(), hook, hookKey, []byte(body))
		if err != nil || got.MeetingID != "" || got.Hook != hook {
			t.Errorf("%.50s: got %+v, %v, want an event of no meeting", body, got, err)
		}
		sameJSON(t, "data", got.Data, body)
	}
}

// TestReceive_WrongKeysMakeOneRead however many there are.
func TestReceive_WrongKeysMakeOneRead(t *testing.T) {
	t.Parallel()
	f := setup(t)
	receive := func(key string) error {
		_, err := f.client.Receive(t.Context(), hook, key, []byte(`{}`))
		return err
	}
	for range 1000 {
		if err := receive(hookKey + "x"); !errors.Is(err, veeting.ErrSender) {
			t.Fatalf("got %v, want %v", err, veeting.ErrSender)
		}
	}
	if got := f.vault.Reads.Load(); got != 2 {
		t.Errorf("got %d reads of the secret, want the first and one more", got)
	}
	f.vault.Put(f.secret.With(fields{"webhookKeys": map[string]string{hook: "rotated"}}))
	f.clock.Step(secrets.StrangersPause)
	if err := receive("rotated"); err != nil {
		t.Errorf("got %v, want the new key noticed after the pause", err)
	}
}

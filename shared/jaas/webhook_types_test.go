package jaas_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"gavel/shared/jaas"
	"gavel/shared/secrets"
)

// documentedTypes are those of https://developer.8x8.com/jaas/docs/webhooks-payload, but for SETTINGS_PROVISIONING, which is no event.
func documentedTypes() []string {
	return []string{
		"AGGREGATED_REACTIONS",
		"CHAT_UPLOADED",
		"DIAL_IN_ENDED",
		"DIAL_IN_STARTED",
		"DIAL_OUT_ENDED",
		"DIAL_OUT_STARTED",
		"DOCUMENT_ADDED",
		"DOCUMENT_DELETED",
		"FEEDBACK",
		"LIVE_STREAM_ENDED",
		"LIVE_STREAM_STARTED",
		"PARTICIPANT_JOINED",
		"PARTICIPANT_JOINED_LOBBY",
		"PARTICIPANT_LEFT",
		"PARTICIPANT_LEFT_LOBBY",
		"POLL_ANSWER",
		"POLL_CREATED",
		"REACTIONS",
		"RECORDING_ENDED",
		"RECORDING_STARTED",
		"RECORDING_UPLOADED",
		"ROLE_CHANGED",
		"ROOM_CREATED",
		"ROOM_DESTROYED",
		"RTCSTATS_UPLOADED",
		"SCREEN_SHARING_HISTORY",
		"SIP_CALL_IN_ENDED",
		"SIP_CALL_IN_STARTED",
		"SIP_CALL_OUT_ENDED",
		"SIP_CALL_OUT_STARTED",
		"SPEAKER_STATS",
		"TRANSCRIPTION_CHUNK_RECEIVED",
		"TRANSCRIPTION_UPLOADED",
		"USAGE",
		"VIDEO_SEGMENT_UPLOADED",
	}
}

// TestParseEvent_TakesEveryDocumentedType reads the samples of testdata/events, which were written by hand from the documents.
func TestParseEvent_TakesEveryDocumentedType(t *testing.T) {
	t.Parallel()
	files := must(filepath.Glob(filepath.Join("testdata", "events", "*.json")))
	if got, want := len(files), len(documentedTypes()); got != want {
		t.Errorf("got %d samples, want one for each of %d types", got, want)
	}
	for _, name := range documentedTypes() {
		body, err := os.ReadFile(filepath.Join("testdata", "events", name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		event, err := jaas.ParseEvent(body)
		if err != nil || string(event.Type) != name || event.AppID != appID || event.Room != "standup" {
			t.Errorf("%s: got %v, %v, want an event of standup", name, event, err)
		}
		var whole map[string]json.RawMessage
		if err := json.Unmarshal(body, &whole); err != nil || len(event.Whole) != len(whole) || !bytes.Equal(event.Whole["data"], whole["data"]) {
			t.Errorf("%s: got %d fields, %v, want all %d", name, len(event.Whole), err, len(whole))
		}
		who, concerns, err := event.Participant()
		isOne := name == "PARTICIPANT_JOINED" || name == "PARTICIPANT_LEFT"
		if err != nil || concerns != isOne || isOne && (who.UserID != "u-17" || who.Name != "Ada" || !who.Moderator) {
			t.Errorf("%s: got %+v, %t, %v", name, who, concerns, err)
		}
		if _, over, err := event.Destroyed(); err != nil || over != (name == "ROOM_DESTROYED") {
			t.Errorf("%s: got over %t, %v", name, over, err)
		}
		if strings.Contains(string(body), "@") && !strings.Contains(string(body), "example") && !strings.Contains(string(body), "8x8.vc") {
			t.Errorf("%s: got an address that may be somebody's", name)
		}
	}
}

func TestReceive_ChecksTheHeaderAndNoticesARotation(t *testing.T) {
	t.Parallel()
	f := setup(t)
	event := []byte(vectorBody)
	f.clock.Step(signing.Sub(start))
	put := func(secret, header string) {
		content := secretOfKey(keyID, theKey())
		content["webhookSecret"], content["webhookAuthorization"] = secret, header
		f.vault.put(t, map[string]any{secretName(vectorApp): content})
	}
	receive := func(header string) error {
		_, err := f.client.Receive(t.Context(), vectorApp, jaas.Delivery{Signature: vectorHeader, Authorization: header, Body: event})
		return err
	}
	wants := func(when, header string, good bool, reads int64) {
		t.Helper()
		before := f.vault.reads.Load()
		f.clock.Step(secrets.StrangersPause)
		err := receive(header)
		if good != (err == nil) || err != nil && !errors.Is(err, jaas.ErrSender) || f.vault.reads.Load()-before != reads {
			t.Errorf("%s: got %v after %d reads, want good %t after %d", when, err, f.vault.reads.Load()-before, good, reads)
		}
	}
	put(vectorSecret, "")
	wants("no header is asked for", "whatever", true, 1)
	put(vectorSecret, " Basic Z2F2ZWw6, x ")
	wants("the old secret, good still", "", true, 0)
	f = setup(t)
	f.clock.Step(signing.Sub(start))
	put(vectorSecret, " Basic Z2F2ZWw6, x ")
	wants("the header", "Basic Z2F2ZWw6, x", true, 1)
	for _, header := range []string{"", "Basic Z2F2ZWw6", "basic Z2F2ZWw6, x", "Basic Z2F2ZWw6, x ", vectorSecret} {
		wants("another header "+header, header, false, 1)
	}
	put(vectorSecret, "Bearer new")
	wants("the new header", "Bearer new", true, 1)
	wants("the old one", "Basic Z2F2ZWw6, x", false, 1)
	put("whsec_another-one", "Bearer new")
	wants("the old signature while nobody noticed", "Bearer new", true, 0)
	wants("a bad header shows the new secret", "x", false, 1)
	wants("the old signature", "Bearer new", false, 1)
	put(vectorSecret, "Bearer new")
	wants("the new signature", "Bearer new", true, 1)
}

// TestReceive_DuringARotation takes what is signed with the new secret and with the old one, whichever way round they stand,
// and the old one no more once it is out of the tenant's secret.
func TestReceive_DuringARotation(t *testing.T) {
	t.Parallel()
	const before, after = "whsec_before-the-change", "whsec_after-the-change"
	f := setup(t)
	f.clock.Step(signing.Sub(start))
	put := func(secret, header any) {
		content := map[string]any{"keyId": keyID, "privateKey": pemOf(theKey()), "webhookSecret": secret, "webhookAuthorization": header}
		f.vault.put(t, map[string]any{secretName(vectorApp): content})
		f.clock.Step(5 * time.Minute) // by then it is read anew in any case
	}
	receive := func(secret, header string) error {
		at := strconv.FormatInt(f.clock.Seen().Unix(), 10)
		_, err := f.client.Receive(t.Context(), vectorApp, jaas.Delivery{
			Signature: "t=" + at + ",v1=" + signedBy(secret, at), Authorization: header, Body: []byte(vectorBody),
		})
		return err
	}
	for when, step := range map[string]struct {
		secret, header any
		good           []string // secret, header
		bad            []string
	}{
		"one":       {before, "h1", []string{before, "h1"}, []string{after, "h1", before, "h2", before, ""}},
		"a list":    {[]string{before}, []string{"h1"}, []string{before, "h1"}, []string{after, "h1", before, "h2"}},
		"overlap":   {[]string{after, before}, []string{"h2", "h1"}, []string{before, "h1", after, "h2", after, "h1", before, "h2"}, []string{"whsec_of-nobody-here", "h1", after, "h3", after, ""}},
		"other way": {[]string{before, after}, "h1", []string{before, "h1", after, "h1"}, []string{before, "h2", "whsec_of-nobody-here", "h1"}},
		"no header": {[]string{before, after}, []string{}, []string{before, "h1", after, ""}, []string{"whsec_of-nobody-here", ""}},
		"after it":  {after, "h2", []string{after, "h2"}, []string{before, "h2", before, "h1", after, "h1"}},
	} {
		put(step.secret, step.header)
		for pair := range slices.Chunk(step.good, 2) {
			if err := receive(pair[0], pair[1]); err != nil {
				t.Errorf("%s: %q: got %v, want it taken", when, pair, err)
			}
		}
		for pair := range slices.Chunk(step.bad, 2) {
			if err := receive(pair[0], pair[1]); !errors.Is(err, jaas.ErrSender) {
				t.Errorf("%s: %q: got %v, want %v", when, pair, err, jaas.ErrSender)
			}
		}
	}
	put([]string{}, nil)
	for _, secret := range []string{before, after, ""} {
		var failure *secrets.Error
		if err := receive(secret, ""); !errors.As(err, &failure) || failure.Reason != "webhookSecret is missing" || failure.Passing {
			t.Errorf("none: %q: got %v, want the secret named", secret, err)
		}
	}
}

func TestSecret_WithBadWebhookSecretsIsRefused(t *testing.T) {
	t.Parallel()
	const good = "whsec_good-and-long-enough"
	for name, tt := range map[string]struct {
		field string
		value any
		want  string
	}{
		"nothing behind it": {"webhookSecret", "whsec_", "webhookSecret: expected the webhook's secret"},
		"empty in a list":   {"webhookSecret", []string{good, ""}, "webhookSecret: expected the webhook's secret"},
		"bad in a list":     {"webhookSecret", []string{good, "Hush-without-its-prefix"}, "webhookSecret: expected the webhook's secret"},
		"twice":             {"webhookSecret", []string{good, " " + good + "\n"}, "webhookSecret: one of them is there twice"},
		"too many":          {"webhookSecret", []string{good, good + "1", good + "2", good + "3", good + "4", good + "5"}, "webhookSecret: there are more than 5"},
		"an object":         {"webhookSecret", map[string]string{"Hush": good}, "webhookSecret and webhookAuthorization may be lists"},
		"numbers":           {"webhookSecret", []int{1234567890123456}, "webhookSecret and webhookAuthorization may be lists"},
		"header twice":      {"webhookAuthorization", []string{"Basic Hush", "Basic Hush"}, "webhookAuthorization: one of them is there twice"},
		"header empty":      {"webhookAuthorization", []string{"Basic Hush", ""}, "webhookAuthorization: expected the whole value"},
	} {
		content := map[string]any{"keyId": keyID, "privateKey": pemOf(theKey()), tt.field: tt.value}
		reason := unusable(t, withSecret(t, content))
		if !strings.Contains(reason, tt.want) || strings.Contains(reason, "good-and") || strings.Contains(reason, "Hush") {
			t.Errorf("%s: got %q, want %q and nothing of the secret", name, reason, tt.want)
		}
	}
}

// TestReceive_WrongSignaturesMakeOneRead however many there are, and none at all keeps a rotation from being noticed in time.
func TestReceive_WrongSignaturesMakeOneRead(t *testing.T) {
	t.Parallel()
	f := setup(t)
	f.clock.Step(signing.Sub(start))
	put := func(secret string) {
		content := secretOfKey(keyID, theKey())
		content["webhookSecret"] = secret
		f.vault.put(t, map[string]any{secretName(vectorApp): content})
	}
	receive := func() error {
		_, err := f.client.Receive(t.Context(), vectorApp, jaas.Delivery{Signature: vectorHeader, Body: []byte(vectorBody)})
		return err
	}
	put("whsec_another-one")
	for range 1000 {
		if err := receive(); !errors.Is(err, jaas.ErrSender) {
			t.Fatalf("got %v, want %v", err, jaas.ErrSender)
		}
	}
	if got := f.vault.reads.Load(); got != 2 {
		t.Errorf("got %d reads of the secret, want the first and one more", got)
	}
	put(vectorSecret)
	f.clock.Step(secrets.StrangersPause)
	if err := receive(); err != nil {
		t.Errorf("got %v, want the new secret noticed after the pause", err)
	}
}

// TestReceive_AMissingSecretIsLookedForOnceInThePause however many come.
func TestReceive_AMissingSecretIsLookedForOnceInThePause(t *testing.T) {
	t.Parallel()
	f := setup(t)
	f.clock.Step(signing.Sub(start))
	for range 1000 {
		_, err := f.client.Receive(t.Context(), vectorApp, jaas.Delivery{Signature: vectorHeader, Body: []byte(vectorBody)})
		if !errors.Is(err, jaas.ErrSender) {
			t.Fatalf("got %v, want %v", err, jaas.ErrSender)
		}
	}
	if got := f.vault.reads.Load(); got != 1 {
		t.Errorf("got %d reads of the secret, want one", got)
	}
}

func TestReceive_DoesNotLookAgainWhereNoSecretWouldHelp(t *testing.T) {
	t.Parallel()
	f := setup(t)
	content := secretOfKey(keyID, theKey())
	content["webhookSecret"] = vectorSecret
	f.vault.put(t, map[string]any{secretName(vectorApp): content})
	for _, header := range []string{"", "t=1", vectorHeader} { // the last one is far too old by the clock
		_, err := f.client.Receive(t.Context(), vectorApp, jaas.Delivery{Signature: header, Body: []byte(vectorBody)})
		if !errors.Is(err, jaas.ErrSender) || f.vault.reads.Load() != 1 {
			t.Errorf("%q: got %v after %d reads, want %v after one", header, err, f.vault.reads.Load(), jaas.ErrSender)
		}
	}
}

func TestSecret_WithAHeaderThatNoneCanBeIsRefused(t *testing.T) {
	t.Parallel()
	for _, header := range []string{" ", "\t\n", "Basic\nx", "Basic\x00"} {
		content := secretOfKey(keyID, theKey())
		content["webhookAuthorization"] = header
		if reason := unusable(t, withSecret(t, content)); !strings.Contains(reason, "webhookAuthorization") {
			t.Errorf("%q: got %q, want webhookAuthorization named", header, reason)
		}
	}
}

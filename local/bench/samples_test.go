package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gavel/shared/jaas"
)

const sampleEvents = "../../events"

// setUp makes what enlivens events, with a room in a store.
func setUp(t *testing.T) enliven {
	t.Helper()
	const appID = "vpaas-magic-cookie-00000000000000000000000000000000"
	ids, jitsiIDs, err := sampleState(t.Context(), fill(t), appID)
	if err != nil {
		t.Fatal(err)
	}
	return enliven{ids: ids, jitsiIDs: jitsiIDs, appID: appID, secret: "whsec_0123456789", callback: "token_test"}
}

func TestEnliven_NoSample(t *testing.T) {
	t.Parallel()
	if event, err := setUp(t).event(nil); event != nil || err != nil {
		t.Errorf("got %s, %v, want nil", event, err)
	}
}

// The ids are taken from the samples, which may change.
func TestEnliven_NamesWhatThereIs(t *testing.T) {
	t.Parallel()
	live := setUp(t)
	all := ""
	paths, err := filepath.Glob(filepath.Join(sampleEvents, "*", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		sample, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		event, err := live.event(sample)
		if err != nil {
			t.Errorf("%s: %v", path, err)
		}
		for _, id := range []string{sampleRoom, sampleFile, jitsiCallback} {
			if strings.Contains(string(event), id) {
				t.Errorf("%s: still names %s", path, id)
			}
		}
		for _, id := range appIDs.FindAllString(string(event), -1) {
			if id != live.appID {
				t.Errorf("%s: names the tenant %s, want %s", path, id, live.appID)
			}
		}
		all += string(sample)
	}
	for _, id := range []string{sampleRoom, sampleFile, sampleUser + "a", sampleUser + "b", sampleUser + "d"} {
		if !strings.Contains(all, id) {
			t.Errorf("no sample event names %s", id)
		}
	}
}

func TestEnliven_SignsWebhooks(t *testing.T) {
	t.Parallel()
	live := setUp(t)
	sample, err := os.ReadFile(filepath.Join(sampleEvents, "jaas", "webhook.json"))
	if err != nil {
		t.Fatal(err)
	}
	event, err := live.event(sample)
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Headers map[string]string
		Body    string
	}
	if err := json.Unmarshal(event, &got); err != nil {
		t.Fatal(err)
	}
	secret, err := jaas.ParseWebhookSecret(live.secret)
	if err != nil {
		t.Fatal(err)
	}
	header := got.Headers[strings.ToLower(jaas.SignatureHeader)]
	if err := jaas.VerifyWebhook(header, []byte(got.Body), []jaas.WebhookSecret{secret}, time.Now()); err != nil {
		t.Errorf("got %v, want the signature taken", err)
	}
}

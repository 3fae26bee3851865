package main

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// sampleRoom and sampleFile are the ids of the sample events, which no room and no file has.
const (
	sampleRoom = "01937c4e-7a10-7cc3-98c5-1f0a2b3c4d5e"
	sampleFile = "01937c4f-0b3a-7d21-8e4c-2a6b8c0d1e3f"
)

// story is the order of the rooms' events in which they mean something: a room is made first, and ended last.
var story = []string{
	"rooms-create", "rooms-add-participant", "rooms-list-participants", "rooms-grant-admin", "rooms-revoke-admin",
	"rooms-update-profile", "rooms-send-chat", "rooms-upload-url", "rooms-download-url", "rooms-list-chat", "rooms-get",
	"rooms-update", "rooms-join", "rooms-list", "rooms-remove-participant", "rooms-list-bans", "rooms-lift-ban", "rooms-end",
	"system-end-room", "system-cleanup", "system-list-audit",
}

// sample is a sample event.
type sample struct {
	operation string
	text      []byte
}

// groups reads all sample events, apart by what can be run side by side, each in the order of the story or of the names.
func groups(root string) ([][]sample, error) {
	paths, err := filepath.Glob(filepath.Join(root, "events", "*", "*.json"))
	if err != nil || len(paths) == 0 {
		return nil, fmt.Errorf("no sample events: %w", err)
	}
	byGroup := map[string][]sample{}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		group := filepath.Base(filepath.Dir(path))
		operation := group + "-" + strings.TrimSuffix(filepath.Base(path), ".json")
		if slices.Contains(story, operation) {
			group = "rooms"
		}
		byGroup[group] = append(byGroup[group], sample{operation, text})
	}
	slices.SortFunc(byGroup["rooms"], func(a, b sample) int {
		return slices.Index(story, a.operation) - slices.Index(story, b.operation)
	})
	slices.SortStableFunc(byGroup["openmeetings"], func(a, b sample) int { return rank(a.operation) - rank(b.operation) })
	var all [][]sample
	for _, group := range sorted(byGroup) {
		all = append(all, byGroup[group])
	}
	return all, nil
}

// rank puts what deletes something behind the rest.
func rank(operation string) int {
	if strings.Contains(operation, "-delete-") {
		return 1
	}
	return 0
}

// secretsOf are what a local server made up and its events must have to be believed.
type secretsOf struct {
	AppID              string `json:"appId"`
	APIKey             string `json:"apiKey"`
	WebhookSecret      string `json:"webhookSecret"`
	VeetingHookKey     string `json:"veetingHookKey"`
	JitsiCallbackToken string `json:"jitsiCallbackToken"`
}

func readSecrets(dataDir string) (s secretsOf, err error) {
	text, err := os.ReadFile(filepath.Join(dataDir, "sandbox.json"))
	if err != nil {
		return s, err
	}
	return s, json.Unmarshal(text, &s)
}

// inWorld gives the event with what the world made up in the place of what the sample did.
func (w *world) inWorld(s sample) ([]byte, error) {
	text := []byte(strings.NewReplacer(
		sampleRoom, or(w.room, sampleRoom), sampleFile, or(w.file, sampleFile),
		"gvl_sample-key-that-opens-nothing", w.secrets.APIKey,
		"made-up-callback-token", w.secrets.JitsiCallbackToken, "made-up-key-of-the-hook", w.secrets.VeetingHookKey,
		"vpaas-magic-cookie-96f0941768964ab380ed0fbada7a502f", w.secrets.AppID,
	).Replace(string(s.text)))
	if !bytes.Contains(text, []byte(`"x-jaas-signature"`)) {
		return text, nil
	}
	var event map[string]any
	if err := json.Unmarshal(text, &event); err != nil {
		return nil, err
	}
	headers, ok := event["headers"].(map[string]any)
	if !ok {
		return nil, fmt.Errorf("%s: the event has no headers", s.operation)
	}
	at := strconv.FormatInt(time.Now().Unix(), 10)
	mac := hmac.New(sha256.New, []byte(w.secrets.WebhookSecret))
	_, _ = fmt.Fprintf(mac, "%s.%s", at, event["body"])
	headers["x-jaas-signature"] = "t=" + at + ",v1=" + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	return json.Marshal(event)
}

// learn notes the ids that an answer gives and later events are about.
func (w *world) learn(operation string, a answer) {
	body, _ := a.Body.(map[string]any)
	if id, ok := body["id"].(string); ok && operation == "rooms-create" {
		w.room = id
	}
	if id, ok := body["file_id"].(string); ok && operation == "rooms-upload-url" {
		w.file = id
	}
}

func or(value, fallback string) string {
	if value == "" {
		return fallback
	}
	return value
}

package main

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"gavel/shared/bindings"
	"gavel/shared/clock"
	"gavel/shared/jaas"
	"gavel/shared/jitsi"
	"gavel/shared/objects"
	"gavel/shared/rooms"
	"gavel/shared/table"
)

// What the sample events in events/rooms speak of.
const (
	sampleRoom = "01937c4e-7a10-7cc3-98c5-1f0a2b3c4d5e"
	sampleFile = "01937c4f-0b3a-7d21-8e4c-2a6b8c0d1e3f"
	sampleUser = "auth0|5f903d7a77f3b4006eb8e67" // and a letter
	sampleSize = 52311
	sampleType = "application/pdf"
)

// How much there is to list.
const (
	manyRooms    = 20
	manyMessages = 50
)

// conferences names rooms on a Jitsi, which is all that making one asks of its client.
type conferences struct{ bindings.JitsiClient }

func (conferences) Conference(_ context.Context, p jitsi.Place) (string, error) { return p.Node(), nil }

// sampleState makes the rooms of the sample events, with all that they expect of them, and gives what puts their ids in
// place of those in the events: in most of them, and in those of Jitsi.
func sampleState(ctx context.Context, store table.Store, appID string) (ids, jitsiIDs *strings.Replacer, err error) {
	service := rooms.New(rooms.Options{
		Store: store,
		Providers: map[string]rooms.Provider{
			jaas.Provider: &bindings.JaaS{AppID: jaas.AppID(appID)}, jitsi.Provider: &bindings.Jitsi{Client: conferences{}},
		},
		Files: objects.New(objects.Options{Bucket: "bench", Region: "eu-central-1", Credentials: aws.CredentialsProviderFunc(
			func(context.Context) (aws.Credentials, error) {
				return aws.Credentials{AccessKeyID: "bench", SecretAccessKey: "bench"}, nil
			})}),
		Now: clock.Now,
	})
	admin := sampleUser + "a"
	room := rooms.Room{}
	for range manyRooms {
		room, err = service.Create(ctx, admin, rooms.Booking{
			Name: "Stand-up", Participants: []string{sampleUser + "b", sampleUser + "d"}, Provider: jaas.Provider,
		})
		if err != nil {
			return nil, nil, fmt.Errorf("make a sample room: %w", err)
		}
	}
	for range manyMessages {
		if _, err := service.SendChat(ctx, admin, room.ID, "Good morning! Shall we start?", ""); err != nil {
			return nil, nil, fmt.Errorf("write a sample message: %w", err)
		}
	}
	file, _, err := service.UploadURL(ctx, admin, room.ID, rooms.Attachment{Name: "notes.pdf", Size: sampleSize, ContentType: sampleType})
	if err != nil {
		return nil, nil, fmt.Errorf("announce a sample file: %w", err)
	}
	onJitsi, err := service.Create(ctx, admin, rooms.Booking{Name: "Stand-up", Provider: jitsi.Provider})
	if err != nil {
		return nil, nil, fmt.Errorf("make a sample room on Jitsi: %w", err)
	}
	return strings.NewReplacer(sampleRoom, room.ID, sampleFile, file), strings.NewReplacer(sampleRoom, onJitsi.ID), nil
}

// enliven makes an event of a sample that speaks of what there is here: room, file and tenant, and a webhook signed now.
type enliven struct {
	ids, jitsiIDs *strings.Replacer
	appID, secret string
	callback      string // what the Jitsi server sends with its calls
}

var appIDs = regexp.MustCompile("vpaas-magic-cookie-[0-9a-f]{32}")

// event gives nil for no sample.
func (e enliven) event(sample []byte) ([]byte, error) {
	if sample == nil {
		return nil, nil
	}
	if strings.Contains(string(sample), jitsiCallback) {
		return e.jitsiEvent(sample)
	}
	text := appIDs.ReplaceAllString(e.ids.Replace(string(sample)), e.appID)
	if !strings.Contains(text, strings.ToLower(jaas.SignatureHeader)) {
		return []byte(text), nil
	}
	var event map[string]any
	if err := json.Unmarshal([]byte(text), &event); err != nil {
		return nil, fmt.Errorf("sample of a webhook: %w", err)
	}
	headers, isObject := event["headers"].(map[string]any)
	body, isText := event["body"].(string)
	if !isObject || !isText {
		return nil, errors.New("sample of a webhook: neither headers nor body")
	}
	headers[strings.ToLower(jaas.SignatureHeader)] = e.sign(body, time.Now())
	return json.Marshal(event)
}

// jitsiCallback stands in the sample events for what the Jitsi server sends.
const jitsiCallback = "made-up-callback-token"

// jitsiEvent puts ids into forms, too, which come in Base64.
func (e enliven) jitsiEvent(sample []byte) ([]byte, error) {
	text := strings.ReplaceAll(e.jitsiIDs.Replace(string(sample)), jitsiCallback, e.callback)
	var event map[string]any
	if err := json.Unmarshal([]byte(text), &event); err != nil {
		return nil, fmt.Errorf("sample of a call of Jitsi's: %w", err)
	}
	if body, ok := event["body"].(string); ok && event["isBase64Encoded"] == true {
		form, err := base64.StdEncoding.DecodeString(body)
		if err != nil {
			return nil, fmt.Errorf("sample of a call of Jitsi's: %w", err)
		}
		event["body"] = base64.StdEncoding.EncodeToString([]byte(e.jitsiIDs.Replace(string(form))))
	}
	return json.Marshal(event)
}

// sign is documented at https://developer.8x8.com/jaas/docs/webhooks-signatures
func (e enliven) sign(body string, at time.Time) string {
	seconds := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, []byte(e.secret))
	mac.Write([]byte(seconds + "." + body))
	return "t=" + seconds + ",v1=" + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// readSecret asks the local server's Secrets Manager, as the function will.
func readSecret(ctx context.Context, endpoint, name string, into any) error {
	body := fmt.Sprintf(`{"SecretId":"gavel/%s"}`, name)
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint, strings.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("X-Amz-Target", "secretsmanager.GetSecretValue")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	var outer struct{ SecretString string }
	if err := json.NewDecoder(answer.Body).Decode(&outer); err != nil {
		return fmt.Errorf("read the secret %s: %w", name, err)
	}
	return json.Unmarshal([]byte(outer.SecretString), into)
}

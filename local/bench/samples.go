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

// sampleState makes the room of the sample events, with all that they expect of it, and gives what puts its ids in
// place of those in the events.
func sampleState(ctx context.Context, store table.Store, appID string) (*strings.Replacer, error) {
	service := rooms.New(rooms.Options{
		Store:     store,
		Providers: map[string]rooms.Provider{jaas.Provider: &bindings.JaaS{AppID: jaas.AppID(appID)}},
		Files: objects.New(objects.Options{Bucket: "bench", Region: "eu-central-1", Credentials: aws.CredentialsProviderFunc(
			func(context.Context) (aws.Credentials, error) {
				return aws.Credentials{AccessKeyID: "bench", SecretAccessKey: "bench"}, nil
			})}),
		Now: clock.Now,
	})
	admin := sampleUser + "a"
	room := rooms.Room{}
	for range manyRooms {
		var err error
		room, err = service.Create(ctx, admin, rooms.Booking{
			Name: "Stand-up", Participants: []string{sampleUser + "b", sampleUser + "d"}, Provider: jaas.Provider,
		})
		if err != nil {
			return nil, fmt.Errorf("make a sample room: %w", err)
		}
	}
	for range manyMessages {
		if _, err := service.SendChat(ctx, admin, room.ID, "Good morning! Shall we start?", ""); err != nil {
			return nil, fmt.Errorf("write a sample message: %w", err)
		}
	}
	file, _, err := service.UploadURL(ctx, admin, room.ID, rooms.Attachment{Name: "notes.pdf", Size: sampleSize, ContentType: sampleType})
	if err != nil {
		return nil, fmt.Errorf("announce a sample file: %w", err)
	}
	return strings.NewReplacer(sampleRoom, room.ID, sampleFile, file), nil
}

// enliven makes an event of a sample that speaks of what there is here: room, file and tenant, and a webhook signed now.
type enliven struct {
	ids           *strings.Replacer
	appID, secret string
}

var appIDs = regexp.MustCompile("vpaas-magic-cookie-[0-9a-f]{32}")

// event gives nil for no sample.
func (e enliven) event(sample []byte) ([]byte, error) {
	if sample == nil {
		return nil, nil
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

// sign is documented at https://developer.8x8.com/jaas/docs/webhooks-signatures
func (e enliven) sign(body string, at time.Time) string {
	seconds := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, []byte(e.secret))
	mac.Write([]byte(seconds + "." + body))
	return "t=" + seconds + ",v1=" + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// webhookSecret asks the local server's Secrets Manager, as the function will.
func webhookSecret(ctx context.Context, endpoint, appID string) (string, error) {
	body := fmt.Sprintf(`{"SecretId":"gavel/jaas/%s"}`, appID)
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint, strings.NewReader(body))
	if err != nil {
		return "", err
	}
	r.Header.Set("X-Amz-Target", "secretsmanager.GetSecretValue")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	var outer struct{ SecretString string }
	if err := json.NewDecoder(answer.Body).Decode(&outer); err != nil {
		return "", fmt.Errorf("read the tenant's secret: %w", err)
	}
	var inner struct {
		WebhookSecret string `json:"webhookSecret"`
	}
	err = json.Unmarshal([]byte(outer.SecretString), &inner)
	return inner.WebhookSecret, err
}

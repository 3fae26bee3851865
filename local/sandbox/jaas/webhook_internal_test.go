package jaas

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"
)

// The test vector of https://developer.8x8.com/jaas/docs/webhooks-signatures.
func TestSignature_IsThatOfTheDocuments(t *testing.T) {
	t.Parallel()
	const body = `{"eventType":"PARTICIPANT_JOINED","sessionId":"9a441d60-ceaf-4eba-b0a8-a7d940a76e1b","timestamp":1632490058278,"fqn":"vpaas-magic-cookie-96f0941768964ab380ed0fbada7a502f/sampleappromanticshiftsstripas","idempotencyKey":"9e9e7420-562d-4659-8e22-44b9b22aaa49","customerId":"96f0941768964ab380ed0fbada7a502f","appId":"vpaas-magic-cookie-96f0941768964ab380ed0fbada7a502f","data":{"avatar":"","name":"Test User","id":"auth0|5f903d7a77f3b4006eb8e67d","participantJid":"fc1ea14a-9bca-4218-a563-8c627e803d56@8x8.vc","moderator":true,"email":"test.user@company.com"}}`
	hook := Webhook{Secret: "whsec_9635df66714a4cf088ee9d0979dd3bf6"}
	const want = "t=1632490060,v1=xlzqEojlh4qb21sQpXYsWgyK8x9HVpz+RQldsv18rV0="
	if got := hook.signature(time.Unix(1632490060, 999), []byte(body)); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestQueue_HoldsOnlySoMuch(t *testing.T) {
	t.Parallel()
	entered, release := make(chan struct{}), make(chan struct{})
	asked := 0
	q := newQueue(func(context.Context, string) (Webhook, error) {
		if asked++; asked == 1 {
			close(entered)
			<-release
		}
		return Webhook{}, nil
	}, http.DefaultClient, time.Now)
	q.add("a", event{})
	<-entered
	for range maxEvents + 5 {
		q.add("a", event{})
	}
	close(release)
	if err := q.flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if want := 1 + maxEvents; asked != want {
		t.Errorf("delivered %d events, want %d", asked, want)
	}
	q.add("a", event{})
	if err := q.flush(t.Context()); err != nil || asked != 2+maxEvents {
		t.Errorf("delivered %d events, %v; want room for one more", asked, err)
	}
	q.close()
	if q.add("a", event{}); !errors.Is(q.ctx.Err(), context.Canceled) || len(q.waiting) != 0 {
		t.Errorf("got %d tenants waiting after the end, want none", len(q.waiting))
	}
}

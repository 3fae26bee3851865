package server

import (
	"context"
	"encoding/json"

	sandboxveeting "gavel/local/sandbox/veeting"
	"gavel/shared/secrets"
)

// veetingAccess is the content of the secret.
type veetingAccess struct {
	BaseURL     string                      `json:"baseUrl"`
	APIKey      string                      `json:"apiKey"`
	Level       string                      `json:"level"`
	WebhookKeys map[string]secrets.Accepted `json:"webhookKeys"`
	JoinURL     string                      `json:"joinUrl"`
}

// newVeetingAccess is that of the sandbox, where everybody joins by looking at the list of meetings.
func newVeetingAccess(url string, st *state) veetingAccess {
	access := veetingAccess{
		BaseURL: url, APIKey: st.VeetingKey, Level: "instance", WebhookKeys: map[string]secrets.Accepted{},
		JoinURL: url + "/sandbox/meetings?meetingId={participantMeetingId}",
	}
	for _, hook := range []string{"onMeetingScheduled", "onMeetingUpdated", "onMeetingClosed", "onMeetingDeleted"} {
		access.WebhookKeys[hook] = secrets.Accepted{st.VeetingHookKey}
	}
	return access
}

func (s *Server) newVeeting() *sandboxveeting.Server {
	return sandboxveeting.New(sandboxveeting.Options{Keys: s.veetingKeys, Recorder: s.recorder, Webhook: s.veetingWebhook})
}

func (s *Server) veetingSecret(ctx context.Context) (access veetingAccess, err error) {
	raw, err := s.secrets.Read(ctx, "veeting")
	if err != nil {
		return access, err
	}
	err = json.Unmarshal(raw.Bytes(), &access)
	return access, err
}

// veetingKeys plays the part of the instance's settings: the key that stands in the secret is good there.
func (s *Server) veetingKeys(ctx context.Context) ([]sandboxveeting.Key, error) {
	access, err := s.veetingSecret(ctx)
	if err != nil {
		return nil, err
	}
	return []sandboxveeting.Key{{Value: access.APIKey, Level: access.Level}}, nil
}

// veetingWebhook tells the sandbox where a hook's events go: to our own veeting-webhook; with the first of its keys, and without one nowhere.
func (s *Server) veetingWebhook(ctx context.Context, hook string) (sandboxveeting.Webhook, error) {
	access, err := s.veetingSecret(ctx)
	keys := access.WebhookKeys[hook]
	if err != nil || len(keys) == 0 {
		return sandboxveeting.Webhook{}, err
	}
	return sandboxveeting.Webhook{URL: s.url + "/webhooks/veeting/" + hook, Key: keys[0]}, nil
}

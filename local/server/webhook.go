package server

import (
	"context"
	"encoding/json"

	sandboxjaas "gavel/local/sandbox/jaas"
)

// webhook tells the sandbox where a tenant's events go: to our own jaas-webhook, signed with the
// secret that stands in the tenant's; without one, nowhere.
func (s *Server) webhook(ctx context.Context, appID string) (sandboxjaas.Webhook, error) {
	raw, err := s.secrets.Read(ctx, "jaas/"+appID)
	if err != nil {
		return sandboxjaas.Webhook{}, err
	}
	var tenant struct {
		Secret string `json:"webhookSecret"`
	}
	if err := json.Unmarshal(raw.Bytes(), &tenant); err != nil || tenant.Secret == "" {
		return sandboxjaas.Webhook{}, err
	}
	return sandboxjaas.Webhook{URL: s.url + "/webhooks/jaas/" + appID, Secret: tenant.Secret}, nil
}

package server

import (
	"context"
	"encoding/json"

	sandboxjaas "gavel/local/sandbox/jaas"
	"gavel/shared/secrets"
)

// webhook tells the sandbox where a tenant's events go: to our own jaas-webhook, signed with the
// secret that stands in the tenant's, the first of several; without one, nowhere.
func (s *Server) webhook(ctx context.Context, appID string) (sandboxjaas.Webhook, error) {
	raw, err := s.secrets.Read(ctx, "jaas/"+appID)
	if err != nil {
		return sandboxjaas.Webhook{}, err
	}
	var tenant struct {
		Secrets secrets.Accepted `json:"webhookSecret"`
	}
	if err := json.Unmarshal(raw.Bytes(), &tenant); err != nil || len(tenant.Secrets) == 0 {
		return sandboxjaas.Webhook{}, err
	}
	return sandboxjaas.Webhook{URL: s.url + "/webhooks/jaas/" + appID, Secret: tenant.Secrets[0]}, nil
}

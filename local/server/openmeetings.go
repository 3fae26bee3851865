package server

import (
	"context"
	"encoding/json"
	"fmt"

	sandboxopenmeetings "gavel/local/sandbox/openmeetings"
)

// openmeetingsVersion is the setting that says which server the sandbox behaves as.
const openmeetingsVersion = "GAVEL_SANDBOX_OPENMEETINGS"

// openmeetingsAccount is the content of the secret.
type openmeetingsAccount struct {
	BaseURL  string `json:"baseUrl"`
	User     string `json:"user"`
	Password string `json:"password"`
}

func (s *Server) newOpenMeetings(version string) (*sandboxopenmeetings.Server, error) {
	profile := sandboxopenmeetings.Profile(or(version, string(sandboxopenmeetings.Profile91)))
	switch profile {
	case sandboxopenmeetings.Profile81, sandboxopenmeetings.Profile91:
	default:
		return nil, fmt.Errorf("%s is neither %s nor %s", openmeetingsVersion, sandboxopenmeetings.Profile81, sandboxopenmeetings.Profile91)
	}
	return sandboxopenmeetings.New(sandboxopenmeetings.Options{
		Version: profile, BaseURL: s.url + openmeetingsPrefix, Accounts: s.openmeetingsAccounts, Recorder: s.recorder,
	}), nil
}

// openmeetingsAccounts plays the part of the server's administrator: the account that stands in the secret exists there.
func (s *Server) openmeetingsAccounts(ctx context.Context) ([]sandboxopenmeetings.Account, error) {
	raw, err := s.secrets.Read(ctx, "openmeetings")
	if err != nil {
		return nil, err
	}
	var account openmeetingsAccount
	if err := json.Unmarshal(raw.Bytes(), &account); err != nil {
		return nil, err
	}
	return []sandboxopenmeetings.Account{{
		Login: account.User, Email: "gavel@example.org", Password: account.Password,
		Rights: []string{"LOGIN", "SOAP", "ROOM", "ADMIN"}, Group: true,
	}}, nil
}

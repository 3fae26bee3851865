package server

import (
	"fmt"
	"io"
	"net/http"

	"gavel/local/sandbox"
	"gavel/shared/config"
)

// Info is what GET /local tells: everything needed to call the server.
type Info struct {
	BaseURL   string             `json:"baseUrl"`
	APIKey    string             `json:"apiKey"` // with all scopes
	AppID     string             `json:"appId"`  // the JaaS tenant
	Issuer    string             `json:"issuer"`
	Sandboxes map[string]Sandbox `json:"sandboxes"`
	Requests  string             `json:"requests"` // what the sandboxes received
}

// Sandbox says where a sandbox provider is.
type Sandbox struct {
	BaseURL string `json:"baseUrl"` // what stands in GAVEL_JAAS_BASE_URL, or in the secret
	RoomURL string `json:"roomUrl"` // where participants join a room, or one sees who is inside
}

// Info gives what GET /local tells.
func (s *Server) Info() Info {
	return Info{
		BaseURL: s.url,
		APIKey:  s.state.APIKey,
		AppID:   s.appID,
		Issuer:  s.settings.OIDCIssuer,
		Sandboxes: map[string]Sandbox{
			"jaas": {
				BaseURL: s.url + jaasBase,
				RoomURL: s.url + jaasPrefix + "/rooms/{appId}/{room}/participants",
			},
			"jitsi": {
				BaseURL: s.url + jitsiPrefix,
				RoomURL: s.url + jitsiPrefix + "/rooms/{room}/participants",
			},
			"openmeetings": {
				BaseURL: s.url + openmeetingsPrefix,
				RoomURL: s.url + openmeetingsPrefix + "/sandbox/rooms/{roomId}",
			},
			"veeting": {
				BaseURL: s.url + veetingPrefix,
				RoomURL: s.url + veetingPrefix + "/sandbox/meetings",
			},
		},
		Requests: s.url + localPrefix + "/sandbox/requests",
	}
}

// Exchanges gives what the sandboxes received, newest last.
func (s *Server) Exchanges() []sandbox.Exchange { return s.recorder.Exchanges() }

func (s *Server) info(w http.ResponseWriter, _ *http.Request) { writeJSON(w, s.Info()) }

// environment gives the same for a shell to evaluate.
func (s *Server) environment(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	info := s.Info()
	_, _ = fmt.Fprintf(w, "export GAVEL='%s'\nexport KEY='%s'\nexport APP='%s'\nexport SANDBOX='%s'\nexport JITSI='%s'\n",
		info.BaseURL, info.APIKey, info.AppID, info.BaseURL+jaasPrefix, info.BaseURL+jitsiPrefix)
}

// Greet says where the server is and what to type next.
func (s *Server) Greet(out io.Writer) {
	if s.settings.SecretsFile != "" {
		where := "and JaaS where GAVEL_JAAS_BASE_URL says"
		if s.settings.JaaSBaseURL == s.url+jaasBase {
			where = "but JaaS is the sandbox, which takes any key: for the real one set GAVEL_JAAS_BASE_URL=" + config.DefaultJaaSBaseURL
		}
		_, _ = fmt.Fprintf(out, greetingForReal, s.url, where)
		return
	}
	_, _ = fmt.Fprintf(out, greeting, s.url)
}

// greetingForReal names no command that would call somebody.
const greetingForReal = `
Gavel runs on %[1]s with the secrets of GAVEL_SECRETS_FILE: commands reach the meeting systems that those are for,
%[2]s. Stop it with Ctrl-C.

In another terminal, fetch the address, an API key and the tenant into your shell:

  eval "$(curl -s %[1]s/local/env)"

Is all well? make doctor ARGS='-url %[1]s'
All operations: %[1]s/docs

`

const greeting = `
Gavel runs on %[1]s (JaaS, Jitsi, OpenMeetings and Veeting are sandboxes in this process). Stop it with Ctrl-C.

In another terminal, fetch the address, an API key and the sandbox's tenant into your shell:

  eval "$(curl -s %[1]s/local/env)"

Then mint a join link for a moderator, and call a phone into the room:

  curl -s -H "X-Api-Key: $KEY" -H 'Content-Type: application/json' $GAVEL/jaas/$APP/tokens \
    -d '{"room":"standup","user":{"id":"u-17","name":"Ada"},"moderator":true}'
  curl -s -H "X-Api-Key: $KEY" -H 'Content-Type: application/json' $GAVEL/jaas/$APP/rooms/standup/dial-out \
    -d '{"phoneNo":"+40747777777"}'

Is all well? make doctor ARGS='-url %[1]s'
All operations: %[1]s/docs    What the sandbox received: %[1]s/local/sandbox/requests
The whole tour is in README.md.

`

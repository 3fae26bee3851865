package server

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	sandboxjitsi "gavel/local/sandbox/jitsi"
	"gavel/shared/secrets"
)

// jitsiTraits is the setting that says how the sandbox differs from a usual server: words with commas between them.
const jitsiTraits = "GAVEL_SANDBOX_JITSI"

// The ids of the keys in the generated secret.
const (
	jitsiLoginKeyID  = "gavel-login"
	jitsiSystemKeyID = "gavel-system"
)

// jitsiAccess is the content of the secret.
type jitsiAccess struct {
	BaseURL        string           `json:"baseUrl"`
	Domain         string           `json:"domain"`
	MUCPrefix      string           `json:"mucPrefix,omitempty"`
	Issuer         string           `json:"issuer"`
	Audience       string           `json:"audience"`
	Algorithm      string           `json:"algorithm"`
	Secret         string           `json:"secret,omitempty"`
	PrivateKey     string           `json:"privateKey,omitempty"`
	KeyID          string           `json:"keyId,omitempty"`
	System         jitsiSystem      `json:"system"`
	CallbackTokens secrets.Accepted `json:"callbackTokens"`
}

type jitsiSystem struct {
	BaseURL    string `json:"baseUrl"`
	PrivateKey string `json:"privateKey"`
	KeyID      string `json:"keyId"`
	Issuer     string `json:"issuer,omitempty"`
	Audience   string `json:"audience,omitempty"`
}

// newJitsiAccess is that of the sandbox, which looks the keys up here as a real server would.
func newJitsiAccess(url string, st *state) jitsiAccess {
	return jitsiAccess{
		BaseURL: url, Domain: "meet.jitsi", Issuer: "gavel", Audience: "jitsi", Algorithm: "RS256",
		PrivateKey: st.JitsiKey, KeyID: jitsiLoginKeyID,
		System:         jitsiSystem{BaseURL: url + "/prosody", PrivateKey: st.JitsiSystemKey, KeyID: jitsiSystemKeyID},
		CallbackTokens: secrets.Accepted{st.JitsiCallbackToken},
	}
}

// newJitsi makes the sandbox, with the traits of the setting.
func (s *Server) newJitsi(setting string) (*sandboxjitsi.Server, error) {
	var traits sandboxjitsi.Traits
	known := map[string]*bool{
		"reservations": &s.jitsiReserves, "old-kick": &traits.OldKick, "room-size-token": &traits.RoomSizeToken,
		"no-gateway": &traits.NoGateway, "auto-owner": &traits.AutoOwner, "token-moderation": &traits.Moderation,
		"one-algorithm": &traits.OneAlgorithm,
	}
	for word := range strings.SplitSeq(setting, ",") {
		if word = strings.TrimSpace(word); word == "" {
			continue
		}
		on, ok := known[word]
		if !ok {
			return nil, fmt.Errorf("%s has a word it does not know; it knows reservations, old-kick, room-size-token, no-gateway, "+
				"auto-owner, token-moderation and one-algorithm", jitsiTraits)
		}
		*on = true
	}
	return sandboxjitsi.New(sandboxjitsi.Options{Settings: s.jitsiSettings, Traits: traits, Recorder: s.recorder}), nil
}

// jitsiSettings plays the part of the server's operator: what stands in the secret is set up there.
func (s *Server) jitsiSettings(ctx context.Context) (sandboxjitsi.Settings, error) {
	raw, err := s.secrets.Read(ctx, "jitsi")
	if err != nil {
		return sandboxjitsi.Settings{}, err
	}
	var access jitsiAccess
	if err := json.Unmarshal(raw.Bytes(), &access); err != nil {
		return sandboxjitsi.Settings{}, err
	}
	set := sandboxjitsi.Settings{
		Domain: access.Domain, MUCPrefix: access.MUCPrefix, Algorithm: access.Algorithm, AppSecret: access.Secret,
		AppIDs: present(access.Issuer, access.System.Issuer), Audiences: present(access.Audience, access.System.Audience),
		SystemKeyServer: s.url + "/jitsi/keys/system", EventsURL: s.url + "/webhooks/jitsi",
	}
	if access.PrivateKey != "" {
		set.KeyServer = s.url + "/jitsi/keys/login"
	}
	if len(access.CallbackTokens) > 0 {
		set.CallbackAuthorization = "Bearer " + access.CallbackTokens[0]
	}
	if s.jitsiReserves {
		set.ReservationsURL = s.url + "/jitsi/reservations"
	}
	return set, nil
}

// present leaves out what is empty.
func present(texts ...string) []string {
	var some []string
	for _, text := range texts {
		if text != "" {
			some = append(some, text)
		}
	}
	return some
}

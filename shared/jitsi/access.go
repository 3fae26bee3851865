package jitsi

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"sync/atomic"

	"gavel/shared/baseurl"
	"gavel/shared/secrets"
)

// access is what the secret gives.
type access struct {
	base      string // of the web client, without a slash at its end
	domain    string // of XMPP, muc_mapper_domain_base
	mucPrefix string
	tenant    Tenant // of meetings that name none; empty for none
	login     signer
	former    []Key    // that signed logins before
	system    *system  // nil where the secret has none
	callbacks []string // values of Authorization with which the server comes, the one in use first
	// roomToken says that the server wants a token for looking into rooms (enable_roomsize_token_verification).
	roomToken atomic.Bool
}

// content is the secret's form.
type content struct {
	BaseURL        string           `json:"baseUrl"`
	Domain         string           `json:"domain"`
	MUCPrefix      string           `json:"mucPrefix"`
	Tenant         string           `json:"tenant"`
	Issuer         string           `json:"issuer"`
	Audience       string           `json:"audience"`
	Algorithm      string           `json:"algorithm"`
	Secret         string           `json:"secret"`
	PrivateKey     string           `json:"privateKey"`
	KeyID          string           `json:"keyId"`
	System         *systemParts     `json:"system"`
	CallbackTokens secrets.Accepted `json:"callbackTokens"`
	FormerKeys     []formerKey      `json:"formerKeys"`
}

type systemParts struct {
	BaseURL    string `json:"baseUrl"`
	PrivateKey string `json:"privateKey"`
	KeyID      string `json:"keyId"`
	Issuer     string `json:"issuer"`
	Audience   string `json:"audience"`
}

// parseAccess reads
//
//	{"baseUrl": …, "domain"?: …, "mucPrefix"?: …, "tenant"?: …,
//	 "issuer": …, "audience"?: …, "algorithm"?: …, "secret": … or "privateKey": … and "keyId": …,
//	 "system"?: {"baseUrl": …, "privateKey": …, "keyId": …, "issuer"?: …, "audience"?: …},
//	 "callbackTokens"?: … or [ … ], "formerKeys"?: [{"keyId": …, "publicKey": …}]}
//
// Its errors are shown to callers.
func parseAccess(_ string, raw secrets.Raw) (*access, error) {
	var c content
	if err := json.Unmarshal(raw.Bytes(), &c); err != nil {
		return nil, errors.New(`expected a JSON object such as {"baseUrl": "https://…", "issuer": "…", "audience": "…", "secret": "…"}` +
			` with strings in it; system is an object, callbackTokens may be a list of them, formerKeys is a list of objects`)
	}
	parsed := &access{}
	for _, parse := range []func(*content) error{parsed.parsePlace, parsed.parseLogin, parsed.parseSystem, parsed.parseFormer, parsed.parseCallbacks} {
		if err := parse(&c); err != nil {
			return nil, err
		}
	}
	return parsed, nil
}

func (a *access) parsePlace(c *content) error {
	var err error
	if a.base, err = parseBase("baseUrl", c.BaseURL); err != nil {
		return err
	}
	a.domain, a.mucPrefix = strings.ToLower(strings.TrimSpace(c.Domain)), strings.ToLower(strings.TrimSpace(c.MUCPrefix))
	if a.domain == "" {
		u, err := url.Parse(a.base)
		if err != nil {
			return errors.New("baseUrl is not a URL")
		}
		a.domain = strings.ToLower(u.Hostname())
	}
	if a.mucPrefix == "" {
		a.mucPrefix = "conference"
	}
	if !isHost(a.domain) {
		return errors.New("domain must be the XMPP domain alone, such as meet.example.org")
	}
	if !isHost(a.mucPrefix) {
		return errors.New("mucPrefix must be the first part of the rooms' domain alone, such as conference or muc")
	}
	if c.Tenant != "" {
		if a.tenant, err = ParseTenant(strings.TrimSpace(c.Tenant)); err != nil {
			return errors.New("tenant: " + err.Error())
		}
	}
	return nil
}

func parseBase(field, text string) (string, error) {
	base := strings.TrimRight(strings.TrimSpace(text), "/")
	if base == "" {
		return "", errors.New(field + " is missing")
	}
	if err := baseurl.Check(base); err != nil {
		return "", errors.New(field + " " + err.Error())
	}
	return base, nil
}

// isHost says whether a text can be the domain of an address.
func isHost(text string) bool {
	return text != "" && strings.Trim(text, "abcdefghijklmnopqrstuvwxyz0123456789.-") == ""
}

// shortestCallback is what cannot be guessed in a reasonable time, in characters.
const shortestCallback = 16

func (a *access) parseCallbacks(c *content) (err error) {
	a.callbacks, err = secrets.ParseAccepted("callbackTokens", c.CallbackTokens, parseCallback)
	return err
}

// parseCallback gives a token, which may stand behind its scheme.
func parseCallback(text string) (string, error) {
	token := strings.TrimSpace(text)
	if behind, ok := bearer(token); ok {
		token = behind
	}
	switch {
	case len(token) < shortestCallback:
		return "", errors.New("expected texts of 16 characters or more, made at random")
	case strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }):
		return "", errors.New("expected printable ASCII characters without blanks")
	}
	return token, nil
}

// bearer gives what stands behind the scheme, whose letters may be of either case
// (https://www.rfc-editor.org/rfc/rfc9110.html#section-11.1).
func bearer(authorization string) (token string, ok bool) {
	scheme, token, _ := strings.Cut(authorization, " ")
	return token, strings.EqualFold(scheme, "Bearer")
}

// sent compares in constant time, also for texts of other lengths, and looks at all of them.
func (a *access) sent(authorization string) bool {
	token, ok := bearer(authorization)
	if !ok {
		return false
	}
	got, found := sha256.Sum256([]byte(token)), 0
	for _, callback := range a.callbacks {
		want := sha256.Sum256([]byte(callback))
		found |= subtle.ConstantTimeCompare(want[:], got[:])
	}
	return found == 1
}

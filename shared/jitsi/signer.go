package jitsi

import (
	"crypto/rsa"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"gavel/shared/rsakey"
)

const (
	// systemLifetime is how long a system token is good for: what can end every meeting should not live longer than the
	// calls it is made for.
	systemLifetime = 5 * time.Minute
	// systemReserve is how long before its end a system token is replaced: more than a call with all its tries may take.
	systemReserve = time.Minute
	// backdate is how far nbf lies in the past. The server allows no leeway at all, so a clock that runs slightly fast
	// would make tokens that are not valid yet.
	backdate = 10 * time.Second
)

// signer signs tokens of one kind.
type signer struct {
	issuer, audience string
	method           jwt.SigningMethod
	key              any    // []byte or *rsa.PrivateKey
	kid              string // of an RSA key
	public           Key    // the other half of an RSA key
}

// claims are those every token has. The audience is one text: a list passes only on a server that accepts any. Times are
// Unix seconds, and numbers.
func (s *signer) claims(subject, room string, now time.Time, lifetime time.Duration) jwt.MapClaims {
	return jwt.MapClaims{
		"iss":  s.issuer,
		"aud":  s.audience,
		"sub":  subject,
		"room": room,
		"nbf":  now.Add(-backdate).Unix(),
		"exp":  now.Add(lifetime).Unix(),
	}
}

func (s *signer) sign(claims jwt.MapClaims) (string, error) {
	token := jwt.NewWithClaims(s.method, claims)
	if s.kid != "" {
		token.Header["kid"] = s.kid
	}
	return token.SignedString(s.key)
}

// subject is what sub must be where the server verifies the domain: the tenant, or the XMPP domain.
func (a *access) subject(p Place) string {
	if p.Tenant != "" {
		return string(p.Tenant)
	}
	return a.domain
}

// algorithms are what the server's library verifies (luajwtjitsi.lib.lua).
var algorithms = map[string]jwt.SigningMethod{
	"HS256": jwt.SigningMethodHS256, "HS384": jwt.SigningMethodHS384, "HS512": jwt.SigningMethodHS512,
	"RS256": jwt.SigningMethodRS256, "RS384": jwt.SigningMethodRS384, "RS512": jwt.SigningMethodRS512,
}

func (a *access) parseLogin(c *content) error {
	s := signer{issuer: strings.TrimSpace(c.Issuer), audience: strings.TrimSpace(c.Audience)}
	secret, algorithm := strings.TrimSpace(c.Secret), strings.TrimSpace(c.Algorithm)
	switch {
	case s.issuer == "":
		return errors.New("issuer is missing: it is the server's app_id, or one of its accepted issuers")
	case secret == "" && c.PrivateKey == "":
		return errors.New("secret is missing, or privateKey and keyId")
	case secret != "" && c.PrivateKey != "":
		return errors.New("expected secret or privateKey, not both: which is in use the server's settings say")
	}
	if s.audience == "" {
		s.audience = s.issuer
	}
	if algorithm == "" { // as the server does
		if algorithm = "RS256"; secret != "" {
			algorithm = "HS256"
		}
	}
	var known bool
	if s.method, known = algorithms[algorithm]; !known {
		return errors.New("algorithm must be HS256, HS384 or HS512 with a secret, RS256, RS384 or RS512 with a privateKey")
	}
	var err error
	if secret != "" {
		err = s.share(secret, algorithm)
	} else {
		err = s.own(LoginKey, c.PrivateKey, c.KeyID, algorithm)
	}
	a.login = s
	return err
}

// share has tokens signed with a secret that the server has, too.
func (s *signer) share(secret, algorithm string) error {
	if !strings.HasPrefix(algorithm, "HS") {
		return errors.New("algorithm: with a secret it must be HS256, HS384 or HS512")
	}
	if strings.Contains(secret, "-----BEGIN") {
		return errors.New("secret holds a key in PEM: a private key belongs into privateKey, and a public one is of no use here")
	}
	s.key = []byte(secret)
	return nil
}

// own has tokens signed with a key whose public half the server fetches.
func (s *signer) own(use KeyUse, privateKey, keyID, algorithm string) error {
	if !strings.HasPrefix(algorithm, "RS") {
		return errors.New("algorithm: with a privateKey it must be RS256, RS384 or RS512")
	}
	s.kid = strings.TrimSpace(keyID)
	if s.kid == "" {
		return errors.New("keyId is missing: by it the server finds the public key")
	}
	key, err := rsakey.Parse(privateKey)
	if err != nil {
		return errors.New("privateKey: " + err.Error())
	}
	s.key = key
	if s.public, err = publicKey(use, s.kid, &key.PublicKey); err != nil {
		return errors.New("privateKey: " + err.Error())
	}
	return nil
}

// system is what commands are sent with.
type system struct {
	base string // of Prosody's HTTP port, without a slash at its end
	signer

	mu    sync.Mutex
	token string
	until time.Time
}

func (a *access) parseSystem(c *content) error {
	if c.System == nil {
		return nil
	}
	base, err := parseBase("system.baseUrl", c.System.BaseURL)
	if err != nil {
		return err
	}
	s := &system{base: base, signer: signer{
		issuer: strings.TrimSpace(c.System.Issuer), audience: strings.TrimSpace(c.System.Audience), method: a.login.method,
	}}
	// The modules verify commands with the algorithm that the server's settings have for logins, whatever its key.
	if a.login.kid == "" {
		s.method = jwt.SigningMethodRS256
	}
	if s.issuer == "" { // the server holds both kinds of tokens against the same lists
		s.issuer = a.login.issuer
	}
	if s.audience == "" {
		s.audience = a.login.audience
	}
	if err := s.own(SystemKey, c.System.PrivateKey, c.System.KeyID, s.method.Alg()); err != nil {
		return fmt.Errorf("system.%w", err)
	}
	if sameKey(s.key, a.login.key) {
		return errors.New("system.privateKey is that of participants' tokens: with it every one of them could end meetings; make another")
	}
	a.system = s
	return nil
}

func sameKey(one, other any) bool {
	a, isRSA := one.(*rsa.PrivateKey)
	b, areRSA := other.(*rsa.PrivateKey)
	return isRSA && areRSA && a.PublicKey.Equal(&b.PublicKey)
}

// systemToken gives a token for the modules' endpoints, signing a new one only when the last is about to end. It is not
// bound to a room, but a claim room is demanded (mod_muc_end_meeting.lua).
func (a *access) systemToken(now time.Time) (string, error) {
	s := a.system
	s.mu.Lock()
	defer s.mu.Unlock()
	if now.Before(s.until) {
		return s.token, nil
	}
	token, err := s.sign(s.claims(a.domain, "*", now, systemLifetime))
	if err != nil {
		return "", fmt.Errorf("sign a system token: %w", err)
	}
	s.token, s.until = token, now.Add(systemLifetime-systemReserve)
	return token, nil
}

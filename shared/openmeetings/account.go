package openmeetings

import (
	"encoding/json"
	"errors"
	"strings"
	"sync/atomic"

	"gavel/shared/baseurl"
	"gavel/shared/cache"
	"gavel/shared/secrets"
)

// account is what the secret gives: a server and who we are there, with the session for commands.
type account struct {
	base     string // of the web application, without a slash at its end
	user     string
	password string
	sessions *cache.Cache[session]
	// byGet says that the server is of a version before 9, which has another login.
	byGet atomic.Bool
}

// session is a sid of the management session.
type session struct{ sid string }

// parseAccount reads the secret and adds what keeps the session.
func (c *Client) parseAccount(_ string, raw secrets.Raw) (*account, error) {
	parsed, err := parse(raw)
	if err == nil {
		parsed.sessions = c.newSessions(parsed)
	}
	return parsed, err
}

// parse reads {"baseUrl": …, "user": …, "password": …}. Its errors are shown to callers.
func parse(raw secrets.Raw) (*account, error) {
	var content struct {
		BaseURL  string `json:"baseUrl"`
		User     string `json:"user"`
		Password string `json:"password"`
	}
	if err := json.Unmarshal(raw.Bytes(), &content); err != nil {
		return nil, errors.New(`expected a JSON object such as {"baseUrl": "https://…/openmeetings", "user": "…", "password": "…"} with strings in it`)
	}
	parsed := &account{
		base: strings.TrimRight(strings.TrimSpace(content.BaseURL), "/"),
		user: strings.TrimSpace(content.User), password: content.Password,
	}
	switch {
	case parsed.base == "":
		return nil, errors.New("baseUrl is missing")
	case parsed.user == "":
		return nil, errors.New("user is missing")
	case parsed.password == "":
		return nil, errors.New("password is missing")
	case strings.HasSuffix(parsed.base, services):
		return nil, errors.New("baseUrl must be that of the web application, as users open it, without " + services)
	}
	if err := baseurl.Check(parsed.base); err != nil {
		return nil, errors.New("baseUrl " + err.Error())
	}
	return parsed, nil
}

// sensitive are the values that an answer to a login may echo.
func (a *account) sensitive() []string { return []string{a.password, a.user} }

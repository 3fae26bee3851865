package veeting

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"unicode"

	"gavel/shared/baseurl"
	"gavel/shared/httpclient"
	"gavel/shared/secrets"
)

// level is what a key may do.
type level string

const (
	instanceLevel level = "instance" // makes accounts, and rules the meetings of all users
	accountLevel  level = "account"  // rules the meetings of its own account
)

// access is what the secret gives.
type access struct {
	base     string // of the API, without a slash at its end
	key      string
	level    level
	webhooks map[string][]string // by hook, what Veeting may send as X-API-KEY, the one in use first
	joinURL  string              // empty where the instance's form is not known
}

const apiPath = "/api/v6"

// JoinPlaceholder stands in joinUrl for the id that participants see.
const JoinPlaceholder = "{participantMeetingId}"

// parseAccess reads {"baseUrl": …, "apiKey": …, "level": "instance" or "account", "webhookKeys": {hook: key or [key, …], …},
// "joinUrl": …}, the last two of which may be missing. Its errors are shown to callers.
func parseAccess(_ string, raw secrets.Raw) (*access, error) {
	var content struct {
		BaseURL     string                      `json:"baseUrl"`
		APIKey      string                      `json:"apiKey"`
		Level       level                       `json:"level"`
		WebhookKeys map[string]secrets.Accepted `json:"webhookKeys"`
		JoinURL     string                      `json:"joinUrl"`
	}
	if err := json.Unmarshal(raw.Bytes(), &content); err != nil {
		return nil, errors.New(`expected a JSON object such as {"baseUrl": "https://…", "apiKey": "…", "level": "account"} with strings in it`)
	}
	parsed := &access{
		base: strings.TrimRight(strings.TrimSpace(content.BaseURL), "/"), key: strings.TrimSpace(content.APIKey),
		level: content.Level, webhooks: map[string][]string{}, joinURL: strings.TrimSpace(content.JoinURL),
	}
	switch {
	case parsed.base == "":
		return nil, errors.New("baseUrl is missing")
	case parsed.key == "":
		return nil, errors.New("apiKey is missing")
	case strings.ContainsFunc(parsed.key, func(r rune) bool { return r <= ' ' || r > '~' }):
		return nil, errors.New("apiKey holds characters that no key has")
	case parsed.level != instanceLevel && parsed.level != accountLevel:
		return nil, errors.New(`level must be "instance" or "account": where the key was made`)
	case parsed.joinURL != "" && (!strings.HasPrefix(parsed.joinURL, "https://") && !strings.HasPrefix(parsed.joinURL, "http://") ||
		!strings.Contains(parsed.joinURL, JoinPlaceholder)):
		return nil, errors.New("joinUrl must be a URL with " + JoinPlaceholder + " in it")
	}
	if err := baseurl.Check(parsed.base); err != nil {
		return nil, errors.New("baseUrl " + err.Error())
	}
	if !strings.HasSuffix(parsed.base, apiPath) {
		parsed.base += apiPath
	}
	for hook, keys := range content.WebhookKeys {
		var err error
		if parsed.webhooks[hook], err = secrets.ParseAccepted("webhookKeys", keys, parseHookKey); err != nil {
			return nil, err
		}
	}
	return parsed, nil
}

// parseHookKey takes a key as the instance has it; servers drop blanks around it. How short one may be is not documented.
func parseHookKey(key string) (string, error) {
	if key = strings.TrimSpace(key); key == "" || strings.ContainsFunc(key, unicode.IsControl) {
		return "", errors.New("expected the keys of the hooks, none of them empty or with control characters")
	}
	return key, nil
}

// User is on whose behalf a call about meetings is made: the internal id or the e-mail address of an organizer, and not
// both. The zero value is for keys of an account.
type User struct {
	ID    string // 24 hex digits
	Email string
}

// ErrLevel says that the call needs a key of the instance.
var ErrLevel = errors.New("calls about accounts need an instance-level key, and the secret has one of an account")

// The errors of a User that does not fit the key.
var (
	ErrNoUser   = errors.New("an instance-level key needs a user for calls about meetings: X-User-Id or X-User-Email")
	ErrTwoUsers = errors.New("expected X-User-Id or X-User-Email, not both")
	ErrUser     = errors.New("an account-level key acts for its own account; leave X-User-Id and X-User-Email out")
)

// header gives the headers, under the names and in the order of the tutorial, or says why key and call do not fit.
func (a *access) header(user *User) (http.Header, error) {
	header := http.Header{"X-API-KEY": {a.key}, "Content-Type": {"application/json"}}
	if user == nil {
		if a.level != instanceLevel {
			return nil, ErrLevel
		}
		return header, nil
	}
	switch {
	case user.ID != "" && user.Email != "":
		return nil, ErrTwoUsers
	case a.level == accountLevel && *user != User{}:
		return nil, ErrUser
	case a.level == instanceLevel && *user == User{}:
		return nil, ErrNoUser
	case user.ID != "":
		header["X-USER-ID"] = []string{user.ID}
	case user.Email != "":
		header["X-USER-EMAIL"] = []string{user.Email}
	}
	return header, nil
}

// JoinURL gives the address to join a meeting at, in the form that the secret has; Veeting documents none. name fills in
// the form on the page, if there is one (https://www.veeting.com/en/developer-documentation/query-parameters). Its error is
// a *secrets.Error.
func (c *Client) JoinURL(ctx context.Context, participantMeetingID, name string) (string, error) {
	used, err := c.access.Get(ctx, secretName)
	if err != nil {
		return "", err
	}
	if used.Value.joinURL == "" {
		return "", &secrets.Error{
			Name:    c.access.FullName(secretName),
			Reason:  "joinUrl is missing: Veeting does not document its join links, so put your instance's there, with " + JoinPlaceholder,
			Lacking: true,
		}
	}
	link := strings.ReplaceAll(used.Value.joinURL, JoinPlaceholder, httpclient.EscapeSegment(participantMeetingID))
	if name == "" {
		return link, nil
	}
	mark := "?"
	if strings.Contains(link, "?") {
		mark = "&"
	}
	return link + mark + "participantName=" + httpclient.EscapeSegment(name), nil
}

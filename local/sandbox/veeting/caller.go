package veeting

import (
	"context"
	"crypto/subtle"
	"net/http"
)

// Levels of a [Key].
const (
	LevelInstance = "instance"
	LevelAccount  = "account"
)

// Key is an API key.
type Key struct {
	// Value is the key itself; an empty one fits no request.
	Value string
	// Level is [LevelInstance], for a key made in the white-label settings, or [LevelAccount], for one made in the
	// settings of an account. Of any other level a key is refused.
	Level string
	// AccountID is the account of an account key; empty for the account that is there from the start.
	AccountID string
}

// KeysFunc returns the keys that are good now. When it fails, requests are answered 500.
type KeysFunc func(context.Context) ([]Key, error)

const (
	headerKey   = "X-API-KEY"
	headerID    = "X-USER-ID"
	headerEmail = "X-USER-EMAIL"
)

// identify finds the key of the request. What it returns stays in keyError for the record.
func (c *call) identify() error {
	err := c.findKey()
	if err != nil {
		c.keyError = err.Error()
	}
	return err
}

func (c *call) findKey() error {
	known, err := c.s.keys(c.r.Context())
	if err != nil {
		return &refusal{status: http.StatusInternalServerError, code: codeUnknown, message: "the sandbox cannot read its keys"}
	}
	c.known = known
	values := c.r.Header.Values(headerKey)
	if len(values) != 1 || values[0] == "" {
		return badKey("one header X-API-KEY is required")
	}
	for _, key := range known {
		if subtle.ConstantTimeCompare([]byte(key.Value), []byte(values[0])) == 1 {
			c.key = key
		}
	}
	switch c.key.Level {
	case LevelInstance, LevelAccount:
		return nil
	}
	return badKey("the key is unknown")
}

// authorize holds the key's level and the user headers against the call.
func (c *call) authorize(e endpoint) error {
	user := c.userHeaders()
	switch {
	case e.owner && c.key.Level != LevelInstance:
		return notAllowed("account calls need an instance key")
	case e.owner && user != "":
		return notAllowed("account calls take no user header")
	case e.owner:
		return nil
	case c.key.Level == LevelInstance:
		return c.actFor(user)
	case user != "":
		return notAllowed("an account key takes no user header")
	}
	if c.account = c.s.state.account(c.key.AccountID); c.account == nil {
		return badKey("the key's account does not exist")
	}
	return nil
}

// userHeaders says which of the headers are there: "id", "email", "both", or "" for none.
func (c *call) userHeaders() string {
	id, email := c.r.Header.Values(headerID), c.r.Header.Values(headerEmail)
	switch {
	case len(id) > 0 && len(email) > 0:
		return "both"
	case len(id) > 0:
		return "id"
	case len(email) > 0:
		return "email"
	}
	return ""
}

// actFor finds the account of the user in whose name the owner of the instance acts.
func (c *call) actFor(user string) error {
	var found *account
	switch user {
	case "":
		return notAllowed("with an instance key, calls about meetings need X-USER-ID or X-USER-EMAIL")
	case "both":
		return notAllowed("X-USER-ID and X-USER-EMAIL are alternatives")
	case "id":
		values := c.r.Header.Values(headerID)
		found = c.s.state.find(func(a *account) bool { return len(values) == 1 && a.admin.id == values[0] })
	case "email":
		values := c.r.Header.Values(headerEmail)
		found = c.s.state.find(func(a *account) bool { return len(values) == 1 && a.admin.email == values[0] })
	}
	if found == nil {
		return notAllowed("no organizer of the instance has this " + user)
	}
	c.account = found
	return nil
}

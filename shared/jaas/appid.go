package jaas

import (
	"errors"
	"strings"
)

// AppID is the tenant of a JaaS account; the console calls it AppID.
type AppID string

// AppIDPattern is the form of an AppID as a regular expression.
const AppIDPattern = "^" + appIDPrefix + "[0-9a-f]{32}$"

const appIDPrefix = "vpaas-magic-cookie-"

// ErrAppID says that a text has not the form of an AppID.
var ErrAppID = errors.New("expected an AppID: " + appIDPrefix + " and 32 hex digits")

// ParseAppID checks the form of an AppID, which also makes it safe as part of a secret's
// name and of a path.
func ParseAppID(text string) (AppID, error) {
	id, ok := strings.CutPrefix(text, appIDPrefix)
	if !ok || len(id) != 32 || strings.Trim(id, "0123456789abcdef") != "" {
		return "", ErrAppID
	}
	return AppID(text), nil
}

func secretName(appID AppID) string { return "jaas/" + string(appID) }

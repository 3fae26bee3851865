// Package openmeetings speaks to an Apache OpenMeetings server: it makes entry links and rules rooms, users, groups,
// the calendar, recordings and files through the server's REST services. It knows the provider and nothing of Lambda or
// of our routes.
//
// What is written here of OpenMeetings was read in its public sources, https://github.com/apache/openmeetings, mostly in
// the packages org.apache.openmeetings.webservice and org.apache.openmeetings.db.dto; an overview is at
// https://openmeetings.apache.org/RestAPISample.html.
package openmeetings

import (
	"time"

	"gavel/shared/httpclient"
	"gavel/shared/secrets"
)

// Provider is the name of OpenMeetings in errors, logs and room bindings.
const Provider = "openmeetings"

const (
	// secretName is the secret of the one server there is.
	secretName = "openmeetings"
	// secretTTL can be long: a rotation is noticed when the server rejects the old password.
	secretTTL = 5 * time.Minute
)

// Outcome is what a command found and did.
type Outcome string

// The outcomes of the commands. NotFound is not a failure: what should be gone was gone already.
const (
	Deleted   Outcome = "deleted"
	Closed    Outcome = "closed"
	Opened    Outcome = "opened"
	Kicked    Outcome = "kicked"
	Added     Outcome = "added"
	Removed   Outcome = "removed"
	Cleared   Outcome = "cleared"
	Ended     Outcome = "ended"
	Occupied  Outcome = "occupied"
	NotFound  Outcome = "not_found"
	Unchanged Outcome = "unchanged"
)

// Options are what a Client is made of.
type Options struct {
	// Secrets has "openmeetings", {"baseUrl": …, "user": …, "password": …}.
	Secrets secrets.Source
	HTTP    *httpclient.Client
	// Now is the clock; see clock.Now for why it must not carry a monotonic reading.
	Now func() time.Time
}

// Client makes entry links and sends commands. It keeps one session for the commands, and is safe for concurrent use.
//
// Its methods return a *secrets.Error or an *httpclient.Error, the latter inside a *Refusal where the server said why;
// ErrNotFound where what was asked for does not exist; and what their own comments name.
type Client struct {
	http     *httpclient.Client
	accounts *secrets.Cache[*account]
	now      func() time.Time
}

// New makes a Client; nothing is read or sent yet.
func New(opt Options) *Client {
	c := &Client{http: opt.HTTP, now: opt.Now}
	c.accounts = secrets.NewCache(opt.Secrets, secretTTL, opt.Now, c.parseAccount)
	return c
}

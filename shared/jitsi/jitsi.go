// Package jitsi speaks to a self-hosted Jitsi: it mints participants' tokens and sends the commands that Prosody's modules
// take over HTTP. It knows the provider and nothing of Lambda or of our routes.
//
// What is written here of Jitsi stands in its handbook,
// https://jitsi.github.io/handbook/docs/devops-guide/token-authentication, or was read in the public sources of its server
// modules, https://github.com/jitsi/jitsi-meet/tree/master/resources/prosody-plugins.
package jitsi

import (
	"context"
	"errors"
	"net/http"
	"time"

	"gavel/shared/httpclient"
	"gavel/shared/secrets"
)

// Provider is the name of Jitsi in errors, logs and room bindings.
const Provider = "jitsi"

const (
	// secretName is the secret of the one server there is.
	secretName = "jitsi"
	// secretTTL can be long: a rotation is noticed when the server rejects the old key.
	secretTTL = 5 * time.Minute
)

// Outcome is what a command found and did.
type Outcome string

// The outcomes of the commands. NotFound is not a failure: what should be gone was gone already.
const (
	Destroyed Outcome = "destroyed"
	Kicked    Outcome = "kicked"
	Requested Outcome = "requested"
	NotFound  Outcome = "not_found"
)

// ErrNotFound says that no meeting of the name is going on, or that there is no such key.
var ErrNotFound = errors.New("not found")

// Options are what a Client is made of.
type Options struct {
	// Secrets has "jitsi", see parseAccess.
	Secrets secrets.Source
	HTTP    *httpclient.Client
	// Now is the clock; see clock.Now for why it must not carry a monotonic reading.
	Now func() time.Time
}

// Client mints tokens and sends commands. It is safe for concurrent use.
type Client struct {
	http   *httpclient.Client
	access *secrets.Cache[*access]
	now    func() time.Time
}

// New makes a Client; nothing is read or sent yet.
func New(opt Options) *Client {
	return &Client{
		http:   opt.HTTP,
		access: secrets.NewCache(opt.Secrets, secretTTL, opt.Now, parseAccess),
		now:    opt.Now,
	}
}

// get gives what is in the secret. Its error is a *secrets.Error.
func (c *Client) get(ctx context.Context) (*access, error) {
	kept, err := c.access.Get(ctx, secretName)
	if err != nil {
		return nil, err
	}
	return kept.Value, nil
}

// use calls do with what is in the secret. When the server rejects the credentials the secret is fetched afresh, once, and
// when it is another one now (the key was rotated) do is called again: whoever was not let in has done nothing.
func (c *Client) use(ctx context.Context, do func(*access) error) error {
	return httpclient.NameSecret(c.access.Use(ctx, secretName, httpclient.Rejected, do), c.access.FullName(secretName))
}

// command is one request to an endpoint of Prosody's modules.
type command struct {
	name       string // as the module's path, for the log
	method     string
	path       string // with the query
	body       []byte // JSON, nil for none
	open       bool   // without the system token
	repeatable bool
	budget     time.Duration // in place of the client's, when not 0
	sensitive  []string
}

// send sends a command as the system.
func (c *Client) send(ctx context.Context, as *access, cmd command) (httpclient.Response, error) {
	if as.system == nil {
		return httpclient.Response{}, &secrets.Error{
			Name:    c.access.FullName(secretName),
			Reason:  "system is missing: it says where Prosody's HTTP port is and with which key to sign commands",
			Lacking: true,
		}
	}
	header := http.Header{}
	if !cmd.open {
		token, err := as.systemToken(c.now())
		if err != nil {
			return httpclient.Response{}, &httpclient.Error{Provider: Provider, Kind: httpclient.Credentials, Cause: err}
		}
		header.Set("Authorization", "Bearer "+token)
		cmd.sensitive = append(cmd.sensitive, token)
	}
	if cmd.body != nil {
		// Exactly this: with a charset behind it the modules answer 400.
		header.Set("Content-Type", "application/json")
	}
	response, err := c.http.Do(ctx, httpclient.Request{
		Command:    cmd.name,
		Method:     cmd.method,
		URL:        as.system.base + cmd.path,
		Header:     header,
		Body:       cmd.body,
		Repeatable: cmd.repeatable,
		Budget:     cmd.budget,
		Sensitive:  cmd.sensitive,
	})
	if failure, ok := errors.AsType[*httpclient.Error](err); ok && failure.Kind == httpclient.Credentials && !cmd.open && as.login.kid == "" {
		failure.Hint = "a server whose participants' tokens are signed with a shared secret verifies commands in the same way, and takes none; " +
			"it needs asap_key_server for both"
	}
	return response, err
}

// gone tells the answer of a module that does not know the room, participant or gateway. The modules' 404 has no page in
// it; one with a page is Prosody's own, for a path that no module serves, and says nothing of the room.
func gone(err error) bool {
	failure, ok := errors.AsType[*httpclient.Error](err)
	return ok && failure.Status == http.StatusNotFound && !failure.Page
}

// explained says in an error what may be behind it.
func explained(err error, module string) error {
	if failure, ok := errors.AsType[*httpclient.Error](err); ok && failure.Status == http.StatusNotFound && failure.Page {
		failure.Hint = "nothing is served at this path: is system.baseUrl in the secret right, is " + module +
			" loaded, and is its prosody_password_public_key_repo_url set?"
	}
	return err
}

// outcome takes a server that knows nothing of the target as an outcome of its own.
func outcome(done Outcome, err error, module string) (Outcome, error) {
	switch {
	case gone(err):
		return NotFound, nil
	case err != nil:
		return "", explained(err, module)
	}
	return done, nil
}

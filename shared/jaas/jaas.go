// Package jaas speaks to 8x8 JaaS (Jitsi as a Service): it mints participants' tokens and
// sends the server-side commands. It knows the provider and nothing of Lambda or of our routes.
//
// What is written here of JaaS is documented at https://developer.8x8.com/jaas/docs/api-keys-jwt
// and https://developer.8x8.com/jaas/docs/webhooks-jaas-endpoints, or was read in the public
// sources of its client and server modules, https://github.com/jitsi/jitsi-meet.
package jaas

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"gavel/shared/httpclient"
	"gavel/shared/secrets"
)

// Provider is the name of JaaS in errors, logs and room bindings.
const Provider = "jaas"

// secretTTL can be long: a rotation is noticed when JaaS rejects the old key.
const secretTTL = 5 * time.Minute

// Outcome is what a command found and did.
type Outcome string

// The outcomes of the commands. NotFound is not a failure: what should be gone was gone already.
const (
	Banned    Outcome = "banned"
	Destroyed Outcome = "destroyed"
	Requested Outcome = "requested"
	HungUp    Outcome = "hung_up"
	Kicked    Outcome = "kicked"
	NotFound  Outcome = "not_found"
)

// Options are what a Client is made of.
type Options struct {
	// BaseURL is what the endpoints' paths follow, https://8x8.vc/v1/_jaas today and
	// https://api-vo.jitsi.net in older versions of the same documentation.
	BaseURL string
	// Domain is the host of join links and the end of conference names: 8x8.vc, or
	// stage.8x8.vc for the staging system.
	Domain  string
	Secrets secrets.Source
	HTTP    *httpclient.Client
	// Now is the clock; see clock.Now for why it must not carry a monotonic reading.
	Now func() time.Time
}

// Client mints tokens and sends commands for every tenant whose secret can be read.
// It is safe for concurrent use.
type Client struct {
	base   string
	domain string
	http   *httpclient.Client
	tenant *secrets.Cache[*tenant]
	now    func() time.Time
}

// New makes a Client; nothing is read or sent yet.
func New(opt Options) *Client {
	return &Client{
		base:   strings.TrimRight(opt.BaseURL, "/"),
		domain: opt.Domain,
		http:   opt.HTTP,
		tenant: secrets.NewCache(opt.Secrets, secretTTL, opt.Now, parseTenant),
		now:    opt.Now,
	}
}

// command is one request to a server-side endpoint.
type command struct {
	name       string // as the documentation calls it, for the log
	path       string // after the base URL, escaped
	body       []byte // JSON, nil for none
	repeatable bool
	sensitive  []string
}

// send carries a command out as appID. Credentials that are rejected are fetched afresh once;
// when they are others now (the key was rotated) the command is sent again, which is harmless
// even for a dial-out: a request that was not let in has done nothing.
func (c *Client) send(ctx context.Context, appID AppID, cmd command) error {
	name := secretName(appID)
	err := c.tenant.Use(ctx, name, httpclient.Rejected, func(as *tenant) error { return c.sendAs(ctx, as, cmd) })
	return httpclient.NameSecret(err, c.tenant.FullName(name))
}

func (c *Client) sendAs(ctx context.Context, as *tenant, cmd command) error {
	token, err := as.adminToken(c.now())
	if err != nil {
		return &httpclient.Error{Provider: Provider, Kind: httpclient.Credentials, Cause: err}
	}
	header := http.Header{"Authorization": {"Bearer " + token}}
	if cmd.body != nil {
		header.Set("Content-Type", "application/json")
	}
	_, err = c.http.Do(ctx, httpclient.Request{
		Command:    cmd.name,
		Method:     http.MethodPost,
		URL:        c.base + cmd.path,
		Header:     header,
		Body:       cmd.body,
		Repeatable: cmd.repeatable,
		Sensitive:  append([]string{token}, cmd.sensitive...),
	})
	return err
}

// isGone tells the answer of a provider that does not know the meeting, participant or call
// (any more). Public clients of JaaS read 404 that way; its documentation is silent.
func isGone(err error) bool {
	var failure *httpclient.Error
	return errors.As(err, &failure) && failure.Status == http.StatusNotFound
}

package openmeetings

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"gavel/shared/cache"
	"gavel/shared/httpclient"
)

const (
	// loginBudget bounds a login. Version 9 keeps a wrong password waiting for 6 to 15 seconds on purpose.
	loginBudget = 25 * time.Second
	// sessionLife is how long the session for commands is used. The server forgets a sid that was idle for 30 minutes.
	sessionLife = 25 * time.Minute
	// entryLife is how long an entry link is good for that can be used once: as long as the sid it was made with.
	entryLife = 30 * time.Minute
)

// newSessions makes what keeps the account's session for commands. All callers that find none wait for one login.
func (c *Client) newSessions(a *account) *cache.Cache[session] {
	return cache.New(cache.Options[session]{
		Fetch: func(ctx context.Context, _ string, _ *session) (*session, error) {
			sid, err := c.login(ctx, a)
			if err != nil {
				return nil, err
			}
			return &session{sid}, nil
		},
		Passing: func(error) bool { return false },
		TTL:     sessionLife, Timeout: loginBudget, Now: c.now,
	})
}

// as calls do with the account. When the server does not let the account in, the secret is read afresh, and if it
// has changed (the password was rotated) do is called again with the new account. Nothing else can have happened then.
func (c *Client) as(ctx context.Context, do func(*account) error) error {
	return c.accounts.Use(ctx, secretName, httpclient.Rejected, do)
}

// blame names the secret in an error that is the account's. It does so where the error is made: that of a login is
// given to all who wait for it.
func (c *Client) blame(err error) error {
	return httpclient.NameSecret(err, c.accounts.FullName(secretName))
}

// inSession makes the call in the session for commands. A sid that has expired and a right that is missing look the
// same (https://github.com/apache/openmeetings, BaseWebService.performCall), so there is one new login, and then the
// account is to blame.
func (c *Client) inSession(ctx context.Context, cl *call) (response httpclient.Response, err error) {
	err = c.as(ctx, func(a *account) error {
		held, err := a.session(ctx, nil)
		if err != nil {
			return err
		}
		response, err = c.send(ctx, a, held.sid, cl)
		if !errors.Is(err, errNotAllowed) {
			return err
		}
		if held, err = a.session(ctx, held); err != nil {
			return err
		}
		response, err = c.send(ctx, a, held.sid, cl)
		return err
	})
	return response, err
}

// session gives the session for commands, a newer one than used.
func (a *account) session(ctx context.Context, used *session) (held *session, err error) {
	if used == nil {
		held, err = a.sessions.Get(ctx, "")
	} else {
		held, err = a.sessions.Refresh(ctx, "", used)
	}
	if err != nil && ctx.Err() != nil {
		return nil, &httpclient.Error{Provider: Provider, Kind: httpclient.Timeout, Cause: ctx.Err()}
	}
	return held, err
}

// login opens a session. Since 9.0.0 that is a POST (OPENMEETINGS-2816); before, it is a GET, whose password ends in
// access logs, so that it is only tried where the other is not known. A login is never repeated: the server may be
// counting.
func (c *Client) login(ctx context.Context, a *account) (sid string, err error) {
	byGet := a.byGet.Load()
	sid, err = c.loginBy(ctx, a, byGet)
	if failure, ok := errors.AsType[*httpclient.Error](err); !ok || failure.Status != http.StatusMethodNotAllowed {
		return sid, err
	}
	if sid, err = c.loginBy(ctx, a, !byGet); err == nil {
		a.byGet.Store(!byGet)
	}
	return sid, err
}

func (c *Client) loginBy(ctx context.Context, a *account, get bool) (string, error) {
	who := url.Values{"user": {a.user}, "pass": {a.password}}
	cl := call{
		command: "login", method: http.MethodPost, path: "/user/login", form: who, budget: loginBudget,
		sensitive: a.sensitive(), confidential: true,
	}
	if get {
		cl.method, cl.form, cl.query = http.MethodGet, nil, who
	}
	response, err := c.send(ctx, a, "", &cl)
	sid := ""
	if err == nil {
		if sid, err = cl.message(response); err == nil && sid == "" {
			err = cl.nonsense(response)
		}
	}
	return sid, c.blame(asLogin(err))
}

// asLogin sorts the failures of a login: all refusals but the server's own trouble are the account's. What the login was
// for has not been sent then; and what the server says of its trouble is not about that either.
func asLogin(err error) error {
	failure, ok := errors.AsType[*httpclient.Error](err)
	if !ok {
		return err
	}
	failure.MayHaveHappened = false
	refusal, ok := errors.AsType[*Refusal](err)
	switch {
	case !ok:
		return err
	case failure.Status != http.StatusOK || refusal.Message == "error.unknown":
		return failure
	}
	failure.Kind, failure.Hint = httpclient.Credentials, loginHints[refusal.Message]
	return err
}

var loginHints = map[string]string{
	"error.notactivated": "the account lacks the right LOGIN",
	"error.nogroup":      "the account is in no group",
}

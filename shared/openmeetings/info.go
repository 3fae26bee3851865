package openmeetings

import (
	"context"

	"gavel/shared/httpclient"
)

// The services are those of InfoWebService and ErrorWebService, https://github.com/apache/openmeetings; they need no
// session.

// Health says how a server is; it looks every 15 seconds (GET /info/health, since 5.0.0).
type Health struct {
	Started    Flag `json:"inited" doc:"Whether the server has started"`
	Installed  Flag `json:"installed" doc:"Whether it is installed"`
	DatabaseOK Flag `json:"dbOk" doc:"Whether its database answers"`
}

// Version is what a server runs (GET /info/version).
type Version struct {
	Version   Text `json:"version" example:"9.1.0"`
	Revision  Text `json:"revision,omitempty"`
	BuildDate Text `json:"buildDate,omitempty"`
}

// Health asks a server how it is.
func (c *Client) Health(ctx context.Context) (h Health, err error) {
	err = c.open(ctx, read("info/health", "info", "health"), "health", &h)
	return h, err
}

// Version asks a server what it runs.
func (c *Client) Version(ctx context.Context) (v Version, err error) {
	err = c.open(ctx, read("info/version", "info", "version"), "info", &v)
	return v, err
}

// ErrorText gives the words for a key such as error.login.inuse in one of the server's languages
// (GET /error/{key}/{lang}). It returns ErrSegment, too.
func (c *Client) ErrorText(ctx context.Context, key string, languageID int64) (string, error) {
	if err := checkSegments(key); err != nil {
		return "", err
	}
	cl := read("error", "error", key, languageID)
	response, err := c.outside(ctx, cl)
	if err != nil {
		return "", err
	}
	return cl.message(response)
}

// outside makes a call that needs no session.
func (c *Client) outside(ctx context.Context, cl call) (response httpclient.Response, err error) {
	err = c.as(ctx, func(a *account) error {
		response, err = c.send(ctx, a, "", &cl)
		return err
	})
	return response, err
}

func (c *Client) open(ctx context.Context, cl call, root string, into any) error {
	response, err := c.outside(ctx, cl)
	if err != nil {
		return err
	}
	found, err := decode(cl, response, root, into)
	if err == nil && !found {
		return cl.nonsense(response)
	}
	return err
}

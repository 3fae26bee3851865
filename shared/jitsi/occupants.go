package jitsi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"gavel/shared/httpclient"
	"gavel/shared/redact"
)

// Occupant is somebody in a room. It is personal data.
type Occupant struct {
	// JID is the address in the room, <room>@conference.<domain>/<participant's id>.
	JID string `json:"jid"`
	// Name and Email are as the person's browser shows them to others; empty where it does not.
	Name  string `json:"display_name"`
	Email string `json:"email"`
}

// ID gives the resource of the address, the participant's id. A phone has one too.
func (o Occupant) ID() string {
	_, id, _ := strings.Cut(o.JID, "/")
	return id
}

// Occupants gives who is in a room, phones included (GET /room, mod_muc_size). It returns ErrNotFound when no meeting of
// the name is going on, a *secrets.Error or an *httpclient.Error.
func (c *Client) Occupants(ctx context.Context, p Place) ([]Occupant, error) {
	var found []Occupant
	err := c.use(ctx, func(as *access) (err error) {
		found, err = c.look(ctx, as, as.at(p), 0)
		return err
	})
	if gone(err) {
		return nil, ErrNotFound
	}
	return found, explained(err, "mod_muc_size")
}

// look reads who is in a room. The module is open unless the server was told otherwise; only then does a token go into
// the query, which access logs keep.
func (c *Client) look(ctx context.Context, as *access, p Place, budget time.Duration) ([]Occupant, error) {
	if !as.roomToken.Load() {
		found, err := c.lookWith(ctx, as, p, "", budget)
		if !httpclient.Rejected(err) {
			return found, err
		}
	}
	token, err := as.lookToken(p, c.now())
	if err != nil {
		return nil, &httpclient.Error{Provider: Provider, Kind: httpclient.Credentials, Cause: err}
	}
	found, err := c.lookWith(ctx, as, p, token, budget)
	if !httpclient.Rejected(err) {
		as.roomToken.Store(true)
	} else if failure, ok := errors.AsType[*httpclient.Error](err); ok {
		failure.Hint = "or no such meeting is going on: a server that wants a token for looking into rooms says the same then"
	}
	return found, err
}

// lookLifetime is that of a token that is good for one look.
const lookLifetime = time.Minute

// lookToken makes what the module asks for: a login token that fits the room. Nobody is in it, and no role.
func (a *access) lookToken(p Place, now time.Time) (string, error) {
	claims := a.login.claims(a.subject(p), string(p.Room), now, lookLifetime)
	claims["context"] = map[string]any{}
	return a.login.sign(claims)
}

// lookWith puts the room's name into the query as it is: the module does not decode it. Before May 2026 it did
// (net.url), so that a name with escapes in it is asked for once more when it is not there.
func (c *Client) lookWith(ctx context.Context, as *access, p Place, token string, budget time.Duration) ([]Occupant, error) {
	found, err := c.lookFor(ctx, as, p, string(p.Room), token, budget)
	again := httpclient.EscapeSegment(string(p.Room))
	if again != string(p.Room) && (gone(err) || token != "" && httpclient.Rejected(err)) {
		return c.lookFor(ctx, as, p, again, token, budget)
	}
	return found, err
}

func (c *Client) lookFor(ctx context.Context, as *access, p Place, name, token string, budget time.Duration) ([]Occupant, error) {
	path := "/room?room=" + name + "&domain=" + as.domain
	if p.Tenant != "" {
		path += "&subdomain=" + string(p.Tenant)
	}
	cmd := command{name: "room", method: http.MethodGet, open: true, repeatable: true, budget: budget}
	if token != "" {
		path += "&token=" + token
		cmd.sensitive = []string{token}
	}
	cmd.path = path
	response, err := c.send(ctx, as, cmd)
	if err != nil {
		return nil, err
	}
	found, err := parseOccupants(response.Body)
	if err != nil {
		return nil, &httpclient.Error{
			Provider: Provider, Kind: httpclient.Nonsense, Status: response.Status, Cause: err,
			Body: redact.Text(string(response.Body), httpclient.MaxExcerpt, cmd.sensitive...),
		}
	}
	return found, nil
}

var errNoList = errors.New("expected a list of occupants")

// parseOccupants reads a list with a row for each connection. A list with nobody in it comes as an object: Lua has one kind
// of empty table. A row without an address is not passed over: who is overlooked would count as gone.
func parseOccupants(body []byte) ([]Occupant, error) {
	found := []Occupant{}
	if string(bytes.TrimSpace(body)) == "{}" {
		return found, nil
	}
	var rows []Occupant
	if err := json.Unmarshal(body, &rows); err != nil || rows == nil {
		return nil, errNoList
	}
	seen := map[string]bool{}
	for _, row := range rows {
		switch {
		case row.JID == "":
			return nil, errNoList
		case !seen[row.JID]:
			seen[row.JID] = true
			found = append(found, row)
		}
	}
	return found, nil
}

package jitsi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"gavel/shared/httpclient"
	"gavel/shared/jitsimeet"
	"gavel/shared/phone"
)

// Target is whom to remove: a participant or a phone.
type Target struct {
	ID     jitsimeet.ParticipantID // empty for a phone
	Number phone.Number
}

// is says whether somebody in the room is meant. The module takes the first phone whose name begins with the number.
func (t Target) is(o Occupant) bool {
	if t.ID != "" {
		return o.ID() == string(t.ID)
	}
	return strings.HasPrefix(o.Name, t.Number.E164())
}

// Kick removes a participant or a phone (PUT /kick-participant, mod_muc_kick_participant). NotFound is the outcome when no
// such meeting is going on or nobody in it is meant. The same token can join again. It returns a *secrets.Error or an
// *httpclient.Error.
//
// Older releases of the module say yes to a bad token and of a room that is not there: they return their no in a field
// that nobody reads. So the room is looked at before and after.
func (c *Client) Kick(ctx context.Context, p Place, target Target) (Outcome, error) {
	done := Kicked
	err := c.use(ctx, func(as *access) error {
		at := as.at(p)
		before := c.count(ctx, as, at, target)
		if err := c.kick(ctx, as, at, target); err != nil {
			return err
		}
		after := c.count(ctx, as, at, target)
		// Two calls to one number may be in the room, of which one was removed.
		if after > 0 && after >= before && (before != unknown || target.ID != "") {
			return &httpclient.Error{
				Provider: Provider, Kind: httpclient.Credentials, Status: http.StatusOK,
				Hint: "it said yes, and who was to be removed is still inside: older releases of mod_muc_kick_participant say so of a bad system token",
			}
		}
		if before == 0 {
			done = NotFound
		}
		return nil
	})
	return outcome(done, err, "mod_muc_kick_participant")
}

func (c *Client) kick(ctx context.Context, as *access, p Place, target Target) error {
	fields := map[string]string{"participantId": string(target.ID)}
	var sensitive []string
	if target.ID == "" {
		fields = map[string]string{"number": target.Number.E164()}
		sensitive = digitsOf(target.Number)
	}
	body, err := json.Marshal(fields)
	if err != nil {
		return fmt.Errorf("encode kick-participant: %w", err)
	}
	// The module decodes the name and encodes it again, so that it goes out as it is.
	path := "/kick-participant?room=" + string(p.Room)
	if p.Tenant != "" {
		path += "&prefix=" + string(p.Tenant)
	}
	_, err = c.send(ctx, as, command{
		name: "kick-participant", method: http.MethodPut, path: path, body: body, sensitive: sensitive,
		repeatable: target.ID != "", // with a number a second one would remove the next call to it
	})
	return err
}

// lookBudget bounds a look: without an answer the command itself counts.
const lookBudget = 3 * time.Second

// unknown is the count where nobody could look.
const unknown = -1

// count gives how many in the room are meant. The module says of a room that is not there with an empty body; any other
// 404 may come from whoever does not know the module.
func (c *Client) count(ctx context.Context, as *access, p Place, target Target) int {
	found, err := c.look(ctx, as, p, lookBudget)
	if err != nil {
		failure, ok := errors.AsType[*httpclient.Error](err)
		if ok && gone(err) && len(bytes.TrimSpace(failure.Raw())) == 0 {
			return 0
		}
		return unknown
	}
	meant := 0
	for _, o := range found {
		if target.is(o) {
			meant++
		}
	}
	return meant
}

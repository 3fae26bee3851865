package jitsi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"gavel/shared/httpclient"
	"gavel/shared/phone"
	"gavel/shared/redact"
)

// EndRoom ends the meeting for everybody (POST /end-meeting, mod_muc_end_meeting). With silent clients connect again by
// themselves instead of showing that it is over; it is sent once, as a second one would end what they came back to. NotFound
// is the outcome when no such meeting is going on. Anyone with a valid token can open the room again at once. It returns
// a *secrets.Error or an *httpclient.Error.
func (c *Client) EndRoom(ctx context.Context, p Place, silent bool) (Outcome, error) {
	err := c.use(ctx, func(as *access) error {
		path := "/end-meeting?" + query("conference", as.address(as.at(p)))
		if silent {
			path += "&silent-reconnect=true"
		}
		_, err := c.send(ctx, as, command{name: "end-meeting", method: http.MethodPost, path: path, repeatable: !silent})
		return err
	})
	return outcome(Destroyed, err, "mod_muc_end_meeting")
}

// DialOut calls a phone into the room (POST /invite-jigasi, mod_muc_jigasi_invite). Requested says that a gateway was
// asked to, not that anybody answered. It is sent once, because a second one rings a second time (but see use for a key
// that was rotated). It returns a *secrets.Error or an *httpclient.Error, also where there is no gateway.
func (c *Client) DialOut(ctx context.Context, p Place, number phone.Number) (Outcome, error) {
	err := c.use(ctx, func(as *access) error {
		body, err := json.Marshal(struct {
			Conference string `json:"conference"`
			PhoneNo    string `json:"phoneNo"`
		}{as.address(as.at(p)), number.E164()})
		if err != nil {
			return fmt.Errorf("encode invite-jigasi: %w", err)
		}
		_, err = c.send(ctx, as, command{
			name: "invite-jigasi", method: http.MethodPost, path: "/invite-jigasi", body: body, sensitive: digitsOf(number),
		})
		return err
	})
	if gone(err) {
		noGateway(err, digitsOf(number))
	}
	if err != nil {
		return "", explained(err, "mod_muc_jigasi_invite")
	}
	return Requested, nil
}

// digitsOf gives the forms in which a server may repeat a number.
func digitsOf(number phone.Number) []string { return []string{number.E164(), number.E164()[1:]} }

const longestMessage = 256 // bytes

// noGateway adds what the module itself says of there being nobody to call with.
func noGateway(err error, sensitive []string) {
	failure, ok := errors.AsType[*httpclient.Error](err)
	if !ok {
		return
	}
	var said struct {
		Error string `json:"error"`
	}
	if json.Unmarshal(failure.Raw(), &said) == nil {
		failure.Message = redact.Text(said.Error, longestMessage, sensitive...)
	}
	failure.Hint = "the server has no gateway for phone calls (Jigasi) that is ready"
}

package openmeetings

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
)

// Validity says for how long an invitation is good.
type Validity string

// The validities of invitations.
const (
	Period  Validity = "PERIOD"
	Endless Validity = "ENDLESS"
	OneTime Validity = "ONE_TIME"
)

// Invitation is for somebody who gets in without an account or an entry link (InvitationDTO).
type Invitation struct {
	RoomID            int64    `json:"roomId"`
	Email             string   `json:"email,omitempty"`
	FirstName         string   `json:"firstname,omitempty"`
	LastName          string   `json:"lastname,omitempty"`
	Subject           string   `json:"subject,omitempty"`
	Message           string   `json:"message,omitempty"`
	PasswordProtected bool     `json:"passwordProtected"`
	Password          string   `json:"password,omitempty"`
	Valid             Validity `json:"valid"`
	// ValidFrom and ValidTo are for Period, in the form 2006-01-02 15:04:05 and the server's zone, which it does not tell.
	ValidFrom string `json:"validFrom,omitempty"`
	ValidTo   string `json:"validTo,omitempty"`
}

// CreateInvitation makes an invitation, which the server mails if asked to (POST /room/hash, whose parameters are in the
// query). languageID is that of the link, 0 for none. It returns ErrNotFound where
// the server looks whether the room exists; current ones do so when the link is opened.
func (c *Client) CreateInvitation(ctx context.Context, in Invitation, sendMail bool, languageID int64) (entry Entry, err error) {
	content, err := json.Marshal(in)
	if err != nil {
		return Entry{}, fmt.Errorf("encode invitation: %w", err)
	}
	cl := change("room/hash", http.MethodPost, "room", "hash")
	cl.query = url.Values{"invite": {string(content)}, "sendmail": {strconv.FormatBool(sendMail)}}
	cl.sensitive, cl.confidential = []string{in.Email, in.Password}, true
	used, err := c.accounts.Get(ctx, secretName) // first, so that an error of a secret always means that nothing was sent
	if err != nil {
		return Entry{}, err
	}
	response, err := c.inSession(ctx, &cl)
	if err != nil {
		return Entry{}, missing(err)
	}
	if entry.Hash, err = cl.hash(response); err != nil {
		return Entry{}, err
	}
	entry.URL = used.Value.entryURL("invitation", entry.Hash, languageID)
	return entry, nil
}

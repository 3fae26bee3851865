package openmeetings

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"gavel/shared/httpclient"
)

// Person is whom an entry link lets in (ExternalUserDTO). Nobody has to be created before: OpenMeetings does that at the
// first entry.
type Person struct {
	ExternalID   string `json:"externalId"`   // the person's id in the calling system
	ExternalType string `json:"externalType"` // the calling system's name; becomes an external group
	FirstName    string `json:"firstname,omitempty"`
	LastName     string `json:"lastname,omitempty"`
	Login        string `json:"login,omitempty"` // taken at the first entry alone, as is the e-mail address
	Email        string `json:"email,omitempty"`
	PictureURL   string `json:"profilePictureUrl,omitempty"`
}

// EntryOptions say where an entry link leads and as what (RoomOptionsDTO). A recording wins over a room, and a room's
// external id and type win over its id. Whether the target exists is looked at when the link is opened.
type EntryOptions struct {
	RoomID             int64  `json:"roomId,omitempty"`
	ExternalRoomID     string `json:"externalRoomId,omitempty"` // with ExternalType, since 5.1.0
	ExternalType       string `json:"externalType,omitempty"`
	RecordingID        int64  `json:"recordingId,omitempty"`
	Moderator          bool   `json:"moderator"`
	Reusable           bool   `json:"allowSameURLMultipleTimes"`
	ShowAudioVideoTest bool   `json:"showAudioVideoTest"`
	AllowRecording     bool   `json:"allowRecording"`
}

// Entry is what somebody gets in with. Hash and URL are credentials.
type Entry struct {
	Hash string
	URL  string
	// Expires is when the link ends that was not used; zero for a reusable one. The server's setting for idle sessions
	// decides, and this is its default.
	Expires time.Time
}

// CreateEntry makes an entry link (POST /user/hash) with a session of its own: the person's data is kept in the session,
// so that a second link would change whom the first lets in, and with the first use the session becomes the person's
// (https://github.com/apache/openmeetings, UserWebService.getRoomHash and HashPage). languageID is 0 for the person's own.
func (c *Client) CreateEntry(ctx context.Context, p Person, o EntryOptions, languageID int64) (entry Entry, err error) {
	cl := change("user/hash", http.MethodPost, "user", "hash")
	if cl.form, err = jsonForm(map[string]any{"user": p, "options": o}); err != nil {
		return Entry{}, err
	}
	cl.sensitive, cl.confidential = []string{p.ExternalID, p.Login, p.Email}, true
	err = c.as(ctx, func(a *account) error {
		sid, err := c.login(ctx, a)
		if err != nil {
			return err
		}
		response, err := c.send(ctx, a, sid, &cl)
		if err != nil {
			return err
		}
		entry.Hash, err = cl.hash(response)
		entry.URL = a.entryURL("secure", entry.Hash, languageID)
		return err
	})
	if err != nil {
		return Entry{}, err
	}
	if !o.Reusable {
		entry.Expires = c.now().Add(entryLife).Truncate(time.Second)
	}
	return entry, nil
}

// hash reads a message that is a hash; without one there is no link.
func (cl call) hash(response httpclient.Response) (string, error) {
	hash, err := cl.message(response)
	if err == nil && hash == "" {
		return "", cl.nonsense(response)
	}
	return hash, err
}

// entryURL gives the page of a hash. kind is secure for entry hashes, invitation for invitations'.
func (a *account) entryURL(kind, hash string, languageID int64) string {
	link := a.base + "/hash?" + kind + "=" + url.QueryEscape(hash)
	if languageID > 0 {
		link += "&language=" + strconv.FormatInt(languageID, 10)
	}
	return link
}

// jsonForm makes the fields of a form, which hold JSON.
func jsonForm(fields map[string]any) (url.Values, error) {
	form := url.Values{}
	for name, value := range fields {
		content, err := json.Marshal(value)
		if err != nil {
			return nil, fmt.Errorf("encode %s: %w", name, err)
		}
		form.Set(name, string(content))
	}
	return form, nil
}

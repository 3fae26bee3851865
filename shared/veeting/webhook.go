package veeting

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"strings"
	"unicode/utf8"

	"gavel/shared/secrets"
)

// The reasons for which Receive refuses an event.
var (
	// ErrSender says that it is not from Veeting, or not to be told from one that is not.
	ErrSender = errors.New("the key is not that of the hook")
	// ErrEvent says that it is none.
	ErrEvent = errors.New("expected a JSON object")
)

// HookNames are the hooks that Veeting has, https://veeting.com/en/developer-documentation/web-hooks.
func HookNames() []string {
	return []string{
		"onMeetingScheduled", "onMeetingUpdated", "onMeetingClosed", "onMeetingDeleted", "onMeetingSummaryCreated", "onMeetingRecordingCreated",
		"onMeetingJoined", "onMeetingLeft",
	}
}

// Event is what Veeting tells by a hook, https://veeting.com/en/developer-documentation/web-hooks. Nothing in it names
// the hook: each has an address of its own.
type Event struct {
	Hook string
	// MeetingID is the internal id of the meeting; empty where the event has none, or one of another form.
	MeetingID string
	// Data is the event, with the names and types of this API. For the hooks about scheduling it is the meeting.
	Data Object
}

// Receive checks that an event is from Veeting and reads it. key is its X-API-KEY header, which Veeting sends if the hook
// has one; a hook without one cannot be told from anybody's request, so there must be one in webhookKeys. Besides
// ErrSender and ErrEvent it returns a *secrets.Error.
func (c *Client) Receive(ctx context.Context, hook, key string, body []byte) (Event, error) {
	used, err := c.access.GetForStranger(ctx, secretName)
	if err != nil {
		return Event{}, err
	}
	if len(used.Value.webhooks[hook]) == 0 {
		return Event{}, &secrets.Error{Name: c.access.FullName(secretName), Reason: "webhookKeys has no key for the hook", Lacking: true}
	}
	if !used.Value.sent(hook, key) {
		// The key may have been changed a moment ago.
		fresh := c.access.LookAgain(ctx, secretName, used)
		if fresh == used || !fresh.Value.sent(hook, key) {
			return Event{}, ErrSender
		}
	}
	var data Object
	// The package json lets pass what is no UTF-8, and the table does not.
	if !utf8.Valid(body) || json.Unmarshal(body, &data) != nil || data == nil {
		return Event{}, ErrEvent
	}
	id := strings.ToLower(data.Text("id"))
	if CheckMeetingID(id) != nil {
		id = ""
	}
	return Event{Hook: hook, MeetingID: id, Data: Plain(data)}, nil
}

// sent compares with all keys of the hook in constant time, also for keys of other lengths.
func (a *access) sent(hook, key string) bool {
	got, found := sha256.Sum256([]byte(key)), 0
	for _, known := range a.webhooks[hook] {
		want := sha256.Sum256([]byte(known))
		found |= subtle.ConstantTimeCompare(want[:], got[:])
	}
	return found == 1
}

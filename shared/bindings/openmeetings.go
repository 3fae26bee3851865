package bindings

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"gavel/shared/openmeetings"
	"gavel/shared/problem"
	"gavel/shared/rooms"
)

// OpenMeetings has rooms meet on an OpenMeetings server.
type OpenMeetings struct {
	Client OpenMeetingsClient
	// Now is the clock; see clock.Now for why it must not carry a monotonic reading.
	Now func() time.Time
}

// OpenMeetingsClient is what OpenMeetings needs of a client.
type OpenMeetingsClient interface {
	EnsureRoom(
		ctx context.Context, kind openmeetings.RoomType, externalType, externalID string, fields openmeetings.RoomFields,
	) (openmeetings.Room, error)
	CreateEntry(ctx context.Context, p openmeetings.Person, o openmeetings.EntryOptions, languageID int64) (openmeetings.Entry, error)
	KickUser(ctx context.Context, id int64, externalType, externalID string) (openmeetings.Outcome, error)
	EndRoom(ctx context.Context, id int64) (outcome openmeetings.Outcome, inside int64, err error)
}

var (
	_ OpenMeetingsClient = (*openmeetings.Client)(nil)
	_ rooms.Provider     = (*OpenMeetings)(nil)
)

// externalType says to the server whose rooms and guests they are.
const externalType = "gavel"

// Bind makes a room on the server, of the same id in its records. The first one inside does not moderate unless they are
// to: entry links say who does.
func (o *OpenMeetings) Bind(ctx context.Context, m rooms.Meeting) (string, error) {
	size, moderated := int64(rooms.MaxParticipants), true
	room, err := o.Client.EnsureRoom(ctx, openmeetings.Conference, externalType, m.RoomID, openmeetings.RoomFields{
		Name: &m.Name, Capacity: &size, Moderated: &moderated,
	})
	if err != nil {
		return "", err
	}
	return strconv.FormatInt(int64(room.ID), 10), nil
}

func parseRoomID(conference string) (int64, error) {
	id, err := strconv.ParseInt(conference, 10, 64)
	if err != nil {
		return 0, errors.New("a stored room names no OpenMeetings room")
	}
	return id, nil
}

// Admit makes an entry link for one use. It ends sooner than the guest's time when that is long: with the session that it
// was made in.
func (o *OpenMeetings) Admit(ctx context.Context, conference string, g rooms.Guest) (rooms.Admission, error) {
	id, err := parseRoomID(conference)
	if err != nil {
		return rooms.Admission{}, err
	}
	entry, err := o.Client.CreateEntry(ctx,
		openmeetings.Person{ExternalID: externalID(g.ID), ExternalType: externalType, FirstName: g.Name},
		openmeetings.EntryOptions{RoomID: id, Moderator: g.Moderator}, 0)
	if err != nil {
		return rooms.Admission{}, err
	}
	expires := entry.Expires
	if end := o.Now().Add(g.Lifetime).Truncate(time.Second); end.Before(expires) {
		expires = end
	}
	return rooms.Admission{URL: entry.URL, Expires: expires}, nil
}

// Expel takes the guest out of the room, under every id they may be in it with. OpenMeetings knows no bans: a link that was
// given out and not used yet lets them in again until it ends.
func (o *OpenMeetings) Expel(ctx context.Context, conference string, guestIDs []string) ([]rooms.Action, error) {
	id, err := parseRoomID(conference)
	if err != nil {
		return nil, err
	}
	return kickEach(guestIDs, func(guest string) (string, error) {
		outcome, err := o.Client.KickUser(ctx, id, externalType, externalID(guest))
		return string(outcome), err
	})
}

// Close ends the meeting and keeps the room on the server closed.
func (o *OpenMeetings) Close(ctx context.Context, conference string) (rooms.Action, error) {
	action := rooms.Action{Name: "end"}
	id, err := parseRoomID(conference)
	if err != nil {
		return action, err
	}
	outcome, inside, err := o.Client.EndRoom(ctx, id)
	switch {
	case errors.Is(err, openmeetings.ErrNotFound):
		outcome, err = openmeetings.NotFound, nil
	case err == nil && outcome == openmeetings.Occupied:
		err = problem.New(http.StatusBadGateway, problem.UpstreamError, fmt.Sprintf("the room is closed, and OpenMeetings still counts %d inside", inside))
	}
	action.Outcome = string(outcome)
	return action, err
}

// encoded begins the external ids that stand for an id which could not be in a path, where OpenMeetings takes it.
const encoded = "base64url."

// externalID gives the id of a guest on the server.
func externalID(guestID string) string {
	if openmeetings.CheckSegment(guestID) == nil && !strings.HasPrefix(guestID, encoded) {
		return guestID
	}
	return encoded + base64.RawURLEncoding.EncodeToString([]byte(guestID))
}

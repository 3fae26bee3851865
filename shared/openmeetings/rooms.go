package openmeetings

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"gavel/shared/backoff"
	"gavel/shared/httpclient"
)

// The services are those of RoomWebService, https://github.com/apache/openmeetings.

// CreateRoom makes a room (POST /room). Its type must be given. Two rooms can have the same external id; EnsureRoom makes
// one once.
func (c *Client) CreateRoom(ctx context.Context, fields RoomFields) (Room, error) {
	room, err := c.saveRoom(ctx, "room create", fields)
	return withType(room, fields.ExternalType), err
}

// withType fills in the external type, which is missing in the answers of calls that have just given it to a room.
func withType(r Room, externalType *string) Room {
	if r.ID != 0 && r.ExternalType == "" && externalType != nil {
		r.ExternalType = Text(*externalType)
	}
	return r
}

func (c *Client) saveRoom(ctx context.Context, command string, room any) (saved Room, err error) {
	cl := change(command, http.MethodPost, "room")
	if cl.form, err = jsonForm(map[string]any{"room": room}); err != nil {
		return Room{}, err
	}
	return made(get[Room](ctx, c, cl, "roomDTO"))
}

// made makes an error of nothing where something was to be made.
func made[T any](thing T, found bool, err error) (T, error) {
	if err == nil && !found {
		err = &httpclient.Error{Provider: Provider, Kind: httpclient.Nonsense, Status: http.StatusNoContent, MayHaveHappened: true}
	}
	return thing, err
}

// one makes an error of nothing.
func one[T any](thing T, found bool, err error) (T, error) {
	if err == nil && !found {
		err = ErrNotFound
	}
	return thing, err
}

// Room gives a room (GET /room/{id}), or ErrNotFound.
func (c *Client) Room(ctx context.Context, id int64) (Room, error) {
	room, err := one(get[Room](ctx, c, read("room", "room", id), "roomDTO"))
	return room, missing(err)
}

// Rooms gives the public rooms of a type (GET /room/public/{type}), without their external types and files. The account
// needs the right ROOM.
func (c *Client) Rooms(ctx context.Context, kind RoomType) ([]Room, error) {
	return list[Room](ctx, c, read("room/public", "room", "public", kind), "roomDTO")
}

// FindRoom gives the room of an external type and id (GET /room/{type}/{externaltype}/{externalid}), or ErrNotFound.
// It returns ErrSegment, too. Servers before 6.0.0 find nothing (OPENMEETINGS-2565).
func (c *Client) FindRoom(ctx context.Context, kind RoomType, externalType, externalID string) (Room, error) {
	if err := checkSegments(externalType, externalID); err != nil {
		return Room{}, err
	}
	return one(get[Room](ctx, c, read("room find", "room", kind, externalType, externalID), "roomDTO"))
}

// EnsureRoom gives the room that FindRoom would find, and makes it of fields where there is none. It can be repeated.
func (c *Client) EnsureRoom(ctx context.Context, kind RoomType, externalType, externalID string, fields RoomFields) (Room, error) {
	if err := checkSegments(externalType, externalID); err != nil {
		return Room{}, err
	}
	fields.Type, fields.ExternalType, fields.ExternalID = &kind, &externalType, &externalID
	content, err := json.Marshal(fields)
	if err != nil {
		return Room{}, fmt.Errorf("encode room: %w", err)
	}
	cl := change("room ensure", http.MethodGet, "room", kind, externalType, externalID)
	cl.query = url.Values{"room": {string(content)}}
	room, err := made(get[Room](ctx, c, cl, "roomDTO"))
	return withType(room, &externalType), err
}

// UpdateRoom changes fields of a room, or gives ErrNotFound. The service replaces the room as a whole, and what is left
// out becomes the default, so the room is fetched, changed and sent back; of two at the same time one is lost.
func (c *Client) UpdateRoom(ctx context.Context, id int64, fields RoomFields) (Room, error) {
	room, err := c.Room(ctx, id)
	if err != nil {
		return Room{}, err
	}
	if err := fields.apply(&room); err != nil {
		return Room{}, fmt.Errorf("change room: %w", err)
	}
	saved, err := c.saveRoom(ctx, "room update", room.sent())
	return withType(saved, (*string)(&room.ExternalType)), err
}

// DeleteRoom deletes a room (DELETE /room/{id}). Whoever is inside stays: EndRoom first.
func (c *Client) DeleteRoom(ctx context.Context, id int64) (Outcome, error) {
	said, err := c.do(ctx, change("room delete", http.MethodDelete, "room", id))
	switch {
	case err != nil:
		return "", err
	case said == "Not found":
		return NotFound, nil
	}
	return Deleted, nil
}

// CloseRoom tells everybody in a room that it is over and lets nobody in any more (GET /room/close/{id}); browsers leave
// after 5 seconds. It returns ErrNotFound, too.
func (c *Client) CloseRoom(ctx context.Context, id int64) (Outcome, error) {
	done, err := c.outcome(ctx, Closed, change("room/close", http.MethodGet, "room", "close", id))
	return done, missing(err)
}

// OpenRoom takes CloseRoom back (GET /room/open/{id}). It returns ErrNotFound, too.
func (c *Client) OpenRoom(ctx context.Context, id int64) (Outcome, error) {
	done, err := c.outcome(ctx, Opened, change("room/open", http.MethodGet, "room", "open", id))
	return done, missing(err)
}

// KickAll takes everybody out of a room (GET /room/kick/{id}); they can enter again. It is Kicked for an empty room, too.
func (c *Client) KickAll(ctx context.Context, id int64) (Outcome, error) {
	return c.outcome(ctx, Kicked, change("room/kick", http.MethodGet, "room", "kick", id))
}

// KickUser takes one external user out of a room (GET /room/kick/{id}/{externalType}/{externalId}, since 5.0.0), who can
// enter again. NotFound is the outcome when they are not inside. It returns ErrSegment, too.
func (c *Client) KickUser(ctx context.Context, id int64, externalType, externalID string) (Outcome, error) {
	if err := checkSegments(externalType, externalID); err != nil {
		return "", err
	}
	cl := change("room/kick user", http.MethodGet, "room", "kick", id, externalType, externalID)
	cl.sensitive = []string{externalID}
	said, err := c.do(ctx, cl)
	switch {
	case err != nil:
		return "", err
	case said == "Not kicked":
		return NotFound, nil
	}
	return Kicked, nil
}

// CountRoom gives how many clients are in a room (GET /room/count/{id}), 0 for a room that does not exist.
func (c *Client) CountRoom(ctx context.Context, id int64) (int64, error) {
	return c.number(ctx, read("room/count", "room", "count", id))
}

// RoomUsers gives who is in a room (GET /room/users/{id}, since 5.0.0): one entry for each client, so that somebody with
// two tabs is there twice.
func (c *Client) RoomUsers(ctx context.Context, id int64) ([]User, error) {
	return list[User](ctx, c, read("room/users", "room", "users", id).aboutPeople(), "userDTO")
}

const (
	// clearTries is how often EndRoom looks whether a room is empty, and clearPause about how long it waits in between.
	clearTries = 5
	clearPause = 300 * time.Millisecond
)

// EndRoom ends a meeting for good: it closes the room, takes everybody out, and looks until nobody is inside. The outcome
// is Ended, or Occupied with the number of clients that are still there: they leave when their browsers notice. It
// returns ErrNotFound, too, and can be repeated.
func (c *Client) EndRoom(ctx context.Context, id int64) (outcome Outcome, inside int64, err error) {
	if _, err := c.CloseRoom(ctx, id); err != nil {
		return "", 0, err
	}
	for try := 1; ; try++ {
		if _, err := c.KickAll(ctx, id); err != nil {
			return "", 0, httpclient.PartlyDone(err) // it is closed
		}
		if inside, err = c.CountRoom(ctx, id); err != nil {
			return "", 0, httpclient.PartlyDone(err)
		}
		if inside == 0 {
			return Ended, 0, nil
		}
		over := try == clearTries || backoff.Wait(ctx, backoff.Pause(try, clearPause, 4*clearPause)) != nil
		if over {
			return Occupied, inside, nil
		}
	}
}

// ClearWhiteboard empties the whiteboards of a room. whiteboard is nil for all, which are then also set back to one
// (GET /wb/resetwb/{room}); slide is nil for all of the whiteboard (GET /wb/cleanwb/{room}/{whiteboard}), else the slide's
// number from 0 (GET /wb/cleanslide/{room}/{whiteboard}/{slide}, WbWebService).
func (c *Client) ClearWhiteboard(ctx context.Context, room int64, whiteboard, slide *int64) (Outcome, error) {
	cl := change("wb/resetwb", http.MethodGet, "wb", "resetwb", room)
	switch {
	case whiteboard != nil && slide != nil:
		cl = change("wb/cleanslide", http.MethodGet, "wb", "cleanslide", room, *whiteboard, *slide)
	case whiteboard != nil:
		cl = change("wb/cleanwb", http.MethodGet, "wb", "cleanwb", room, *whiteboard)
	}
	done, err := c.outcome(ctx, Cleared, cl)
	return done, missing(err)
}

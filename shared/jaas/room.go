package jaas

import (
	"errors"
	"net/url"
	"strings"

	"gavel/shared/jitsimeet"
)

// ErrRoomTenant says that a room's name has its tenant in front.
var ErrRoomTenant = errors.New("expected the bare name of the room, without the AppID in front")

// ParseRoom normalises a room's name the way the web client does, see jitsimeet.ParseRoom. Besides its errors it returns
// ErrRoomTenant for the form that belongs into a URL, "<AppID>/<room>". JaaS refuses it in a claim, and without its slash it
// would be the name of another room.
func ParseRoom(name string) (jitsimeet.Room, error) {
	room, err := jitsimeet.ParseRoom(name)
	if err == nil && namesTenant(name) {
		return "", ErrRoomTenant
	}
	return room, err
}

func namesTenant(name string) bool {
	if decoded, err := url.PathUnescape(name); err == nil {
		name = decoded
	}
	owner, _, slash := strings.Cut(name, "/")
	_, err := ParseAppID(owner)
	return slash && err == nil
}

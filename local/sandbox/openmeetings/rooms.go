package openmeetings

import (
	"net/http"
	"slices"
)

// The room service.
// See RoomWebService.java in openmeetings-webservice.

// errNoRoom is what Java says of a room that is not there.
func errNoRoom(method string) error {
	return nullPointer("org.apache.openmeetings.db.entity.room.Room."+method, "room")
}

func publicRooms(c *call) (answer, error) {
	kind := c.values[0]
	if !slices.Contains(roomTypes(), kind) { // Enum.valueOf, before the service looks at the sid
		return answer{}, page(http.StatusInternalServerError, "No enum constant org.apache.openmeetings.db.entity.room.Room.Type")
	}
	if err := c.allow(rightRoom); err != nil {
		return answer{}, err
	}
	rooms := []any{}
	for _, r := range c.s.state.rooms {
		if !r.deleted && r.isPublic && r.kind == kind {
			rooms = append(rooms, c.s.state.publicRoomA(r))
		}
	}
	return many("roomDTO", rooms), nil
}

func getRoom(c *call) (answer, error) {
	id, err := c.allowID(rightSOAP)
	if err != nil {
		return answer{}, err
	}
	r := c.s.state.room(id)
	if r == nil {
		return answer{}, errNoRoom("getId")
	}
	return one("roomDTO", c.s.state.roomA(r)), nil
}

// externalRoom finds a room of another system, or makes it of what the query says.
func externalRoom(c *call) (answer, error) {
	dto, err := parse(c.query, "room", queryDTO, readRoom)
	if err != nil {
		return answer{}, err
	}
	if err := c.allow(rightSOAP); err != nil {
		return answer{}, err
	}
	kind, externalType, externalID := c.values[0], c.values[1], c.values[2]
	if !slices.Contains(roomTypes(), kind) {
		return answer{}, exception("No enum constant org.apache.openmeetings.db.entity.room.Room.Type." + kind)
	}
	if r := c.s.state.externalRoom(kind, externalType, externalID); r != nil {
		return one("roomDTO", c.s.state.roomA(r)), nil
	}
	if dto == nil {
		return nothing(), nil
	}
	dto.externalType, dto.externalID = &externalType, &externalID
	return saveRoom(c, *dto)
}

func postRoom(c *call) (answer, error) {
	dto, err := parse(c.form, "room", formDTO, readRoom)
	if err != nil {
		return answer{}, err
	}
	if err := c.allow(rightSOAP); err != nil {
		return answer{}, err
	}
	if dto == nil {
		return answer{}, nullPointer("org.apache.openmeetings.db.dto.room.RoomDTO.getId", "dto")
	}
	return saveRoom(c, *dto)
}

func saveRoom(c *call, dto roomInput) (answer, error) {
	r, err := c.s.state.saveRoom(dto, c.now)
	if err != nil {
		return answer{}, err
	}
	return one("roomDTO", c.s.state.roomA(r)), nil
}

// deleteRoom leaves the people inside where they are.
func deleteRoom(c *call) (answer, error) {
	id, err := c.allowID(rightSOAP)
	if err != nil {
		return answer{}, err
	}
	r := c.s.state.room(id)
	if r == nil {
		return success("Not found"), nil
	}
	r.deleted = true
	return success("Deleted"), nil
}

func closeRoom(c *call) (answer, error) { return setClosed(c, true, "Closed") }
func openRoom(c *call) (answer, error)  { return setClosed(c, false, "Opened") }

// setClosed moves nobody out: that is left to the pages, which show a message.
func setClosed(c *call, closed bool, message string) (answer, error) {
	id, err := c.allowID(rightSOAP)
	if err != nil {
		return answer{}, err
	}
	r := c.s.state.room(id)
	if r == nil {
		return answer{}, errNoRoom("setClosed(boolean)")
	}
	r.closed = closed
	return success(message), nil
}

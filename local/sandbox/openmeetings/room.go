package openmeetings

import (
	"slices"
	"time"
)

// What the database and the configuration say: ownCapacity is that of a room made for an event.
const (
	maxTag          = 10
	defaultCapacity = 4
	ownCapacity     = 50
)

func roomTypes() []string { return []string{"CONFERENCE", "PRESENTATION", "INTERVIEW"} }

func roomElements() []string {
	return []string{
		"TOP_BAR", "CHAT", "ACTIVITIES", "FILES", "ACTION_MENU", "POLL_MENU", "SCREEN_SHARING", "WHITEBOARD",
		"MICROPHONE_STATUS", "USER_COUNT",
	}
}

// roomData is what POST replaces as a whole.
type roomData struct {
	name, tag, comment, kind      string
	capacity                      int64
	appointment, isPublic         bool
	demo, closed                  bool
	demoTime                      *int64
	externalID                    *string
	redirectURL                   string
	moderated, waitModerator      bool
	allowUserQuestions            bool
	allowRecording, waitRecording bool
	audioOnly                     bool
	hiddenElements                []string
	files                         []roomFile
}

// roomFile is a file on a whiteboard of the room.
type roomFile struct{ id, fileID, wbIdx int64 }

// room is a row of the rooms. Its external type is the first external group it is in, and groups are only ever added.
type room struct {
	roomData
	id      int64
	groups  []int64
	deleted bool
}

// roomInput is a RoomDTO as it comes in.
type roomInput struct {
	roomData
	id           *int64
	externalType *string
}

// readRoom reads a RoomDTO. A wrapper key shows as the missing type.
// See RoomDTO.java in openmeetings-db.
func readRoom(in *input) roomInput { return readRoomBut(in) }

// readRoomBut lets some fields pass that are of no use.
func readRoomBut(in *input, useless ...string) roomInput {
	r := roomInput{
		id: in.integer("id"), externalType: in.text("externalType"),
		roomData: roomData{
			name: in.word("name"), tag: in.word("tag"), comment: in.word("comment"), kind: in.enum("type", roomTypes()),
			capacity: defaultCapacity, appointment: in.flag("appointment"), isPublic: in.flag("isPublic"),
			demo: in.flag("demo"), closed: in.flag("closed"), demoTime: in.integer("demoTime"),
			externalID: in.text("externalId"), redirectURL: in.word("redirectUrl"),
			moderated: in.flag("moderated"), waitModerator: in.flag("waitModerator"),
			allowUserQuestions: in.flag("allowUserQuestions"), allowRecording: in.flag("allowRecording"),
			waitRecording: in.flag("waitRecording"), audioOnly: in.flag("audioOnly"),
			hiddenElements: in.enums("hiddenElements", roomElements()),
		},
	}
	if capacity := in.integer("capacity"); capacity != nil {
		r.capacity = *capacity
	}
	for _, file := range in.objects("files") {
		r.files = append(r.files, readRoomFile(file))
	}
	in.text("confno") // blanked: no room of the sandbox has SIP
	if r.kind == "" {
		in.fail(false, "Room should have valid type")
	}
	in.close(useless...)
	return r
}

func readRoomFile(in *input) roomFile {
	id, fileID, wbIdx := in.integer("id"), in.integer("fileId"), in.integer("wbIdx")
	if fileID == nil || wbIdx == nil {
		in.fail(true, "a file needs a fileId and a wbIdx")
		return roomFile{}
	}
	in.close()
	f := roomFile{fileID: *fileID, wbIdx: *wbIdx}
	if id != nil {
		f.id = *id
	}
	return f
}

// room returns a room that is not deleted, or nil.
func (s *state) room(id int64) *room {
	if r := row(s.rooms, id); r != nil && !r.deleted {
		return r
	}
	return nil
}

func (s *state) addRoom(data roomData) *room {
	r := &room{roomData: data, id: int64(len(s.rooms)) + 1}
	s.rooms = append(s.rooms, r)
	return r
}

// externalRoom finds a room by its key in another system. kind "" is any type.
func (s *state) externalRoom(kind, externalType, externalID string) *room {
	i := slices.IndexFunc(s.rooms, func(r *room) bool {
		return !r.deleted && (kind == "" || r.kind == kind) && r.externalID != nil && *r.externalID == externalID &&
			s.inExternalGroup(r.groups, externalType)
	})
	if i < 0 {
		return nil
	}
	return s.rooms[i]
}

// saveRoom makes a room, or replaces all of one.
// See RoomMapper.java in openmeetings-db.
func (s *state) saveRoom(in roomInput, now time.Time) (*room, error) {
	if len([]rune(in.tag)) > maxTag {
		return nil, exception("value too long for column tag")
	}
	var r *room
	switch {
	case in.id == nil && s.full(now):
		return nil, errFull
	case in.id == nil:
		r = s.addRoom(in.roomData)
	default:
		if r = s.room(*in.id); r == nil {
			return nil, nullPointer("org.apache.openmeetings.db.entity.room.Room.setId(java.lang.Long)", "r")
		}
		r.roomData = in.roomData
	}
	if in.externalType != nil && *in.externalType != "" && !s.inExternalGroup(r.groups, *in.externalType) {
		r.groups = append(r.groups, s.externalGroup(*in.externalType).id)
	}
	r.files = s.knownFiles(in.files)
	return r, nil
}

// knownFiles drops files that are not there, without a word.
func (s *state) knownFiles(files []roomFile) []roomFile {
	known := []roomFile{}
	for _, f := range files {
		if !s.hasFile(f.fileID) {
			continue
		}
		if f.id == 0 {
			f.id = s.nextID()
		}
		known = append(known, f)
	}
	return known
}

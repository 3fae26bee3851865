package openmeetings

import "time"

// person is an ExternalUserDTO: who enters.
// See ExternalUserDTO.java in openmeetings-db.
type person struct {
	externalID, externalType     *string
	firstname, lastname          *string
	login, email, profilePicture *string
}

func readPerson(in *input) person {
	p := person{
		externalID: in.text("externalId"), externalType: in.text("externalType"),
		firstname: in.text("firstname"), lastname: in.text("lastname"),
		login: in.text("login"), email: in.text("email"), profilePicture: in.text("profilePictureUrl"),
	}
	in.close()
	return p
}

// roomOptions is a RoomOptionsDTO: where to, and as what.
// See RoomOptionsDTO.java in openmeetings-db.
type roomOptions struct {
	roomID, recordingID          *int64
	externalRoomID, externalType string
	moderator, reusable          bool
}

func readRoomOptions(in *input) roomOptions {
	o := roomOptions{
		roomID: in.integer("roomId"), recordingID: in.integer("recordingId"),
		externalRoomID: in.word("externalRoomId"), externalType: in.word("externalType"),
		moderator: in.flag("moderator"), reusable: in.flag("allowSameURLMultipleTimes"),
	}
	in.flag("showAudioVideoTest") // stored by the real server, and read by nothing
	in.flag("allowRecording")
	in.close()
	return o
}

// entryHash lets whoever is the person of its sid into a room. It has no end of its own.
type entryHash struct {
	hash, sid string
	options   roomOptions
	used      bool
}

// makeHash stores the person at the sid, in place of an earlier one, and makes a hash that points there.
func makeHash(c *call) (answer, error) {
	who, err := parse(c.form, "user", formDTO, readPerson)
	if err != nil {
		return answer{}, err
	}
	options, err := parse(c.form, "options", formDTO, readRoomOptions)
	if err != nil {
		return answer{}, err
	}
	if err := c.allow(rightSOAP); err != nil {
		return answer{}, err
	}
	switch {
	case who == nil:
		return answer{}, nullPointer("org.apache.openmeetings.db.dto.user.ExternalUserDTO.getExternalId", "user")
	case isEmpty(who.externalID) || isEmpty(who.externalType):
		return failure("externalId and/or externalType are not set"), nil
	case options == nil:
		return answer{}, nullPointer("org.apache.openmeetings.db.dto.room.RoomOptionsDTO.getRoomId", "options")
	case c.s.state.full(c.now):
		return answer{}, errFull
	}
	h := &entryHash{hash: newUUID(), sid: c.session.sid, options: *options}
	c.s.state.hashes[h.hash] = h
	c.session.person = who
	c.session.permanent = c.session.permanent || options.reusable
	return successSecret("hash", h.hash), nil
}

func isEmpty(s *string) bool { return s == nil || *s == "" }

// signIn uses a hash: it makes or updates the external user, and the sid becomes that user's. It returns nil for a
// hash that is unknown, used up, or whose sid was swept.
// See WebSession.java in openmeetings-web.
func (s *Server) signIn(hash string) *browser {
	h := s.state.hashes[hash]
	if h == nil || h.used && !h.options.reusable {
		return nil
	}
	now := s.now()
	sid := s.state.session(h.sid, now)
	if sid == nil || sid.person == nil {
		return nil
	}
	u := s.state.externalUserOf(sid.person, now)
	h.used, sid.user = true, u.id
	b := s.state.newBrowser(u)
	b.secure, b.moderator = hash, h.options.moderator
	if h.options.recordingID != nil {
		b.recording = *h.options.recordingID
	}
	if r := s.state.roomOf(h.options); r != nil {
		b.room = r.id
	}
	return b
}

func (s *state) roomOf(o roomOptions) *room {
	switch {
	case o.externalRoomID != "" && o.externalType != "":
		return s.externalRoom("", o.externalType, o.externalRoomID)
	case o.roomID != nil:
		return s.room(*o.roomID)
	}
	return nil
}

// externalUserOf makes the user at the first entry. Later ones change the names and the picture, but neither the login
// nor the e-mail.
func (s *state) externalUserOf(p *person, now time.Time) *user {
	u := s.externalUser(*p.externalType, *p.externalID)
	if u == nil {
		u = &user{
			kind: typeExternal, externalID: p.externalID, email: p.email, rights: []string{rightRoom},
			groups: []int64{s.externalGroup(*p.externalType).id}, languageID: 1, zone: serverZone.String(),
		}
		if p.login != nil {
			u.login = *p.login
		}
		s.addUser(u, now)
	}
	u.firstname, u.lastname, u.pictureURI = p.firstname, p.lastname, p.profilePicture
	return u
}

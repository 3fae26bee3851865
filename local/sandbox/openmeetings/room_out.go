package openmeetings

// roomA shows a room as a RoomDTO by serializer A.
func (s *state) roomA(r *room) fields { return s.shownRoom(r, "isPublic") }

// roomB shows the room inside of an event, where the getter's name counts.
func (s *state) roomB(r *room) fields { return s.shownRoom(r, "public") }

func (s *state) shownRoom(r *room, public string) fields {
	files := []any{}
	for _, f := range r.files {
		files = append(files, fields{{"id", f.id}, {"fileId", f.fileID}, {"wbIdx", f.wbIdx}})
	}
	return fields{
		{"id", r.id},
		{"name", r.name},
		{"tag", r.tag},
		{"comment", r.comment},
		{"type", r.kind},
		{"capacity", r.capacity},
		{"appointment", r.appointment},
		{public, r.isPublic},
		{"demo", r.demo},
		{"closed", r.closed},
		{"demoTime", opt(r.demoTime)},
		{"externalId", opt(r.externalID)},
		{"externalType", s.externalTypeOf(r.groups)},
		{"redirectUrl", r.redirectURL},
		{"moderated", r.moderated},
		{"waitModerator", r.waitModerator},
		{"allowUserQuestions", r.allowUserQuestions},
		{"allowRecording", r.allowRecording},
		{"waitRecording", r.waitRecording},
		{"audioOnly", r.audioOnly},
		{"hiddenElements", anyOf(r.hiddenElements)},
		{"files", files},
	}
}

// publicRoomA leaves out what the query for public rooms does not load.
func (s *state) publicRoomA(r *room) fields {
	bare := *r
	bare.groups, bare.files = nil, nil
	return s.roomA(&bare)
}

package openmeetingsapi_test

import "slices"

// operation is one of the 47 with a request it takes.
type operation struct {
	id     string
	method string
	path   string // with the query
	body   string
	// status and answer are those of a success; {om} stands for the server's address.
	status int
	answer string
	// sent is what reaches the server besides the login: method, path and query without the sid, and under it, one on a
	// line, the fields of the form.
	sent []string

	// from is where the request's values go: reads says that the first of what is sent can be repeated, open that it needs
	// no session, alone that it has a session of its own.
	reads, open, alone bool
	// says is whether the server's answer is a word on what it did, and not a thing.
	says bool
	// unknown is what the words for a null pointer mean, with which the server says that there is no such thing, and
	// nothing what an answer without content means.
	unknown, nothing meaning
}

// meaning is what an answer of the server means.
type meaning int

const (
	failure   meaning = iota // 502
	notFound                 // 404
	gone                     // 200 with the outcome not_found
	empty                    // 200 with an empty list
	undefined                // nobody knows
)

func operations() []operation {
	return slices.Concat(entryOperations(), roomOperations(), insideOperations(), userOperations(), groupOperations(),
		recordingOperations(), appointmentOperations(), fileOperations(), infoOperations())
}

// operationOf gives one by its id, without the prefix that all have.
func operationOf(id string) operation {
	all := operations()
	return all[slices.IndexFunc(all, func(op operation) bool { return op.id == "openmeetings-"+id })]
}

func entryOperations() []operation {
	return []operation{{
		id: "openmeetings-create-entry", method: "POST", path: "/openmeetings/entries",
		body: `{"user":{"externalId":"uniqueId1","externalType":"myCMS","firstname":"John","lastname":"Doe","login":"john.doe",` +
			`"email":"john.doe@example.org","profilePictureUrl":"https://example.org/john.png"},` +
			`"options":{"roomId":2,"moderator":true,"showAudioVideoTest":true},"languageId":1}`,
		status: 201,
		answer: `{"url":"{om}/hash?secure=` + hash + `&language=1","hash":"` + hash + `","expiresAt":"2026-03-01T12:30:00Z"}`,
		sent: []string{"POST /user/hash\n" +
			`options={"roomId":2,"moderator":true,"allowSameURLMultipleTimes":false,"showAudioVideoTest":true,"allowRecording":false}` + "\n" +
			`user={"externalId":"uniqueId1","externalType":"myCMS","firstname":"John","lastname":"Doe","login":"john.doe",` +
			`"email":"john.doe@example.org","profilePictureUrl":"https://example.org/john.png"}`},
		alone: true, says: true,
	}}
}

const (
	roomUp = `{"id":2,"name":"Stand-up","type":"CONFERENCE","capacity":16,"appointment":false,"isPublic":true,"demo":false,"closed":false,` +
		`"externalId":"room-17","externalType":"myCMS","moderated":true,"waitModerator":false,"allowUserQuestions":false,` +
		`"allowRecording":true,"waitRecording":false,"audioOnly":false,"hiddenElements":"CHAT","files":{"id":1,"fileId":9,"wbIdx":0}}`
	room = `{"id":2,"name":"Stand-up","type":"CONFERENCE","capacity":16,"appointment":false,"isPublic":true,"demo":false,"closed":false,` +
		`"externalId":"room-17","externalType":"myCMS","moderated":true,"waitModerator":false,"allowUserQuestions":false,` +
		`"allowRecording":true,"waitRecording":false,"audioOnly":false,"hiddenElements":["CHAT"],"files":[{"id":1,"fileId":9,"wbIdx":0}]}`
)

func roomOperations() []operation {
	return []operation{
		{
			id: "openmeetings-create-room", method: "POST", path: "/openmeetings/rooms",
			body:   `{"name":"Stand-up","type":"CONFERENCE","capacity":16,"moderated":true,"externalId":"room-17","externalType":"myCMS"}`,
			status: 201, answer: room,
			sent: []string{"POST /room\n" +
				`room={"name":"Stand-up","type":"CONFERENCE","capacity":16,"externalId":"room-17","externalType":"myCMS","moderated":true}`},
			nothing: undefined,
		},
		{
			id: "openmeetings-list-rooms", method: "GET", path: "/openmeetings/rooms?type=CONFERENCE", status: 200, reads: true, nothing: empty,
			answer: `{"rooms":[` + room + `]}`, sent: []string{"GET /room/public/CONFERENCE"},
		},
		{
			id: "openmeetings-find-room", method: "GET", path: "/openmeetings/external-rooms?type=CONFERENCE&externalType=myCMS&externalId=room-17",
			status: 200, answer: room, sent: []string{"GET /room/CONFERENCE/myCMS/room-17"}, reads: true, nothing: notFound,
		},
		{
			id: "openmeetings-get-room", method: "GET", path: "/openmeetings/rooms/2",
			status: 200, answer: room, sent: []string{"GET /room/2"}, reads: true, unknown: notFound, nothing: notFound,
		},
		{
			id: "openmeetings-update-room", method: "PUT", path: "/openmeetings/rooms/2", body: `{"name":"Retro","capacity":25,"hiddenElements":[]}`,
			status: 200, answer: room, reads: true, unknown: notFound, nothing: notFound,
			sent: []string{"GET /room/2", "POST /room\n" +
				`room={"id":2,"name":"Retro","type":"CONFERENCE","capacity":25,"appointment":false,"isPublic":true,"demo":false,"closed":false,` +
				`"externalId":"room-17","externalType":"myCMS","moderated":true,"waitModerator":false,"allowUserQuestions":false,` +
				`"allowRecording":true,"waitRecording":false,"audioOnly":false,"files":[{"id":1,"fileId":9,"wbIdx":0}]}`},
		},
		{
			id: "openmeetings-delete-room", method: "DELETE", path: "/openmeetings/rooms/2",
			status: 200, answer: `{"outcome":"deleted"}`, sent: []string{"DELETE /room/2"}, says: true,
		},
		{
			id: "openmeetings-close-room", method: "POST", path: "/openmeetings/rooms/2/close",
			status: 200, answer: `{"outcome":"closed"}`, sent: []string{"GET /room/close/2"}, says: true, unknown: notFound,
		},
		{
			id: "openmeetings-open-room", method: "POST", path: "/openmeetings/rooms/2/open",
			status: 200, answer: `{"outcome":"opened"}`, sent: []string{"GET /room/open/2"}, says: true, unknown: notFound,
		},
		{
			id: "openmeetings-kick", method: "POST", path: "/openmeetings/rooms/2/kick", body: `{"externalType":"myCMS","externalId":"uniqueId1"}`,
			status: 200, answer: `{"outcome":"kicked"}`, sent: []string{"GET /room/kick/2/myCMS/uniqueId1"}, says: true,
		},
		{
			id: "openmeetings-end-room", method: "POST", path: "/openmeetings/rooms/2/end",
			status: 200, answer: `{"outcome":"ended","inside":0}`, says: true, unknown: notFound,
			sent: []string{"GET /room/close/2", "GET /room/kick/2", "GET /room/count/2"},
		},
	}
}

const (
	userUp = `{"id":7,"login":"john.doe","firstname":"John","lastname":"Doe","rights":["ROOM","LOGIN"],"languageId":1,` +
		`"address":{"created":1700000000000,"mail":"john.doe@example.org","country":"DE"},"timeZoneId":"Europe/Berlin","type":"USER"}`
	guestUp = `{"id":8,"login":"uniqueId1","firstname":"Ada","rights":"ROOM","languageId":1,"address":{},` +
		`"externalId":"uniqueId1","externalType":"myCMS","type":"EXTERNAL"}`
	user = `{"id":7,"login":"john.doe","firstname":"John","lastname":"Doe","rights":["ROOM","LOGIN"],"languageId":1,` +
		`"address":{"email":"john.doe@example.org","country":"DE"},"timeZoneId":"Europe/Berlin","type":"USER"}`
	guest = `{"id":8,"login":"uniqueId1","firstname":"Ada","rights":["ROOM"],"languageId":1,` +
		`"externalId":"uniqueId1","externalType":"myCMS","type":"EXTERNAL"}`
)

// insideOperations are those on who and what is in a room.
func insideOperations() []operation {
	return []operation{
		{
			id: "openmeetings-list-room-users", method: "GET", path: "/openmeetings/rooms/2/users", status: 200, reads: true, nothing: empty,
			answer: `{"users":[` + guest + `]}`, sent: []string{"GET /room/users/2"},
		},
		{
			id: "openmeetings-count-room-users", method: "GET", path: "/openmeetings/rooms/2/count",
			status: 200, answer: `{"count":0}`, sent: []string{"GET /room/count/2"}, reads: true, says: true,
		},
		{
			id: "openmeetings-create-invitation", method: "POST", path: "/openmeetings/rooms/2/invitations",
			body:   `{"email":"ada@example.org","firstname":"Ada","subject":"Review","message":"See you","valid":"ONE_TIME","languageId":1}`,
			status: 201, answer: `{"url":"{om}/hash?invitation=` + hash + `&language=1","hash":"` + hash + `"}`, says: true, unknown: notFound,
			sent: []string{"POST /room/hash?invite=%7B%22roomId%22%3A2%2C%22email%22%3A%22ada%40example.org%22%2C%22firstname%22%3A%22Ada%22%2C" +
				"%22subject%22%3A%22Review%22%2C%22message%22%3A%22See%20you%22%2C%22passwordProtected%22%3Afalse%2C%22valid%22%3A%22ONE_TIME%22%7D" +
				"&sendmail=false"},
		},
		{
			id: "openmeetings-clear-whiteboard", method: "POST", path: "/openmeetings/rooms/2/clear-whiteboard", body: `{"whiteboardId":1,"slide":0}`,
			status: 200, answer: `{"outcome":"cleared"}`, sent: []string{"GET /wb/cleanslide/2/1/0"}, says: true, unknown: notFound,
		},
	}
}

func userOperations() []operation {
	return []operation{
		{
			id: "openmeetings-list-users", method: "GET", path: "/openmeetings/users", status: 200, reads: true, nothing: empty,
			answer: `{"users":[` + user + `,` + guest + `]}`, sent: []string{"GET /user"},
		},
		{
			id: "openmeetings-create-user", method: "POST", path: "/openmeetings/users",
			body: `{"login":"john.doe","password":"Kite-71!stone","email":"john.doe@example.org","firstname":"John","lastname":"Doe",` +
				`"country":"DE","languageId":1,"timeZoneId":"Europe/Berlin","rights":["ROOM"]}`,
			status: 201, answer: user, nothing: undefined,
			sent: []string{"POST /user\nconfirm=false\n" +
				`user={"login":"john.doe","password":"Kite-71!stone","firstname":"John","lastname":"Doe","rights":["ROOM"],"languageId":1,` +
				`"address":{"email":"john.doe@example.org","country":"DE"},"timeZoneId":"Europe/Berlin"}`},
		},
		{
			id: "openmeetings-delete-user", method: "DELETE", path: "/openmeetings/users/7",
			status: 200, answer: `{"outcome":"deleted"}`, sent: []string{"DELETE /user/7"}, says: true,
		},
		{
			id: "openmeetings-delete-external-user", method: "DELETE", path: "/openmeetings/external-users?externalType=myCMS&externalId=uniqueId1",
			status: 200, answer: `{"outcome":"deleted"}`, sent: []string{"DELETE /user/myCMS/uniqueId1"}, says: true,
		},
	}
}

func groupOperations() []operation {
	return []operation{
		{
			id: "openmeetings-list-groups", method: "GET", path: "/openmeetings/groups", status: 200, reads: true, nothing: empty,
			answer: `{"groups":[{"id":1,"name":"Sales"},{"id":3,"name":"42","tag":"true"}]}`, sent: []string{"GET /group"},
		},
		{
			id: "openmeetings-create-group", method: "POST", path: "/openmeetings/groups", body: `{"name":"Sales + 50% & more"}`,
			status: 201, answer: `{"groupId":3}`, sent: []string{"POST /group?name=Sales%20%2B%2050%25%20%26%20more"}, says: true,
		},
		{
			id: "openmeetings-delete-group", method: "DELETE", path: "/openmeetings/groups/2",
			status: 200, answer: `{"outcome":"deleted"}`, sent: []string{"DELETE /group/2"}, says: true, unknown: notFound,
		},
		{
			id: "openmeetings-add-group-user", method: "POST", path: "/openmeetings/groups/1/users/7",
			status: 200, answer: `{"outcome":"added"}`, sent: []string{"POST /group/1/users/7"}, says: true, unknown: notFound,
		},
		{
			id: "openmeetings-remove-group-user", method: "DELETE", path: "/openmeetings/groups/1/users/7",
			status: 200, answer: `{"outcome":"removed"}`, sent: []string{"DELETE /group/1/users/7"}, says: true, unknown: notFound,
		},
		{
			id: "openmeetings-add-group-room", method: "POST", path: "/openmeetings/groups/1/rooms/2",
			status: 200, answer: `{"outcome":"added"}`, sent: []string{"POST /group/1/rooms/add/2"}, says: true, unknown: notFound,
		},
		{
			id: "openmeetings-list-group-users", method: "GET", path: "/openmeetings/groups/1/users?start=0&max=50&orderBy=id&order=desc",
			status: 200, answer: `{"total":1,"users":[` + user + `]}`, reads: true, unknown: notFound, nothing: notFound,
			sent: []string{"GET /group/users/1?asc=false&max=50&orderby=id&start=0"},
		},
	}
}

const (
	recordingUp = `{"id":11,"name":"Interview","hash":"rec-1","roomId":2,"status":"PROCESSED","interview":true,` +
		`"start":"2021-09-19T10:43:39+12:00","end":"2021-09-19T10:53:39.250+12:00","width":640,"height":480,"ownerId":8,"externalType":"myCMS"}`
	recording = `{"id":11,"name":"Interview","hash":"rec-1","roomId":2,"status":"PROCESSED","interview":true,` +
		`"start":"2021-09-19T10:43:39+12:00","end":"2021-09-19T10:53:39.25+12:00","width":640,"height":480,"ownerId":8,"externalType":"myCMS"}`
)

func recordingOperations() []operation {
	return []operation{
		{
			id: "openmeetings-list-recordings", method: "GET", path: "/openmeetings/recordings?externalType=myCMS&externalId=uniqueId1",
			status: 200, answer: `{"recordings":[` + recording + `]}`, sent: []string{"GET /record/myCMS", "GET /user"}, reads: true, nothing: empty,
		},
		{
			id: "openmeetings-list-room-recordings", method: "GET", path: "/openmeetings/rooms/2/recordings",
			status: 200, answer: `{"recordings":[` + recording + `]}`, sent: []string{"GET /record/room/2"}, reads: true, nothing: empty,
		},
		{
			id: "openmeetings-delete-recording", method: "DELETE", path: "/openmeetings/recordings/11",
			status: 200, answer: `{"outcome":"deleted"}`, sent: []string{"DELETE /record/11"}, says: true,
		},
	}
}

const (
	appointmentUp = `{"id":5,"title":"Review","location":"","start":"2026-12-01T09:00:00+0100","end":"2026-12-01T10:00:00+0100","description":"<b>all</b>",` +
		`"owner":{"id":7,"login":"john.doe","address":{"id":1,"inserted":{"time":1},"email":"john.doe@example.org"},"type":"USER"},` +
		`"inserted":"2026-02-01T09:00:00+0100","reminder":"ICAL","room":{"id":6,"name":"Review","type":"CONFERENCE","capacity":50,"appointment":true,"public":false},` +
		`"icalId":"ical-1","meetingMembers":[{"id":3,"user":{"id":9,"firstname":"Ada","address":{"email":"ada@example.org"},"type":"CONTACT"}}],` +
		`"languageId":1,"passwordProtected":false,"connectedEvent":false,"reminderEmailSend":false}`
	ownRoom = `{"id":6,"name":"Review","type":"CONFERENCE","capacity":50,"appointment":true,"isPublic":false,"demo":false,"closed":false,` +
		`"moderated":false,"waitModerator":false,"allowUserQuestions":false,"allowRecording":false,"waitRecording":false,"audioOnly":false}`
	// allAppointments is how one is looked for.
	allAppointments = "GET /calendar/1970-01-01T00%3A00%3A00%2B0000/9999-12-31T00%3A00%3A00%2B0000"

	appointment = `{"id":5,"title":"Review","start":"2026-12-01T09:00:00+01:00","end":"2026-12-01T10:00:00+01:00","description":"<b>all</b>",` +
		`"owner":{"id":7,"login":"john.doe","address":{"email":"john.doe@example.org"},"type":"USER"},` +
		`"reminder":"ICAL","room":` + ownRoom + `,"icalId":"ical-1","meetingMembers":[{"id":3,"user":{"id":9,"firstname":"Ada","address":{"email":"ada@example.org"},"type":"CONTACT"}}],` +
		`"languageId":1,"passwordProtected":false,"connectedEvent":false,"reminderEmailSend":false}`
)

func appointmentOperations() []operation {
	return []operation{
		{
			id: "openmeetings-create-appointment", method: "POST", path: "/openmeetings/appointments",
			body: `{"title":"Review","start":"2026-12-01T09:00:00+01:00","end":"2026-12-01T10:00:00+01:00","roomId":2,"ownerId":7,"reminder":"ICAL",` +
				`"members":[{"email":"ada@example.org","firstname":"Ada"},{"userId":7},{"externalType":"myCMS","externalId":"uniqueId1"}]}`,
			status: 201, answer: appointment, reads: true, unknown: notFound, nothing: notFound,
			sent: []string{"GET /room/2", "POST /calendar\n" +
				`appointment={"title":"Review","start":"2026-12-01T09:00:00+0100","end":"2026-12-01T10:00:00+0100","owner":{"id":7},"reminder":"ICAL",` +
				`"room":` + room + `,"meetingMembers":[{"user":{"firstname":"Ada","address":{"email":"ada@example.org"}}},{"user":{"id":7}},` +
				`{"user":{"type":"EXTERNAL","externalId":"uniqueId1","externalType":"myCMS"}}],"passwordProtected":false}`},
		},
		{
			id: "openmeetings-update-appointment", method: "PUT", path: "/openmeetings/appointments/5",
			body:   `{"title":"Review","start":"2026-12-01T09:00:00Z","end":"2026-12-01T11:00:00-03:30","password":"Knock-3"}`,
			status: 200, answer: appointment, reads: true, nothing: notFound,
			sent: []string{allAppointments, "POST /calendar\n" +
				`appointment={"id":5,"title":"Review","start":"2026-12-01T09:00:00+0000","end":"2026-12-01T11:00:00-0330",` +
				`"room":` + ownRoom + `,"icalId":"ical-1","password":"Knock-3","passwordProtected":true}`},
		},
		{
			id: "openmeetings-delete-appointment", method: "DELETE", path: "/openmeetings/appointments/5",
			status: 200, answer: `{"outcome":"deleted"}`, sent: []string{"DELETE /calendar/5"}, says: true, unknown: gone,
		},
		{
			id: "openmeetings-list-appointments", method: "GET", reads: true, nothing: empty,
			path:   "/openmeetings/appointments?start=2026-12-01T00:00:00Z&end=2027-01-01T00:00:00%2B05:30",
			status: 200, answer: `{"appointments":[` + appointment + `]}`,
			sent: []string{"GET /calendar/2026-12-01T00%3A00%3A00%2B0000/2027-01-01T00%3A00%3A00%2B0530"},
		},
		{
			id: "openmeetings-find-appointments", method: "GET", path: "/openmeetings/titled-appointments?title=Review%25",
			status: 200, answer: `{"appointments":[` + appointment + `]}`, sent: []string{"GET /calendar/title/Review%25"}, reads: true, nothing: empty,
		},
		{
			id: "openmeetings-next-appointment", method: "GET", path: "/openmeetings/next-appointment",
			status: 200, answer: appointment, sent: []string{"GET /calendar/next"}, reads: true, nothing: notFound,
		},
		{
			id: "openmeetings-get-room-appointment", method: "GET", path: "/openmeetings/rooms/2/appointment",
			status: 200, answer: appointment, sent: []string{"GET /calendar/room/2"}, reads: true, nothing: notFound,
		},
	}
}

const (
	fileUp = `{"id":9,"name":"minutes.png","hash":"file-hash","parentId":4,"roomId":2,"groupId":1,"ownerId":7,"size":68,` +
		`"externalId":"file-17","externalType":"myCMS","type":"IMAGE","width":1,"height":1}`
	folderUp = `{"id":4,"name":2026,"hash":"folder-hash","size":0,"type":"FOLDER"}`
	file     = fileUp
	folder   = `{"id":4,"name":"2026","hash":"folder-hash","type":"FOLDER"}`
)

func fileOperations() []operation {
	return []operation{
		{
			id: "openmeetings-upload-file", method: "POST", path: "/openmeetings/files",
			body:   `{"name":"minutes.png","type":"IMAGE","content":"iVBORw0KGgo=","parentId":4,"externalId":"file-17","externalType":"myCMS"}`,
			status: 201, answer: file, sent: []string{"POST /file"}, nothing: undefined,
		},
		{
			id: "openmeetings-list-files", method: "GET", path: "/openmeetings/files?externalType=myCMS",
			status: 200, answer: `{"files":[` + file + `]}`, sent: []string{"GET /file/myCMS"}, reads: true, nothing: empty,
		},
		{
			id: "openmeetings-list-room-files", method: "GET", path: "/openmeetings/rooms/2/files", reads: true, unknown: notFound, nothing: notFound,
			status: 200, answer: `{"userHome":[` + folder + `],"roomHome":[` + file + `,` + folder + `],"userHomeSize":0,"roomHomeSize":68}`,
			sent: []string{"GET /file/room/2"},
		},
		{
			id: "openmeetings-list-folder-files", method: "GET", path: "/openmeetings/rooms/2/files/-2", reads: true, unknown: notFound, nothing: empty,
			status: 200, answer: `{"files":[]}`, sent: []string{"GET /file/room/2/-2"},
		},
		{
			id: "openmeetings-rename-file", method: "POST", path: "/openmeetings/files/9/rename", body: `{"name":"minutes + 1.png"}`,
			status: 200, answer: file, sent: []string{"POST /file/rename/9/minutes%20%2B%201.png"}, nothing: notFound,
		},
		{
			id: "openmeetings-move-file", method: "POST", path: "/openmeetings/files/9/move", body: `{"roomId":2,"folderId":-2}`,
			status: 200, answer: file, sent: []string{"POST /file/move/2/9/-2"}, nothing: notFound,
		},
		{
			id: "openmeetings-delete-file", method: "DELETE", path: "/openmeetings/files/9",
			status: 200, answer: `{"outcome":"deleted"}`, sent: []string{"DELETE /file/9"}, says: true,
		},
		{
			id: "openmeetings-delete-external-file", method: "DELETE", path: "/openmeetings/external-files?externalType=myCMS&externalId=file-17",
			status: 200, answer: `{"outcome":"deleted"}`, sent: []string{"DELETE /file/myCMS/file-17"}, says: true,
		},
	}
}

func infoOperations() []operation {
	return []operation{
		{
			id: "openmeetings-health", method: "GET", path: "/openmeetings/health", status: 200, reads: true, open: true,
			answer: `{"inited":true,"installed":true,"dbOk":false}`, sent: []string{"GET /info/health"},
		},
		{
			id: "openmeetings-version", method: "GET", path: "/openmeetings/version", status: 200, reads: true, open: true,
			answer: `{"version":"9.1","revision":"32adbc8","buildDate":"2026-08-17T00:00:00Z"}`, sent: []string{"GET /info/version"},
		},
		{
			id: "openmeetings-get-error-text", method: "GET", path: "/openmeetings/errors/error.login.inuse?language=2",
			status: 200, answer: `{"text":"Login already in use"}`, sent: []string{"GET /error/error.login.inuse/2"}, reads: true, open: true, says: true,
		},
	}
}

// script is what the server answers on a good day, by method and path.
func script() map[string]string {
	return map[string]string{
		"POST /user/hash":                    done(hash),
		"POST /room":                         `{"roomDTO":` + roomUp + `}`,
		"GET /room/2":                        `{"roomDTO":` + roomUp + `}`,
		"GET /room/public/CONFERENCE":        `{"roomDTO":[` + roomUp + `]}`,
		"GET /room/CONFERENCE/myCMS/room-17": `{"roomDTO":` + roomUp + `}`,
		"DELETE /room/2":                     done("Deleted"),
		"GET /room/close/2":                  done("Closed"),
		"GET /room/open/2":                   done("Opened"),
		"GET /room/kick/2":                   done("Kicked"),
		"GET /room/kick/2/myCMS/uniqueId1":   done("Kicked"),
		"GET /room/count/2":                  done("0"),
		"GET /room/users/2":                  `{"userDTO":[` + guestUp + `]}`,
		"POST /room/hash":                    done(hash),
		"GET /wb/resetwb/2":                  done(""),
		"GET /wb/cleanwb/2/1":                done(""),
		"GET /wb/cleanslide/2/1/0":           done(""),
		"GET /user":                          `{"userDTO":[` + userUp + `,` + guestUp + `]}`,
		"POST /user":                         `{"userDTO":` + user + `}`,
		"DELETE /user/7":                     done("Deleted"),
		"DELETE /user/myCMS/uniqueId1":       done("Deleted"),
		"GET /group":                         `{"groupDTO":[{"id":1,"name":"Sales"},{"id":3,"name":42,"tag":true}]}`,
		"POST /group":                        done("3"),
		"DELETE /group/2":                    done("Deleted"),
		"POST /group/1/users/7":              done("7"),
		"DELETE /group/1/users/7":            done("7"),
		"POST /group/1/rooms/add/2":          done("Success"),
		"GET /group/users/1":                 `{"userSearchResult":{"objectName":"u","records":1,"result":` + userUp + `}}`,
		"GET /record/myCMS":                  `{"recordingDTO":[` + recordingUp + `,{"id":12,"name":"x","status":"NONE","interview":false,"ownerId":7}]}`,
		"GET /record/room/2":                 `{"recordingDTO":[` + recordingUp + `]}`,
		"DELETE /record/11":                  done("Deleted"),
		"POST /calendar":                     `{"appointmentDTO":` + appointmentUp + `}`,
		"DELETE /calendar/5":                 done("Deleted"),
		"GET /calendar/2026-12-01T00%3A00%3A00%2B0000/2027-01-01T00%3A00%3A00%2B0530": `{"appointmentDTO":[` + appointmentUp + `]}`,
		allAppointments:                             `{"appointmentDTO":[` + appointmentUp + `]}`,
		"GET /calendar/title/Review%25":             `{"appointmentDTO":[` + appointmentUp + `]}`,
		"GET /calendar/next":                        `{"appointmentDTO":` + appointmentUp + `}`,
		"GET /calendar/room/2":                      `{"appointmentDTO":` + appointmentUp + `}`,
		"POST /file":                                `{"fileItemDTO":` + fileUp + `}`,
		"GET /file/myCMS":                           `{"fileItemDTO":[` + fileUp + `]}`,
		"GET /file/room/2":                          `{"fileExplorerObject":{"userHome":` + folderUp + `,"roomHome":[` + fileUp + `,` + folderUp + `],"userHomeSize":0,"roomHomeSize":68}}`,
		"GET /file/room/2/-2":                       `{"fileItemDTO":[]}`,
		"POST /file/rename/9/minutes%20%2B%201.png": `{"fileItemDTO":` + fileUp + `}`,
		"POST /file/move/2/9/-2":                    `{"fileItemDTO":` + fileUp + `}`,
		"DELETE /file/9":                            done("Deleted"),
		"DELETE /file/myCMS/file-17":                done("Deleted"),
		"GET /info/health":                          `{"health":{"inited":true,"installed":true,"dbOk":false}}`,
		"GET /info/version":                         `{"info":{"version":9.1,"revision":"32adbc8","buildDate":"2026-08-17T00:00:00Z"}}`,
		"GET /error/error.login.inuse/2":            done("Login already in use"),
	}
}

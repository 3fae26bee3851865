package openmeetings_test

import (
	"context"
	"fmt"
	"slices"
	"time"

	"gavel/shared/openmeetings"
)

// Values that a path, a form or a query holds only when they are encoded, and how a path has them.
const (
	person       = `auth0|5f90 a+b%"é'&=?#`
	personInPath = "auth0%7C5f90%20a%2Bb%25%22%C3%A9%27%26%3D%3F%23"
	system       = `crm+ü %2F`
	systemInPath = "crm%2B%C3%BC%20%252F"
	email        = "ada+1@example.org"
	hash         = "c0ffeec0-d2e3-4f5a-9b6c-e7f8a9b0c1d2"
	roomPassword = "öpen & sesame"
	trickyText   = `5 % of "A+B" é <i>&amp;\ 😀` + "\u2028"
	trickyInJSON = `"5 % of \"A+B\" é <i>&amp;\\ 😀\u2028"`
	// trickySegment is as tricky as a path takes.
	trickySegment  = `5 % of "A+B" é <i>&amp` + " 😀\u2028"
	escapedSegment = "5%20%25%20of%20%22A%2BB%22%20%C3%A9%20%3Ci%3E%26amp%20%F0%9F%98%80%E2%80%A8"
)

// step is a request that an operation makes, and its answer.
type step struct {
	method, path string
	query        map[string]string // besides the sid; JSON is compared as such
	form         map[string]string // likewise; nil for no body
	answer       string            // empty for 204
	changes      bool
}

func (s step) route() string { return s.method + " " + s.path }

// operation is a call of a method of Client, the requests that it makes when all goes well, and what it gives then, as
// JSON.
type operation struct {
	name  string // of the method, with a word behind a space where there are several
	do    func(ctx context.Context, c *openmeetings.Client) (any, error)
	steps []step
	want  string
	open  bool // needs no session
}

// prepare scripts the answers.
func (o operation) prepare(u *upstream) {
	for _, s := range o.steps {
		u.on(s.route(), gives(s.answer))
	}
}

func get(path, answer string) step { return step{method: "GET", path: path, answer: answer} }

// trigger is a GET that changes something.
func trigger(path, message string) step {
	return step{method: "GET", path: path, answer: result(message, "SUCCESS"), changes: true}
}

func post(path, answer string, form map[string]string) step {
	return step{method: "POST", path: path, answer: answer, form: form, changes: true}
}

func remove(path string) step {
	return step{method: "DELETE", path: path, answer: result(`"Deleted"`, "SUCCESS"), changes: true}
}

func with(s step, query map[string]string) step {
	s.query = query
	return s
}

// doing makes the function of an operation of a method with one result.
func doing[T any](call func(ctx context.Context, c *openmeetings.Client) (T, error)) func(context.Context, *openmeetings.Client) (any, error) {
	return func(ctx context.Context, c *openmeetings.Client) (any, error) { return call(ctx, c) }
}

type (
	ctxt   = context.Context
	client = openmeetings.Client
)

func operations() []operation {
	all := []operation{
		{
			name: "Health", open: true, do: doing(func(ctx ctxt, c *client) (openmeetings.Health, error) { return c.Health(ctx) }),
			steps: []step{get("/info/health", `{"health":{"inited":true,"installed":true,"dbOk":false}}`)},
			want:  `{"inited":true,"installed":true,"dbOk":false}`,
		},
		{
			name: "Version", open: true, do: doing(func(ctx ctxt, c *client) (openmeetings.Version, error) { return c.Version(ctx) }),
			steps: []step{get("/info/version", `{"info":{"version":"9.1.0","revision":1234567,"buildDate":"2026-07-01T10:00:00Z"}}`)},
			want:  `{"version":"9.1.0","revision":"1234567","buildDate":"2026-07-01T10:00:00Z"}`,
		},
		{
			name: "ErrorText", open: true, do: doing(func(ctx ctxt, c *client) (string, error) { return c.ErrorText(ctx, "error.login.inuse", 2) }),
			steps: []step{get("/error/error.login.inuse/2", result(`"Der Name ist vergeben"`, "SUCCESS"))},
			want:  `"Der Name ist vergeben"`,
		},
		{
			name: "ErrorText of an odd key", open: true, do: doing(func(ctx ctxt, c *client) (string, error) { return c.ErrorText(ctx, trickySegment, 2) }),
			steps: []step{get("/error/"+escapedSegment+"/2", result(`404`, "SUCCESS"))},
			want:  `"404"`,
		},
	}
	return slices.Concat(all, entryOperations(), roomOperations(), meetingOperations(), peopleOperations(),
		calendarOperations(), recordingOperations(), fileOperations())
}

func operationNamed(name string) operation {
	for _, o := range operations() {
		if o.name == name {
			return o
		}
	}
	panic("no operation " + name)
}

func somebody() openmeetings.Person {
	return openmeetings.Person{
		ExternalID: person, ExternalType: system, FirstName: trickyText, LastName: "Łovelace", Login: "ada", Email: email,
		PictureURL: "https://app.example.org/p?id=1&s=50%25",
	}
}

func entryOperations() []operation {
	return []operation{
		{
			name: "CreateEntry",
			do: doing(func(ctx ctxt, c *client) (string, error) {
				entry, err := c.CreateEntry(ctx, somebody(), openmeetings.EntryOptions{
					RoomID: 7, ExternalRoomID: "r 1", ExternalType: system, RecordingID: 11, Moderator: true, Reusable: true,
					ShowAudioVideoTest: true, AllowRecording: true,
				}, 2)
				return entry.Hash, err
			}),
			steps: []step{post("/user/hash", result(`"`+hash+`"`, "SUCCESS"), map[string]string{
				"user": `{"externalId":"auth0|5f90 a+b%\"é'&=?#","externalType":"crm+ü %2F","firstname":` + trickyInJSON +
					`,"lastname":"Łovelace","login":"ada","email":"ada+1@example.org","profilePictureUrl":"https://app.example.org/p?id=1&s=50%25"}`,
				"options": `{"roomId":7,"externalRoomId":"r 1","externalType":"crm+ü %2F","recordingId":11,"moderator":true,` +
					`"allowSameURLMultipleTimes":true,"showAudioVideoTest":true,"allowRecording":true}`,
			})},
			want: `"` + hash + `"`,
		},
		{
			name: "CreateEntry with the least",
			do: doing(func(ctx ctxt, c *client) (string, error) {
				entry, err := c.CreateEntry(ctx, openmeetings.Person{ExternalID: "1", ExternalType: "crm"}, openmeetings.EntryOptions{RoomID: 7}, 0)
				return entry.Hash, err
			}),
			steps: []step{post("/user/hash", result(`"`+hash+`"`, "SUCCESS"), map[string]string{
				"user":    `{"externalId":"1","externalType":"crm"}`,
				"options": `{"roomId":7,"moderator":false,"allowSameURLMultipleTimes":false,"showAudioVideoTest":false,"allowRecording":false}`,
			})},
			want: `"` + hash + `"`,
		},
		{
			name: "CreateInvitation",
			do: doing(func(ctx ctxt, c *client) (string, error) {
				entry, err := c.CreateInvitation(ctx, openmeetings.Invitation{
					RoomID: 7, Email: email, FirstName: "Ada", LastName: "Łovelace", Subject: "50 % off", Message: trickyText,
					PasswordProtected: true, Password: roomPassword, Valid: openmeetings.Period,
					ValidFrom: "2026-03-01 10:00:00", ValidTo: "2026-03-01 11:00:00",
				}, true, 2)
				return entry.Hash, err
			}),
			steps: []step{with(post("/room/hash", result(`"`+hash+`"`, "SUCCESS"), nil), map[string]string{
				"invite": `{"roomId":7,"email":"ada+1@example.org","firstname":"Ada","lastname":"Łovelace","subject":"50 % off","message":` + trickyInJSON +
					`,"passwordProtected":true,"password":"öpen & sesame","valid":"PERIOD","validFrom":"2026-03-01 10:00:00","validTo":"2026-03-01 11:00:00"}`,
				"sendmail": "true",
			})},
			want: `"` + hash + `"`,
		},
		{
			name: "CreateInvitation with the least",
			do: doing(func(ctx ctxt, c *client) (string, error) {
				entry, err := c.CreateInvitation(ctx, openmeetings.Invitation{RoomID: 7, Valid: openmeetings.OneTime}, false, 0)
				return entry.Hash, err
			}),
			steps: []step{with(post("/room/hash", result(`"`+hash+`"`, "SUCCESS"), nil), map[string]string{
				"invite": `{"roomId":7,"passwordProtected":false,"valid":"ONE_TIME"}`, "sendmail": "false",
			})},
			want: `"` + hash + `"`,
		},
	}
}

// The room as the server has it, in the form of lists and single rooms: text that looks like numbers and booleans is
// written as such, and lists of one element as the element.
const (
	storedRoom = `{"id":7,"name":"007","comment":5,"tag":true,"type":"PRESENTATION","capacity":12,"appointment":true,"isPublic":true,` +
		`"demo":true,"demoTime":600,"closed":true,"externalId":1.5,"externalType":"1.50","redirectUrl":"https://app.example.org/after?x=1&y=%20",` +
		`"moderated":true,"waitModerator":true,"allowUserQuestions":true,"allowRecording":true,"waitRecording":true,"audioOnly":true,` +
		`"confno":"1e5","hiddenElements":"CHAT","files":{"id":3,"fileId":9,"wbIdx":1},"isNew":"of a version to come"}`
	roomAsText = `{"id":7,"name":"007","comment":"5","tag":"true","type":"PRESENTATION","capacity":12,"appointment":true,"isPublic":true,` +
		`"demo":true,"demoTime":600,"closed":true,"externalId":"1.5","externalType":"1.50","redirectUrl":"https://app.example.org/after?x=1&y=%20",` +
		`"moderated":true,"waitModerator":true,"allowUserQuestions":true,"allowRecording":true,"waitRecording":true,"audioOnly":true,` +
		`"confno":"1e5","hiddenElements":["CHAT"],"files":[{"id":3,"fileId":9,"wbIdx":1}]}`
	plainRoom = `{` + plainFields + `}`
	// typedRoom is plainRoom with the external type that an answer leaves out to a request that gave it.
	typedRoom   = `{"externalType":"crm+ü %2F",` + plainFields + `}`
	plainFields = `"id":7,"name":"Stand-up","type":"CONFERENCE","capacity":4,"appointment":false,"isPublic":false,"demo":false,"closed":false,` +
		`"moderated":false,"waitModerator":false,"allowUserQuestions":false,"allowRecording":false,"waitRecording":false,"audioOnly":false`
)

func everyField() openmeetings.RoomFields {
	return openmeetings.RoomFields{
		Name: new(trickyText), Comment: new("c"), Tag: new("t"), Type: new(openmeetings.Interview), Capacity: new(int64(3)),
		Appointment: new(false), Public: new(true), Demo: new(true), DemoTime: new(int64(60)), ExternalID: new("007"),
		ExternalType: new(system), RedirectURL: new("https://app.example.org"), Moderated: new(true), WaitModerator: new(true),
		AllowUserQuestions: new(true), AllowRecording: new(true), WaitRecording: new(true), AudioOnly: new(true),
		ConfNo: new("5"), HiddenElements: &[]string{"CHAT", "FILES"}, Files: &[]openmeetings.RoomFile{{FileID: 9}, {FileID: 10, Whiteboard: 1}},
	}
}

const everyFieldSent = `{"name":` + trickyInJSON + `,"comment":"c","tag":"t","type":"INTERVIEW","capacity":3,"appointment":false,"isPublic":true,` +
	`"demo":true,"demoTime":60,"externalId":"007","externalType":"crm+ü %2F","redirectUrl":"https://app.example.org","moderated":true,` +
	`"waitModerator":true,"allowUserQuestions":true,"allowRecording":true,"waitRecording":true,"audioOnly":true,"confno":"5",` +
	`"hiddenElements":["CHAT","FILES"],"files":[{"fileId":9,"wbIdx":0},{"fileId":10,"wbIdx":1}]}`

func roomOperations() []operation {
	one := `{"roomDTO":` + plainRoom + `}`
	return []operation{
		{
			name: "CreateRoom", do: doing(func(ctx ctxt, c *client) (openmeetings.Room, error) { return c.CreateRoom(ctx, everyField()) }),
			steps: []step{post("/room", one, map[string]string{"room": everyFieldSent})}, want: typedRoom,
		},
		{name: "CreateRoom with the least", do: doing(func(ctx ctxt, c *client) (openmeetings.Room, error) {
			return c.CreateRoom(ctx, openmeetings.RoomFields{Type: new(openmeetings.Conference)})
		}), steps: []step{post("/room", one, map[string]string{"room": `{"type":"CONFERENCE"}`})}, want: plainRoom},
		{
			name: "Room", do: doing(func(ctx ctxt, c *client) (openmeetings.Room, error) { return c.Room(ctx, 7) }),
			steps: []step{get("/room/7", `{"roomDTO":`+storedRoom+`}`)}, want: roomAsText,
		},
		{
			name: "Rooms", do: doing(func(ctx ctxt, c *client) ([]openmeetings.Room, error) { return c.Rooms(ctx, openmeetings.Conference) }),
			steps: []step{get("/room/public/CONFERENCE", `{"roomDTO":[`+plainRoom+`]}`)}, want: `[` + plainRoom + `]`,
		},
		{name: "FindRoom", do: doing(func(ctx ctxt, c *client) (openmeetings.Room, error) {
			return c.FindRoom(ctx, openmeetings.Interview, system, trickySegment)
		}), steps: []step{get("/room/INTERVIEW/"+systemInPath+"/"+escapedSegment, one)}, want: plainRoom},
		{name: "EnsureRoom", do: doing(func(ctx ctxt, c *client) (openmeetings.Room, error) {
			fields := everyField()
			fields.Type, fields.ExternalID, fields.ExternalType = nil, new("not this"), nil
			return c.EnsureRoom(ctx, openmeetings.Interview, system, "007", fields)
		}), steps: []step{{
			method: "GET", path: "/room/INTERVIEW/" + systemInPath + "/007", query: map[string]string{"room": everyFieldSent}, answer: one, changes: true,
		}}, want: typedRoom},
		{name: "UpdateRoom", do: doing(func(ctx ctxt, c *client) (openmeetings.Room, error) {
			return c.UpdateRoom(ctx, 7, openmeetings.RoomFields{})
		}), steps: []step{
			get("/room/7", `{"roomDTO":`+storedRoom+`}`),
			post("/room", `{"roomDTO":`+storedRoom+`}`, map[string]string{"room": roomAsText}),
		}, want: roomAsText},
		{
			name: "DeleteRoom", do: doing(func(ctx ctxt, c *client) (openmeetings.Outcome, error) { return c.DeleteRoom(ctx, 7) }),
			steps: []step{remove("/room/7")}, want: `"deleted"`,
		},
		{
			name: "ClearWhiteboard", do: doing(func(ctx ctxt, c *client) (openmeetings.Outcome, error) { return c.ClearWhiteboard(ctx, 7, nil, nil) }),
			steps: []step{trigger("/wb/resetwb/7", `""`)}, want: `"cleared"`,
		},
		{name: "ClearWhiteboard of one", do: doing(func(ctx ctxt, c *client) (openmeetings.Outcome, error) {
			return c.ClearWhiteboard(ctx, 7, new(int64(0)), nil)
		}), steps: []step{trigger("/wb/cleanwb/7/0", `""`)}, want: `"cleared"`},
		{name: "ClearWhiteboard of one slide", do: doing(func(ctx ctxt, c *client) (openmeetings.Outcome, error) {
			return c.ClearWhiteboard(ctx, 7, new(int64(2)), new(int64(0)))
		}), steps: []step{trigger("/wb/cleanslide/7/2/0", `""`)}, want: `"cleared"`},
	}
}

func meetingOperations() []operation {
	return []operation{
		{
			name: "CloseRoom", do: doing(func(ctx ctxt, c *client) (openmeetings.Outcome, error) { return c.CloseRoom(ctx, 7) }),
			steps: []step{trigger("/room/close/7", `"Closed"`)}, want: `"closed"`,
		},
		{
			name: "OpenRoom", do: doing(func(ctx ctxt, c *client) (openmeetings.Outcome, error) { return c.OpenRoom(ctx, 7) }),
			steps: []step{trigger("/room/open/7", `"Opened"`)}, want: `"opened"`,
		},
		{
			name: "KickAll", do: doing(func(ctx ctxt, c *client) (openmeetings.Outcome, error) { return c.KickAll(ctx, 7) }),
			steps: []step{trigger("/room/kick/7", `"Kicked"`)}, want: `"kicked"`,
		},
		{
			name: "KickUser", do: doing(func(ctx ctxt, c *client) (openmeetings.Outcome, error) { return c.KickUser(ctx, 7, system, person) }),
			steps: []step{trigger("/room/kick/7/"+systemInPath+"/"+personInPath, `"Kicked"`)}, want: `"kicked"`,
		},
		{
			name: "KickUser who is outside", do: doing(func(ctx ctxt, c *client) (openmeetings.Outcome, error) { return c.KickUser(ctx, 7, "crm", "1") }),
			steps: []step{trigger("/room/kick/7/crm/1", `"Not kicked"`)}, want: `"not_found"`,
		},
		{
			name: "CountRoom", do: doing(func(ctx ctxt, c *client) (int64, error) { return c.CountRoom(ctx, 7) }),
			steps: []step{get("/room/count/7", result(`3`, "SUCCESS"))}, want: `3`,
		},
		{
			name: "RoomUsers", do: doing(func(ctx ctxt, c *client) ([]openmeetings.User, error) { return c.RoomUsers(ctx, 7) }),
			steps: []step{get("/room/users/7", `{"userDTO":[{"id":1,"externalId":5,"externalType":"crm"},{"id":1,"externalId":5,"externalType":"crm"}]}`)},
			want:  `[{"id":1,"externalId":"5","externalType":"crm"},{"id":1,"externalId":"5","externalType":"crm"}]`,
		},
		{name: "EndRoom", do: func(ctx ctxt, c *client) (any, error) {
			outcome, inside, err := c.EndRoom(ctx, 7)
			return fmt.Sprint(outcome, " ", inside), err
		}, steps: []step{
			trigger("/room/close/7", `"Closed"`), trigger("/room/kick/7", `"Kicked"`), get("/room/count/7", result(`0`, "SUCCESS")),
		}, want: `"ended 0"`},
	}
}

func peopleOperations() []operation {
	const group = `{"groupDTO":[{"id":1,"name":42,"tag":"t"}]}`
	return []operation{
		{
			name: "Users", do: doing(func(ctx ctxt, c *client) ([]openmeetings.User, error) { return c.Users(ctx) }),
			steps: []step{get("/user", `{"userDTO":[{"id":1,"login":"ada","rights":"ROOM","address":{"mail":"ada@example.org","created":1}}]}`)},
			want:  `[{"id":1,"login":"ada","rights":["ROOM"],"address":{"email":"ada@example.org"}}]`,
		},
		{name: "CreateUser", do: doing(func(ctx ctxt, c *client) (openmeetings.User, error) {
			return c.CreateUser(ctx, openmeetings.NewUser{
				Login: "ada", Password: newPassword, FirstName: trickyText, LastName: "007", Rights: []openmeetings.Right{openmeetings.RightRoom, openmeetings.RightLogin},
				LanguageID: 2, Address: openmeetings.Address{Email: email, Country: "DE"}, TimeZoneID: "Europe/Berlin",
				ExternalID: person, ExternalType: system, PictureURL: "https://app.example.org/p",
			})
		}), steps: []step{post("/user", `{"userDTO":{"id":8,"login":"ada","rights":["ROOM"],"address":{"email":"ada@example.org","id":3}}}`, map[string]string{
			"user": `{"login":"ada","password":"Next-1-Word!","firstname":` + trickyInJSON + `,"lastname":"007","rights":["ROOM","LOGIN"],"languageId":2,` +
				`"address":{"email":"ada+1@example.org","country":"DE"},"timeZoneId":"Europe/Berlin","externalId":"auth0|5f90 a+b%\"é'&=?#",` +
				`"externalType":"crm+ü %2F","pictureUri":"https://app.example.org/p"}`,
			"confirm": `false`,
		})}, want: `{"id":8,"login":"ada","rights":["ROOM"],"address":{"email":"ada@example.org"},"externalType":"crm+ü %2F"}`},
		{
			name: "DeleteUser", do: doing(func(ctx ctxt, c *client) (openmeetings.Outcome, error) { return c.DeleteUser(ctx, 8) }),
			steps: []step{remove("/user/8")}, want: `"deleted"`,
		},
		{name: "DeleteExternalUser", do: doing(func(ctx ctxt, c *client) (openmeetings.Outcome, error) {
			return c.DeleteExternalUser(ctx, system, person)
		}), steps: []step{remove("/user/" + systemInPath + "/" + personInPath)}, want: `"deleted"`},
		{
			name: "Groups", do: doing(func(ctx ctxt, c *client) ([]openmeetings.Group, error) { return c.Groups(ctx) }),
			steps: []step{get("/group", group)}, want: `[{"id":1,"name":"42","tag":"t"}]`,
		},
		{
			name: "CreateGroup", do: doing(func(ctx ctxt, c *client) (int64, error) { return c.CreateGroup(ctx, trickyText) }),
			steps: []step{with(post("/group", result(`12`, "SUCCESS"), nil), map[string]string{"name": trickyText})}, want: `12`,
		},
		{
			name: "DeleteGroup", do: doing(func(ctx ctxt, c *client) (openmeetings.Outcome, error) { return c.DeleteGroup(ctx, 12) }),
			steps: []step{remove("/group/12")}, want: `"deleted"`,
		},
		{
			name: "AddGroupUser", do: doing(func(ctx ctxt, c *client) (openmeetings.Outcome, error) { return c.AddGroupUser(ctx, 12, 8) }),
			steps: []step{post("/group/12/users/8", result(`8`, "SUCCESS"), nil)}, want: `"added"`,
		},
		{
			name: "RemoveGroupUser", do: doing(func(ctx ctxt, c *client) (openmeetings.Outcome, error) { return c.RemoveGroupUser(ctx, 12, 8) }),
			steps: []step{remove("/group/12/users/8")}, want: `"removed"`,
		},
		{
			name: "AddGroupRoom", do: doing(func(ctx ctxt, c *client) (openmeetings.Outcome, error) { return c.AddGroupRoom(ctx, 12, 7) }),
			steps: []step{post("/group/12/rooms/add/7", result(`"Success"`, "SUCCESS"), nil)}, want: `"added"`,
		},
		{
			name: "AddGroupRoom it has", do: doing(func(ctx ctxt, c *client) (openmeetings.Outcome, error) { return c.AddGroupRoom(ctx, 12, 7) }),
			steps: []step{post("/group/12/rooms/add/7", result(`"Not added"`, "ERROR"), nil)}, want: `"unchanged"`,
		},
		{
			name: "GroupUsers", do: doing(func(ctx ctxt, c *client) (openmeetings.GroupUsers, error) {
				return c.GroupUsers(ctx, 12, openmeetings.GroupUsersQuery{Start: 10, Max: 5, OrderBy: "login", Ascending: true})
			}), steps: []step{with(get("/group/users/12", `{"userSearchResult":{"objectName":"o","records":11,"result":{"id":8,"login":"ada"}}}`),
				map[string]string{"start": "10", "max": "5", "orderby": "login", "asc": "true"})},
			want: `{"records":11,"result":[{"id":8,"login":"ada"}]}`,
		},
		{
			name: "GroupUsers by id", do: doing(func(ctx ctxt, c *client) (openmeetings.GroupUsers, error) {
				return c.GroupUsers(ctx, 12, openmeetings.GroupUsersQuery{Max: 100, OrderBy: "id"})
			}), steps: []step{with(get("/group/users/12", `{"userSearchResult":{"records":1,"result":[{"id":8},{"id":9}]}}`),
				map[string]string{"start": "0", "max": "100", "orderby": "id", "asc": "false"})},
			want: `{"records":1,"result":[{"id":8},{"id":9}]}`,
		},
	}
}

// The appointment in the form of single appointments and their lists: the room has its getters' names, times have no
// colon in the offset, and arrays stay arrays.
const (
	storedAppointment = `{"id":5,"title":"Stand-up","start":"2026-03-01T10:00:00+0100","end":"2026-03-01T10:30:00+0100","description":"<p>a</p>",` +
		`"owner":{"id":1,"firstname":"Ada","address":{"id":3,"email":"ada@example.org","inserted":{"epochSecond":1,"nano":0}}},` +
		`"inserted":"2026-02-01T10:00:00+0100","updated":null,"deleted":false,"reminder":"EMAIL",` +
		`"room":{"id":7,"name":"Stand-up","type":"CONFERENCE","capacity":50,"appointment":true,"public":true,"hiddenElements":[],"files":[]},` +
		`"icalId":"i-1","meetingMembers":[{"id":2,"user":{"id":9,"externalId":"5"}}],"languageId":2,"passwordProtected":false,` +
		`"connectedEvent":false,"reminderEmailSend":true}`
	appointmentRead = `{"id":5,"title":"Stand-up","start":"2026-03-01T10:00:00+01:00","end":"2026-03-01T10:30:00+01:00","description":"<p>a</p>",` +
		`"owner":{"id":1,"firstname":"Ada","address":{"email":"ada@example.org"}},"reminder":"EMAIL",` +
		`"room":` + appointmentRoom + `,` +
		`"icalId":"i-1","meetingMembers":[{"id":2,"user":{"id":9,"externalId":"5"}}],"languageId":2,"passwordProtected":false,` +
		`"connectedEvent":false,"reminderEmailSend":true}`
	appointmentRoom = `{"id":7,"name":"Stand-up","type":"CONFERENCE","capacity":50,"appointment":true,"isPublic":true,"demo":false,"closed":false,` +
		`"moderated":false,"waitModerator":false,"allowUserQuestions":false,"allowRecording":false,"waitRecording":false,"audioOnly":false}`
	oneAppointment  = `{"appointmentDTO":` + storedAppointment + `}`
	allAppointments = `{"appointmentDTO":[` + storedAppointment + `]}`
)

func booking() openmeetings.Booking {
	kolkata := time.FixedZone("IST", 5*3600+1800)
	return openmeetings.Booking{
		Title: trickyText, Location: "L", Start: time.Date(2026, 3, 1, 10, 0, 0, 999, kolkata), End: start.Add(time.Hour),
		Description: "<p>a</p>", OwnerID: 3, Reminder: "ICAL", RoomType: openmeetings.Presentation, LanguageID: 2,
		Password: roomPassword, PasswordProtected: true,
		Members: []openmeetings.Invitee{
			{UserID: 9}, {FirstName: "Ada", LastName: "Łovelace", Email: email}, {ExternalType: system, ExternalID: person},
		},
	}
}

const bookingSent = `"title":` + trickyInJSON + `,"location":"L","start":"2026-03-01T10:00:00+0530","end":"2026-03-01T10:00:00+0000",` +
	`"description":"<p>a</p>","owner":{"id":3},"reminder":"ICAL","meetingMembers":[{"user":{"id":9}},` +
	`{"user":{"firstname":"Ada","lastname":"Łovelace","address":{"email":"ada+1@example.org"}}},` +
	`{"user":{"type":"EXTERNAL","externalId":"auth0|5f90 a+b%\"é'&=?#","externalType":"crm+ü %2F"}}],"languageId":2,` +
	`"password":"öpen & sesame","passwordProtected":true}`

func calendarOperations() []operation {
	newYork := time.Date(2026, 3, 1, 9, 0, 0, 0, time.FixedZone("EST", -5*3600))
	const ever = "/1970-01-01T00%3A00%3A00%2B0000/9999-12-31T00%3A00%3A00%2B0000"
	const interval = "/2026-03-01T09%3A00%3A00-0500/2026-03-01T09%3A00%3A00%2B0000"
	return []operation{
		{
			name: "CreateAppointment", do: doing(func(ctx ctxt, c *client) (openmeetings.Appointment, error) {
				return c.CreateAppointment(ctx, booking())
			}),
			steps: []step{post("/calendar", oneAppointment, map[string]string{
				"appointment": `{"room":{"type":"PRESENTATION","appointment":true},` + bookingSent,
			})}, want: appointmentRead,
		},
		{name: "CreateAppointment with the least", do: doing(func(ctx ctxt, c *client) (openmeetings.Appointment, error) {
			return c.CreateAppointment(ctx, openmeetings.Booking{Title: "5", Start: start, End: start.Add(time.Hour), RoomType: openmeetings.Conference})
		}), steps: []step{post("/calendar", oneAppointment, map[string]string{
			"appointment": `{"title":"5","start":"2026-03-01T09:00:00+0000","end":"2026-03-01T10:00:00+0000",` +
				`"room":{"type":"CONFERENCE","appointment":true},"passwordProtected":false}`,
		})}, want: appointmentRead},
		{name: "CreateAppointment in a room", do: doing(func(ctx ctxt, c *client) (openmeetings.Appointment, error) {
			b := booking()
			b.RoomID = 7
			return c.CreateAppointment(ctx, b)
		}), steps: []step{
			get("/room/7", `{"roomDTO":`+storedRoom+`}`),
			post("/calendar", oneAppointment, map[string]string{"appointment": `{"room":` + roomAsText + `,` + bookingSent}),
		}, want: appointmentRead},
		{name: "UpdateAppointment", do: doing(func(ctx ctxt, c *client) (openmeetings.Appointment, error) {
			return c.UpdateAppointment(ctx, 5, booking())
		}), steps: []step{
			get("/calendar/3"+ever, allAppointments),
			post("/calendar", oneAppointment, map[string]string{"appointment": `{"id":5,"icalId":"i-1","room":` + appointmentRoom + `,` + bookingSent}),
		}, want: appointmentRead},
		{name: "UpdateAppointment of the account's own in another room", do: doing(func(ctx ctxt, c *client) (openmeetings.Appointment, error) {
			return c.UpdateAppointment(ctx, 5, openmeetings.Booking{Title: "a", Start: start, End: start, RoomID: 8})
		}), steps: []step{
			get("/calendar"+ever, allAppointments),
			get("/room/8", `{"roomDTO":`+storedRoom+`}`),
			post("/calendar", oneAppointment, map[string]string{
				"appointment": `{"id":5,"icalId":"i-1","title":"a","start":"2026-03-01T09:00:00+0000","end":"2026-03-01T09:00:00+0000","room":` + roomAsText +
					`,"passwordProtected":false}`,
			}),
		}, want: appointmentRead},
		{
			name: "Appointments", do: doing(func(ctx ctxt, c *client) ([]openmeetings.Appointment, error) {
				return c.Appointments(ctx, 0, newYork, start)
			}),
			steps: []step{get("/calendar"+interval, allAppointments)}, want: `[` + appointmentRead + `]`,
		},
		{
			name: "Appointments of a user", do: doing(func(ctx ctxt, c *client) ([]openmeetings.Appointment, error) {
				return c.Appointments(ctx, 9, newYork, start)
			}),
			steps: []step{get("/calendar/9"+interval, allAppointments)}, want: `[` + appointmentRead + `]`,
		},
		{
			name: "NextAppointment", do: doing(func(ctx ctxt, c *client) (openmeetings.Appointment, error) { return c.NextAppointment(ctx, 0) }),
			steps: []step{get("/calendar/next", oneAppointment)}, want: appointmentRead,
		},
		{
			name: "NextAppointment of a user", do: doing(func(ctx ctxt, c *client) (openmeetings.Appointment, error) { return c.NextAppointment(ctx, 9) }),
			steps: []step{get("/calendar/next/9", oneAppointment)}, want: appointmentRead,
		},
		{
			name: "RoomAppointment", do: doing(func(ctx ctxt, c *client) (openmeetings.Appointment, error) { return c.RoomAppointment(ctx, 7) }),
			steps: []step{get("/calendar/room/7", oneAppointment)}, want: appointmentRead,
		},
		{
			name: "FindAppointments", do: doing(func(ctx ctxt, c *client) ([]openmeetings.Appointment, error) {
				return c.FindAppointments(ctx, trickySegment)
			}),
			steps: []step{get("/calendar/title/"+escapedSegment, allAppointments)}, want: `[` + appointmentRead + `]`,
		},
		{
			name: "DeleteAppointment", do: doing(func(ctx ctxt, c *client) (openmeetings.Outcome, error) { return c.DeleteAppointment(ctx, 5) }),
			steps: []step{remove("/calendar/5")}, want: `"deleted"`,
		},
	}
}

func recordingOperations() []operation {
	const (
		stored = `{"id":11,"name":2021,"hash":"h-1","roomId":7,"status":"PROCESSED","interview":false,"start":"2021-09-19T10:43:39+12:00",` +
			`"end":"2021-09-19T10:53:39.5+12:00","width":640,"height":480,"ownerId":8,"externalType":"crm"}`
		read = `{"id":11,"name":"2021","hash":"h-1","roomId":7,"status":"PROCESSED","interview":false,"start":"2021-09-19T10:43:39+12:00",` +
			`"end":"2021-09-19T10:53:39.5+12:00","width":640,"height":480,"ownerId":8,"externalType":"crm"}`
		foreign = `{"id":12,"name":"b","status":"NONE","interview":true,"ownerId":9}`
	)
	return []operation{
		{
			name: "Recordings", do: doing(func(ctx ctxt, c *client) ([]openmeetings.Recording, error) { return c.Recordings(ctx, system) }),
			steps: []step{get("/record/"+systemInPath, `{"recordingDTO":[`+stored+`]}`)}, want: `[` + read + `]`,
		},
		{
			name: "UserRecordings", do: doing(func(ctx ctxt, c *client) ([]openmeetings.Recording, error) { return c.UserRecordings(ctx, "crm", "5") }),
			steps: []step{
				get("/record/crm", `{"recordingDTO":[`+foreign+`,`+stored+`]}`),
				get("/user", `{"userDTO":[{"id":8,"externalId":5,"externalType":"crm"},{"id":9,"externalId":5,"externalType":"erp"},{"id":10,"externalId":6,"externalType":"crm"}]}`),
			}, want: `[` + read + `]`,
		},
		{
			name: "RoomRecordings", do: doing(func(ctx ctxt, c *client) ([]openmeetings.Recording, error) { return c.RoomRecordings(ctx, 7) }),
			steps: []step{get("/record/room/7", `{"recordingDTO":[`+foreign+`]}`)}, want: `[` + foreign + `]`,
		},
		{
			name: "DeleteRecording", do: doing(func(ctx ctxt, c *client) (openmeetings.Outcome, error) { return c.DeleteRecording(ctx, 11) }),
			steps: []step{remove("/record/11")}, want: `"deleted"`,
		},
	}
}

func fileOperations() []operation {
	const (
		stored = `{"id":9,"name":1,"hash":"h-9","parentId":-1,"roomId":7,"groupId":1,"ownerId":2,"size":100,"externalId":5,"externalType":"crm","type":"IMAGE","width":4,"height":3}`
		read   = `{"id":9,"name":"1","hash":"h-9","parentId":-1,"roomId":7,"groupId":1,"ownerId":2,"size":100,"externalId":"5","externalType":"crm","type":"IMAGE","width":4,"height":3}`
		one    = `{"fileItemDTO":` + stored + `}`
		all    = `{"fileItemDTO":[` + stored + `]}`
	)
	return []operation{
		{
			name: "UploadFile", do: doing(func(ctx ctxt, c *client) (openmeetings.File, error) {
				return c.UploadFile(ctx, file(), []byte(content))
			}),
			steps: []step{post("/file", one, nil)}, want: read,
		},
		{
			name: "Files", do: doing(func(ctx ctxt, c *client) ([]openmeetings.File, error) { return c.Files(ctx, system) }),
			steps: []step{get("/file/"+systemInPath, all)}, want: `[` + read + `]`,
		},
		{
			name: "RoomFiles", do: doing(func(ctx ctxt, c *client) (openmeetings.RoomFiles, error) { return c.RoomFiles(ctx, 7) }),
			steps: []step{get("/file/room/7", `{"fileExplorerObject":{"userHome":`+stored+`,"roomHome":[`+stored+`,`+stored+`],"userHomeSize":100,"roomHomeSize":200}}`)},
			want:  `{"userHome":[` + read + `],"roomHome":[` + read + `,` + read + `],"userHomeSize":100,"roomHomeSize":200}`,
		},
		{
			name: "FolderFiles", do: doing(func(ctx ctxt, c *client) ([]openmeetings.File, error) { return c.FolderFiles(ctx, 7, -2) }),
			steps: []step{get("/file/room/7/-2", all)}, want: `[` + read + `]`,
		},
		{
			name: "RenameFile", do: doing(func(ctx ctxt, c *client) (openmeetings.File, error) { return c.RenameFile(ctx, 9, trickySegment) }),
			steps: []step{post("/file/rename/9/"+escapedSegment, one, nil)}, want: read,
		},
		{
			name: "MoveFile", do: doing(func(ctx ctxt, c *client) (openmeetings.File, error) { return c.MoveFile(ctx, 9, 7, -2) }),
			steps: []step{post("/file/move/7/9/-2", one, nil)}, want: read,
		},
		{
			name: "DeleteFile", do: doing(func(ctx ctxt, c *client) (openmeetings.Outcome, error) { return c.DeleteFile(ctx, 9) }),
			steps: []step{remove("/file/9")}, want: `"deleted"`,
		},
		{
			name: "DeleteFile that is gone", do: doing(func(ctx ctxt, c *client) (openmeetings.Outcome, error) { return c.DeleteFile(ctx, 9) }),
			steps: []step{{method: "DELETE", path: "/file/9", answer: result(`"Bad id"`, "ERROR"), changes: true}}, want: `"not_found"`,
		},
		{
			name: "DeleteExternalFile", do: doing(func(ctx ctxt, c *client) (openmeetings.Outcome, error) {
				return c.DeleteExternalFile(ctx, system, trickySegment)
			}),
			steps: []step{remove("/file/" + systemInPath + "/" + escapedSegment)}, want: `"deleted"`,
		},
	}
}

// content has what ends lines and parts in a body of several.
const content = "\x00\r\n--\xff\r\n"

func file() openmeetings.NewFile {
	return openmeetings.NewFile{
		Name: trickyText, Type: openmeetings.Image, ParentID: -1, GroupID: 1, OwnerID: 2, ExternalID: "007", ExternalType: system,
	}
}

const fileSent = `{"fileItemDTO":{"name":` + trickyInJSON + `,"type":"IMAGE","parentId":-1,"groupId":1,"ownerId":2,"externalId":"007","externalType":"crm+ü %2F"}}`

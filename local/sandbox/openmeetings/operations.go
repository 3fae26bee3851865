package openmeetings

import (
	"net/http"
	"slices"
)

// operations are the methods of all services. Where two patterns of one verb fit, the first one is the closer one.
func operations() []operation {
	return slices.Concat(
		infoOperations(),
		userOperations(),
		roomOperations(),
		calendarOperations(),
		recordOperations(),
		groupOperations(),
		fileOperations(),
		boardOperations(),
	)
}

func infoOperations() []operation {
	return []operation{
		{method: http.MethodGet, pattern: "info/version", run: version},
		{method: http.MethodGet, pattern: "info/health", run: health},
		{method: http.MethodGet, pattern: "error/*/*", run: translate},
		{method: http.MethodPost, pattern: "error/report", run: report},
	}
}

func userOperations() []operation {
	return []operation{
		{method: http.MethodPost, pattern: "user/login", run: loginByForm, only: Profile91, waits: true},
		{method: http.MethodGet, pattern: "user/login", run: loginByQuery, only: Profile81, waits: true},
		{method: http.MethodGet, pattern: "user", run: listUsers},
		{method: http.MethodPost, pattern: "user", run: postUser},
		{method: http.MethodPost, pattern: "user/hash", run: makeHash},
		{method: http.MethodDelete, pattern: "user/*", run: deleteUser},
		{method: http.MethodDelete, pattern: "user/*/*", run: deleteExternalUser},
	}
}

func roomOperations() []operation {
	return []operation{
		{method: http.MethodGet, pattern: "room/public/*", run: publicRooms},
		{method: http.MethodGet, pattern: "room/close/*", run: closeRoom},
		{method: http.MethodGet, pattern: "room/open/*", run: openRoom},
		{method: http.MethodGet, pattern: "room/kick/*", run: kickAll},
		{method: http.MethodGet, pattern: "room/kick/*/*/*", run: kickExternal},
		{method: http.MethodGet, pattern: "room/count/*", run: countClients},
		{method: http.MethodGet, pattern: "room/users/*", run: roomUsers},
		{method: http.MethodGet, pattern: "room/*", run: getRoom},
		{method: http.MethodGet, pattern: "room/*/*/*", run: externalRoom},
		{method: http.MethodPost, pattern: "room", run: postRoom},
		{method: http.MethodPost, pattern: "room/hash", run: invite},
		{method: http.MethodDelete, pattern: "room/*", run: deleteRoom},
	}
}

func calendarOperations() []operation {
	return []operation{
		{method: http.MethodGet, pattern: "calendar/next", run: nextAppointment},
		{method: http.MethodGet, pattern: "calendar/next/*", run: nextAppointmentOf},
		{method: http.MethodGet, pattern: "calendar/room/*", run: appointmentOfRoom},
		{method: http.MethodGet, pattern: "calendar/title/*", run: appointmentsByTitle},
		{method: http.MethodGet, pattern: "calendar/*/*", run: appointments},
		{method: http.MethodGet, pattern: "calendar/*/*/*", run: appointmentsOf},
		{method: http.MethodPost, pattern: "calendar", run: postAppointment},
		{method: http.MethodDelete, pattern: "calendar/*", run: deleteAppointment},
	}
}

func recordOperations() []operation {
	return []operation{
		{method: http.MethodGet, pattern: "record/room/*", run: recordingsOfRoom},
		{method: http.MethodGet, pattern: "record/*", run: recordingsOfType},
		{method: http.MethodGet, pattern: "record/*/*", run: recordingsOfUser},
		{method: http.MethodDelete, pattern: "record/*", run: deleteRecording},
	}
}

func groupOperations() []operation {
	return []operation{
		{method: http.MethodGet, pattern: "group", run: listGroups},
		{method: http.MethodPost, pattern: "group", run: postGroup},
		{method: http.MethodDelete, pattern: "group/*", run: deleteGroup},
		{method: http.MethodPost, pattern: "group/*/users/*", run: joinGroup},
		{method: http.MethodDelete, pattern: "group/*/users/*", run: leaveGroup},
		{method: http.MethodPost, pattern: "group/*/rooms/add/*", run: addRoomToGroup},
		{method: http.MethodGet, pattern: "group/users/*", run: searchUsers},
	}
}

func fileOperations() []operation {
	return []operation{
		{method: http.MethodPost, pattern: "file", run: uploadFile},
		{method: http.MethodGet, pattern: "file/room/*", run: filesOfRoom},
		{method: http.MethodGet, pattern: "file/room/*/*", run: filesBelow},
		{method: http.MethodGet, pattern: "file/*", run: filesOfType},
		{method: http.MethodPost, pattern: "file/rename/*/*", run: renameFile},
		{method: http.MethodPost, pattern: "file/move/*/*/*", run: moveFile},
		{method: http.MethodDelete, pattern: "file/*", run: deleteFile},
		{method: http.MethodDelete, pattern: "file/*/*", run: deleteExternalFile},
	}
}

func boardOperations() []operation {
	return []operation{
		{method: http.MethodGet, pattern: "wb/resetwb/*", run: clean},
		{method: http.MethodGet, pattern: "wb/cleanwb/*/*", run: clean},
		{method: http.MethodGet, pattern: "wb/cleanslide/*/*/*", run: clean},
		{method: http.MethodPost, pattern: "wb/uploadwb/*", run: uploadWhiteboard},
	}
}

package openmeetingsapi_test

import (
	"net/http"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"gavel/shared/api"
	"gavel/shared/api/openmeetingsapi"
)

// registers are what each function calls to serve its one operation.
func registers() map[string]func(huma.API, openmeetingsapi.Client) {
	return map[string]func(huma.API, openmeetingsapi.Client){
		"openmeetings-create-entry":         func(a huma.API, c openmeetingsapi.Client) { openmeetingsapi.RegisterCreateEntry(a, c) },
		"openmeetings-create-room":          func(a huma.API, c openmeetingsapi.Client) { openmeetingsapi.RegisterCreateRoom(a, c) },
		"openmeetings-list-rooms":           func(a huma.API, c openmeetingsapi.Client) { openmeetingsapi.RegisterListRooms(a, c) },
		"openmeetings-find-room":            func(a huma.API, c openmeetingsapi.Client) { openmeetingsapi.RegisterFindRoom(a, c) },
		"openmeetings-get-room":             func(a huma.API, c openmeetingsapi.Client) { openmeetingsapi.RegisterGetRoom(a, c) },
		"openmeetings-update-room":          func(a huma.API, c openmeetingsapi.Client) { openmeetingsapi.RegisterUpdateRoom(a, c) },
		"openmeetings-delete-room":          func(a huma.API, c openmeetingsapi.Client) { openmeetingsapi.RegisterDeleteRoom(a, c) },
		"openmeetings-close-room":           func(a huma.API, c openmeetingsapi.Client) { openmeetingsapi.RegisterCloseRoom(a, c) },
		"openmeetings-open-room":            func(a huma.API, c openmeetingsapi.Client) { openmeetingsapi.RegisterOpenRoom(a, c) },
		"openmeetings-kick":                 func(a huma.API, c openmeetingsapi.Client) { openmeetingsapi.RegisterKick(a, c) },
		"openmeetings-end-room":             func(a huma.API, c openmeetingsapi.Client) { openmeetingsapi.RegisterEndRoom(a, c) },
		"openmeetings-list-room-users":      func(a huma.API, c openmeetingsapi.Client) { openmeetingsapi.RegisterListRoomUsers(a, c) },
		"openmeetings-count-room-users":     func(a huma.API, c openmeetingsapi.Client) { openmeetingsapi.RegisterCountRoomUsers(a, c) },
		"openmeetings-create-invitation":    func(a huma.API, c openmeetingsapi.Client) { openmeetingsapi.RegisterCreateInvitation(a, c) },
		"openmeetings-clear-whiteboard":     func(a huma.API, c openmeetingsapi.Client) { openmeetingsapi.RegisterClearWhiteboard(a, c) },
		"openmeetings-list-users":           func(a huma.API, c openmeetingsapi.Client) { openmeetingsapi.RegisterListUsers(a, c) },
		"openmeetings-create-user":          func(a huma.API, c openmeetingsapi.Client) { openmeetingsapi.RegisterCreateUser(a, c) },
		"openmeetings-delete-user":          func(a huma.API, c openmeetingsapi.Client) { openmeetingsapi.RegisterDeleteUser(a, c) },
		"openmeetings-delete-external-user": func(a huma.API, c openmeetingsapi.Client) { openmeetingsapi.RegisterDeleteExternalUser(a, c) },
		"openmeetings-list-groups":          func(a huma.API, c openmeetingsapi.Client) { openmeetingsapi.RegisterListGroups(a, c) },
		"openmeetings-create-group":         func(a huma.API, c openmeetingsapi.Client) { openmeetingsapi.RegisterCreateGroup(a, c) },
		"openmeetings-delete-group":         func(a huma.API, c openmeetingsapi.Client) { openmeetingsapi.RegisterDeleteGroup(a, c) },
		"openmeetings-add-group-user":       func(a huma.API, c openmeetingsapi.Client) { openmeetingsapi.RegisterAddGroupUser(a, c) },
		"openmeetings-remove-group-user":    func(a huma.API, c openmeetingsapi.Client) { openmeetingsapi.RegisterRemoveGroupUser(a, c) },
		"openmeetings-add-group-room":       func(a huma.API, c openmeetingsapi.Client) { openmeetingsapi.RegisterAddGroupRoom(a, c) },
		"openmeetings-list-group-users":     func(a huma.API, c openmeetingsapi.Client) { openmeetingsapi.RegisterListGroupUsers(a, c) },
		"openmeetings-list-recordings":      func(a huma.API, c openmeetingsapi.Client) { openmeetingsapi.RegisterListRecordings(a, c) },
		"openmeetings-list-room-recordings": func(a huma.API, c openmeetingsapi.Client) { openmeetingsapi.RegisterListRoomRecordings(a, c) },
		"openmeetings-delete-recording":     func(a huma.API, c openmeetingsapi.Client) { openmeetingsapi.RegisterDeleteRecording(a, c) },
		"openmeetings-create-appointment":   func(a huma.API, c openmeetingsapi.Client) { openmeetingsapi.RegisterCreateAppointment(a, c) },
		"openmeetings-update-appointment":   func(a huma.API, c openmeetingsapi.Client) { openmeetingsapi.RegisterUpdateAppointment(a, c) },
		"openmeetings-delete-appointment":   func(a huma.API, c openmeetingsapi.Client) { openmeetingsapi.RegisterDeleteAppointment(a, c) },
		"openmeetings-list-appointments":    func(a huma.API, c openmeetingsapi.Client) { openmeetingsapi.RegisterListAppointments(a, c) },
		"openmeetings-find-appointments":    func(a huma.API, c openmeetingsapi.Client) { openmeetingsapi.RegisterFindAppointments(a, c) },
		"openmeetings-next-appointment":     func(a huma.API, c openmeetingsapi.Client) { openmeetingsapi.RegisterNextAppointment(a, c) },
		"openmeetings-get-room-appointment": func(a huma.API, c openmeetingsapi.Client) { openmeetingsapi.RegisterGetRoomAppointment(a, c) },
		"openmeetings-upload-file":          func(a huma.API, c openmeetingsapi.Client) { openmeetingsapi.RegisterUploadFile(a, c) },
		"openmeetings-list-files":           func(a huma.API, c openmeetingsapi.Client) { openmeetingsapi.RegisterListFiles(a, c) },
		"openmeetings-list-room-files":      func(a huma.API, c openmeetingsapi.Client) { openmeetingsapi.RegisterListRoomFiles(a, c) },
		"openmeetings-list-folder-files":    func(a huma.API, c openmeetingsapi.Client) { openmeetingsapi.RegisterListFolderFiles(a, c) },
		"openmeetings-rename-file":          func(a huma.API, c openmeetingsapi.Client) { openmeetingsapi.RegisterRenameFile(a, c) },
		"openmeetings-move-file":            func(a huma.API, c openmeetingsapi.Client) { openmeetingsapi.RegisterMoveFile(a, c) },
		"openmeetings-delete-file":          func(a huma.API, c openmeetingsapi.Client) { openmeetingsapi.RegisterDeleteFile(a, c) },
		"openmeetings-delete-external-file": func(a huma.API, c openmeetingsapi.Client) { openmeetingsapi.RegisterDeleteExternalFile(a, c) },
		"openmeetings-health":               func(a huma.API, c openmeetingsapi.Client) { openmeetingsapi.RegisterHealth(a, c) },
		"openmeetings-version":              func(a huma.API, c openmeetingsapi.Client) { openmeetingsapi.RegisterVersion(a, c) },
		"openmeetings-get-error-text":       func(a huma.API, c openmeetingsapi.Client) { openmeetingsapi.RegisterGetErrorText(a, c) },
	}
}

func TestRegister_AddsOneOperation(t *testing.T) {
	t.Parallel()
	for _, op := range operations() {
		t.Run(op.id, func(t *testing.T) {
			t.Parallel()
			a := api.New(http.NewServeMux())
			registers()[op.id](a, nil)
			var got []string
			for _, item := range a.OpenAPI().Paths {
				for _, added := range []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete} {
					if added != nil {
						got = append(got, added.Method+" "+added.OperationID)
					}
				}
			}
			if len(got) != 1 || got[0] != op.method+" "+op.id {
				t.Errorf("got the operations %q, want %s %s alone", got, op.method, op.id)
			}
		})
	}
}

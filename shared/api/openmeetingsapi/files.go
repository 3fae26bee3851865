package openmeetingsapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"gavel/shared/api"
	"gavel/shared/openmeetings"
)

// FileClient rules files.
type FileClient interface {
	UploadFile(ctx context.Context, f openmeetings.NewFile, content []byte) (openmeetings.File, error)
	Files(ctx context.Context, externalType string) ([]openmeetings.File, error)
	RoomFiles(ctx context.Context, room int64) (openmeetings.RoomFiles, error)
	FolderFiles(ctx context.Context, room, folder int64) ([]openmeetings.File, error)
	RenameFile(ctx context.Context, id int64, name string) (openmeetings.File, error)
	MoveFile(ctx context.Context, id, room, folder int64) (openmeetings.File, error)
	DeleteFile(ctx context.Context, id int64) (openmeetings.Outcome, error)
	DeleteExternalFile(ctx context.Context, externalType, externalID string) (openmeetings.Outcome, error)
}

func registerFiles(a huma.API, client FileClient) {
	RegisterUploadFile(a, client)
	RegisterListFiles(a, client)
	RegisterListRoomFiles(a, client)
	RegisterListFolderFiles(a, client)
	RegisterRenameFile(a, client)
	RegisterMoveFile(a, client)
	RegisterDeleteFile(a, client)
	RegisterDeleteExternalFile(a, client)
}

// maxUpload is the most bytes of a body with a file: 3 MiB as Base64, and the rest. A function takes 6 MB.
const maxUpload = 4<<20 + 16<<10

type uploadFileInput struct{ Body uploadBody }

type uploadBody struct {
	Name         string                `json:"name" minLength:"1" maxLength:"255" example:"agenda.pdf"`
	Type         openmeetings.FileType `json:"type,omitempty" enum:"FOLDER,IMAGE,PRESENTATION,VIDEO,WML_FILE" doc:"The server looks into the file, and only believes FOLDER"`
	Content      []byte                `json:"content,omitempty" maxLength:"4194304" doc:"The bytes in Base64, at most 3 MiB; none for a folder"`
	ParentID     int64                 `json:"parentId,omitempty" minimum:"1" doc:"The server's id of the folder it goes into"`
	GroupID      int64                 `json:"groupId,omitempty" minimum:"1" doc:"The server's id of the group it is for"`
	OwnerID      int64                 `json:"ownerId,omitempty" minimum:"1" doc:"The server's id of the user whose it is"`
	ExternalID   string                `json:"externalId,omitempty" maxLength:"255" doc:"The file's id in your system; with externalType"`
	ExternalType string                `json:"externalType,omitempty" maxLength:"255" doc:"Your system's name"`
}

// Resolve checks what the schema cannot say.
func (b *uploadBody) Resolve(_ huma.Context, at *huma.PathBuffer) []error {
	faults := together(at, "externalId", "externalType", b.ExternalID != "", b.ExternalType != "")
	if folder := b.Type == openmeetings.Folder; folder == (len(b.Content) > 0) {
		faults = append(faults, fault(at, "content", "expected the bytes of a file, and none with FOLDER")...)
	}
	return faults
}

// RegisterUploadFile adds openmeetings-upload-file.
func RegisterUploadFile(a huma.API, client FileClient) {
	command(a, api.Operation{
		ID: "openmeetings-upload-file", Method: http.MethodPost, Path: "/openmeetings/files", Status: http.StatusCreated, Once: true,
		Summary:     "Send a file, or make a folder",
		Description: "To show it in a room, move it there, or name it among the room's files. A file larger than 3 MiB has to be sent to the server itself.",
		MaxBody:     maxUpload,
	}, func(ctx context.Context, in *uploadFileInput) (*api.Output[openmeetings.File], error) {
		b := in.Body
		return answer(client.UploadFile(ctx, openmeetings.NewFile{
			Name: b.Name, Type: b.Type, ParentID: b.ParentID, GroupID: b.GroupID, OwnerID: b.OwnerID,
			ExternalID: b.ExternalID, ExternalType: b.ExternalType,
		}, b.Content))
	}, tellFile)
}

type listFilesInput struct {
	ExternalType segment `query:"externalType" required:"true" minLength:"1" maxLength:"255" doc:"Your system's name. OpenMeetings takes it in a path, where / \\ and ; cannot be." example:"myCMS"`
}

type filesBody struct {
	Files []openmeetings.File `json:"files" nullable:"false"`
}

// RegisterListFiles adds openmeetings-list-files.
func RegisterListFiles(a huma.API, client FileClient) {
	register(a, api.Operation{
		ID: "openmeetings-list-files", Method: http.MethodGet, Path: "/openmeetings/files",
		Summary:     "List the files of your system",
		Description: "Those that were sent with your system's name as externalType.",
	}, func(ctx context.Context, in *listFilesInput) (*api.Output[filesBody], error) {
		files, err := client.Files(ctx, string(in.ExternalType))
		return answer(filesBody{files}, err)
	})
}

// RegisterListRoomFiles adds openmeetings-list-room-files.
func RegisterListRoomFiles(a huma.API, client FileClient) {
	register(a, api.Operation{
		ID: "openmeetings-list-room-files", Method: http.MethodGet, Path: "/openmeetings/rooms/{roomId}/files", Errors: notFound,
		Summary:     "List the files one sees in a room",
		Description: "The account's own and the room's.",
	}, func(ctx context.Context, in *RoomPath) (*api.Output[openmeetings.RoomFiles], error) {
		return answer(client.RoomFiles(ctx, in.RoomID))
	})
}

type folderPath struct {
	RoomPath
	FolderID int64 `path:"folderId" doc:"The server's id of the folder; -1 for the account's own files, -2 for the room's" example:"-2"`
}

// RegisterListFolderFiles adds openmeetings-list-folder-files.
func RegisterListFolderFiles(a huma.API, client FileClient) {
	register(a, api.Operation{
		ID: "openmeetings-list-folder-files", Method: http.MethodGet, Path: "/openmeetings/rooms/{roomId}/files/{folderId}", Errors: notFound,
		Summary:     "List what is in a folder, as seen in a room",
		Description: "The server's account needs the right ROOM, and since 9.0.0 access to the folder.",
	}, func(ctx context.Context, in *folderPath) (*api.Output[filesBody], error) {
		files, err := client.FolderFiles(ctx, in.RoomID, in.FolderID)
		return answer(filesBody{files}, err)
	})
}

// FilePath is the path of what happens to one file.
type FilePath struct {
	FileID int64 `path:"fileId" minimum:"1" doc:"The server's id of the file" example:"9"`
}

type renameFileInput struct {
	FilePath
	Body struct {
		Name segment `json:"name" minLength:"1" maxLength:"255" doc:"OpenMeetings takes it in a path, where / \\ and ; cannot be." example:"minutes.pdf"`
	}
}

// RegisterRenameFile adds openmeetings-rename-file.
func RegisterRenameFile(a huma.API, client FileClient) {
	command(a, api.Operation{
		ID: "openmeetings-rename-file", Method: http.MethodPost, Path: "/openmeetings/files/{fileId}/rename", Errors: notFound,
		Summary:     "Rename a file",
		Description: "The file keeps its id and its place.",
	}, func(ctx context.Context, in *renameFileInput) (*api.Output[openmeetings.File], error) {
		return answer(client.RenameFile(ctx, in.FileID, string(in.Body.Name)))
	}, nil)
}

type moveFileInput struct {
	FilePath
	Body struct {
		RoomID   int64 `json:"roomId" minimum:"1" doc:"The server's id of the room it is for" example:"2"`
		FolderID int64 `json:"folderId" minimum:"-2147483648" doc:"The server's id of the folder; -1 for the account's own files, -2 for the room's" example:"-2"`
	}
}

// RegisterMoveFile adds openmeetings-move-file.
func RegisterMoveFile(a huma.API, client FileClient) {
	command(a, api.Operation{
		ID: "openmeetings-move-file", Method: http.MethodPost, Path: "/openmeetings/files/{fileId}/move", Errors: notFound,
		Summary:     "Move a file into a folder of a room",
		Description: "This is how a file gets into a room.",
	}, func(ctx context.Context, in *moveFileInput) (*api.Output[openmeetings.File], error) {
		return answer(client.MoveFile(ctx, in.FileID, in.Body.RoomID, in.Body.FolderID))
	}, nil)
}

// RegisterDeleteFile adds openmeetings-delete-file.
func RegisterDeleteFile(a huma.API, client FileClient) {
	command(a, api.Operation{
		ID: "openmeetings-delete-file", Method: http.MethodDelete, Path: "/openmeetings/files/{fileId}",
		Summary:     "Delete a file",
		Description: "The outcome is not_found when there is no such file.",
	}, func(ctx context.Context, in *FilePath) (*api.Output[OutcomeBody], error) {
		return outcome(client.DeleteFile(ctx, in.FileID))
	}, tellOutcome)
}

// RegisterDeleteExternalFile adds openmeetings-delete-external-file.
func RegisterDeleteExternalFile(a huma.API, client FileClient) {
	command(a, api.Operation{
		ID: "openmeetings-delete-external-file", Method: http.MethodDelete, Path: "/openmeetings/external-files",
		Summary:     "Delete a file by its ids in your system",
		Description: "OpenMeetings says deleted for files that do not exist, too.",
	}, func(ctx context.Context, in *deleteExternalFileInput) (*api.Output[OutcomeBody], error) {
		return outcome(client.DeleteExternalFile(ctx, string(in.ExternalType), string(in.ExternalID)))
	}, tellOutcome)
}

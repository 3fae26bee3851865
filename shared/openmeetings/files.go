package openmeetings

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"slices"
)

// The services are those of FileWebService, https://github.com/apache/openmeetings.

// FileType is what a file is to OpenMeetings, which looks into the file to see.
type FileType string

// The types of files that can be sent.
const (
	Folder           FileType = "FOLDER"
	Image            FileType = "IMAGE"
	PresentationFile FileType = "PRESENTATION"
	Video            FileType = "VIDEO"
	WhiteboardFile   FileType = "WML_FILE"
)

// File is a file or folder (FileItemDTO).
type File struct {
	ID           Whole `json:"id" example:"9"`
	Name         Text  `json:"name"`
	Hash         Text  `json:"hash,omitempty"`
	ParentID     Whole `json:"parentId,omitempty"`
	RoomID       Whole `json:"roomId,omitempty"`
	GroupID      Whole `json:"groupId,omitempty"`
	OwnerID      Whole `json:"ownerId,omitempty"`
	Size         Whole `json:"size,omitempty" doc:"In bytes"`
	ExternalID   Text  `json:"externalId,omitempty"`
	ExternalType Text  `json:"externalType,omitempty"`
	Type         Text  `json:"type,omitempty" doc:"FOLDER, IMAGE, POLL_CHART, PRESENTATION, RECORDING, VIDEO or WML_FILE"`
	Width        Whole `json:"width,omitempty"`
	Height       Whole `json:"height,omitempty"`
}

// NewFile is what a file is made of. A room is not among it: on upload all versions of the server put the group's id in
// the place of the room's, so a file gets into a room with MoveFile.
type NewFile struct {
	Name         string   `json:"name"`
	Type         FileType `json:"type,omitempty"`
	ParentID     int64    `json:"parentId,omitempty"`
	GroupID      int64    `json:"groupId,omitempty"`
	OwnerID      int64    `json:"ownerId,omitempty"`
	ExternalID   string   `json:"externalId,omitempty"`
	ExternalType string   `json:"externalType,omitempty"`
}

// upload is the one body that is no form: a description and, unless it is a folder's, the bytes.
type upload struct {
	file    NewFile
	content []byte
}

func (u *upload) encode() (body []byte, contentType string, err error) {
	description, err := json.Marshal(struct {
		File NewFile `json:"fileItemDTO"`
	}{u.file})
	if err != nil {
		return nil, "", fmt.Errorf("encode file: %w", err)
	}
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	err = writePart(w, "file", "application/json", description)
	if err == nil && u.content != nil {
		err = writePart(w, "stream", "application/octet-stream", u.content)
	}
	if err == nil {
		err = w.Close()
	}
	return b.Bytes(), w.FormDataContentType(), err
}

func writePart(w *multipart.Writer, name, contentType string, content []byte) error {
	part, err := w.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {`form-data; name="` + name + `"`},
		"Content-Type":        {contentType},
	})
	if err == nil {
		_, err = part.Write(content)
	}
	if err != nil {
		return fmt.Errorf("encode %s: %w", name, err)
	}
	return nil
}

// UploadFile sends a file (POST /file), or makes a folder when content is nil.
func (c *Client) UploadFile(ctx context.Context, f NewFile, content []byte) (File, error) {
	cl := change("file upload", http.MethodPost, "file")
	cl.multipart = &upload{f, content}
	return made(get[File](ctx, c, cl, "fileItemDTO"))
}

// Files gives the files of an external type (GET /file/{externaltype}). It returns ErrSegment, too.
func (c *Client) Files(ctx context.Context, externalType string) ([]File, error) {
	if err := checkSegments(externalType); err != nil {
		return nil, err
	}
	return list[File](ctx, c, read("file", "file", externalType), "fileItemDTO")
}

// RoomFiles are the files one sees in a room: the account's own and the room's.
type RoomFiles struct {
	UserHome     List[File] `json:"userHome" nullable:"false"`
	RoomHome     List[File] `json:"roomHome" nullable:"false"`
	UserHomeSize Whole      `json:"userHomeSize" doc:"In bytes"`
	RoomHomeSize Whole      `json:"roomHomeSize" doc:"In bytes"`
}

// RoomFiles gives the files of a room (GET /file/room/{roomId}). It returns ErrNotFound, too.
func (c *Client) RoomFiles(ctx context.Context, room int64) (RoomFiles, error) {
	files, err := one(get[RoomFiles](ctx, c, read("file/room", "file", "room", room), "fileExplorerObject"))
	if err != nil {
		return RoomFiles{}, missing(err)
	}
	files.UserHome, files.RoomHome = files.UserHome.orEmpty(), files.RoomHome.orEmpty()
	return files, nil
}

// FolderFiles gives what is in a folder as seen in a room (GET /file/room/{roomId}/{parent}): -1 is the account's own
// folder, -2 the room's. It returns ErrNotFound, too.
func (c *Client) FolderFiles(ctx context.Context, room, folder int64) ([]File, error) {
	files, err := list[File](ctx, c, read("file/room folder", "file", "room", room, folder), "fileItemDTO")
	return files, missing(err)
}

// RenameFile renames a file (POST /file/rename/{id}/{name}). It returns ErrNotFound and ErrSegment, too.
func (c *Client) RenameFile(ctx context.Context, id int64, name string) (File, error) {
	if err := checkSegments(name); err != nil {
		return File{}, err
	}
	return one(get[File](ctx, c, change("file/rename", http.MethodPost, "file", "rename", id, name), "fileItemDTO"))
}

// MoveFile moves a file into a folder (POST /file/move/{roomId}/{id}/{parentId}): -1 is the account's own, -2 the room's.
// It returns ErrNotFound, too.
func (c *Client) MoveFile(ctx context.Context, id, room, folder int64) (File, error) {
	return one(get[File](ctx, c, change("file/move", http.MethodPost, "file", "move", room, id, folder), "fileItemDTO"))
}

// DeleteFile deletes a file (DELETE /file/{id}). NotFound is the outcome for one that does not exist.
func (c *Client) DeleteFile(ctx context.Context, id int64) (Outcome, error) {
	done, err := c.outcome(ctx, Deleted, change("file delete", http.MethodDelete, "file", id))
	if says(err, "Bad id") {
		return NotFound, nil
	}
	return done, err
}

// DeleteExternalFile deletes the file of an external type and id (DELETE /file/{externaltype}/{externalid}). Servers up to
// 9.1.0 fail at it, as their query has a parameter that nobody sets; there the file is looked for among those of the type.
// It is Deleted for one that does not exist, too, or NotFound. It returns ErrSegment, too.
func (c *Client) DeleteExternalFile(ctx context.Context, externalType, externalID string) (Outcome, error) {
	if err := checkSegments(externalType, externalID); err != nil {
		return "", err
	}
	done, err := c.outcome(ctx, Deleted, change("file delete external", http.MethodDelete, "file", externalType, externalID))
	if !saysNoKey(err) {
		return done, err
	}
	files, err := c.Files(ctx, externalType)
	if err != nil {
		return "", err
	}
	i := slices.IndexFunc(files, func(f File) bool { return string(f.ExternalID) == externalID })
	if i < 0 {
		return NotFound, nil
	}
	return c.DeleteFile(ctx, int64(files[i].ID))
}

package roomsapi

import (
	"context"
	"errors"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"gavel/shared/api"
	"gavel/shared/objects"
	"gavel/shared/rooms"
)

// SignedBody is a request that the client sends itself.
type SignedBody struct {
	FileID    string            `json:"file_id" example:"01937c4e-7a10-7cc3-98c5-1f0a2b3c4d5e"`
	URL       string            `json:"url" doc:"Where to send the request; it is a credential"`
	Method    string            `json:"method" example:"PUT"`
	Headers   map[string]string `json:"headers" doc:"What the request must carry, to the letter"`
	ExpiresAt time.Time         `json:"expires_at" doc:"Until when the request can be begun"`
}

func signed(fileID string, r objects.Request) SignedBody {
	headers := make(map[string]string, len(r.Header))
	for name := range r.Header {
		headers[name] = r.Header.Get(name)
	}
	return SignedBody{FileID: fileID, URL: r.URL, Method: r.Method, Headers: headers, ExpiresAt: r.Expires}
}

// mediaType is the type of a file's content.
type mediaType string

// Resolve checks the form.
func (m *mediaType) Resolve(_ huma.Context, at *huma.PathBuffer) []error {
	if *m == "" {
		return nil
	}
	kind, _, err := mime.ParseMediaType(string(*m))
	// No client sends the spaces around a header's value, though the upload has to carry it to the letter.
	if err != nil || !strings.Contains(kind, "/") || strings.TrimSpace(string(*m)) != string(*m) {
		return api.FaultAt(at, errors.New("expected a media type such as application/pdf"))
	}
	return nil
}

// Uploader takes files.
type Uploader interface {
	UploadURL(ctx context.Context, caller, id string, a rooms.Attachment) (string, objects.Request, error)
}

type uploadInput struct {
	RoomPath
	Name        lineOfText `query:"name" required:"true" minLength:"1" maxLength:"255" doc:"The file's name, for those who will download it" example:"notes.pdf"`
	Size        int64      `query:"size" required:"true" minimum:"1" maximum:"104857600" doc:"In bytes" example:"52311"`
	ContentType mediaType  `query:"content_type" required:"true" minLength:"1" maxLength:"255" pattern:"^[ -~]+$" example:"application/pdf"`
}

type uploadOutput struct{ Body SignedBody }

// RegisterUploadURL adds rooms-upload-url.
func RegisterUploadURL(a huma.API, s Uploader) {
	register(a, api.Operation{
		ID: "rooms-upload-url", Method: http.MethodGet, Path: "/participant/room/{room_id}/upload",
		Summary: "Upload a file",
		Description: "Announces a file and gives the request to send it with, straight to the store of files: exactly so many bytes of that type, once. " +
			"Then write a chat message with its file_id. For participants, until the room's end.",
		Errors: []int{http.StatusNotFound, http.StatusConflict},
	}, func(ctx context.Context, caller string, in *uploadInput) (*uploadOutput, error) {
		id, r, err := s.UploadURL(ctx, caller, in.room(), rooms.Attachment{
			Name: string(in.Name), Size: in.Size, ContentType: string(in.ContentType),
		})
		return &uploadOutput{signed(id, r)}, err
	})
}

// Downloader gives files out.
type Downloader interface {
	DownloadURL(ctx context.Context, caller, id, fileID string) (rooms.Attachment, objects.Request, error)
}

type downloadInput struct {
	RoomPath
	FileID fileID `query:"file_id" required:"true" minLength:"1" doc:"The file, from the message it is attached to"`
}

type downloadOutput struct {
	Body struct {
		SignedBody
		Name        string `json:"name" example:"notes.pdf"`
		Size        int64  `json:"size" doc:"In bytes" example:"52311"`
		ContentType string `json:"content_type" example:"application/pdf"`
	}
}

// RegisterDownloadURL adds rooms-download-url.
func RegisterDownloadURL(a huma.API, s Downloader) {
	register(a, api.Operation{
		ID: "rooms-download-url", Method: http.MethodGet, Path: "/participant/room/{room_id}/download",
		Summary:     "Download a file",
		Description: "Gives the request to fetch a file of the room with; it comes as an attachment under its name. 409 file_not_uploaded before it was sent. For participants, after the room's end, too.",
		Errors:      []int{http.StatusNotFound, http.StatusConflict},
	}, func(ctx context.Context, caller string, in *downloadInput) (*downloadOutput, error) {
		file, r, err := s.DownloadURL(ctx, caller, in.room(), string(in.FileID))
		if err != nil {
			return nil, err
		}
		out := &downloadOutput{}
		out.Body.SignedBody = signed(file.FileID, r)
		out.Body.Name, out.Body.Size, out.Body.ContentType = file.Name, file.Size, file.ContentType
		return out, nil
	})
}

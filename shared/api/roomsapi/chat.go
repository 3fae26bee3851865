package roomsapi

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"gavel/shared/api"
	"gavel/shared/rooms"
)

// messageBody follows the message of the chat's source, where id and timestamp were missing.
type messageBody struct {
	ID         string            `json:"id" doc:"Sorts by time" example:"01937c4e-7a10-7cc3-98c5-1f0a2b3c4d5e"`
	UID        string            `json:"uid" doc:"The sender's user id" example:"u-17"`
	Name       string            `json:"name" doc:"The sender's username at the time; empty when there was none" example:"Ada"`
	Text       string            `json:"text" doc:"Empty where there is only an attachment"`
	Attachment *rooms.Attachment `json:"attachment,omitempty"`
	Timestamp  time.Time         `json:"timestamp" doc:"When the server took the message, in milliseconds"`
}

func message(m rooms.Message) messageBody {
	return messageBody{ID: m.ID, UID: m.From, Name: m.Name, Text: m.Text, Attachment: m.Attachment, Timestamp: m.At}
}

// ChatLister reads chats.
type ChatLister interface {
	ListChat(ctx context.Context, caller, id string, limit int, cursor string) (rooms.ChatPage, error)
}

type listChatInput struct {
	RoomPath
	Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"50" doc:"How many at most"`
	Cursor string `query:"cursor" maxLength:"512" doc:"older_cursor or newer_cursor of another page"`
}

type listChatOutput struct {
	Body struct {
		Messages []messageBody `json:"messages" nullable:"false" doc:"The oldest first"`
		Older    string        `json:"older_cursor,omitempty" doc:"For what was before these; absent where the chat begins"`
		Newer    string        `json:"newer_cursor" doc:"For what comes after these, now or later: poll with it"`
	}
}

// RegisterListChat adds rooms-list-chat.
func RegisterListChat(a huma.API, s ChatLister) {
	register(a, api.Operation{
		ID: "rooms-list-chat", Method: http.MethodGet, Path: "/participant/room/{room_id}/chat",
		Summary:     "Read a room's chat",
		Description: "Without a cursor the newest messages; from there it goes both ways. No message appears behind a newer_cursor that was given before it. For participants, after the room's end, too.",
		Errors:      []int{http.StatusNotFound},
	}, func(ctx context.Context, caller string, in *listChatInput) (*listChatOutput, error) {
		page, err := s.ListChat(ctx, caller, in.room(), in.Limit, in.Cursor)
		out := &listChatOutput{}
		out.Body.Messages, out.Body.Older, out.Body.Newer = all(page.Messages, message), page.Older, page.Newer
		return out, err
	})
}

// ChatSender adds to chats.
type ChatSender interface {
	SendChat(ctx context.Context, caller, id, text, fileID string) (rooms.Message, error)
}

type sendChatInput struct {
	RoomPath
	Body chatBody
}

type chatBody struct {
	Text       string `json:"text,omitempty" maxLength:"4000" doc:"What to say; may be left out beside an attachment"`
	Attachment *struct {
		FileID fileID `json:"file_id" minLength:"1" doc:"A file of the room that was uploaded; see rooms-upload-url"`
	} `json:"attachment,omitempty"`
}

type messageOutput struct{ Body messageBody }

// RegisterSendChat adds rooms-send-chat.
func RegisterSendChat(a huma.API, s ChatSender) {
	register(a, api.Operation{
		ID: "rooms-send-chat", Method: http.MethodPost, Path: "/participant/room/{room_id}/chat", Status: http.StatusCreated, Once: true,
		Summary:     "Write into a room's chat",
		Description: "Sender, name and time are the server's. For participants, until the room's end.",
		Errors:      []int{http.StatusNotFound, http.StatusConflict},
	}, func(ctx context.Context, caller string, in *sendChatInput) (*messageOutput, error) {
		if in.Body.Text == "" && in.Body.Attachment == nil {
			return nil, &rooms.Error{Code: rooms.Invalid, Field: "text", Detail: "expected text, an attachment, or both"}
		}
		var file string
		if in.Body.Attachment != nil {
			file = string(in.Body.Attachment.FileID)
		}
		m, err := s.SendChat(ctx, caller, in.room(), in.Body.Text, file)
		return &messageOutput{message(m)}, err
	})
}

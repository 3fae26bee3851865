package jaasapi

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"gavel/shared/api"
	"gavel/shared/jaas"
)

// TokenCreator mints participant tokens.
type TokenCreator interface {
	CreateToken(ctx context.Context, appID jaas.AppID, p jaas.Participant) (jaas.Token, error)
}

type createTokenInput struct {
	TenantPath
	Body tokenBody
}

type tokenBody struct {
	Room             string          `json:"room" minLength:"1" maxLength:"4096" doc:"The room's bare name. With regex a Lua pattern, or * for every room of the tenant." example:"standup"`
	User             userBody        `json:"user"`
	Moderator        bool            `json:"moderator,omitempty" doc:"Whether the participant moderates"`
	Features         map[string]flag `json:"features,omitempty" doc:"What the participant may do beside talking; off when absent. JaaS knows livestreaming, recording, transcription, sip-inbound-call, sip-outbound-call, inbound-call, outbound-call, file-upload, list-visitors, send-groupchat, create-polls, branding, calendar, flip, live-translation, lobby, moderation, room, screen-sharing, send-private-message."`
	Regex            bool            `json:"regex,omitempty" doc:"Whether room is a Lua pattern; needed for * too, so that a room name typed by a user never becomes a master key"`
	ExpiresInSeconds int64           `json:"expiresInSeconds,omitempty" minimum:"1" maximum:"86400" default:"7200" doc:"The token's life; at most 7200 for *"`
}

type userBody struct {
	ID                 string `json:"id" minLength:"1" maxLength:"256" doc:"The app's own id of the user, the one to ban by" example:"u-17"`
	Name               string `json:"name,omitempty" maxLength:"256" example:"Ada"`
	Email              string `json:"email,omitempty" maxLength:"320" example:"ada@example.org"`
	Avatar             string `json:"avatar,omitempty" maxLength:"2048" doc:"URL of a picture"`
	HiddenFromRecorder bool   `json:"hiddenFromRecorder,omitempty" doc:"Leaves the participant out of recordings and streams"`
}

// flag is a boolean that may be written as a string, the form of JaaS's own samples.
type flag bool

// UnmarshalJSON takes true, false, "true" and "false".
func (f *flag) UnmarshalJSON(text []byte) error {
	var value any
	if err := json.Unmarshal(text, &value); err != nil {
		return errors.New("expected true or false")
	}
	switch value {
	case true, "true":
		*f = true
	case false, "false":
		*f = false
	default:
		return errors.New("expected true or false")
	}
	return nil
}

// Schema describes both forms.
func (flag) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{
		Description: "true or false, also as a string",
		AnyOf: []*huma.Schema{
			{Type: huma.TypeBoolean},
			{Type: huma.TypeString, Enum: []any{"true", "false"}},
		},
	}
}

var (
	_ json.Unmarshaler    = (*flag)(nil)
	_ huma.SchemaProvider = flag(false)
)

// Resolve reports what JaaS would refuse. A body without a room is the schema's to refuse.
func (b *tokenBody) Resolve(_ huma.Context, at *huma.PathBuffer) []error {
	if b.Room == "" {
		return nil
	}
	p, err := b.participant()
	var faults []error
	if err != nil {
		faults = append(faults, &huma.ErrorDetail{Location: at.With("room"), Message: err.Error()})
	}
	for _, fault := range p.Check() {
		if b.reportedBySchema(fault.Field) {
			continue
		}
		// Not at.With, which takes back only the last part of a field such as user.id.
		faults = append(faults, &huma.ErrorDetail{Location: at.String() + "." + fault.Field, Message: fault.Message})
	}
	return faults
}

func (b *tokenBody) reportedBySchema(field string) bool {
	seconds := b.ExpiresInSeconds
	return field == "user.id" && b.User.ID == "" ||
		field == "expiresInSeconds" && (seconds < 1 || seconds > int64(jaas.MaxLifetime/time.Second))
}

// participant makes the domain's value of the body; its error is about the room.
func (b *tokenBody) participant() (jaas.Participant, error) {
	p := jaas.Participant{
		User: jaas.User{
			ID: b.User.ID, Name: b.User.Name, Email: b.User.Email, Avatar: b.User.Avatar,
			HiddenFromRecorder: b.User.HiddenFromRecorder,
		},
		Moderator: b.Moderator,
		Features:  make(map[string]bool, len(b.Features)),
		Lifetime:  time.Duration(b.ExpiresInSeconds) * time.Second,
	}
	for name, on := range b.Features {
		p.Features[name] = bool(on)
	}
	var err error
	if b.Regex {
		p.Pattern, err = jaas.ParsePattern(b.Room)
	} else {
		p.Room, err = jaas.ParseRoom(b.Room)
	}
	return p, err
}

type createTokenOutput struct {
	Body struct {
		Token     string    `json:"token" doc:"The participant's JWT"`
		JoinURL   string    `json:"joinUrl,omitempty" doc:"Opens the meeting; the token is in the fragment, which no server sees. Absent with regex, which names no one room."`
		ExpiresAt time.Time `json:"expiresAt" doc:"When the token ends"`
	}
}

// RegisterCreateToken adds jaas-create-token.
func RegisterCreateToken(a huma.API, client TokenCreator) {
	api.Register(a, api.Operation{
		ID: "jaas-create-token", Method: http.MethodPost, Path: "/jaas/{appId}/tokens",
		Summary:     "Mint a join link",
		Description: "Mints a participant's token with a role and features, and the link to join with. Nothing is sent to JaaS.",
		Tag:         tag, Scope: scope, Status: http.StatusCreated, Secrets: true,
	}, func(ctx context.Context, in *createTokenInput) (*createTokenOutput, error) {
		p, err := in.Body.participant()
		if err != nil {
			return nil, err
		}
		token, err := client.CreateToken(ctx, in.appID(), p)
		if err != nil {
			return nil, err
		}
		out := &createTokenOutput{}
		out.Body.Token, out.Body.JoinURL, out.Body.ExpiresAt = token.JWT, token.JoinURL, token.Expires
		return out, nil
	})
}

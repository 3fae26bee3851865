package jitsimeetapi

import (
	"encoding/json"
	"errors"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"gavel/shared/jitsimeet"
)

// TokenBody is what a participant's token is asked for with. It is for embedding into the body of an operation, which
// resolves it with Faults.
type TokenBody struct {
	Room             string          `json:"room" minLength:"1" maxLength:"4096" doc:"The room's bare name. With regex a Lua pattern, or * for every room of the tenant." example:"standup"`
	User             UserBody        `json:"user"`
	Moderator        bool            `json:"moderator,omitempty" doc:"Whether the participant moderates"`
	Features         map[string]Flag `json:"features,omitempty" doc:"What the participant may do beside talking. The web client knows livestreaming, recording, transcription, sip-inbound-call, sip-outbound-call, inbound-call, outbound-call, file-upload, list-visitors, send-groupchat, create-polls, branding, calendar, flip, live-translation, lobby, moderation, room, screen-sharing, send-private-message, and refuses a token with any other."`
	Regex            bool            `json:"regex,omitempty" doc:"Whether room is a Lua pattern; needed for * too, so that a room name typed by a user never becomes a master key"`
	ExpiresInSeconds int64           `json:"expiresInSeconds,omitempty" minimum:"1" maximum:"86400" default:"7200" doc:"The token's life; at most 7200 for *"`
}

// UserBody is the person a token is for.
type UserBody struct {
	ID                 string `json:"id" minLength:"1" maxLength:"256" doc:"The app's own id of the user, the one to ban by" example:"u-17"`
	Name               string `json:"name,omitempty" maxLength:"256" example:"Ada"`
	Email              string `json:"email,omitempty" maxLength:"320" example:"ada@example.org"`
	Avatar             string `json:"avatar,omitempty" maxLength:"2048" doc:"URL of a picture"`
	HiddenFromRecorder bool   `json:"hiddenFromRecorder,omitempty" doc:"Leaves the participant out of recordings and streams"`
}

// Flag is a boolean that may be written as a string, the form of the official samples.
type Flag bool

// UnmarshalJSON takes true, false, "true" and "false".
func (f *Flag) UnmarshalJSON(text []byte) error {
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
func (Flag) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{
		Description: "true or false, also as a string",
		AnyOf: []*huma.Schema{
			{Type: huma.TypeBoolean},
			{Type: huma.TypeString, Enum: []any{"true", "false"}},
		},
	}
}

var (
	_ json.Unmarshaler    = (*Flag)(nil)
	_ huma.SchemaProvider = Flag(false)
)

// ParseRoom normalises the name of one room, as the provider has it.
type ParseRoom func(name string) (jitsimeet.Room, error)

// Faults reports what the servers or the web client would refuse. A body without a room is the schema's to refuse.
func (b *TokenBody) Faults(at *huma.PathBuffer, parse ParseRoom) []error {
	if b.Room == "" {
		return nil
	}
	p, err := b.Participant(parse)
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

func (b *TokenBody) reportedBySchema(field string) bool {
	seconds := b.ExpiresInSeconds
	return field == "user.id" && b.User.ID == "" ||
		field == "expiresInSeconds" && (seconds < 1 || seconds > int64(jitsimeet.MaxLifetime/time.Second))
}

// Participant makes the domain's value of the body; its error is about the room.
func (b *TokenBody) Participant(parse ParseRoom) (jitsimeet.Participant, error) {
	p := jitsimeet.Participant{
		User: jitsimeet.User{
			ID: b.User.ID, Name: b.User.Name, Email: b.User.Email, Avatar: b.User.Avatar,
			HiddenFromRecorder: b.User.HiddenFromRecorder,
		},
		Moderator: b.Moderator,
		Lifetime:  time.Duration(b.ExpiresInSeconds) * time.Second,
	}
	if b.Features != nil {
		p.Features = make(map[string]bool, len(b.Features))
	}
	for name, on := range b.Features {
		p.Features[name] = bool(on)
	}
	var err error
	if b.Regex {
		p.Pattern, err = jitsimeet.ParsePattern(b.Room)
	} else {
		p.Room, err = parse(b.Room)
	}
	return p, err
}

// TokenOutput is the answer with a token.
type TokenOutput struct {
	Body struct {
		Token     string    `json:"token" doc:"The participant's JWT"`
		JoinURL   string    `json:"joinUrl,omitempty" doc:"Opens the meeting. Unless asked otherwise the token is in the fragment, which no server sees. Absent with regex, which names no one room."`
		ExpiresAt time.Time `json:"expiresAt" doc:"When the token ends"`
	}
}

// Answer makes the answer of what a client's CreateToken gives.
func Answer(token jitsimeet.Token, err error) (*TokenOutput, error) {
	if err != nil {
		return nil, err
	}
	out := &TokenOutput{}
	out.Body.Token, out.Body.JoinURL, out.Body.ExpiresAt = token.JWT, token.JoinURL, token.Expires
	return out, nil
}

// Package problem is the one shape in which Gavel tells a caller what went wrong:
// an RFC 9457 problem document with a stable, machine-readable code.
package problem

import (
	"net/http"
	"strconv"
	"time"
)

// Code names a kind of failure. Codes are part of the API: callers branch on them.
type Code string

// The codes an operation may answer with.
const (
	InvalidRequest      Code = "invalid_request"
	Unauthenticated     Code = "unauthenticated"
	Forbidden           Code = "forbidden"
	NotFound            Code = "not_found"
	MethodNotAllowed    Code = "method_not_allowed"
	TooLarge            Code = "too_large"
	UpstreamError       Code = "upstream_error"
	UpstreamCredentials Code = "upstream_credentials"
	UpstreamBusy        Code = "upstream_busy"
	UpstreamTimeout     Code = "upstream_timeout"
	NotConfigured       Code = "not_configured"
	Unavailable         Code = "unavailable"
	Internal            Code = "internal_error"

	RoomEnded       Code = "room_ended"
	RoomNotStarted  Code = "room_not_started"
	RoomStarted     Code = "room_started"
	RoomFull        Code = "room_full"
	LastAdmin       Code = "last_admin"
	Banned          Code = "banned"
	NoProvider      Code = "no_provider"
	FileNotUploaded Code = "file_not_uploaded"

	LoginInUse Code = "login_in_use"
	EmailInUse Code = "email_in_use"

	IdempotencyMismatch Code = "idempotency_mismatch"
	IdempotencyInFlight Code = "idempotency_in_flight"
	IdempotencyUnknown  Code = "idempotency_unknown"
)

// ContentType is the media type of a problem document.
const ContentType = "application/problem+json"

// Fault is one thing wrong with a request and where it stands, e.g. "body.user.id".
// It never repeats the rejected value.
type Fault struct {
	Location string `json:"location" doc:"Where the fault is, e.g. body.user.id or path.room" example:"body.phoneNo"`
	Message  string `json:"message" doc:"What is wrong, in words" example:"expected an international number starting with +"`
}

// Problem is a problem document. It is an error, so a handler can return it as it is.
type Problem struct {
	Type      string  `json:"type" doc:"URN of the code" example:"urn:gavel:problem:invalid_request"`
	Title     string  `json:"title" doc:"The HTTP status in words" example:"Unprocessable Entity"`
	Status    int     `json:"status" doc:"The HTTP status" example:"422"`
	Detail    string  `json:"detail" doc:"What happened this time, in words" example:"validation failed"`
	Code      Code    `json:"code" doc:"Stable code to branch on" example:"invalid_request"`
	RequestID string  `json:"requestId,omitempty" doc:"The id of this request in the logs" example:"Zl1x2jvqliAEPbw="`
	Errors    []Fault `json:"errors,omitempty" doc:"Every fault of the request, where there are several"`

	Provider        string `json:"provider,omitempty" doc:"The meeting system that refused or failed" example:"jaas"`
	UpstreamStatus  int    `json:"upstreamStatus,omitempty" doc:"The meeting system's HTTP status" example:"500"`
	UpstreamBody    string `json:"upstreamBody,omitempty" doc:"The beginning of the meeting system's answer, redacted"`
	UpstreamCode    string `json:"upstreamCode,omitempty" doc:"The meeting system's own code, where it gave one" example:"-4"`
	UpstreamMessage string `json:"upstreamMessage,omitempty" doc:"The meeting system's own message, redacted"`
	MayHaveHappened *bool  `json:"mayHaveHappened,omitempty" doc:"Whether the command may have been carried out all the same"`
	Secret          string `json:"secret,omitempty" doc:"The secret to create or to mend" example:"gavel/api-keys"`

	// Message is Detail once more, under the name by which Jitsi's module for reservations shows it to people.
	Message string `json:"message,omitempty" doc:"detail once more, in answers to Jitsi's module for reservations, which shows it to people"`

	// StartTime and EndTime are a room's, where they are why a call is refused.
	StartTime time.Time `json:"start_time,omitzero" doc:"When the room starts or started, where that is why a call is refused"`
	EndTime   time.Time `json:"end_time,omitzero" doc:"When the room ends or ended, where that is why a call is refused"`

	// RetryAfter goes out as the Retry-After header, in whole seconds rounded up.
	RetryAfter time.Duration `json:"-"`
	// Allow goes out as the Allow header of a 405.
	Allow string `json:"-"`
}

// New makes a problem document for a status and a code; detail is read by the caller
// and must hold nothing secret.
func New(status int, code Code, detail string) *Problem {
	return &Problem{
		Type:   "urn:gavel:problem:" + string(code),
		Title:  http.StatusText(status),
		Status: status,
		Detail: detail,
		Code:   code,
	}
}

// Saying adds whether the command may have been carried out all the same.
func (p *Problem) Saying(mayHaveHappened bool) *Problem {
	p.MayHaveHappened = &mayHaveHappened
	return p
}

// Error gives the code and the detail.
func (p *Problem) Error() string { return string(p.Code) + ": " + p.Detail }

// GetStatus gives the HTTP status to answer with.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType gives the media type of the document, whatever was negotiated.
func (p *Problem) ContentType(string) string { return ContentType }

// GetHeaders gives the headers that belong to the answer: Retry-After, WWW-Authenticate, Allow.
func (p *Problem) GetHeaders() http.Header {
	header := http.Header{}
	if p.RetryAfter > 0 {
		seconds := int64((p.RetryAfter + time.Second - 1) / time.Second)
		header.Set("Retry-After", strconv.FormatInt(seconds, 10))
	}
	if p.Status == http.StatusUnauthorized {
		header.Set("WWW-Authenticate", `Bearer realm="gavel"`)
	}
	if p.Allow != "" {
		header.Set("Allow", p.Allow)
	}
	return header
}

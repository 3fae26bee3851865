package rooms

import "time"

// Code names the rule that stands against a call.
type Code string

// The codes of an Error.
const (
	NotFound    Code = "not_found"         // no such room for the caller, participant or file
	Forbidden   Code = "forbidden"         // a participant who is no admin
	Ended       Code = "room_ended"        // final: nothing changes any more
	NotStarted  Code = "room_not_started"  // nobody can join yet
	Started     Code = "room_started"      // its start cannot be moved any more
	LastAdmin   Code = "last_admin"        // a room has one admin at least
	Full        Code = "room_full"         // it has MaxParticipants
	Unbound     Code = "no_provider"       // the room has no meeting to join
	NotUploaded Code = "file_not_uploaded" // a file was announced but never sent
	Invalid     Code = "invalid_request"   // Field says what
)

// Error is a rule that stands against a call. Its text is for the caller.
type Error struct {
	Code   Code
	Detail string
	Field  string // with Invalid: which value, by its name in the API
	// Start and End are the room's, with Ended and NotStarted; zero otherwise, and where there is none.
	Start, End time.Time
}

// Error gives the code and the detail.
func (e *Error) Error() string { return string(e.Code) + ": " + e.Detail }

// noRoom is the answer to whoever is not in a room, whether it exists or not.
func noRoom() error {
	return &Error{Code: NotFound, Detail: "there is no such room, or you are not in it"}
}

func invalid(field, detail string) error {
	return &Error{Code: Invalid, Field: field, Detail: detail}
}

package jitsimeet

import (
	"encoding/json"
	"errors"
	"net/http"
)

// Refusal is every error a caller gets to see.
type Refusal struct {
	Status int
	// Code becomes "error", Message "message", and Keys, when there are any, "errors".
	Code    string
	Message string
	Keys    []string
}

// Error returns the message.
func (r *Refusal) Error() string { return r.Message }

// Refuse makes a [Refusal].
func Refuse(status int, code, message string) error {
	return &Refusal{Status: status, Code: code, Message: message}
}

// BadRequest refuses what cannot be understood.
func BadRequest(message string) error {
	return Refuse(http.StatusBadRequest, "bad_request", message)
}

// NotAllowed refuses somebody at the door with the condition XMPP has for it.
func NotAllowed(message string) error {
	return Refuse(http.StatusForbidden, "not-allowed", message)
}

// Answer is a response before it is written.
type Answer struct {
	Status int
	// Body becomes JSON; there is none when it is nil.
	Body any
}

// ErrorBody is the body of a refusal.
type ErrorBody struct {
	Error   string   `json:"error"`
	Message string   `json:"message"`
	Errors  []string `json:"errors,omitempty"`
}

// Refused turns an error into its answer.
func Refused(err error) Answer {
	var r *Refusal
	if !errors.As(err, &r) {
		return Answer{http.StatusInternalServerError, ErrorBody{Error: "internal", Message: "internal error"}}
	}
	return Answer{r.Status, ErrorBody{Error: r.Code, Message: r.Message, Errors: r.Keys}}
}

// Write sends the answer. allow is what a 405 says of the path's methods.
func (a Answer) Write(w http.ResponseWriter, allow string) {
	switch a.Status {
	case http.StatusMethodNotAllowed:
		w.Header().Set("Allow", allow)
	case http.StatusUnauthorized:
		w.Header().Set("WWW-Authenticate", "Bearer")
	}
	if a.Body == nil {
		w.WriteHeader(a.Status)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(a.Status)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	// The status is out already; a failed write means the caller has gone.
	_ = enc.Encode(a.Body)
}

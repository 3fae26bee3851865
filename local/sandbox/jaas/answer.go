package jaas

import (
	"encoding/json"
	"errors"
	"net/http"
)

// refusal is every error a caller gets to see.
type refusal struct {
	status int
	// code becomes "error", message "message", and keys, when there are any, "errors".
	code    string
	message string
	keys    []string
}

// Error returns the message.
func (r *refusal) Error() string { return r.message }

func refuse(status int, code, message string) error {
	return &refusal{status: status, code: code, message: message}
}

func badRequest(message string) error {
	return refuse(http.StatusBadRequest, "bad_request", message)
}

func forbidden(message string) error {
	return refuse(http.StatusForbidden, "forbidden", message)
}

// answer is a response before it is written.
type answer struct {
	status int
	body   any
}

type messageBody struct {
	Message string `json:"message"`
}

type errorBody struct {
	Error   string   `json:"error"`
	Message string   `json:"message"`
	Errors  []string `json:"errors,omitempty"`
}

func done(message string) answer {
	return answer{http.StatusOK, messageBody{message}}
}

// refused turns an error into its answer.
func refused(err error) answer {
	var r *refusal
	if !errors.As(err, &r) {
		return answer{http.StatusInternalServerError, errorBody{Error: "internal", Message: "internal error"}}
	}
	return answer{r.status, errorBody{Error: r.code, Message: r.message, Errors: r.keys}}
}

func (a answer) write(w http.ResponseWriter, allow string) {
	switch a.status {
	case http.StatusMethodNotAllowed:
		w.Header().Set("Allow", allow)
	case http.StatusUnauthorized:
		w.Header().Set("WWW-Authenticate", "Bearer")
	}
	if a.body == nil {
		w.WriteHeader(a.status)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(a.status)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	// The status is out already; a failed write means the caller has gone.
	_ = enc.Encode(a.body)
}

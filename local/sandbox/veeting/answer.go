package veeting

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
)

// Response codes. Those below zero are of https://www.veeting.com/en/doc/api/v1 and its OEM sibling; whether v6 has kept
// them is not public.
const (
	codeOther      = -1 // listed there, without a meaning we could read
	codeNotAllowed = -3
	codeInvalid    = -4
	codeExists     = -10
	codeUnknown    = -99
)

// refusal is every error a caller gets to see.
type refusal struct {
	status, code int
	message      string
	allow        []string // the path's methods, when the request's is none of them
}

// Error returns the message.
func (r *refusal) Error() string { return r.message }

func refuse(code int, message string) error {
	return &refusal{status: http.StatusOK, code: code, message: message}
}

func invalid(message string) error { return refuse(codeInvalid, message) }

func notAllowed(message string) error { return refuse(codeNotAllowed, message) }

// badKey is the refusal of a key, which is told apart from that of what a key may not do.
func badKey(message string) error {
	return &refusal{status: http.StatusUnauthorized, code: codeNotAllowed, message: message}
}

var (
	errNoSuchPath = &refusal{status: http.StatusNotFound, code: codeOther, message: "no such path"}
	errFull       = &refusal{
		status: http.StatusServiceUnavailable, code: codeUnknown,
		message: "the sandbox holds as much as it can; start it again",
	}
)

// answer is a response before it is written.
type answer struct {
	status int
	allow  []string
	body   []byte
}

type successBody struct {
	ResponseCode int `json:"responseCode"`
	Data         any `json:"data"`
}

type refusalBody struct {
	ResponseCode    int    `json:"responseCode"`
	ResponseMessage string `json:"responseMessage"`
}

func success(data any) (answer, error) {
	body, err := encode(successBody{Data: data})
	return answer{status: http.StatusOK, body: body}, err
}

// refused turns an error into its answer.
func refused(err error) answer {
	r := &refusal{status: http.StatusInternalServerError, code: codeUnknown, message: "internal error"}
	_ = errors.As(err, &r) // all others stay internal
	body, err := encode(refusalBody{r.code, r.message})
	if err != nil {
		return answer{status: http.StatusInternalServerError}
	}
	return answer{r.status, r.allow, body}
}

func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return b.Bytes(), err
}

func (a answer) write(w http.ResponseWriter) {
	if a.allow != nil {
		w.Header().Set("Allow", strings.Join(a.allow, ", "))
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(a.status)
	// The status is out already; a failed write means the caller has gone.
	_, _ = w.Write(a.body)
}

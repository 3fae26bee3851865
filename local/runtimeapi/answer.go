package runtimeapi

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
)

// maxPayload is Lambda's limit for an answer: 6 MB and 100 bytes for its envelope.
const maxPayload = 6<<20 + 100

const (
	headerErrorType  = "Lambda-Runtime-Function-Error-Type"
	trailerErrorBody = "Lambda-Runtime-Function-Error-Body"
	typeTooLarge     = "Function.ResponseSizeTooLarge"
)

// response takes the function's answer. An answer that broke off while it was sent ends in trailers that say so.
func (a *api) response(w http.ResponseWriter, r *http.Request) {
	body, err := readBody(w, r)
	if tooLarge(err) {
		a.refuse(w, r)
		return
	}
	if err != nil {
		http.Error(w, "unreadable body", http.StatusBadRequest)
		return
	}
	result := Result{Payload: body}
	if kind := r.Trailer.Get(headerErrorType); kind != "" {
		result.Payload, _ = base64.StdEncoding.DecodeString(r.Trailer.Get(trailerErrorBody))
		result.FunctionError = parseError(kind, result.Payload)
	}
	a.accept(w, r, result)
}

// failure takes the error the function answers with.
func (a *api) failure(w http.ResponseWriter, r *http.Request) {
	body, err := readBody(w, r)
	if err != nil {
		http.Error(w, "unreadable body", http.StatusBadRequest)
		return
	}
	a.accept(w, r, Result{Payload: body, FunctionError: parseError(r.Header.Get(headerErrorType), body)})
}

// initFailure takes the error of a function that cannot start. Only the first one counts.
func (a *api) initFailure(w http.ResponseWriter, r *http.Request) {
	body, err := readBody(w, r)
	if err != nil {
		http.Error(w, "unreadable body", http.StatusBadRequest)
		return
	}
	select {
	case a.initErrors <- parseError(r.Header.Get(headerErrorType), body):
	default:
	}
	w.WriteHeader(http.StatusAccepted)
}

func (a *api) accept(w http.ResponseWriter, r *http.Request, result Result) {
	if !a.finish(r.PathValue("id"), result) {
		answerError(w, http.StatusBadRequest, &FunctionError{"InvalidRequestID", "Invalid request ID"})
		return
	}
	w.WriteHeader(http.StatusAccepted)
}

// refuse turns an oversized answer into the error that callers of Lambda would see.
func (a *api) refuse(w http.ResponseWriter, r *http.Request) {
	problem := &FunctionError{typeTooLarge, "Response payload size exceeded maximum allowed payload size (6291556 bytes)."}
	payload, _ := json.Marshal(problem) // two strings always encode
	a.finish(r.PathValue("id"), Result{Payload: payload, FunctionError: problem})
	answerError(w, http.StatusRequestEntityTooLarge, problem)
}

func answerError(w http.ResponseWriter, status int, problem *FunctionError) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(problem) // the process is gone if this fails
}

// parseError reads an error document. The type from a header fills in for one that the document lacks.
func parseError(kind string, body []byte) *FunctionError {
	parsed := &FunctionError{}
	if err := json.Unmarshal(body, parsed); err != nil {
		parsed.Message = string(body)
	}
	if parsed.Type == "" {
		parsed.Type = kind
	}
	return parsed
}

func readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	return io.ReadAll(http.MaxBytesReader(w, r.Body, maxPayload))
}

func tooLarge(err error) bool {
	var limit *http.MaxBytesError
	return errors.As(err, &limit)
}

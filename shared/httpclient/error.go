package httpclient

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// Kind sorts the ways in which a provider can fail.
type Kind string

// The kinds of failure.
const (
	Refused     Kind = "refused"     // an answer that says no
	Credentials Kind = "credentials" // 401 or 403
	Busy        Kind = "busy"        // 429 or 503
	Nonsense    Kind = "nonsense"    // an answer no provider would give: HTML, too long, a redirect
	Unreachable Kind = "unreachable" // no connection, or one that broke
	Certificate Kind = "certificate" // a TLS certificate that is not good: nothing was sent
	Timeout     Kind = "timeout"     // no answer in time
)

// Error is a call that did not succeed. Everything in it but the cause may be shown to callers.
type Error struct {
	Provider string
	Kind     Kind
	Status   int    // the provider's HTTP status; 0 when there was no answer
	Body     string // the beginning of the answer, redacted
	// Page says that the answer is a page, of HTML or the like: of a proxy or of the web server itself rather than of what was asked for.
	Page bool
	// RetryAfter is what the provider asked for, 0 when it did not.
	RetryAfter time.Duration
	// MayHaveHappened says that the provider got the whole request and did not refuse it,
	// so the command may have been carried out.
	MayHaveHappened bool
	// Secret is the full name of the secret that holds the credentials, for Kind Credentials.
	Secret string
	// Code and Message are what the provider itself calls the fault, redacted; empty where it says neither.
	Code, Message string
	// Hint says what may be behind it, in our words; empty where there is nothing to add.
	Hint string
	// Cause is for the log alone.
	Cause error

	raw []byte
}

// Raw gives the answer as it came, for the provider's client to read what it says. It is neither for callers nor for
// the log.
func (e *Error) Raw() []byte { return e.raw }

// Error names provider, kind and status.
func (e *Error) Error() string {
	if e.Status == 0 {
		return fmt.Sprintf("%s: %s", e.Provider, e.Kind)
	}
	return fmt.Sprintf("%s: %s (HTTP %d)", e.Provider, e.Kind, e.Status)
}

// Facts gives what an event may say of the error: nothing that the provider itself has written.
func (e *Error) Facts() map[string]string {
	facts := map[string]string{"problem": string(e.Kind)}
	if e.Status != 0 {
		facts["status"] = strconv.Itoa(e.Status)
	}
	return facts
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Cause }

// Rejected tells an error that is about the credentials.
func Rejected(err error) bool {
	failure, ok := errors.AsType[*Error](err)
	return ok && failure.Kind == Credentials
}

// NameSecret names the secret to mend in an error that is about the credentials, and gives the error.
func NameSecret(err error, secret string) error {
	if failure, ok := errors.AsType[*Error](err); ok && failure.Kind == Credentials {
		failure.Secret = secret
	}
	return err
}

// PartlyDone gives the error of a command of several requests of which one was carried out already. The error itself
// stays as it is: that of a request many wait for is theirs, too.
func PartlyDone(err error) error {
	failure, ok := errors.AsType[*Error](err)
	if !ok || failure.MayHaveHappened {
		return err
	}
	partly := *failure
	partly.MayHaveHappened = true
	return errors.Join(&partly, err)
}

// Join gives the errors of two requests of one command as one. Of the two the first is told, and that the command may have
// been carried out where either may.
func Join(first, next error) error {
	joined := errors.Join(first, next)
	if failure, ok := errors.AsType[*Error](next); ok && failure.MayHaveHappened {
		return PartlyDone(joined)
	}
	return joined
}

// kindOf sorts a status that is not a success.
func kindOf(status int) Kind {
	switch {
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return Credentials
	case status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable:
		return Busy
	case status < http.StatusBadRequest:
		return Nonsense
	}
	return Refused
}

// mayHaveHappened: a server that fails with 5xx can do so after the work was done; 503 says it did not take the request
// on. 101 says nothing of it yet, and 303 that it was done and what came of it is elsewhere (RFC 9110, section 15).
func mayHaveHappened(status int) bool {
	switch status {
	case http.StatusSwitchingProtocols, http.StatusSeeOther:
		return true
	case http.StatusServiceUnavailable:
		return false
	}
	return status >= http.StatusInternalServerError
}

// repeatable tells a failure that another try may cure.
func (e *Error) repeatable(final int) bool {
	switch e.Kind {
	case Busy, Unreachable, Timeout:
		return true
	}
	return e.Status >= http.StatusInternalServerError && e.Status != final
}

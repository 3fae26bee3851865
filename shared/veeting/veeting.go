// Package veeting speaks to an instance of Veeting, a white-label meeting system: it makes accounts and schedules,
// changes, closes and deletes meetings. It knows the provider and nothing of Lambda or of our routes.
//
// What is written here of Veeting stands in its public tutorial,
// https://veeting.com/en/developer-documentation/api-usage, and on the pages beside it; the vendor gives the rest to its
// customers alone. A meeting has two ids: the internal one, 24 hex digits, which requests take, and the one that
// participants see, four groups of four digits. Answers call the second one meetingId, requests the first one.
package veeting

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"gavel/shared/httpclient"
	"gavel/shared/redact"
	"gavel/shared/secrets"
)

// Provider is the name of Veeting in errors, logs and room bindings.
const Provider = "veeting"

const (
	// secretName is the secret of the one instance there is.
	secretName = "veeting"
	// secretTTL can be long: a rotation is noticed when Veeting rejects the old key.
	secretTTL = 5 * time.Minute
)

// Options are what a Client is made of.
type Options struct {
	// Secrets has "veeting", see parseAccess.
	Secrets secrets.Source
	HTTP    *httpclient.Client
	// Now is the clock; see clock.Now for why it must not carry a monotonic reading.
	Now func() time.Time
}

// Client makes accounts and rules meetings. It is safe for concurrent use.
//
// Its methods return a *secrets.Error or an *httpclient.Error, with Veeting's own code and message where it gave some;
// ErrLevel and ErrUser when the key and the call do not fit, in which case nothing was sent.
type Client struct {
	http   *httpclient.Client
	access *secrets.Cache[*access]
}

// New makes a Client; nothing is read or sent yet.
func New(opt Options) *Client {
	return &Client{http: opt.HTTP, access: secrets.NewCache(opt.Secrets, secretTTL, opt.Now, parseAccess)}
}

// call is one request. What it may do is looked at when the key's level is known.
type call struct {
	command    string // for the log
	method     string
	path       string // after the API's base, escaped
	body       any    // nil for none
	user       *User  // on whose behalf; nil for calls about accounts
	repeatable bool
	sensitive  []string
}

// Object is an answer as Veeting gave it: an object with all its fields, those included that nobody has documented.
type Object map[string]json.RawMessage

// do makes a call and reads what is under data into the value. A key that is rejected is fetched afresh once, and when
// it is another one now the call is made again: one that was not let in has done nothing.
func (c *Client) do(ctx context.Context, cl call, into any) error {
	err := c.access.Use(ctx, secretName, httpclient.Rejected, func(a *access) error { return c.send(ctx, a, cl, into) })
	return httpclient.NameSecret(err, c.access.FullName(secretName))
}

func (c *Client) send(ctx context.Context, a *access, cl call, into any) error {
	header, err := a.header(cl.user)
	if err != nil {
		return err
	}
	var body []byte
	if cl.body != nil {
		if body, err = json.Marshal(cl.body); err != nil {
			return fmt.Errorf("encode %s: %w", cl.command, err)
		}
	}
	sensitive := slices.Concat(cl.sensitive, []string{a.key})
	if cl.user != nil {
		sensitive = append(sensitive, cl.user.ID, cl.user.Email)
	}
	response, err := c.http.Do(ctx, httpclient.Request{
		Command: cl.command, Method: cl.method, URL: a.base + cl.path, Header: header, Body: body,
		Repeatable: cl.repeatable, Sensitive: sensitive,
	})
	if err != nil {
		return coded(err, sensitive)
	}
	return read(response, into, sensitive)
}

// envelope is what all answers are in. The code is a number today and was text in older versions of the API.
type envelope struct {
	Code    json.RawMessage `json:"responseCode"`
	Message json.RawMessage `json:"responseMessage"`
	Data    json.RawMessage `json:"data"`
}

// read takes an answer as a success only if its code says so.
func read(response httpclient.Response, into any, sensitive []string) error {
	var e envelope
	if json.Unmarshal(response.Body, &e) != nil || unquoted(e.Code) == "" {
		return failed(response, httpclient.Nonsense, sensitive)
	}
	if unquoted(e.Code) != "0" {
		failure := failed(response, httpclient.Refused, sensitive)
		say(failure, e, sensitive)
		failure.MayHaveHappened = failure.Code == unknownError
		return failure
	}
	if len(e.Data) == 0 || string(e.Data) == "null" {
		return nil
	}
	if json.Unmarshal(e.Data, into) != nil {
		return failed(response, httpclient.Nonsense, sensitive)
	}
	return nil
}

// failed makes an error of an answer with a status of success. One that cannot be read may be that of a success.
func failed(response httpclient.Response, kind httpclient.Kind, sensitive []string) *httpclient.Error {
	return &httpclient.Error{
		Provider: Provider, Kind: kind, Status: response.Status, MayHaveHappened: kind == httpclient.Nonsense,
		Body: redact.Text(string(response.Body), httpclient.MaxExcerpt, sensitive...),
	}
}

// unquoted gives a text without its quotes and any other value as it is; null is "".
func unquoted(value json.RawMessage) string {
	var text string
	if json.Unmarshal(value, &text) == nil {
		return text
	}
	return string(value)
}

// coded adds what a refusal by status says besides.
func coded(err error, sensitive []string) error {
	failure, ok := errors.AsType[*httpclient.Error](err)
	if !ok {
		return err
	}
	var e envelope
	if json.Unmarshal(failure.Raw(), &e) == nil {
		say(failure, e, sensitive)
	}
	return err
}

// unknownError is the code with which Veeting does not know itself what went wrong, nor when.
const unknownError = "-99"

// legacy are the codes of the older API, https://www.veeting.com/en/doc/api/v1. Whether this one has the same is not public.
var legacy = map[string]string{
	"-10": "account already exists", "-4": "data not valid", "-3": "not allowed", "-2": "session key not valid", unknownError: "unknown error",
}

const longestMessage = 256 // bytes

func say(failure *httpclient.Error, e envelope, sensitive []string) {
	code := unquoted(e.Code)
	failure.Code = redact.Text(code, 32, sensitive...)
	failure.Message = redact.Text(unquoted(e.Message), longestMessage, sensitive...)
	if meaning, known := legacy[code]; known {
		failure.Hint = "in Veeting's older API the code " + code + " means: " + meaning
	}
}

// change is a call that changes something; it is sent once.
func change(command, method, path string, user *User, body any) call {
	return call{command: command, method: method, path: path, user: user, body: body}
}

package openmeetings

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"gavel/shared/httpclient"
	"gavel/shared/redact"
)

// services is what the paths of all services follow, below the web application.
const services = "/services"

// call is one request to a service. Parameters go where the service wants them; no service takes JSON as its body.
type call struct {
	command   string // for the log
	method    string
	path      string // after services, escaped
	query     url.Values
	form      url.Values // nil for none
	multipart *upload
	// repeatable is for calls that only read. Those that change something are GETs, too, for the most part.
	repeatable bool
	budget     time.Duration
	// sensitive are values of the request that must not be passed on; send adds the sid.
	sensitive []string
	// confidential says that the answer is a credential or about people, so that nothing of it is passed on when it cannot
	// be read.
	confidential bool
}

// read is a call that only reads. parts follow each other in the path as segments.
func read(command string, parts ...any) call {
	return call{command: command, method: http.MethodGet, path: path(parts...), repeatable: true}
}

// aboutPeople says that the answer is about people.
func (cl call) aboutPeople() call {
	cl.confidential = true
	return cl
}

// change is a call that changes something; it is sent once.
func change(command, method string, parts ...any) call {
	return call{command: command, method: method, path: path(parts...)}
}

func path(parts ...any) string {
	var b strings.Builder
	for _, part := range parts {
		b.WriteString("/" + httpclient.EscapeSegment(fmt.Sprint(part)))
	}
	return b.String()
}

// errNotAllowed says that the session is over or lacks a right.
var errNotAllowed = errors.New("not allowed in this session")

// Refusal is OpenMeetings' own no.
type Refusal struct {
	// Message is a key such as error.login.inuse, which ErrorText translates, or English text.
	Message string
	Failure *httpclient.Error
}

// Error gives the failure's; the message is the server's and may hold anything.
func (r *Refusal) Error() string { return r.Failure.Error() }

// Unwrap gives the failure.
func (r *Refusal) Unwrap() error { return r.Failure }

// send makes the call in a session, or in none when sid is empty. A 500 is how the services say no: nothing is gained by
// asking again.
func (c *Client) send(ctx context.Context, a *account, sid string, cl *call) (httpclient.Response, error) {
	body, contentType, err := cl.body()
	if err != nil {
		return httpclient.Response{}, err
	}
	header := http.Header{"Accept": {"application/json"}}
	if contentType != "" {
		header.Set("Content-Type", contentType)
	}
	cl.sensitive = append(cl.sensitive, sid)
	response, err := c.http.Do(ctx, httpclient.Request{
		Command: cl.command, Method: cl.method, URL: a.base + services + cl.path + cl.search(sid),
		Header: header, Body: body, Repeatable: cl.repeatable, Budget: cl.budget,
		Final: http.StatusInternalServerError, Sensitive: inEveryForm(cl.sensitive),
	})
	if failure, ok := errors.AsType[*httpclient.Error](err); ok && cl.confidential && failure.Kind == httpclient.Nonsense {
		failure.Body = ""
	}
	return response, c.blame(refused(err))
}

// inEveryForm gives values also as they stand in JSON, in forms and in URLs, which an answer may quote.
func inEveryForm(values []string) []string {
	all := make([]string, 0, 3*len(values))
	for _, value := range values {
		// A message is JSON that may quote JSON.
		for range 3 {
			all = append(all, value, url.QueryEscape(value), httpclient.EscapeSegment(value))
			quoted := inJSON(value)
			if quoted == value {
				break
			}
			value = quoted
		}
	}
	return all
}

func inJSON(text string) string {
	quoted, err := json.Marshal(text)
	if err != nil {
		return text
	}
	return string(quoted[1 : len(quoted)-1])
}

func (cl call) search(sid string) string {
	query := url.Values{}
	maps.Copy(query, cl.query)
	if sid != "" {
		query.Set("sid", sid)
	}
	if len(query) == 0 {
		return ""
	}
	return "?" + strings.ReplaceAll(query.Encode(), "+", "%20")
}

func (cl call) body() (content []byte, contentType string, err error) {
	switch {
	case cl.multipart != nil:
		return cl.multipart.encode()
	case cl.form != nil:
		return []byte(cl.form.Encode()), "application/x-www-form-urlencoded", nil
	}
	return nil, "", nil
}

// refused reads what a 500 says (since 6.3.0, OPENMEETINGS-2701; before it says nothing).
func refused(err error) error {
	failure, ok := errors.AsType[*httpclient.Error](err)
	if !ok || failure.Status != http.StatusInternalServerError {
		return err
	}
	said, ok := parseResult(failure.Raw())
	if !ok || said.Type == success {
		return err
	}
	if string(said.Message) == "error.notallowed" {
		failure.Kind, failure.MayHaveHappened = httpclient.Credentials, false
		failure.Hint = "the account needs the right SOAP, ROOM for what is its own, and ADMIN to delete users and groups"
		failure.Cause = errNotAllowed
	}
	return &Refusal{Message: string(said.Message), Failure: failure}
}

// result is the answer of most services.
type result struct {
	Message Text   `json:"message"`
	Type    string `json:"type"`
}

const success = "SUCCESS"

func parseResult(body []byte) (result, bool) {
	var envelope struct {
		Result *result `json:"serviceResult"`
	}
	if json.Unmarshal(body, &envelope) != nil || envelope.Result == nil {
		return result{}, false
	}
	return *envelope.Result, envelope.Result.Type != ""
}

// message gives what a service says that does something: with status 200 it can be a no all the same.
func (cl call) message(response httpclient.Response) (string, error) {
	said, ok := parseResult(response.Body)
	if !ok {
		return "", cl.nonsense(response)
	}
	if said.Type != success {
		return "", &Refusal{Message: string(said.Message), Failure: cl.failure(response, httpclient.Refused)}
	}
	return string(said.Message), nil
}

// nonsense is the error of an answer that is a success and cannot be read.
func (cl call) nonsense(response httpclient.Response) error {
	failure := cl.failure(response, httpclient.Nonsense)
	failure.MayHaveHappened = true
	return failure
}

func (cl call) failure(response httpclient.Response, kind httpclient.Kind) *httpclient.Error {
	failure := &httpclient.Error{Provider: Provider, Kind: kind, Status: response.Status}
	if !cl.confidential || kind == httpclient.Refused {
		failure.Body = redact.Text(string(response.Body), httpclient.MaxExcerpt, inEveryForm(cl.sensitive)...)
	}
	return failure
}

// do makes a call that does something and gives what the service says.
func (c *Client) do(ctx context.Context, cl call) (string, error) {
	response, err := c.inSession(ctx, &cl)
	if err != nil {
		return "", err
	}
	return cl.message(response)
}

// get makes a call that gives a thing under its root, and false for nothing.
func get[T any](ctx context.Context, c *Client, cl call, root string) (thing T, found bool, err error) {
	response, err := c.inSession(ctx, &cl)
	if err != nil || response.Status == http.StatusNoContent {
		return thing, false, err
	}
	found, err = decode(cl, response, root, &thing)
	return thing, found, err
}

// list makes a call that gives a list of things under its root.
func list[T any](ctx context.Context, c *Client, cl call, root string) ([]T, error) {
	things, _, err := get[List[T]](ctx, c, cl, root)
	return things.orEmpty(), err
}

// decode reads what is under the root; null is nothing.
func decode(cl call, response httpclient.Response, root string, into any) (found bool, err error) {
	var envelope map[string]json.RawMessage
	if json.Unmarshal(response.Body, &envelope) != nil {
		return false, cl.nonsense(response)
	}
	thing, ok := envelope[root]
	if !ok || json.Unmarshal(thing, into) != nil {
		return false, cl.nonsense(response)
	}
	return string(thing) != "null", nil
}

// number reads a message that is a number, such as a count or a new id.
func (c *Client) number(ctx context.Context, cl call) (int64, error) {
	response, err := c.inSession(ctx, &cl)
	if err != nil {
		return 0, err
	}
	text, err := cl.message(response)
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, cl.nonsense(response)
	}
	return n, nil
}

// outcome makes a call that does something.
func (c *Client) outcome(ctx context.Context, done Outcome, cl call) (Outcome, error) {
	if _, err := c.do(ctx, cl); err != nil {
		return "", err
	}
	return done, nil
}

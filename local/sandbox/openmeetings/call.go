package openmeetings

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// Rights that the services ask for. A check is plain membership.
const (
	rightAdmin     = "ADMIN"
	rightDashboard = "DASHBOARD"
	rightLogin     = "LOGIN"
	rightRoom      = "ROOM"
	rightSOAP      = "SOAP"
)

// call is one request to a service.
type call struct {
	s      *Server
	r      *http.Request
	now    time.Time
	values []string // what the path held in place of each "*"
	query  params
	form   params // empty unless the body is an encoded form
	body   []byte

	session *session // of the sid, nil for none
	user    *user    // whose session it is, nil for none
	// denied says why the sid was not enough; the caller is not told.
	denied string
}

// identify looks the sid up, which counts as a use of it.
func (c *call) identify() {
	if c.session = c.s.state.session(c.query["sid"], c.now); c.session == nil {
		c.denied = "the sid is missing, unknown or expired"
		return
	}
	if c.user = c.s.state.user(c.session.user); c.user == nil {
		c.denied = "the sid's user is gone"
	}
}

// rights are those of the sid's user, none without one.
func (c *call) rights() []string {
	if c.user == nil {
		return nil
	}
	return c.user.rights
}

func (c *call) has(right string) bool { return slices.Contains(c.rights(), right) }

// allow refuses whoever lacks the right, an unknown sid like any other.
func (c *call) allow(right string) error {
	c.identify()
	return c.require(c.has(right), right)
}

func (c *call) require(ok bool, what string) error {
	if ok {
		return nil
	}
	if c.denied == "" {
		c.denied = "the sid's user lacks the right " + what
	}
	return errNotAllowed
}

// id reads a number out of the path.
func (c *call) id(n int) (int64, error) {
	id, err := strconv.ParseInt(c.values[n], 10, 64)
	if err != nil {
		return 0, page(http.StatusNotFound, "the path holds no number where one belongs")
	}
	return id, nil
}

// ids reads a path that holds nothing but numbers.
func (c *call) ids() ([]int64, error) {
	all := make([]int64, 0, len(c.values))
	for n := range c.values {
		id, err := c.id(n)
		if err != nil {
			return nil, err
		}
		all = append(all, id)
	}
	return all, nil
}

// allowID is the beginning of most calls: one number in the path, and a right.
func (c *call) allowID(right string) (int64, error) {
	id, err := c.id(0)
	if err != nil {
		return 0, err
	}
	return id, c.allow(right)
}

// converter says how CXF answers when a parameter cannot be converted, see [parse].
type converter struct{ value, broken int }

var (
	// A DTO with a static fromString.
	formDTO  = converter{http.StatusBadRequest, http.StatusBadRequest}
	queryDTO = converter{http.StatusNotFound, http.StatusNotFound}
	// A DTO with a ParamConverter lets the JSON parser's own exception through.
	// See OmParamConverterProvider.java in openmeetings-webservice.
	convertedDTO = converter{http.StatusBadRequest, http.StatusInternalServerError}
)

// parse reads a parameter of JSON text; nil when it is not there. This comes before the sid is looked at.
func parse[T any](from params, name string, as converter, read func(*input) T) (*T, error) {
	raw, there := from[name]
	if !there {
		return nil, nil //nolint:nilnil // a parameter that is not there is no mistake yet
	}
	in := readObject([]byte(raw))
	dto := read(in)
	mistake, failed := errors.AsType[*inputError](*in.err)
	switch {
	case !failed:
		return &dto, nil
	case mistake.broken:
		return nil, page(as.broken, mistake.message)
	}
	return nil, page(as.value, mistake.message)
}

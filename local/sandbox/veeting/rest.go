package veeting

import (
	"io"
	"mime"
	"net/http"
	"time"

	"gavel/local/sandbox"
)

// maxBodyBytes caps request bodies. It is the sandbox's own limit, as long as what the record keeps.
const maxBodyBytes = sandbox.MaxTextBytes

// call is one request to the API.
type call struct {
	s      *Server
	r      *http.Request
	now    time.Time
	values []string // what the path held in place of each "*"
	body   []byte

	key      Key    // the one that was presented, when it is one
	known    []Key  // all there are, which the record must not show
	keyError string // why the key was refused

	account *account // on whose behalf, for calls about meetings
}

// endpoint is one call of https://veeting.com/en/developer-documentation/api-usage. What run returns becomes "data".
type endpoint struct {
	method, pattern string
	// owner says that the call is the instance owner's, who acts for nobody else.
	owner bool
	run   func(*call) (any, error)
}

var endpoints = []endpoint{
	{http.MethodPost, "api/v6/account", true, (*call).createAccount},
	{http.MethodGet, "api/v6/account/admin/*", true, (*call).listAdmins},
	{http.MethodPost, "api/v6/meeting", false, (*call).schedule},
	{http.MethodPut, "api/v6/meeting/*/*", false, (*call).update},
	{http.MethodPost, "api/v6/meeting/close", false, (*call).close},
	{http.MethodDelete, "api/v6/meeting/*", false, (*call).delete},
}

// serveREST answers one request to the API and records it. It is recorded before the answer leaves, so that a caller
// who has its answer finds it in the record.
func (s *Server) serveREST(w http.ResponseWriter, c *call, segments []string, pathErr error) {
	bodyErr := c.readBody()
	keyErr := c.identify()
	a, err := c.answer(segments, pathErr, bodyErr, keyErr)
	if err != nil {
		a = refused(err)
	}
	s.record(c, a)
	a.write(w)
}

// answer decides in the order a gateway and the service behind it would: is there such a path, who asks, may they, and
// only then what they ask.
func (c *call) answer(segments []string, pathErr, bodyErr, keyErr error) (answer, error) {
	if pathErr != nil {
		return answer{}, pathErr
	}
	e, err := c.find(segments)
	if err != nil {
		return answer{}, err
	}
	for _, err := range []error{keyErr, bodyErr, c.checkForm()} {
		if err != nil {
			return answer{}, err
		}
	}
	c.s.state.mu.Lock()
	defer c.s.state.mu.Unlock()
	if err := c.authorize(e); err != nil {
		return answer{}, err
	}
	data, err := e.run(c)
	if err != nil {
		return answer{}, err
	}
	return success(data)
}

func (c *call) find(segments []string) (endpoint, error) {
	allow := []string{}
	for _, e := range endpoints {
		values := matchPath(segments, e.pattern)
		if values == nil {
			continue
		}
		if e.method == c.r.Method {
			c.values = values
			return e, nil
		}
		allow = append(allow, e.method)
	}
	if len(allow) == 0 {
		return endpoint{}, errNoSuchPath
	}
	return endpoint{}, &refusal{
		status: http.StatusMethodNotAllowed, code: codeOther, message: "the path does not have this method", allow: allow,
	}
}

// readBody keeps no body that it refuses.
func (c *call) readBody() error {
	body, err := io.ReadAll(io.LimitReader(c.r.Body, maxBodyBytes+1))
	switch {
	case err != nil:
		return invalid("the body could not be read")
	case len(body) > maxBodyBytes:
		return invalid("the body is larger than the sandbox takes")
	}
	c.body = body
	return nil
}

// checkForm looks at what is the same for all calls. Every example has the content type, with a body or without.
func (c *call) checkForm() error {
	types := c.r.Header.Values("Content-Type")
	mediaType, _, err := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	if len(types) != 1 || err != nil || mediaType != "application/json" {
		return invalid("content-type must be application/json, also without a body")
	}
	bodiless := c.r.Method == http.MethodGet || c.r.Method == http.MethodDelete
	switch {
	case c.r.URL.RawQuery != "":
		return invalid("there must be no query")
	case bodiless && len(c.body) > 0:
		return invalid("there must be no body")
	}
	return nil
}

package openmeetings

import (
	"net/http"
	"slices"
	"strings"
)

// operation is one method of a service.
type operation struct {
	method, pattern string
	run             func(*call) (answer, error)
	// only is the profile that has the method, "" for both.
	only Profile
	// waits says that the method waits for something, so it locks the state for itself.
	waits bool
}

// serveREST answers one request to the services and records it. It is recorded before the answer leaves, so that a
// caller who has its answer finds it in the record.
func (s *Server) serveREST(w http.ResponseWriter, r *http.Request, segments []string, pathErr error) {
	limit := int64(maxBodyBytes)
	if mediaType(r.Header) == "multipart/form-data" {
		limit = s.fileLimit
	}
	c := &call{s: s, r: r, now: s.now()}
	body, bodyErr := readBody(r, limit)
	c.body = body

	a, err := s.answerREST(c, segments, pathErr, bodyErr)
	if err != nil {
		allow := a.header
		if a = refused(err); a.header == nil {
			a.header = allow
		}
	}
	s.record(c, a)
	a.write(w)
}

// answerREST decides in the order of the real server: what Tomcat and web.xml forbid, what CXF finds no method or no
// parameter for, and then the method, which asks for the right first.
func (s *Server) answerREST(c *call, segments []string, pathErr, bodyErr error) (answer, error) {
	switch {
	case pathErr != nil:
		return answer{}, pathErr
	case segments[0] != "services":
		return answer{}, errNoSuchPath
	case c.r.Method == http.MethodHead || c.r.Method == http.MethodTrace:
		return answer{}, page(http.StatusForbidden, "HEAD and TRACE are forbidden here")
	case bodyErr != nil:
		return answer{}, bodyErr
	}
	o, values, refusal, err := s.find(c.r.Method, segments[1:])
	if err != nil {
		return refusal, err
	}
	if !acceptsJSON(c.r.Header) {
		return answer{}, page(http.StatusNotAcceptable, "the services answer application/json only")
	}
	c.values = values
	if c.query, err = parseParams(c.r.URL.RawQuery); err != nil {
		return answer{}, err
	}
	if c.form, err = readForm(c.r.Header, c.body); err != nil {
		return answer{}, err
	}
	if !o.waits {
		s.state.mu.Lock()
		defer s.state.mu.Unlock()
	}
	return o.run(c)
}

// find returns the operation of a path and a verb. When there are others for the path, their verbs are in the answer.
func (s *Server) find(method string, segments []string) (operation, []string, answer, error) {
	allowed := []string{}
	for _, o := range s.operations {
		values := matchPath(segments, o.pattern)
		if values == nil || o.only != "" && o.only != s.version {
			continue
		}
		if o.method == method {
			return o, values, answer{}, nil
		}
		allowed = append(allowed, o.method)
	}
	if len(allowed) == 0 {
		return operation{}, nil, answer{}, errNoSuchPath
	}
	slices.Sort(allowed)
	refusal := answer{header: http.Header{"Allow": {strings.Join(slices.Compact(allowed), ", ")}}}
	return operation{}, nil, refusal, page(http.StatusMethodNotAllowed, "the path does not have this verb")
}

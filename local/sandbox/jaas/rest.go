package jaas

import (
	"net/http"

	"gavel/local/sandbox"
	"gavel/local/sandbox/jitsimeet"
)

// command is one verified request to a server-side endpoint.
type command struct {
	r      *http.Request
	appID  string   // the admin token's tenant
	values []string // what the path held in place of each "*"
	body   []byte
}

// endpoint is one path of https://developer.8x8.com/jaas/docs/webhooks-jaas-endpoints; all are POST.
type endpoint struct {
	pattern string
	run     func(*Server, command) (jitsimeet.Answer, error)
}

var endpoints = []endpoint{
	{"v1/_jaas/jaccess/v1/access-management/*/ban/user/*", (*Server).banUser},
	{"v1/_jaas/jaccess/v1/access-management/*/ban/jwt", (*Server).banJWT},
	{"v1/_jaas/conference-commands/v1/meeting", (*Server).meeting},
}

// serveREST answers one server-side request and records it. It is recorded before the answer leaves,
// so that a caller who has its answer finds it in the record.
func (s *Server) serveREST(w http.ResponseWriter, r *http.Request, segments []string, pathErr error) {
	arrived := s.now()
	body, bodyErr := jitsimeet.ReadBody(r)
	claims, tokenErr := s.bearer(r)

	a, err := s.answerREST(r, segments, body, claims, pathErr, bodyErr, tokenErr)
	if err != nil {
		a = jitsimeet.Refused(err)
	}
	x := sandbox.Exchange{
		Time: arrived, Provider: Provider,
		Method: r.Method, Path: jitsimeet.EscapedPath(r.URL), Query: r.URL.RawQuery,
		ContentType: r.Header.Get("Content-Type"), Authorization: jitsimeet.AuthScheme(r.Header),
		TraceID: sandbox.TraceID(r.Header),
		Claims:  claims, Body: sandbox.Body(body),
		Answer: sandbox.Answer{Status: a.Status, Body: a.Body},
	}
	if tokenErr != nil {
		x.TokenError = tokenErr.Error()
	}
	s.recorder.Record(x)
	a.Write(w, http.MethodPost)
}

// answerREST decides in the order a gateway and the service behind it would: is there such a path, is
// the request of the right size, who asks, may they, and only then what they ask.
func (s *Server) answerREST(
	r *http.Request, segments []string, body []byte, claims map[string]any, pathErr, bodyErr, tokenErr error,
) (jitsimeet.Answer, error) {
	if pathErr != nil {
		return jitsimeet.Answer{}, pathErr
	}
	e, values, err := findEndpoint(r.Method, segments)
	switch {
	case err != nil:
		return jitsimeet.Answer{}, err
	case bodyErr != nil:
		return jitsimeet.Answer{}, bodyErr
	case tokenErr != nil:
		return jitsimeet.Answer{}, jitsimeet.Refuse(http.StatusUnauthorized, "unauthorized", tokenErr.Error())
	}
	if err := requireAdmin(claims); err != nil {
		return jitsimeet.Answer{}, err
	}
	// Verified: sub is a string, the tenant in kid.
	appID, _ := claims["sub"].(string)
	return e.run(s, command{r: r, appID: appID, values: values, body: body})
}

func findEndpoint(method string, segments []string) (endpoint, []string, error) {
	for _, e := range endpoints {
		values := jitsimeet.MatchPath(segments, e.pattern)
		if values == nil {
			continue
		}
		if method != http.MethodPost {
			return e, nil, jitsimeet.Refuse(http.StatusMethodNotAllowed, "method_not_allowed", "the method must be POST")
		}
		return e, values, nil
	}
	return endpoint{}, nil, jitsimeet.ErrNoSuchPath
}

// requirePathTenant holds the tenant in the path against the token's.
func (c command) requirePathTenant() error {
	if c.values[0] != c.appID {
		return forbidden("the appId in the path is not the token's")
	}
	return nil
}

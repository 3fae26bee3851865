package jaas

import (
	"errors"
	"net/http"
	"strings"

	"gavel/local/sandbox/jitsimeet"
)

// bearer verifies the token in the Authorization header and returns its claims. The claims say whose
// token it is, not that it may do anything: see [requireAdmin].
func (s *Server) bearer(r *http.Request) (map[string]any, error) {
	headers := r.Header.Values("Authorization")
	if len(headers) != 1 {
		return nil, errors.New("one Authorization header is required")
	}
	raw, found := strings.CutPrefix(headers[0], "Bearer ")
	if !found {
		return nil, errors.New("the header Authorization must be Bearer and a token")
	}
	t, err := jitsimeet.ParseToken(raw)
	if err != nil {
		return nil, err
	}
	if err := s.verify(r.Context(), t); err != nil {
		return nil, err
	}
	if err := checkTimes(t.Claims, s.now()); err != nil {
		return nil, err
	}
	return t.Claims, nil
}

// requireAdmin lets only admin tokens pass: admin is a boolean at the top level of the payload.
// https://developer.8x8.com/jaas/docs/webhooks-jaas-endpoints
func requireAdmin(claims map[string]any) error {
	if claims["admin"] != true {
		return forbidden("the token is no admin token: admin must be the boolean true, at the top level")
	}
	return nil
}

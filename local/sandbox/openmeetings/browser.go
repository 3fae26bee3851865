package openmeetings

import (
	"net/http"
	"strings"
)

// cookieName is that of Tomcat.
const cookieName = "JSESSIONID"

// browser is a browser session. There is none for who is not signed in.
type browser struct {
	id   string
	user int64
	// secure is the hash that signed in, "" for an invitation.
	secure          string
	room, recording int64 // 0 for none
	moderator       bool
	language        int64 // 0 for the user's own
	// locked is the invitation whose password is still to come.
	locked string
}

// newBrowser signs a user in, under an id nobody knew before.
func (s *state) newBrowser(u *user) *browser {
	b := &browser{id: newUUID(), user: u.id}
	s.browsers[b.id] = b
	return b
}

// endBrowser signs out: the pages of the session are gone, and with them its clients.
func (s *state) endBrowser(b *browser) {
	delete(s.browsers, b.id)
	s.leave(func(c *client) bool { return c.browser == b.id })
}

func (s *Server) browserOf(r *http.Request) *browser {
	cookie, err := r.Cookie(cookieName)
	if err != nil {
		return nil
	}
	return s.state.browsers[cookie.Value]
}

func (s *Server) cookie(b *browser) *http.Cookie {
	return &http.Cookie{ //nolint:gosec // Secure follows the base URL, which is plain HTTP on loopback
		Name: cookieName, Value: b.id, Path: strings.TrimSuffix(s.baseURL.Path, "/") + "/",
		HttpOnly: true, Secure: s.baseURL.Scheme == "https", SameSite: http.SameSiteLaxMode,
	}
}

package jitsi

import (
	"errors"
	"net/http"
	"strings"
)

// identify verifies the system token. lax takes a token without a word before it, as one of the modules does.
func (c *call) identify(lax bool) {
	// Prosody makes one line of a header that is given twice.
	header := strings.Join(c.r.Header.Values("Authorization"), ", ")
	raw, found := strings.CutPrefix(header, "Bearer ")
	if !found && !lax || raw == "" {
		c.tokenErr = errors.New("the header Authorization must be Bearer and a token")
		return
	}
	c.claims, c.tokenErr = c.s.system(c.set).verify(c.r.Context(), raw)
}

// endMeeting ends a meeting for everybody. An address that means nothing is a room that is not there. silent-reconnect
// makes no difference here, where there are no clients to tell apart.
func (c *call) endMeeting() page {
	conference, given := formDecode(c.r.URL.RawQuery)["conference"]
	switch {
	case !given:
		return bare(http.StatusBadRequest)
	case c.tokenErr != nil:
		return bare(http.StatusUnauthorized)
	case !c.s.state.end(c.set.rewrite(conference), c.now):
		return bare(http.StatusNotFound)
	}
	return bare(http.StatusOK)
}

// kickParticipant takes one occupant out.
func (c *call) kickParticipant() page {
	fits, ok := c.target()
	if !ok {
		return bare(http.StatusBadRequest)
	}
	// What older releases answer when the query, the token or the room is not right.
	wrong := func(status int) page {
		if c.s.traits.OldKick {
			return bare(http.StatusOK)
		}
		return bare(status)
	}
	if !hasQuery(c.r) {
		return wrong(http.StatusBadRequest)
	}
	if c.tokenErr != nil {
		return wrong(http.StatusForbidden)
	}
	query := formDecode(c.r.URL.RawQuery)
	live, kicked := c.s.state.kick(c.set.address(urlEncode(query["prefix"]), urlEncode(query["room"])), fits, c.now)
	switch {
	case !live:
		return wrong(http.StatusNotFound)
	case !kicked:
		return bare(http.StatusNotFound)
	}
	return bare(http.StatusOK)
}

// target reads whom the body means: exactly one of participantId and number. A field that is null is given all the same.
func (c *call) target() (fits func(*occupant) bool, ok bool) {
	body, ok := c.object()
	if !ok {
		return nil, false
	}
	id, byID := body["participantId"]
	number, byNumber := body["number"]
	if byID == byNumber {
		return nil, false
	}
	if byID {
		text, ok := id.(string)
		return func(o *occupant) bool { return o.id == text }, ok
	}
	text, ok := number.(string)
	return func(o *occupant) bool { return !o.human() && strings.HasPrefix(o.displayName(), text) }, ok
}

// inviteJigasi calls a telephone.
func (c *call) inviteJigasi() page {
	if c.tokenErr != nil {
		return bare(http.StatusUnauthorized)
	}
	body, ok := c.object()
	if !ok {
		return bare(http.StatusBadRequest)
	}
	conference, ok := body["conference"].(string)
	phoneNo, phoneOK := body["phoneNo"].(string)
	if !ok || !phoneOK || phoneNo == "" {
		return bare(http.StatusBadRequest)
	}
	if c.s.traits.NoGateway {
		return withJSON(http.StatusNotFound, map[string]string{"error": "Jigasi not found"})
	}
	c.s.state.dial(c.set.rewrite(conference), phoneNo, c.set.Domain, c.now)
	return bare(http.StatusOK)
}

// object reads the body, whose content type must be spelled exactly so.
func (c *call) object() (map[string]any, bool) {
	if strings.Join(c.r.Header.Values("Content-Type"), ", ") != "application/json" {
		return nil, false
	}
	got := fields(c.body)
	return got, got != nil
}

package jitsi

import (
	"net/http"
	"time"

	"gavel/local/sandbox"
	"gavel/local/sandbox/jitsimeet"
)

// call is one request to Prosody's HTTP port.
type call struct {
	s    *Server
	r    *http.Request
	now  time.Time
	set  Settings
	body []byte

	claims   map[string]any // of a token that verified
	tokenErr error          // nil also where none is asked for
}

// endpoint is one path of Prosody's.
type endpoint struct {
	method, path string
	// system says that a system token is wanted, without whose key server there is no such path.
	system bool
	run    func(*call) page
}

// The modules of https://github.com/jitsi/jitsi-meet/tree/master/resources/prosody-plugins, by name.
var endpoints = []endpoint{
	{http.MethodPost, "end-meeting", true, (*call).endMeeting},          // mod_muc_end_meeting
	{http.MethodPut, "kick-participant", true, (*call).kickParticipant}, // mod_muc_kick_participant
	{http.MethodPost, "invite-jigasi", true, (*call).inviteJigasi},      // mod_muc_jigasi_invite
	{http.MethodGet, "room-size", false, (*call).roomSize},              // mod_muc_size
	{http.MethodGet, "room", false, (*call).room},                       // mod_muc_size
	{http.MethodGet, "sessions", false, (*call).sessions},               // mod_muc_size
	{http.MethodGet, "room-census", false, (*call).roomCensus},          // mod_muc_census
}

// serveProsody answers one request to Prosody and records it. It is recorded before the answer leaves, so that a caller
// who has its answer finds it in the record.
func (s *Server) serveProsody(w http.ResponseWriter, r *http.Request, path string) {
	c := &call{s: s, r: r, now: s.now()}
	p := c.answer(path)
	x := sandbox.Exchange{
		Time: c.now, Provider: Provider,
		Method: r.Method, Path: jitsimeet.EscapedPath(r.URL), Query: withoutTokens(r.URL.RawQuery),
		ContentType: r.Header.Get("Content-Type"), Authorization: jitsimeet.AuthScheme(r.Header),
		TraceID: sandbox.TraceID(r.Header),
		Claims:  c.claims, Body: sandbox.Body(c.body),
		Answer: sandbox.Answer{Status: p.status, Body: sandbox.Body([]byte(p.body))},
	}
	if c.tokenErr != nil {
		x.TokenError = c.tokenErr.Error()
	}
	s.recorder.Record(x)
	p.write(w)
}

func (c *call) answer(path string) page {
	var err error
	if c.body, err = jitsimeet.ReadBody(c.r); err != nil {
		return errorPage(http.StatusRequestEntityTooLarge)
	}
	if c.set, err = c.s.settings(c.r.Context()); err != nil {
		return errorPage(http.StatusServiceUnavailable)
	}
	for _, e := range endpoints {
		if e.path != path || e.method != c.r.Method || e.system && c.set.SystemKeyServer == "" {
			continue
		}
		if e.system {
			c.identify(path == "kick-participant")
		}
		return e.run(c)
	}
	return errorPage(http.StatusNotFound)
}

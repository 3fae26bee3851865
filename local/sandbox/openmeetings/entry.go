package openmeetings

import (
	"net/http"
	"strconv"
)

// serveEntry is the page behind an entry URL. See HashPage.java in openmeetings-web.
func (s *Server) serveEntry(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead && r.Method != http.MethodPost {
		w.Header().Set("Allow", "GET, HEAD, POST")
		refused(page(http.StatusMethodNotAllowed, "the entry page is for GET")).write(w)
		return
	}
	query, err := parseParams(r.URL.RawQuery)
	if err != nil {
		refused(err).write(w)
		return
	}
	password, err := postedPassword(r)
	if err != nil {
		refused(err).write(w)
		return
	}
	s.state.mu.Lock()
	full := s.state.full(s.now())
	var b *browser
	var came entry
	var no *refusal
	if !full {
		b, came, no = s.open(r, query, password)
	}
	s.state.mu.Unlock()
	if full {
		refused(errFull).write(w)
		return
	}
	if b != nil {
		http.SetCookie(w, s.cookie(b))
	}
	if no != nil {
		writeRefusal(w, r, *no)
		return
	}
	writeEntry(w, r, came)
}

// postedPassword is that of an invitation, "" for none.
func postedPassword(r *http.Request) (string, error) {
	if r.Method != http.MethodPost {
		return "", nil
	}
	body, err := readBody(r, maxBodyBytes)
	if err != nil {
		return "", err
	}
	form, err := readForm(r.Header, body)
	return form["password"], err
}

// open signs in if need be and lets in. The browser session is nil when nobody is signed in.
func (s *Server) open(r *http.Request, query params, password string) (*browser, entry, *refusal) {
	b, no := s.checkHashes(s.browserOf(r), query, r.Method == http.MethodPost, password)
	if no != nil {
		return b, entry{}, no
	}
	if language, err := strconv.ParseInt(query["language"], 10, 64); err == nil && language >= 0 {
		b.language = language
	}
	came := s.state.describe(b)
	if b.recording != 0 {
		no = s.openRecording(b, &came)
	} else {
		no = s.enterRoom(b, &came, r.Method != http.MethodHead)
	}
	return b, came, no
}

// checkHashes is WebSession.checkHashes: the same hash again is a reload; a new one ends what is signed in.
func (s *Server) checkHashes(b *browser, query params, posted bool, password string) (*browser, *refusal) {
	secure, invited := query["secure"], query["invitation"]
	if invited != "" {
		return s.acceptInvitation(b, invited, posted, password)
	}
	if b != nil && b.secure == secure && secure != "" {
		return b, nil
	}
	if secure == "" {
		return nil, &invalidHash
	}
	if b != nil {
		s.state.endBrowser(b)
	}
	if b = s.signIn(secure); b == nil {
		return nil, &invalidHash
	}
	return b, nil
}

// enterRoom enforces what holds for invited people too: the room is there, open and not full.
func (s *Server) enterRoom(b *browser, came *entry, present bool) *refusal {
	r := s.state.room(b.room)
	switch {
	case r == nil:
		return &accessDenied
	case r.closed:
		return &refusal{Code: "room_closed", Message: "This room was closed.", Redirect: r.redirectURL}
	case int64(len(s.state.inRoom(r.id))) >= r.capacity:
		return &roomFull
	}
	came.RoomID, came.Title = r.id, r.name
	if present {
		c := s.state.enter(r, b)
		came.ClientID, came.Moderator, came.SuperModerator = c.id, c.moderator, c.super
	}
	return nil
}

func (s *Server) openRecording(b *browser, came *entry) *refusal {
	rec := s.state.recording(b.recording)
	if rec == nil {
		return &accessDenied
	}
	came.RecordingID, came.Title = rec.id, rec.name
	return nil
}

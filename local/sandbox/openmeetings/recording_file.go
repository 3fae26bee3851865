package openmeetings

import "net/http"

// serveRecording serves the file of a recording to who has a hash for it, which counts as a use.
func (s *Server) serveRecording(w http.ResponseWriter, r *http.Request, hash string) {
	if r.Method != http.MethodGet {
		w.Header().Set("Allow", http.MethodGet)
		refused(page(http.StatusMethodNotAllowed, "recordings are for GET")).write(w)
		return
	}
	s.state.mu.Lock()
	var b *browser
	if !s.state.full(s.now()) {
		b = s.signIn(hash)
	}
	playable := false
	if b != nil {
		rec := s.state.recording(b.recording)
		playable = rec != nil && rec.status == statusProcessed
	}
	s.state.mu.Unlock()
	if !playable {
		refused(page(http.StatusNotFound, "no recording for this hash")).write(w)
		return
	}
	http.SetCookie(w, s.cookie(b))
	answer{status: http.StatusOK, contentType: "video/mp4", body: emptyMP4()}.write(w)
}

// emptyMP4 is the least that is an MP4 file: its header (ISO/IEC 14496-12, 4.3).
func emptyMP4() []byte {
	return []byte("\x00\x00\x00\x14ftypisom\x00\x00\x02\x00isom")
}

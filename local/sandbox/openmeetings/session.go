package openmeetings

import "time"

// idleLimit is job.cleanup.session.timeout. The real sweeper comes by every 5 minutes; here nothing is late.
// See CleanupJob.java in openmeetings-web.
const idleLimit = 30 * time.Minute

// session is the row behind a sid.
type session struct {
	sid     string
	user    int64
	lastUse time.Time
	// permanent sessions are not swept: a reusable hash hangs on them.
	permanent bool
	// person is who enters with the hashes made with this sid; the last one set wins.
	person *person
}

// newSession makes a sid for a user.
func (s *state) newSession(userID int64, now time.Time) (*session, error) {
	if s.full(now) {
		return nil, errFull
	}
	row := &session{sid: newUUID(), user: userID, lastUse: now}
	s.sessions[row.sid] = row
	return row, nil
}

// session returns the row of a sid and counts it as used, nil when there is none or it idled for too long.
func (s *state) session(sid string, now time.Time) *session {
	row := s.sessions[sid]
	if row == nil || row.idle(now) {
		delete(s.sessions, sid)
		return nil
	}
	row.lastUse = now
	return row
}

func (s *session) idle(now time.Time) bool {
	return !s.permanent && now.Sub(s.lastUse) > idleLimit
}

// sweep removes idle sessions and the hashes that died with them, and browser sessions that are in no room.
func (s *state) sweep(now time.Time) {
	for sid, row := range s.sessions {
		if row.idle(now) {
			delete(s.sessions, sid)
		}
	}
	for hash, row := range s.hashes {
		if s.sessions[row.sid] == nil {
			delete(s.hashes, hash)
		}
	}
	present := map[string]bool{}
	for _, c := range s.clients {
		present[c.browser] = true
	}
	for id := range s.browsers {
		if !present[id] {
			delete(s.browsers, id)
		}
	}
}

// Package openmeetings is a stand-in for Apache OpenMeetings: its REST services and, in place of the web client, the
// entry page, which lets browsers and tests into rooms.
//
// It reads the public sources for itself and shares no code with the client it tests, so that one mistake cannot sit on
// both sides. Where the real server is lenient without a use for it, the stand-in takes the strict side, so that
// mistakes show.
//
//   - https://openmeetings.apache.org/RestAPISample.html
//   - https://github.com/apache/openmeetings
//
// Java files named in comments are those of that repository. Everything is kept in memory.
package openmeetings

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/url"
	"time"

	"gavel/local/sandbox"
)

// Provider is the name under which exchanges are recorded.
const Provider = "openmeetings"

// Profile is the version of OpenMeetings that a [Server] behaves as.
type Profile string

// The profiles. They differ in the verb of the login, the penalty for a bad password, who may list the files of a room,
// and whether descriptions of events are sanitised.
const (
	Profile81 Profile = "8.1"
	Profile91 Profile = "9.1"
)

// Account is a user of OpenMeetings that is there from the start, such as the one Gavel logs in with.
type Account struct {
	Login, Email, Password string
	// Rights are names of the enum User.Right. Integration needs LOGIN, SOAP and ROOM; ADMIN includes none of them.
	Rights []string
	// Group says that the account belongs to the default group. Without one it cannot log in.
	Group bool
	// Type is USER, which is the default, LDAP, OAUTH, EXTERNAL or CONTACT. Only USER can log in.
	Type string
}

// AccountsFunc returns the accounts as they are now.
type AccountsFunc func(context.Context) ([]Account, error)

// Options configures a [Server].
type Options struct {
	// Version is what to behave as; default [Profile91].
	Version Profile
	// BaseURL is where browsers find the server, "" when it is not known. It gives the cookie its path.
	BaseURL string
	// Now is the clock; default [time.Now].
	Now func() time.Time
	// Accounts is read at every login. Without it nobody can log in.
	Accounts AccountsFunc
	// BadPasswordDelay is how long 9.x holds the answer to a bad login back; default 6 to 15 seconds, at random.
	BadPasswordDelay func() time.Duration
	// Recorder receives every request to a REST service, refused ones too; nil records nothing.
	Recorder *sandbox.Recorder
	// FileLimit is the longest upload in bytes; default 32 MiB.
	FileLimit int64
}

// Server is the stand-in. Its paths are relative to where it is mounted, which is what OpenMeetings' own manuals call
// the context, /openmeetings:
//
//	       /services/{user,room,calendar,record,group,file,info,error,wb}/...
//	GET    /hash?secure={hash}&language={id}
//	GET    /hash?invitation={hash}&language={id}
//	GET    /recordings/mp4/{hash}
//
//	GET    /sandbox/rooms/{id}
//	POST   /sandbox/clients/{clientId}/leave
//	POST   /sandbox/recordings
//
// The first group is the real server's. Of the services it has everything but SOAP, WADL and networktest. Where the
// real server takes what is of no use, this one refuses with 400: unknown fields and fields given twice in JSON, values
// of another kind than the field's (a number for a text), JSON with comments or without quotes.
//
// The entry page is HTML that says who is in which room. Asked for application/json it answers {clientId, roomId,
// userId, firstname, lastname, externalId, externalType, moderator, superModerator, language}; for a recording
// {recordingId, userId, ...} without a client. Refusals are 403 with {"error","message"}, error being invalid_hash,
// access_denied, room_closed, room_full or password_required. The last one is an invitation's: its password goes to the
// same URL by POST as form field password. Every GET makes one more client in the room, as another tab would; it is
// there until it is kicked, the page is left, or its browser session (cookie JSESSIONID) is ended by another entry.
// HEAD uses a hash up like GET, but makes no client. Real pages would need a websocket for all this.
//
// The second group is the sandbox's own. A room is {roomId, name, closed, clients[]}; leaving answers 204. A recording
// is seeded as {name, roomId, ownerId, status, externalType, interview, start, end, width, height} and answered with 201
// {id, hash}. Only loopback should reach it: none of it asks who is there.
//
// There is a public room of each type from the start, CONFERENCE 1, PRESENTATION 2 and INTERVIEW 3, each for 16 people,
// and the default group 1. The server's own time zone is +05:30, so that times without a zone show.
//
// Mount it with [http.StripPrefix] for a prefix, below an [http.ServeMux] or without one.
type Server struct {
	version    Profile
	baseURL    *url.URL
	now        func() time.Time
	accounts   AccountsFunc
	penalty    func() time.Duration
	recorder   *sandbox.Recorder
	fileLimit  int64
	operations []operation
	secret     []byte // the key of fingerprints in the record
	state      *state
}

var _ http.Handler = (*Server)(nil)

// New returns a server with three rooms and one group, without users, sessions or hashes.
func New(o Options) *Server {
	s := &Server{
		version: o.Version, now: o.Now, accounts: o.Accounts, penalty: o.BadPasswordDelay,
		recorder: o.Recorder, fileLimit: o.FileLimit, baseURL: &url.URL{},
	}
	if s.version == "" {
		s.version = Profile91
	}
	if s.now == nil {
		s.now = time.Now
	}
	if s.accounts == nil {
		s.accounts = func(context.Context) ([]Account, error) { return nil, nil }
	}
	if s.penalty == nil {
		s.penalty = badPasswordDelay
	}
	if s.fileLimit == 0 {
		s.fileLimit = 32 << 20
	}
	if u, err := url.Parse(o.BaseURL); err == nil {
		s.baseURL = u
	}
	s.operations = operations()
	s.secret = []byte(rand.Text())
	s.state = newState()
	return s
}

// ServeHTTP serves both groups of paths. What is in neither counts as a request to the services, so that a client with
// a wrong base URL finds its mistake in the record.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	segments, err := splitPath(r.URL)
	if err != nil {
		s.serveREST(w, r, segments, err)
		return
	}
	switch {
	case len(segments) == 1 && segments[0] == "hash":
		s.serveEntry(w, r)
	case len(segments) == 3 && segments[0] == "recordings" && segments[1] == "mp4":
		s.serveRecording(w, r, segments[2])
	case segments[0] == "sandbox":
		s.serveOwn(w, r, segments[1:])
	default:
		s.serveREST(w, r, segments, nil)
	}
}

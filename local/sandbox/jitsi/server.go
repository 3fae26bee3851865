// Package jitsi is a stand-in for a self-hosted Jitsi server: the HTTP endpoints of its XMPP server Prosody, the calls
// that Prosody makes itself for reservations and events, and, in place of the web client and XMPP, a small API for
// joining rooms.
//
// It reads the public documents and the public code for itself and shares no code with the client it tests, so that
// one mistake cannot sit on both sides. Where both are silent it takes the strict side, so that mistakes show.
//
//   - https://jitsi.github.io/handbook/docs/devops-guide/token-authentication
//   - https://jitsi.github.io/handbook/docs/devops-guide/reservation
//   - https://github.com/jitsi/jitsi-meet/tree/master/resources/prosody-plugins
//   - https://github.com/jitsi/jitsi-meet/tree/master/tests/prosody
//   - https://github.com/jitsi-contrib/prosody-plugins/tree/main/event_sync
//   - https://github.com/nvonahsen/jitsi-token-moderation-plugin
//
// Everything is kept in memory.
package jitsi

import (
	"context"
	"net/http"
	"strings"
	"time"

	"gavel/local/sandbox"
	"gavel/local/sandbox/delivery"
	"gavel/local/sandbox/jitsimeet"
)

// Provider is the name under which exchanges are recorded.
const Provider = "jitsi"

// Options configures a [Server].
type Options struct {
	// Settings returns the operator's configuration; without it, every token is refused.
	Settings SettingsFunc
	// Traits are the server's quirks.
	Traits Traits
	// Now is the clock; default [time.Now].
	Now func() time.Time
	// Recorder receives every exchange below /prosody, refused ones too; nil records nothing.
	Recorder *sandbox.Recorder
	// Transport carries the server's own calls, for keys, reservations and events; default [http.DefaultTransport].
	Transport http.RoundTripper
}

// Server is the stand-in. Its paths are relative to where it is mounted:
//
//	POST   /prosody/end-meeting?conference={room}@conference.{domain}
//	PUT    /prosody/kick-participant?room={room}[&prefix={tenant}]
//	POST   /prosody/invite-jigasi
//	GET    /prosody/room-size?room={room}&domain={domain}[&subdomain={tenant}][&token={jwt}]
//	GET    /prosody/room?room={room}&domain={domain}[&subdomain={tenant}][&token={jwt}]
//	GET    /prosody/sessions
//	GET    /prosody/room-census
//
//	GET    /rooms
//	GET    /rooms/{room}[?tenant=]
//	POST   /rooms/{room}/participants[?tenant=]
//	DELETE /rooms/{room}/participants/{participantId}[?tenant=]
//
// The first group is what listens on Prosody's own port, with the statuses, the order of checks and the bodies of its
// modules, which mostly send none and never a content type. Each of the three ways of reading a query is kept:
// end-meeting decodes it once, kick-participant decodes and encodes it again, and the two about a room do not decode.
// What is not there is a page of HTML. The first three want a system token, whose key is looked up elsewhere than that
// of a login token. A room holds jicofo's focus as well, which cannot be kicked here. A call to a telephone makes its
// leg an occupant at once; nobody has to answer.
//
// The second group is the sandbox's own. Joining takes {"jwt":"…"} and answers 201 with {participantId, occupantJid,
// room, userId, name, affiliation, role, plugins}, the latter being what each of the two plugins that read tokens makes
// of this one: {"token_affiliation","token_moderation"}. 403 has in "error" the key that the web client or the XMPP
// server would give (tokenExpired, not-allowed, room-mismatch, …); "errors" lists all keys of the client's check. A room
// is {room, tenant, roomJid, participants[], calls[]}; GET of all rooms wraps them in {"rooms":[…]}. Leaving answers
// 204; the last one to leave ends the room, telephones or not. The rooms' names are normalised as the client does it.
// Only joining needs a token: all this belongs on a developer's machine.
//
// GET of any other path is a join link opened without a browser, and answered with a text about joining.
//
// With a reservation system, whoever would create a room waits until that was asked. A refused reservation is 403 with
// {"error":"reservation-error","message","code"}, and remembered for 30 seconds. A room whose time is up is closed at
// the next request of any kind; for a minute after its end it cannot be joined (code 419).
//
// What happens in a room is told to the receiver of event_sync's events, one after the other and in order, which the
// real module does not promise. Events leave in the background; one that meets a 5xx or no answer is tried twice more.
// Reservations are cancelled in the same way. See [Server.Flush].
//
// Mount it with [http.StripPrefix] for a prefix, below an [http.ServeMux] or without one.
type Server struct {
	settingsFunc SettingsFunc
	traits       Traits
	now          func() time.Time
	recorder     *sandbox.Recorder
	client       *http.Client
	loginKeys    keyCache
	systemKeys   keyCache
	state        *state

	ctx  context.Context // of reservations that are asked for; ends with stop
	stop context.CancelFunc
}

var _ http.Handler = (*Server)(nil)

// New returns a server without rooms.
func New(o Options) *Server {
	s := &Server{
		settingsFunc: o.Settings, traits: o.Traits, now: o.Now, recorder: o.Recorder,
		client: delivery.NewClient(o.Transport),
	}
	if s.settingsFunc == nil {
		s.settingsFunc = func(context.Context) (Settings, error) { return Settings{}, nil }
	}
	if s.now == nil {
		s.now = time.Now
	}
	s.ctx, s.stop = context.WithCancel(context.Background())
	s.state = newState(o.Traits, newQueue(s.settings, s.client))
	return s
}

// Flush waits until every event and every cancellation of a reservation is delivered or lost, those included that the
// receiver caused meanwhile. It returns the context's error when that ends first.
func (s *Server) Flush(ctx context.Context) error { return s.state.queue.Flush(ctx) }

// Close breaks off the server's own calls and forgets those that wait; none is made from then on, so that nobody can
// make a room that needs a reservation. The rest of the server goes on.
func (s *Server) Close() {
	s.stop()
	s.state.queue.Close()
}

func (s *Server) settings(ctx context.Context) (Settings, error) {
	set, err := s.settingsFunc(ctx)
	return set.withDefaults(), err
}

// ServeHTTP serves both groups of paths and the join links.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.state.sweep(s.now())
	path := strings.TrimPrefix(jitsimeet.EscapedPath(r.URL), "/")
	first, rest, _ := strings.Cut(path, "/")
	switch first {
	case "prosody":
		s.serveProsody(w, r, rest)
	case "rooms":
		s.serveRooms(w, r)
	default:
		serveJoinLink(w, r, path)
	}
}

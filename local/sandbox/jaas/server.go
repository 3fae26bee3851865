// Package jaas is a stand-in for 8x8 JaaS: its six server-side endpoints, the webhooks of a meeting's course and, in
// place of the web client and XMPP, a small API for joining rooms.
//
// It reads the public documents for itself and shares no code with the client it tests, so that one
// mistake cannot sit on both sides. Where the documents say nothing it follows the open-source code
// behind the service, and where that is silent too it takes the strict side, so that mistakes show.
//
//   - https://developer.8x8.com/jaas/docs/webhooks-jaas-endpoints
//   - https://developer.8x8.com/jaas/docs/api-keys-jwt
//   - https://developer.8x8.com/jaas/docs/webhooks-overview
//   - https://github.com/jitsi/jitsi-meet/tree/master/resources/prosody-plugins
//
// Everything is kept in memory.
package jaas

import (
	"context"
	"crypto/rsa"
	"net/http"
	"time"

	"gavel/local/sandbox"
	"gavel/local/sandbox/delivery"
	"gavel/local/sandbox/jitsimeet"
)

// Provider is the name under which exchanges are recorded.
const Provider = "jaas"

// DefaultDomain is the host in conference names and participant ids, as in the documents' examples.
const DefaultDomain = "8x8.vc"

// PublicKeyFunc returns the public key uploaded under a kid ("{appId}/{keyId}"), or an error when there
// is none.
type PublicKeyFunc func(ctx context.Context, kid string) (*rsa.PublicKey, error)

// Options configures a [Server].
type Options struct {
	// PublicKey looks keys up. Without it every token is refused.
	PublicKey PublicKeyFunc
	// Now is the clock; default [time.Now].
	Now func() time.Time
	// Domain is the end of conference names; default [DefaultDomain].
	Domain string
	// Recorder receives every server-side exchange, refused ones too; nil records nothing.
	Recorder *sandbox.Recorder
	// Webhook looks up where a tenant's events go; nil sends none.
	Webhook WebhookFunc
	// Transport carries the webhooks; default [http.DefaultTransport].
	Transport http.RoundTripper
}

// Server is the stand-in. Its paths are relative to where it is mounted:
//
//	POST   /v1/_jaas/jaccess/v1/access-management/{appId}/ban/user/{userId}
//	POST   /v1/_jaas/jaccess/v1/access-management/{appId}/ban/jwt
//	POST   /v1/_jaas/conference-commands/v1/meeting
//
//	GET    /rooms/{appId}
//	GET    /rooms/{appId}/{room}
//	POST   /rooms/{appId}/{room}/participants
//	DELETE /rooms/{appId}/{room}/participants/{participantId}
//
// The first group has the shape of the real service, below the documented base path /v1/_jaas. The
// service promises neither statuses nor bodies; here success is 200 with {"message"}, and refusals are
// {"error","message"} with 400, 401, 403, 404, 405, 413 or 415.
//
// The second group is the sandbox's own. Joining takes {"jwt":"…"} and answers 201 with
// {participantId, participantJid, sessionId, userId, name, moderator, room}, or 403 where "error" is the
// key a web client or the XMPP server would give (tokenExpired, not-allowed, user is banned, …) and
// "errors" lists all keys of the client's check. A room is {room, sessionId, participants[], calls[]};
// GET of all rooms wraps them in {"rooms":[…]}. Leaving answers 204; the last one to leave ends the
// session. Only joining needs a token: all this belongs on a developer's machine.
//
// What happens in a room is told to the tenant's webhook: ROOM_CREATED and PARTICIPANT_JOINED as people join,
// PARTICIPANT_LEFT with the disconnectReason left or kicked, ROOM_DESTROYED when the last one is out. Events leave in
// the background, a tenant's one after the other; one that is not taken with a 2xx is tried twice more and then lost.
// See [Server.Flush]. Calls are not told of, as nobody answers them.
//
// Mount it with [http.StripPrefix] for a prefix, below an [http.ServeMux] or without one. It splits the
// path before decoding it, so that user ids such as "..", sent as "%2E%2E", or "a/b", sent as "a%2Fb",
// are one segment.
type Server struct {
	publicKey PublicKeyFunc
	now       func() time.Time
	domain    string
	recorder  *sandbox.Recorder
	state     state
}

var _ http.Handler = (*Server)(nil)

// New returns a server without rooms, participants or bans.
func New(o Options) *Server {
	s := &Server{publicKey: o.PublicKey, now: o.Now, domain: o.Domain, recorder: o.Recorder}
	if s.now == nil {
		s.now = time.Now
	}
	if s.domain == "" {
		s.domain = DefaultDomain
	}
	s.state.tenants = map[string]*tenant{}
	s.state.domain = s.domain
	if o.Webhook != nil {
		s.state.webhooks = newQueue(o.Webhook, delivery.NewClient(o.Transport), s.now)
		s.state.now = s.now
	}
	return s
}

// Flush waits until every event is delivered or lost, those included that the receiver caused meanwhile. It returns
// the context's error when that ends first.
func (s *Server) Flush(ctx context.Context) error {
	if s.state.webhooks == nil {
		return nil
	}
	return s.state.webhooks.Flush(ctx)
}

// Close breaks off the sending of events and forgets those that wait; none is sent from then on. The rest of the
// server goes on.
func (s *Server) Close() {
	if s.state.webhooks != nil {
		s.state.webhooks.Close()
	}
}

// ServeHTTP serves both groups of paths. Whatever is not below /rooms counts as a request to the
// service, so that a client with a wrong base URL finds its mistake in the record.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	segments, err := jitsimeet.SplitPath(r.URL)
	if err == nil && segments[0] == "rooms" {
		s.serveRooms(w, r, segments[1:])
		return
	}
	s.serveREST(w, r, segments, err)
}

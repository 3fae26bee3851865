// Package veeting is a stand-in for an instance of Veeting, the white-label video meetings: the six calls of the public
// tutorial and the four webhooks of a meeting's course.
//
// It reads the public pages for itself and shares no code with the client it tests, so that one mistake cannot sit on
// both sides. Where they say nothing, and they are a small subset by their own account, it takes the strict side, so
// that mistakes show.
//
//   - https://veeting.com/en/developer-documentation/api-usage
//   - https://veeting.com/en/developer-documentation/web-hooks
//
// Everything is kept in memory.
package veeting

import (
	"context"
	"crypto/rand"
	"net/http"
	"time"

	"gavel/local/sandbox"
	"gavel/local/sandbox/delivery"
)

// Provider is the name under which exchanges are recorded.
const Provider = "veeting"

// SeedEmail is the organizer of the account that is there from the start.
const SeedEmail = "organizer@example.org"

// Options configures a [Server].
type Options struct {
	// Keys returns the API keys as they are now. It is asked at every request; without it every key is refused.
	Keys KeysFunc
	// Now is the clock; default [time.Now].
	Now func() time.Time
	// Recorder receives every exchange with the API, refused ones too, without keys; nil records nothing.
	Recorder *sandbox.Recorder
	// Webhook looks up where a hook's events go; nil sends none.
	Webhook WebhookFunc
	// Transport carries the webhooks; default [http.DefaultTransport].
	Transport http.RoundTripper
}

// Server is the stand-in. Its paths are relative to where it is mounted, the root being what the tutorial calls
// https://<DOMAIN-NAME>:
//
//	POST   /api/v6/account
//	GET    /api/v6/account/admin/{accountId}
//	POST   /api/v6/meeting
//	PUT    /api/v6/meeting/{id}/false
//	POST   /api/v6/meeting/close
//	DELETE /api/v6/meeting/{id}
//
//	GET    /sandbox/meetings
//	GET    /sandbox/accounts
//
// The first group takes what the tutorial shows and nothing else: all fields with their types, content-type
// application/json also where there is no body, X-API-KEY, and with an instance key one of X-USER-ID and X-USER-EMAIL on
// calls about meetings. Of values with unknown others only the tutorial's own are taken: accountType "trial", type
// "standard", no recurrence, no invited participants, no permission set. E-mail addresses are one organizer's whatever
// their case, but X-USER-EMAIL must be spelled as registered.
//
// Answers have the tutorial's form, as far as it shows any. What it does not show is the sandbox's own choice:
//
//   - Refusals are 200 with {"responseCode","responseMessage"}, the codes being those of the OEM-v1 API where it has a
//     meaning for them: -3 who asks may not, -4 the request is not valid, -10 the e-mail address is taken; -1 is for
//     meetings that are unknown, closed or deleted already. A bad key is 401 with -3. What never reaches the API is 404
//     or 405 with -1, or 400 with -4, and a fault of the sandbox 500 or 503 with -99.
//   - An update answers the meeting, its icalSequence one higher; close and delete answer data null.
//   - A closed meeting can be deleted but not updated.
//   - isClosed is true once the end has passed, isActive between start and end, isOpen until it is closed. dtClosedAt is
//     set by closing only. A meeting may be scheduled into the past, as in the tutorial.
//   - duration must be the minutes between start and end.
//
// A meeting closes by itself when its end has passed, which is noticed at the next request of any kind.
//
// What happens to a meeting is told to the webhooks onMeetingScheduled, onMeetingUpdated, onMeetingClosed and
// onMeetingDeleted, each with the bare meeting. Events leave in the background, one after the other; one that is not
// taken with a 2xx is tried twice more and then lost. See [Server.Flush].
//
// The second group is the sandbox's own and asks for no key: {"meetings":[{id, meetingId, topic, startTime, endTime,
// closed, deleted}]} and {"accounts":[{id, name, organizers: [{id, email}]}]}. One account is there from the start, with
// [SeedEmail] as its organizer.
//
// Mount it with [http.StripPrefix] for a prefix, below an [http.ServeMux] or without one.
type Server struct {
	keys     KeysFunc
	now      func() time.Time
	recorder *sandbox.Recorder
	secret   []byte // the key of fingerprints in the record
	state    *state
}

var _ http.Handler = (*Server)(nil)

// New returns a server with one account and no meetings.
func New(o Options) *Server {
	s := &Server{keys: o.Keys, now: o.Now, recorder: o.Recorder, secret: []byte(rand.Text())}
	if s.keys == nil {
		s.keys = func(context.Context) ([]Key, error) { return nil, nil }
	}
	if s.now == nil {
		s.now = time.Now
	}
	s.state = newState(s.now())
	if o.Webhook != nil {
		s.state.webhooks = newQueue(o.Webhook, delivery.NewClient(o.Transport))
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

// ServeHTTP serves both groups of paths. What is in neither counts as a request to the API, so that a client with a
// wrong base URL finds its mistake in the record.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	now := s.now()
	s.state.closeEnded(now)
	segments, err := splitPath(r.URL)
	if err == nil && segments[0] == "sandbox" {
		s.serveOwn(w, r, segments[1:])
		return
	}
	s.serveREST(w, &call{s: s, r: r, now: now}, segments, err)
}

package rooms

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"gavel/shared/logs"
)

// Provider is a meeting system that rooms can be bound to. Its errors are passed on as they are.
type Provider interface {
	// Bind gives what the provider will call the room's conference. The text is kept with the room
	// and handed to the other methods; it need not mean anything to anybody else.
	Bind(ctx context.Context, m Meeting) (conference string, err error)
	// Admit makes what lets a guest into the conference.
	Admit(ctx context.Context, conference string, g Guest) (Admission, error)
	// Expel keeps a guest from coming back and takes them out of the conference, by the id that they go by, which comes
	// first, and by former ones that they may still be inside with. It gives what was done, also beside an error, and can
	// be repeated.
	Expel(ctx context.Context, conference string, guestIDs []string) ([]Action, error)
	// Close ends the conference for everybody. It can be repeated.
	Close(ctx context.Context, conference string) (Action, error)
}

// Scheduler is a Provider that keeps a calendar: it is told when a room's name or times change, and a conference whose time
// is over closes by itself.
type Scheduler interface {
	Provider
	// Reschedule puts the meeting in place of what the conference was scheduled with. It can be repeated.
	Reschedule(ctx context.Context, conference string, m Meeting) error
}

// Meeting is a room as the provider is told of it.
type Meeting struct {
	RoomID string
	Name   string
	Start  time.Time
	End    time.Time // zero for a room that stays open until it is ended
}

// Guest is a participant as the provider sees them.
type Guest struct {
	ID        string
	User      string // their user id, which the other is made from
	Name      string // may be empty
	Moderator bool
	Lifetime  time.Duration // how long the admission is to be good for
}

// Admission is what a participant joins with. The URL is a credential.
type Admission struct {
	URL     string
	Expires time.Time
}

// Action is something that was done at a provider, and what came of it, in the provider's words.
type Action struct {
	Name    string
	Outcome string
}

// Effect is what a call did at the provider beside the room's own state, which is right in any case.
type Effect struct {
	Provider string // empty when nothing was to be done there
	Actions  []Action
	// Err is why not everything was done. The sweep repeats it.
	Err error
}

func (s *Service) provider(name string) (Provider, error) {
	p, ok := s.providers[name]
	if !ok {
		return nil, fmt.Errorf("the room is bound to the provider %q, which is not served here", name)
	}
	return p, nil
}

// closesByItself says whether the provider ends the conference when its time is over.
func (s *Service) closesByItself(r roomRecord) bool {
	_, scheduled := s.providers[r.Provider].(Scheduler)
	return scheduled
}

// canBeOpen says whether somebody can be in a room's conference, or could be yet.
func (s *Service) canBeOpen(r roomRecord) bool {
	return r.Conference != "" && (r.opened(s.now()) || s.closesByItself(r))
}

// closeConference ends a room's conference, if somebody can be in it.
func (s *Service) closeConference(ctx context.Context, r roomRecord) Effect {
	effect := Effect{Provider: r.Provider}
	if !s.canBeOpen(r) {
		return Effect{}
	}
	p, err := s.provider(r.Provider)
	if err == nil {
		var action Action
		if action, err = p.Close(ctx, r.Conference); err == nil {
			effect.Actions = []Action{action}
		}
	}
	return noted(ctx, effect, err)
}

// expel has a guest removed at the provider.
func (s *Service) expel(ctx context.Context, provider, conference string, guestIDs []string) Effect {
	effect := Effect{Provider: provider}
	p, err := s.provider(provider)
	if err == nil {
		effect.Actions, err = p.Expel(ctx, conference, guestIDs)
	}
	return noted(ctx, effect, err)
}

func noted(ctx context.Context, effect Effect, err error) Effect {
	if err != nil {
		logs.ProviderFailed(ctx, "provider did not follow, the sweep will repeat it", effect.Provider, slog.Any("error", err))
	}
	effect.Err = err
	return effect
}

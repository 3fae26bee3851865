// Package rooms is the domain: rooms, their participants, admins, chat and files, and every rule
// about them. It knows no storage engine and no provider by name.
//
// What a call reads and what it writes belong together: each write is made only if everything the
// decision rests on is still as it was read, and the decision is taken anew otherwise.
package rooms

import (
	"context"
	"time"

	"gavel/shared/audit"
	"gavel/shared/logs"
	"gavel/shared/objects"
	"gavel/shared/table"
)

// Files makes the requests by which clients send and fetch files themselves, and removes what nobody needs.
type Files interface {
	UploadURL(ctx context.Context, u objects.Upload) (objects.Request, error)
	DownloadURL(ctx context.Context, d objects.Download) (objects.Request, error)
	Stat(ctx context.Context, key string) (objects.Info, error)
	Delete(ctx context.Context, key string) error
}

var _ Files = (*objects.Store)(nil)

// Alarm has Service.FinishRoom called for a room once, at a time; a later call for the same room
// takes the place of an earlier one. The sweep catches what an alarm missed.
type Alarm interface {
	SetEnd(ctx context.Context, roomID string, at time.Time) error
}

// Options are what a Service is made of. A function gives only what its operation needs.
type Options struct {
	Store     table.Store
	Providers map[string]Provider // by the name that a room is bound with
	Files     Files
	Alarm     Alarm       // nil for none: then only the sweep ends what is due
	Trail     audit.Trail // keeps the events; the zero value for as long as it is the default
	Now       func() time.Time
}

// Service carries out what may be done with rooms. It is safe for concurrent use.
//
// Unless a method says otherwise its errors are an *Error when a rule stands against the call, an
// error that wraps table.ErrBusy when the state could not be read or written in time, and else
// faults that the caller can do nothing about.
type Service struct {
	store     table.Store
	providers map[string]Provider
	files     Files
	alarm     Alarm
	trail     audit.Trail
	now       func() time.Time
	mostTasks int // of one sweep

	amiss logs.Once // what an operator has to mend although calls do without it
}

// New makes a Service.
func New(opt Options) *Service {
	return &Service{
		store: opt.Store, providers: opt.Providers, files: opt.Files, alarm: opt.Alarm, trail: opt.Trail, now: opt.Now,
		mostTasks: mostTasks,
	}
}

// second gives the time in whole seconds, for which rooms are booked: tokens know no finer ones.
func second(t time.Time) time.Time { return t.UTC().Truncate(time.Second) }

// change writes what decide makes of the state it reads, and has it decide again when that state
// has changed meanwhile.
func (s *Service) change(ctx context.Context, decide func(context.Context) ([]table.Change, error)) error {
	return table.Settle(ctx, s.store, decide)
}

package main

import (
	"context"
	"net/http"

	"github.com/aws/aws-lambda-go/lambda"

	"gavel/shared/api"
	"gavel/shared/api/catalog"
	"gavel/shared/apigw"
	"gavel/shared/audit"
	"gavel/shared/auth"
	"gavel/shared/bans"
	"gavel/shared/bindings"
	"gavel/shared/clock"
	"gavel/shared/config"
	"gavel/shared/events"
	"gavel/shared/idempotency"
	"gavel/shared/inbox"
	"gavel/shared/jaas"
	"gavel/shared/jitsi"
	"gavel/shared/jobs"
	"gavel/shared/objects"
	"gavel/shared/openmeetings"
	"gavel/shared/rooms"
	"gavel/shared/roster"
	"gavel/shared/schedule"
	"gavel/shared/secrets"
	"gavel/shared/table"
	"gavel/shared/table/dynamo"
	"gavel/shared/veeting"
)

// inProcess are all functions, in this process.
type inProcess struct {
	operations lambda.Handler
	others     map[string]lambda.Handler // what is no operation of the API
}

func newInProcess(env environment) (*inProcess, error) {
	settings, err := config.Load(func(name string) string { return env[name] })
	if err != nil {
		return nil, err
	}
	source, store := secrets.Configured(settings), dynamo.Configured(settings)
	service := rooms.New(rooms.Options{
		Store:     store,
		Providers: bindings.Configured(settings, source, store),
		Files:     objects.Configured(settings),
		Alarm:     schedule.Configured(settings),
		Trail:     audit.Configured(settings),
		Now:       clock.Now,
	})
	mux := http.NewServeMux()
	catalog.Register(api.New(mux), catalog.Services{
		JaaS: jaas.Configured(settings, source), Jitsi: jitsi.Configured(settings, source),
		OpenMeetings: openmeetings.Configured(settings, source), Veeting: veeting.Configured(settings, source),
		Roster: roster.New(store, clock.Now, settings.EventDays), Bans: bans.NewKeeper(store, audit.Configured(settings), clock.Now),
		Inbox: inbox.New(store, clock.Now, settings.EventDays), Rooms: service,
		Audit: audit.NewLog(store, audit.Configured(settings), clock.Now),
	})
	open := func() table.Store { return store }
	answers, told := idempotency.New(open, clock.Now), audit.NewRecorder(open, audit.Configured(settings), clock.Now)
	return &inProcess{
		operations: lambda.NewHandler(apigw.Adapt(api.Remember(answers, api.Tell(told, api.Handler(mux))))),
		others: map[string]lambda.Handler{
			"system-authorizer": lambda.NewHandler(apigw.Authorizer(auth.Configured(settings, source))),
			"system-cleanup":    lambda.NewHandler(jobs.Cleanup(service)),
			"system-end-room":   lambda.NewHandler(jobs.EndRoom(service)),
			"system-publish":    lambda.NewHandler(jobs.Publish(events.Configured(settings))),
		},
	}, nil
}

// invoke gives what the function of an operation answers an event with.
func (p *inProcess) invoke(ctx context.Context, operation string, event []byte) ([]byte, error) {
	if other, ok := p.others[operation]; ok {
		return other.Invoke(ctx, event)
	}
	return p.operations.Invoke(ctx, event)
}

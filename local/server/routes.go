package server

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"gavel/shared/api"
	"gavel/shared/api/catalog"
	"gavel/shared/audit"
	"gavel/shared/auth"
	"gavel/shared/bans"
	"gavel/shared/clock"
	"gavel/shared/idempotency"
	"gavel/shared/inbox"
	"gavel/shared/logs"
	"gavel/shared/problem"
	"gavel/shared/roster"
	"gavel/shared/table"
	"gavel/shared/trace"
)

const (
	localPrefix = "/local"
	oidcPrefix  = localPrefix + "/oidc"
	awsPrefix   = localPrefix + "/aws"
	filesPrefix = localPrefix + "/s3"
	jaasPrefix  = localPrefix + "/sandbox/jaas"
	jaasBase    = jaasPrefix + "/v1/_jaas"

	jitsiPrefix        = localPrefix + "/sandbox/jitsi"
	openmeetingsPrefix = localPrefix + "/sandbox/openmeetings"
	veetingPrefix      = localPrefix + "/sandbox/veeting"
)

// callTime is how long a call may take, as at the gateway.
const callTime = 29 * time.Second

func (s *Server) routes() (http.Handler, error) {
	operations, published := http.NewServeMux(), announced{s.table, clock.Now}
	catalog.Register(api.New(operations), catalog.Services{
		JaaS: s.jaas, Jitsi: s.jitsi, Roster: roster.New(s.table, clock.Now, s.settings.EventDays),
		Bans:         bans.NewKeeper(published, audit.Configured(s.settings), clock.Now),
		OpenMeetings: s.openmeetings, Veeting: s.veeting, Inbox: inbox.New(s.table, clock.Now, s.settings.EventDays), Rooms: s.rooms,
		Audit: audit.NewLog(s.table, audit.Configured(s.settings), clock.Now),
	})
	answers := idempotency.New(func() table.Store { return s.table }, clock.Now)
	events := audit.NewRecorder(func() table.Store { return published }, audit.Configured(s.settings), clock.Now)
	guarded := s.crossOrigin(apiFromPages, s.guard(api.Remember(answers, api.Tell(events, api.Handler(operations)))))
	local, err := s.localRoutes()
	if err != nil {
		return nil, err
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == localPrefix || strings.HasPrefix(r.URL.Path, localPrefix+"/") {
			local.ServeHTTP(w, r)
			return
		}
		guarded.ServeHTTP(w, r)
	}), nil
}

// guard does what API Gateway and the authorizer do in front of a function.
func (s *Server) guard(next http.Handler) http.Handler {
	authenticator := auth.Configured(s.settings, s.secrets)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), callTime)
		defer cancel()
		ctx = trace.With(logs.WithRequestID(ctx, randomHex(8)), trace.New(clock.Now()))
		ctx = auth.WithResolver(ctx, func(ctx context.Context) (auth.Principal, error) {
			return authenticator.Authenticate(ctx, r.Header)
		})
		body := r.Body
		defer drain(body)
		r = r.WithContext(ctx)
		r.Body = io.NopCloser(body)
		next.ServeHTTP(w, r)
	})
}

// drain reads what is left of a body that was refused for its size: a connection closed in the
// middle of it would keep the caller from reading why.
func drain(body io.Reader) { _, _ = io.CopyN(io.Discard, body, 32<<20) }

// localRoutes are there for the developer and exist only here.
func (s *Server) localRoutes() (http.Handler, error) {
	aws, err := s.aws()
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+localPrefix, s.info)
	mux.HandleFunc("GET "+localPrefix+"/env", s.environment)
	mux.HandleFunc("POST "+localPrefix+"/tokens", s.createToken)
	mux.HandleFunc("GET "+oidcPrefix+"/.well-known/openid-configuration", s.discovery)
	mux.HandleFunc("GET "+oidcPrefix+"/jwks", s.jwks)
	mux.Handle(awsPrefix, aws)
	mux.Handle(awsPrefix+"/", aws)
	mux.Handle("GET "+localPrefix+"/sandbox/requests", s.recorder)
	mux.HandleFunc("POST "+localPrefix+"/cleanup", s.cleanup)
	mux.HandleFunc("GET "+localPrefix+"/events", s.published)
	mux.Handle(filesPrefix+"/", s.crossOrigin(filesFromPages, s.files))
	mux.Handle(jaasPrefix+"/", http.StripPrefix(jaasPrefix, s.jaasSandbox))
	mux.Handle(jitsiPrefix+"/", http.StripPrefix(jitsiPrefix, s.jitsiSandbox))
	mux.Handle(veetingPrefix+"/", http.StripPrefix(veetingPrefix, s.veetingSandbox))
	mux.Handle(openmeetingsPrefix+"/", http.StripPrefix(openmeetingsPrefix, s.openmeetingsSandbox))
	return loopbackOnly(mux), nil
}

// loopbackOnly turns away requests that a web page made through a name of its own that resolves
// to this machine (DNS rebinding): GET /local gives away an API key.
func loopbackOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := r.Host
		if name, _, err := net.SplitHostPort(host); err == nil {
			host = name
		}
		ip := net.ParseIP(strings.Trim(host, "[]"))
		if host == "localhost" || host == "host.docker.internal" || ip != nil && (ip.IsLoopback() || ip.IsPrivate()) {
			next.ServeHTTP(w, r)
			return
		}
		api.Write(w, r, problem.New(http.StatusForbidden, problem.Forbidden, "this is for the developer's own machine"))
	})
}

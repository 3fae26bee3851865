// Package server is the local server: all operations behind one address, guarded as at the
// gateway, with an identity provider, a Secrets Manager and sandbox providers beside them.
// It listens on the loopback interface only, unless it is told an address for containers.
package server

import (
	"context"
	"errors"
	"net/http"
	"time"

	"gavel/local/objects"
	"gavel/local/sandbox"
	sandboxjaas "gavel/local/sandbox/jaas"
	sandboxjitsi "gavel/local/sandbox/jitsi"
	sandboxopenmeetings "gavel/local/sandbox/openmeetings"
	sandboxveeting "gavel/local/sandbox/veeting"
	"gavel/shared/config"
	"gavel/shared/jaas"
	"gavel/shared/jitsi"
	"gavel/shared/openmeetings"
	"gavel/shared/rooms"
	"gavel/shared/secrets"
	"gavel/shared/table/embedded"
	"gavel/shared/veeting"
)

// Options say what the server takes from its surroundings.
type Options struct {
	// Getenv reads the settings: those of config.Load, PORT, GAVEL_DATA_DIR, GAVEL_BRIDGE, GAVEL_ALLOWED_ORIGINS,
	// GAVEL_SANDBOX_JITSI and GAVEL_SANDBOX_OPENMEETINGS.
	Getenv func(string) string

	// Emulator is the base URL of what answers for the AWS services under /local/aws, all but Secrets Manager; empty for
	// nothing.
	Emulator string
}

// Server is a running local server.
type Server struct {
	url      string
	http     *http.Server
	served   chan error
	emulator string

	life  context.Context // ends when the server is closed
	end   context.CancelFunc
	swept chan struct{} // closed when nothing is swept any more

	state               *state
	settings            config.Config
	origins             []string // whose pages may call from a browser
	secrets             secrets.Source
	appID               string
	recorder            *sandbox.Recorder
	jaasSandbox         *sandboxjaas.Server
	jitsiSandbox        *sandboxjitsi.Server
	jitsiReserves       bool // whether the sandbox asks before a room is opened
	openmeetingsSandbox *sandboxopenmeetings.Server
	veetingSandbox      *sandboxveeting.Server
	jaas                *jaas.Client
	jitsi               *jitsi.Client
	openmeetings        *openmeetings.Client
	veeting             *veeting.Client
	table               *embedded.Store
	files               *objects.Server
	rooms               *rooms.Service
}

const (
	defaultPort    = "3000"
	defaultDataDir = ".local"
	// audience is what the local identity provider's tokens are for.
	audience = "gavel"
)

// Start starts the server and returns when it can be called.
func Start(ctx context.Context, opt Options) (*Server, error) {
	listeners, err := listen(ctx, opt.Getenv)
	if err != nil {
		return nil, err
	}
	s, err := build(opt, "http://"+listeners[0].Addr().String())
	if err != nil {
		closeAll(listeners)
		return nil, err
	}
	for _, listener := range listeners {
		go func() { s.served <- s.http.Serve(listener) }()
	}
	go s.sweep()
	return s, nil
}

// build makes everything that serves, for a server that will be reached at url.
func build(opt Options, url string) (*Server, error) {
	dir := or(opt.Getenv("GAVEL_DATA_DIR"), defaultDataDir)
	st, err := loadState(dir)
	if err != nil {
		return nil, err
	}
	s := &Server{
		url: url, state: st, recorder: &sandbox.Recorder{}, emulator: opt.Emulator,
		served: make(chan error, mostListeners), swept: make(chan struct{}),
	}
	if s.origins, err = originsOf(opt.Getenv(allowedOrigins)); err != nil {
		return nil, err
	}
	s.life, s.end = context.WithCancel(context.Background())
	s.settings, err = config.Load(localDefaults(opt.Getenv, url))
	if err != nil {
		return nil, err
	}
	if err := s.loadSecrets(); err != nil {
		return nil, err
	}
	s.jaas = jaas.Configured(s.settings, s.secrets)
	s.jitsi = jitsi.Configured(s.settings, s.secrets)
	s.openmeetings = openmeetings.Configured(s.settings, s.secrets)
	s.veeting = veeting.Configured(s.settings, s.secrets)
	s.jaasSandbox = sandboxjaas.New(sandboxjaas.Options{
		PublicKey: newKeyRing(s.secrets).find, Domain: s.settings.JaaSDomain, Recorder: s.recorder, Webhook: s.webhook,
	})
	if s.jitsiSandbox, err = s.newJitsi(opt.Getenv(jitsiTraits)); err != nil {
		return nil, err
	}
	if s.openmeetingsSandbox, err = s.newOpenMeetings(opt.Getenv(openmeetingsVersion)); err != nil {
		return nil, err
	}
	s.veetingSandbox = s.newVeeting()
	if err := s.openRooms(dir); err != nil {
		return nil, err
	}
	routes, err := s.routes()
	if err != nil {
		return nil, err
	}
	s.http = &http.Server{
		Handler:           routes,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      60 * time.Second,
		IdleTimeout:       2 * time.Minute,
	}
	return s, nil
}

// localDefaults are the settings with the sandboxes in place of the real systems.
func localDefaults(getenv func(string) string, url string) func(string) string {
	defaults := map[string]string{
		"GAVEL_JAAS_BASE_URL": url + jaasBase,
	}
	if getenv("GAVEL_OIDC_ISSUER") == "" {
		defaults["GAVEL_OIDC_ISSUER"] = url + oidcPrefix
		defaults["GAVEL_OIDC_AUDIENCE"] = audience
	}
	return func(name string) string { return or(getenv(name), defaults[name]) }
}

// URL is where the server is reached.
func (s *Server) URL() string { return s.url }

// Wait serves until the context ends or the server fails.
func (s *Server) Wait(ctx context.Context) error {
	select {
	case err := <-s.served:
		return err
	case <-ctx.Done():
		return s.Close()
	}
}

// Close ends the server, letting calls under way finish for a short while.
func (s *Server) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	err := s.http.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		err = s.http.Close()
	}
	s.end()
	<-s.swept
	s.jaasSandbox.Close()
	s.jitsiSandbox.Close()
	s.veetingSandbox.Close()
	return errors.Join(err, s.table.Close())
}

func or(value, fallback string) string {
	if value == "" {
		return fallback
	}
	return value
}

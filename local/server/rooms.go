package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"gavel/local/objects"
	sandboxveeting "gavel/local/sandbox/veeting"
	"gavel/shared/audit"
	"gavel/shared/bindings"
	"gavel/shared/clock"
	sharedobjects "gavel/shared/objects"
	"gavel/shared/rooms"
	"gavel/shared/table/embedded"
)

// What the local store of files is called. Its keys are good for nothing else.
const (
	filesBucket = "files"
	filesRegion = "local"
	filesKey    = "local"
)

// sweepEvery is how often the local server does what is due; the functions are called each minute,
// and by one-off schedules in between.
const sweepEvery = time.Second

// openRooms makes the rooms, with state and files in the folder.
func (s *Server) openRooms(dir string) (err error) {
	if s.table, err = embedded.Open(filepath.Join(dir, "state.db")); err != nil {
		return fmt.Errorf("the state cannot be used (in another folder: GAVEL_DATA_DIR=.local-2 make run): %w", err)
	}
	s.files, err = objects.New(objects.Options{
		Dir: filepath.Join(dir, "files"), Prefix: filesPrefix, Bucket: filesBucket, Region: filesRegion,
		AccessKey: filesKey, SecretKey: s.state.FilesSecret,
	})
	if err != nil {
		return fmt.Errorf("open the files: %w", err)
	}
	settings := s.settings
	if settings.RoomsJaaSAppID == "" {
		settings.RoomsJaaSAppID = s.appID
	}
	if settings.SecretsFile == "" && settings.RoomsVeetingUser == "" {
		settings.RoomsVeetingUser = sandboxveeting.SeedEmail
	}
	s.rooms = rooms.New(rooms.Options{
		Store: announced{s.table, clock.Now},
		Providers: bindings.New(settings, bindings.Clients{
			JaaS: s.jaas, Jitsi: s.jitsi, OpenMeetings: s.openmeetings, Veeting: s.veeting,
		}, s.table),
		Files: sharedobjects.New(sharedobjects.Options{
			Bucket: filesBucket, Region: filesRegion, Endpoint: s.url + filesPrefix,
			Credentials: aws.CredentialsProviderFunc(s.filesCredentials),
		}),
		Trail: audit.Configured(s.settings),
		Now:   clock.Now,
	})
	return nil
}

func (s *Server) filesCredentials(context.Context) (aws.Credentials, error) {
	return aws.Credentials{AccessKeyID: filesKey, SecretAccessKey: s.state.FilesSecret}, nil
}

// purgeMost bounds how many expired items are removed each time.
const purgeMost = 1000

// sweep does what is due and removes what is expired, again and again, until the server is closed.
func (s *Server) sweep() {
	defer close(s.swept)
	ticker := time.NewTicker(sweepEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			if _, err := s.sweepOnce(s.life); err != nil && s.life.Err() == nil {
				slog.WarnContext(s.life, "cleanup failed", "error", err)
			}
		case <-s.life.Done():
			return
		}
	}
}

func (s *Server) sweepOnce(ctx context.Context) (rooms.Swept, error) {
	swept, err := s.rooms.Sweep(ctx)
	_, failed := s.table.Purge(ctx, purgeMost)
	return swept, errors.Join(err, failed, s.publish(ctx, clock.Now()))
}

// cleanup does what is due at once.
func (s *Server) cleanup(w http.ResponseWriter, r *http.Request) {
	swept, err := s.sweepOnce(r.Context())
	if err != nil {
		slog.WarnContext(r.Context(), "cleanup failed", "error", err)
		http.Error(w, "cleanup failed, the log says why", http.StatusInternalServerError)
		return
	}
	writeJSON(w, map[string]int{
		"rooms_finished": swept.Finished, "guests_expelled": swept.Expelled, "meetings_rescheduled": swept.Rescheduled,
		"files_removed": swept.Removed, "tasks_failed": swept.Failed, "tasks_given_up": swept.GivenUp, "tasks_left": swept.Left,
		"oldest_due_seconds": int(swept.Oldest.Seconds()),
	})
}

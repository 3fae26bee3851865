package rooms_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"gavel/shared/objects"
	"gavel/shared/rooms"
)

// R8: the bytes go past the Service.
func TestFiles_UploadThenDownload(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		room := w.open(t, bob, cyd)
		content := []byte("%PDF-\x00\xff bytes of any kind")
		want := rooms.Attachment{Name: "Übersicht 🙂.pdf", Size: int64(len(content)), ContentType: "application/pdf"}
		id, request := w.announce(t, bob, room.ID, want)
		want.FileID = id

		_, _, err := w.DownloadURL(t.Context(), cyd, room.ID, id)
		refused(t, "download before the upload", err, rooms.NotUploaded)
		if status, _, answer := send(t, request, content); status != http.StatusOK {
			t.Fatalf("upload: got %d %s, want 200", status, answer)
		}
		for range 2 {
			got, request, err := w.DownloadURL(t.Context(), cyd, room.ID, id)
			if err != nil || got != want {
				t.Fatalf("download URL: got %+v, %v, want %+v", got, err, want)
			}
			status, header, body := send(t, request, nil)
			if status != http.StatusOK || string(body) != string(content) || header.Get("Content-Type") != "application/pdf" {
				t.Errorf("download: got %d, %s, %q, want what was uploaded", status, header.Get("Content-Type"), body)
			}
			if got := header.Get("Content-Disposition"); !strings.Contains(got, "%F0%9F%99%82") {
				t.Errorf("download: got %s, want the name in it", got)
			}
		}
	})
}

func TestUploadURL_IsGoodForWhatWasAnnounced(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		room := w.open(t, bob)
		a := rooms.Attachment{Name: "a.txt", Size: 5, ContentType: "text/plain"}
		_, longer := w.announce(t, bob, room.ID, a)
		_, twice := w.announce(t, bob, room.ID, a)
		late, expired := w.announce(t, bob, room.ID, a)
		for _, step := range []struct {
			name, body string
			status     int
			send       func(body string) int
		}{
			{"more bytes", "123456", http.StatusForbidden, func(body string) int { status, _, _ := send(t, longer, []byte(body)); return status }},
			{"the bytes", "12345", http.StatusOK, func(body string) int { status, _, _ := send(t, twice, []byte(body)); return status }},
			{"a second time", "54321", http.StatusPreconditionFailed, func(body string) int { status, _, _ := send(t, twice, []byte(body)); return status }},
			{"too late", "12345", http.StatusForbidden, func(body string) int {
				w.step(5*time.Minute + time.Second)
				status, _, _ := send(t, expired, []byte(body))
				return status
			}},
		} {
			if got := step.send(step.body); got != step.status {
				t.Errorf("%s: got %d, want %d", step.name, got, step.status)
			}
		}
		_, _, err := w.DownloadURL(t.Context(), bob, room.ID, late)
		refused(t, "download of what came too late", err, rooms.NotUploaded)
	})
}

func TestDownloadURL_OnlyFromTheFilesRoom(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		room, other := w.open(t, bob), w.open(t, bob)
		file := w.upload(t, bob, room.ID, "minutes")
		_, _, err := w.DownloadURL(t.Context(), bob, other.ID, file)
		refused(t, "from another room of the same user", err, rooms.NotFound)
		_, _, err = w.DownloadURL(t.Context(), mallory, room.ID, file)
		refused(t, "by a stranger", err, rooms.NotFound)
		_, _, err = w.DownloadURL(t.Context(), bob, room.ID, room.ID)
		refused(t, "with another id", err, rooms.NotFound)
		w.end(t, room.ID, 0)
		if _, _, err := w.DownloadURL(t.Context(), bob, room.ID, file); err != nil {
			t.Errorf("when the room is over: got %v, want no error", err)
		}
	})
}

// odd is a store of files that says something unexpected of each.
type odd struct {
	rooms.Files
	info objects.Info
	err  error
}

func (o odd) Stat(context.Context, string) (objects.Info, error) { return o.info, o.err }

// What is no rule is no refusal, and no reason to hand a file out.
func TestDownloadURL_OddStore(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		room := w.open(t, bob)
		file := w.upload(t, bob, room.ID, "minutes")
		for name, files := range map[string]odd{
			"no answer":    {w.bucket.store, objects.Info{}, objects.ErrUnavailable},
			"another size": {w.bucket.store, objects.Info{Size: 8}, nil},
		} {
			service := rooms.New(rooms.Options{Store: w.store, Files: files, Now: w.now})
			_, request, err := service.DownloadURL(t.Context(), bob, room.ID, file)
			if _, rule := errors.AsType[*rooms.Error](err); err == nil || rule || request.URL != "" || !errors.Is(err, files.err) && files.err != nil {
				t.Errorf("%s: got %v, want a fault and no URL", name, err)
			}
			_, err = service.SendChat(t.Context(), bob, room.ID, "see", file)
			if _, rule := errors.AsType[*rooms.Error](err); err == nil || rule {
				t.Errorf("%s: send: got %v, want a fault", name, err)
			}
		}
	})
}

// Once a file was seen in its store, only the room's state is asked.
func TestDownloadURL_AsksForTheUploadOnce(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		room := w.open(t, bob)
		file := w.upload(t, bob, room.ID, "minutes")
		for i, want := range []int{1, 0, 0} {
			calls := w.store.count(func() {
				if _, _, err := w.DownloadURL(t.Context(), ada, room.ID, file); err != nil {
					t.Error(err)
				}
			})
			if calls.Write != want {
				t.Errorf("time %d: got %d writes, want %d", i, calls.Write, want)
			}
		}
	})
}

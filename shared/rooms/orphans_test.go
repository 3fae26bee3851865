package rooms_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"testing"
	"time"

	"gavel/shared/audit"
	"gavel/shared/objects"
	"gavel/shared/rooms"
)

const day = 24 * time.Hour

// stored says whether a file's bytes are there.
func (w *world) stored(t *testing.T, room, file string) bool {
	t.Helper()
	_, err := w.bucket.store.Stat(t.Context(), room+"/attachment/"+file)
	if err != nil && !errors.Is(err, objects.ErrNotFound) {
		t.Fatal(err)
	}
	return err == nil
}

// fetched demands that a participant can fetch a file.
func (w *world) fetched(t *testing.T, user, room, file string) {
	t.Helper()
	_, request, err := w.DownloadURL(t.Context(), user, room, file)
	if err != nil {
		t.Fatalf("download URL: %v", err)
	}
	if status, _, _ := send(t, request, nil); status != http.StatusOK {
		t.Errorf("download: got %d, want 200", status)
	}
}

// vanished demands that nothing is left of a file.
func (w *world) vanished(t *testing.T, user, room, file string) {
	t.Helper()
	_, _, err := w.DownloadURL(t.Context(), user, room, file)
	refused(t, "download of a removed file", err, rooms.NotFound)
	if w.stored(t, room, file) {
		t.Errorf("file %s: its bytes are there, want them removed", file)
	}
}

func TestOrphans_AreRemovedAfterADay(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		room := w.open(t, bob).ID
		announced, _ := w.announce(t, bob, room, rooms.Attachment{Name: "a.txt", Size: 5, ContentType: "text/plain"})
		sent, mentioned, downloaded := w.upload(t, bob, room, "sent"), w.upload(t, bob, room, "said"), w.upload(t, bob, room, "seen")
		for range 2 {
			if _, err := w.SendChat(t.Context(), bob, room, "", mentioned); err != nil {
				t.Fatal(err)
			}
		}
		w.fetched(t, ada, room, downloaded)
		w.step(day - time.Second)
		same(t, "a second before", []rooms.Swept{w.sweep(t)}, []rooms.Swept{{}})
		w.step(time.Second)
		same(t, "after a day", []rooms.Swept{w.sweep(t)}, []rooms.Swept{{Removed: 2}})
		w.vanished(t, bob, room, announced)
		w.vanished(t, bob, room, sent)
		_, err := w.SendChat(t.Context(), bob, room, "", sent)
		refused(t, "mention of a removed file", err, rooms.NotFound)
		w.fetched(t, bob, room, mentioned)
		w.fetched(t, bob, room, downloaded)
		w.step(day)
		same(t, "after two", []rooms.Swept{w.sweep(t)}, []rooms.Swept{{}})
		var gone []string
		for _, e := range w.events(t, room) {
			if e.Type == "file.removed" && e.Actor == audit.Clock() {
				gone = append(gone, e.Details["file_id"])
			}
		}
		slices.Sort(gone)
		same(t, "what is told of", gone, slices.Sorted(slices.Values([]string{announced, sent})))
	})
}

// What nobody has used goes when the room is over, too, and what was used stays.
func TestOrphans_OfARoomThatIsOver(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		room := w.open(t, bob).ID
		kept, lost := w.upload(t, bob, room, "kept"), w.upload(t, bob, room, "lost")
		w.end(t, room, 0)
		w.fetched(t, bob, room, kept)
		w.step(day)
		same(t, "the sweep", []rooms.Swept{w.sweep(t)}, []rooms.Swept{{Finished: 1, Removed: 1}})
		w.vanished(t, bob, room, lost)
		w.fetched(t, bob, room, kept)
	})
}

// used are the calls that make a file one that stays.
func used() map[string]func(ctx context.Context, w *world, room, file string) error {
	return map[string]func(ctx context.Context, w *world, room, file string) error{
		"mention": func(ctx context.Context, w *world, room, file string) error {
			_, err := w.SendChat(ctx, bob, room, "", file)
			return err
		},
		"download": func(ctx context.Context, w *world, room, file string) error {
			_, _, err := w.DownloadURL(ctx, bob, room, file)
			return err
		},
	}
}

// Whichever call of the one the other comes before: either the file is used and stays, or it goes and who wanted it is
// told so.
func TestOrphans_UsedAtTheMomentOfTheirRemoval(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		for name, use := range used() {
			for _, sweepFirst := range []bool{true, false} {
				both := map[bool]int{}
				for n := 1; ; n++ {
					w.store.forget()
					room := w.open(t, bob).ID
					file := w.upload(t, bob, room, "minutes")
					w.step(day)
					var taken error
					begin, between := func() { w.sweep(t) }, func() { taken = use(t.Context(), w, room, file) }
					if !sweepFirst {
						begin, between = between, begin
					}
					w.store.set(trap{n: n, before: func() error { between(); return nil }})
					begin()
					over := w.store.disarm()
					if over {
						between()
					}
					w.step(time.Minute)
					w.sweep(t)
					if taken == nil {
						w.fetched(t, ada, room, file)
					} else {
						refused(t, name, taken, rooms.NotFound)
						w.vanished(t, ada, room, file)
					}
					both[taken == nil]++
					w.audit(t)
					if over {
						break
					}
				}
				if both[true] == 0 || both[false] == 0 {
					t.Errorf("%s, the sweep first %t: got %v, want both outcomes tried", name, sweepFirst, both)
				}
			}
		}
	})
}

// A removal that is cut off anywhere, before a call of the state or behind it, is finished by the next sweep.
func TestOrphans_RemovalInterruptedAnywhere(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		for n := 1; ; n++ {
			w.store.forget()
			room := w.open(t, bob).ID
			file := w.upload(t, bob, room, "minutes")
			w.step(day)
			ctx, cancel := context.WithCancel(t.Context())
			cut := func() error { cancel(); return errCut }
			w.store.set(trap{n: (n + 1) / 2, before: cut})
			if n%2 == 0 {
				w.store.set(trap{n: n / 2, after: cut})
			}
			_, err := w.Sweep(ctx)
			over := w.store.disarm()
			cancel()
			if (err == nil) != over {
				t.Errorf("cut at %d: got %v, want %v", n, err, errCut)
			}
			w.audit(t)
			w.step(time.Minute)
			w.sweep(t)
			w.vanished(t, bob, room, file)
			if over {
				return
			}
		}
	})
}

// stubborn is a store of files that deletes nothing.
type stubborn struct {
	rooms.Files
	asked int
	works bool
}

func (s *stubborn) Delete(ctx context.Context, key string) error {
	s.asked++
	if s.works {
		return s.Files.Delete(ctx, key)
	}
	return objects.ErrUnavailable
}

// Nobody can be handed a file whose removal has begun, and its bytes are not forgotten, however long it takes.
func TestOrphans_StoreFailsForDays(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		room := w.open(t, bob).ID
		file := w.upload(t, bob, room, "minutes")
		files := &stubborn{Files: w.bucket.store}
		service := rooms.New(rooms.Options{Store: w.store, Files: files, Now: w.now})
		w.step(day)
		for i, wait := range []time.Duration{0, 15, 30, 60, 120, 240, 480, 900, 900, 3 * 24 * 3600} {
			if i > 0 && i < 9 {
				w.step(wait*time.Second - time.Second)
				if swept, err := service.Sweep(t.Context()); err != nil || swept != (rooms.Swept{}) {
					t.Errorf("a second before try %d: got %+v, %v, want nothing done", i, swept, err)
				}
				w.step(time.Second)
			} else {
				w.step(wait * time.Second)
			}
			if swept, err := service.Sweep(t.Context()); err != nil || counted(swept) != (rooms.Swept{Failed: 1}) || files.asked != i+1 {
				t.Errorf("try %d: got %+v, %v after %d deletions, want 1 failed", i, swept, err, files.asked)
			}
			_, err := w.SendChat(t.Context(), bob, room, "", file)
			refused(t, "mention", err, rooms.NotFound)
			w.audit(t)
		}
		files.works = true
		w.step(15 * time.Minute)
		if swept, err := service.Sweep(t.Context()); err != nil || counted(swept) != (rooms.Swept{Removed: 1}) {
			t.Errorf("when it works: got %+v, %v, want 1 removed", swept, err)
		}
		w.vanished(t, bob, room, file)
	})
}

// A function that serves no files leaves them to one that does, and does everything else.
func TestOrphans_WithoutAStoreOfFiles(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		room := w.open(t, bob).ID
		file := w.upload(t, bob, room, "minutes")
		w.create(t, rooms.Booking{Name: "short", End: w.now().Add(day)})
		w.step(day)
		bare := rooms.New(rooms.Options{Store: w.store, Now: w.now})
		if swept, err := bare.Sweep(t.Context()); err == nil || counted(swept) != (rooms.Swept{Finished: 1, Failed: 1}) {
			t.Errorf("got %+v, %v, want 1 finished, 1 failed and an error", swept, err)
		}
		if !w.stored(t, room, file) {
			t.Error("the file is gone, want it there")
		}
		same(t, "the sweep of one that does", []rooms.Swept{w.sweep(t)}, []rooms.Swept{{Removed: 1}})
	})
}

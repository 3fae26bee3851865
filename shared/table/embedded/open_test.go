package embedded_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gavel/shared/table"
	"gavel/shared/table/embedded"
)

func TestOpen_InUse(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state.db")
	store := open(t, path)
	start := time.Now()
	_, err := embedded.Open(path)
	if !errors.Is(err, embedded.ErrInUse) || !strings.Contains(err.Error(), path) {
		t.Errorf("got %v, want %v and the path", err, embedded.ErrInUse)
	}
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("took %v", took)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	open(t, path)
}

func TestOpen_NoSuchFolder(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "none", "state.db")
	_, err := embedded.Open(path)
	if !errors.Is(err, fs.ErrNotExist) || errors.Is(err, embedded.ErrDamaged) || !strings.Contains(err.Error(), path) {
		t.Errorf("got %v, want %v and the path", err, fs.ErrNotExist)
	}
}

func TestOpen_NoDatabase(t *testing.T) {
	t.Parallel()
	for name, content := range map[string][]byte{
		"one byte": {0},
		"text":     []byte("# notes\n"),
		"zeros":    make([]byte, 1<<16),
		"JSON":     bytes.Repeat([]byte(`{"rooms":[]}`), 10_000),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "state.db")
			if err := os.WriteFile(path, content, 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := embedded.Open(path)
			damaged(t, path, err)
			if left, err := os.ReadFile(path); err != nil || !bytes.Equal(left, content) {
				t.Errorf("afterwards the file is another (%v)", err)
			}
		})
	}
}

const (
	storedItems = 300
	pageSize    = 4096
)

// stored makes the content of a file with many items, of which every second expires, though not in time.
func stored(t *testing.T) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "state.db")
	store, err := embedded.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	for start := 0; start < storedItems; start += table.MaxWrite {
		var changes []table.Change
		for i := range table.MaxWrite {
			change := create(fmt.Sprintf("%03d", start+i), `"`+strings.Repeat("x", 300)+`"`)
			if i%2 == 0 {
				change.Item.Expires = time.Date(9999, time.January, 1, 0, 0, i, 0, time.UTC)
			}
			changes = append(changes, change)
		}
		if err := store.Write(t.Context(), changes...); err != nil {
			t.Fatal(err)
		}
	}
	// The file's end, which nobody comes to by looking at the beginnings of items. What is written later finds room before.
	large := `"` + strings.Repeat("x", table.MaxData-2) + `"`
	for _, change := range []table.Change{create("large", large), create("!1", "1"), create("!2", "1"), create("!3", "1")} {
		if err := store.Write(t.Context(), change); err != nil {
			t.Fatal(err)
		}
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// A page of zeros is one that never reached the disk. Either it does not matter, or Open says so.
func TestOpen_PagesLost(t *testing.T) {
	t.Parallel()
	content := stored(t)
	found := 0
	for page := 0; page < len(content); page += pageSize {
		broken := bytes.Clone(content)
		clear(broken[page : page+pageSize])
		if !intact(t, broken) {
			found++
		}
	}
	if found < storedItems*300/pageSize {
		t.Errorf("%d lost pages were noticed, fewer than there are with items", found)
	}
}

func TestOpen_CutOff(t *testing.T) {
	t.Parallel()
	content := stored(t)
	used := len(bytes.TrimRight(content, "\x00"))
	for size := 1; size < used; size += pageSize/2 + 1 {
		if intact(t, content[:size]) {
			t.Errorf("%d of %d bytes: got no error", size, used)
		}
	}
	if !intact(t, content) {
		t.Error("the whole file: got an error")
	}
}

// intact says whether Open takes the content. Then all items must be there; otherwise it is to be called damaged.
func intact(t *testing.T, content []byte) bool {
	t.Helper()
	path := filepath.Join(t.TempDir(), "state.db")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	store, err := embedded.Open(path)
	if err != nil {
		damaged(t, path, err)
		return false
	}
	items, err := store.Query(t.Context(), table.Range{Partition: "room#1", Prefix: "0", Limit: storedItems})
	if err != nil || len(items) != 100 {
		t.Errorf("got %d items and %v, want 100", len(items), err)
	}
	if err := store.Close(); err != nil {
		t.Error(err)
	}
	return true
}

// damaged demands that the error of an Open names the damage and the path.
func damaged(t *testing.T, path string, err error) {
	t.Helper()
	if !errors.Is(err, embedded.ErrDamaged) || !strings.Contains(err.Error(), path) {
		t.Errorf("got %v, want %v and the path", err, embedded.ErrDamaged)
	}
}

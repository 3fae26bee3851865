package ids_test

import (
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gofrs/uuid/v5"

	"gavel/shared/ids"
)

func noon() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 747e6, time.UTC) }

// TestNew_IsInOrder as long as time stands still, also where others make ids of other times in between.
func TestNew_IsInOrder(t *testing.T) {
	t.Parallel()
	const many = 50_000
	times := []time.Time{noon(), noon().Add(time.Hour), noon().Add(-time.Hour)}
	made := make([][]string, len(times))
	for i := range many {
		j := i * i % 7 % len(times) // in turns, and some more often than others
		made[j] = append(made[j], ids.New(times[j]))
	}
	for j, all := range made {
		if n := len(all); !slices.IsSorted(all) || len(slices.Compact(all)) != n || n < 4096 {
			t.Errorf("%v: got %d ids, some twice or out of order", times[j], n)
		}
	}
}

func TestNew_IsOfItsTime(t *testing.T) {
	t.Parallel()
	for _, at := range []time.Time{noon(), time.UnixMilli(0), time.UnixMilli(1), time.Date(9999, 12, 31, 23, 59, 59, 999e6, time.UTC)} {
		text := ids.New(at)
		id, err := uuid.FromString(text)
		if err != nil || id.Version() != uuid.V7 || id.Variant() != uuid.VariantRFC9562 || text != strings.ToLower(text) {
			t.Errorf("got %s, %v, want a UUID of version 7 in lower case", text, err)
		}
		stamp, err := uuid.TimestampFromV7(id)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := stamp.Time(); err != nil || !got.Equal(at) {
			t.Errorf("got %v, %v, want %v", got, err, at)
		}
	}
	if early, late := ids.New(noon()), ids.New(noon().Add(time.Millisecond)); early >= late {
		t.Errorf("got %s and %s, want them sorted by time", early, late)
	}
}

// TestNew_IsNeverTwice also where many make ids at once; what each of them makes is in order.
func TestNew_IsNeverTwice(t *testing.T) {
	t.Parallel()
	const each = 2000
	made := make([][]string, 16)
	var running sync.WaitGroup
	for i := range made {
		running.Go(func() {
			for range each {
				made[i] = append(made[i], ids.New(noon()))
			}
		})
	}
	running.Wait()
	for _, all := range made {
		if !slices.IsSorted(all) {
			t.Error("got ids out of order")
		}
	}
	all := slices.Concat(made...)
	slices.Sort(all)
	if got := len(slices.Compact(all)); got != len(made)*each {
		t.Errorf("got %d ids, want %d", got, len(made)*each)
	}
}

// TestNew_TellsLittleOfTheNext: the steps are of all widths up to 2^48, and each is another one. That a thousand of them leave
// out an eighth of the widths happens once in 10^57 runs.
func TestNew_TellsLittleOfTheNext(t *testing.T) {
	t.Parallel()
	widths, eighths := map[uint64]bool{}, map[uint64]bool{}
	before := end(t, ids.New(noon()))
	for range 1000 {
		after := end(t, ids.New(noon()))
		width := (after - before) & (1<<48 - 1) // others make ids meanwhile, which makes it no less random
		if widths[width] {
			t.Fatalf("got two steps of %d, want them at random", width)
		}
		widths[width], eighths[width>>45] = true, true
		before = after
	}
	if len(eighths) != 8 {
		t.Errorf("got steps in %d eighths of 2^48, want all", len(eighths))
	}
}

// end gives the last 48 bits of an id.
func end(t *testing.T, id string) uint64 {
	t.Helper()
	bits, err := strconv.ParseUint(id[24:], 16, 64)
	if err != nil {
		t.Fatal(err)
	}
	return bits
}

func TestParse(t *testing.T) {
	t.Parallel()
	id := ids.New(noon())
	for _, text := range []string{id, strings.ToUpper(id)} {
		if got, ok := ids.Parse(text); !ok || got != id {
			t.Errorf("%q: got %q, %t, want %s", text, got, ok, id)
		}
	}
	for _, text := range []string{
		"", "x", id[1:], id + "0", " " + id, "{" + id + "}", "urn:uuid:" + id, strings.ReplaceAll(id, "-", ""), strings.Replace(id, "-", "x", 1), id[:35] + "g",
	} {
		if got, ok := ids.Parse(text); ok {
			t.Errorf("%q: got %q, want it refused", text, got)
		}
	}
}

func BenchmarkNew(b *testing.B) {
	b.Run("ids", func(b *testing.B) {
		for b.Loop() {
			ids.New(noon())
		}
	})
	b.Run("library", func(b *testing.B) {
		for b.Loop() {
			if _, err := uuid.NewV7AtTime(noon()); err != nil {
				b.Fatal(err)
			}
		}
	})
}

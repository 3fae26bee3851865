package ids_test

import (
	"slices"
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

// TestNew_TellsLittleOfTheNext: the steps are wide, and of all widths.
func TestNew_TellsLittleOfTheNext(t *testing.T) {
	t.Parallel()
	before, ends := ids.New(noon()), map[string]bool{}
	for range 1000 {
		id := ids.New(noon())
		if ends[id[24:]] || id[24:] == before[24:] {
			t.Fatalf("got %s twice at the end, want its 48 bits at random", id[24:])
		}
		ends[id[24:]] = true
	}
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

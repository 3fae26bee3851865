package rooms_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"gavel/shared/table"
)

// Everything is measured once, however little that says, so that the benchmarks keep working.
func TestBenchmarks_Run(t *testing.T) {
	t.Parallel()
	for name, open := range engines() {
		for _, tt := range []struct {
			name string
			show showing
			want []string // what begins a line
		}{
			{"operations", compareOperations, []string{"create", "get", "list", "join", "send-chat"}},
			{"growth", showGrowth, []string{"create", "get", "list-chat, from", "list, from", "list-participants, from", "add-participant", "send-chat"}},
			{"cleanup", showCleanup, []string{"cleanup"}},
			{"intake", showIntake, []string{"join", "other", "known"}},
			{"contention", showContention, []string{"senders: 1, rooms: 1", "senders: 4, rooms: 4", "senders: 4, rooms: 1"}},
		} {
			t.Run(name+"/"+tt.name, func(t *testing.T) {
				t.Parallel()
				var out bytes.Buffer
				p := quickPlan()
				p.turn = time.Millisecond
				tt.show(t, &out, open(t), p)
				for _, want := range tt.want {
					if !strings.Contains(out.String(), "\n"+want) {
						t.Errorf("no line begins with %q:\n%s", want, out.String())
					}
				}
				for _, nonsense := range []string{"NaN", "Inf", "× 0.00", "  0.00  ", "(0)"} {
					if strings.Contains(out.String(), nonsense) {
						t.Errorf("got %s in\n%s", nonsense, out.String())
					}
				}
			})
		}
	}
}

// What is compared with an operation must ask as much of the engine as it does.
func TestReplay_MakesTheOperationsRequests(t *testing.T) {
	t.Parallel()
	e := onDynamoDB(t)
	bare := e.raw.(*rawDynamo).wire
	tenant := newTenant(t)
	s := newStage(e.store, tenant)
	actors, err := newActors(t.Context(), s, 1, page)
	if err != nil {
		t.Fatal(err)
	}
	for _, op := range operations() {
		three, err := newTrio(t.Context(), e, s, tenant, op, actors)
		if err != nil {
			t.Fatal(err)
		}
		before, bareBefore := e.requests.Load(), bare.requests.Load()
		if err := errors.Join(three.own.run(t.Context(), 0), three.same.run(t.Context(), 0)); err != nil {
			t.Fatal(err)
		}
		got, want := bare.requests.Load()-bareBefore, e.requests.Load()-before
		if got != want || want == 0 {
			t.Errorf("%s: got %d bare requests, want the operation's %d", op.name, got, want)
		}
	}
}

// The large crowds are made of copies, which must be what the operations take for rooms, people and messages.
func TestCrowds_AreAsLargeAsAsked(t *testing.T) {
	t.Parallel()
	const size = 230 // more than two of the longest pages
	for name, open := range engines() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, tenant := open(t), newTenant(t)
			s := newStage(e.store, tenant)
			for _, c := range crowds(plan{rooms: sizes{size}, participants: sizes{size}, messages: sizes{size}}) {
				scenes, err := c.scenes(t.Context(), e, s, tenant)
				if err != nil {
					t.Fatal(err)
				}
				if got := count(t, s, c.list(scenes[0])); got != size {
					t.Errorf("%s: got %d, want %d", c.what, got, size)
				}
				behind := func(limit int, more string) request { return c.list(scenes[0])(limit, cmp.Or(more, scenes[0].middle)) }
				if got := count(t, s, behind); got != size/2 {
					t.Errorf("%s, from the middle: got %d, want %d", c.what, got, size/2)
				}
			}
		})
	}
}

// count reads a list to its end.
func count(t *testing.T, s *stage, list lister) int {
	t.Helper()
	for n, more := 0, ""; ; {
		body, err := s.serve(t.Context(), list(longest, more))
		if err != nil {
			t.Fatal(err)
		}
		var got struct {
			answer
			Rooms        []any `json:"rooms"`
			Participants []any `json:"participants"`
			Messages     []any `json:"messages"`
		}
		if err := json.Unmarshal(body, &got); err != nil {
			t.Fatal(err)
		}
		n += len(got.Rooms) + len(got.Participants) + len(got.Messages)
		if got.Next+got.Older == "" {
			return n
		}
		more = "&cursor=" + url.QueryEscape(got.Next+got.Older)
	}
}

func TestRenamed_HasTheOtherIDEverywhere(t *testing.T) {
	t.Parallel()
	item := table.Item{Key: table.Key{Partition: "p#1-2", Sort: "s#1-2"}, Version: "v", Data: []byte(`{"conference":"app/1-2"}`)}
	got := renamed(item, "1-2", "3-4")
	want := table.Item{Key: table.Key{Partition: "p#3-4", Sort: "s#3-4"}, Version: "v", Data: []byte(`{"conference":"app/3-4"}`)}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got, want := item.Sort, "s#1-2"; got != want || !bytes.Contains(item.Data, []byte("1-2")) {
		t.Errorf("the pattern was changed: got %s %s", got, item.Data)
	}
}

func TestSide_IsComparedRoundByRound(t *testing.T) {
	t.Parallel()
	slow, fast := side{rates: []float64{10, 20, 5}}, side{rates: []float64{20, 60, 10}}
	if got, want := slow.timesOf(&fast), 2.0; got != want {
		t.Errorf("got %v times as long, want %v", got, want)
	}
	if got, want := slow.rate(), 10.0; got != want {
		t.Errorf("got a rate of %v, want %v", got, want)
	}
}

func TestInTurns_EachSideRunsInEachRound(t *testing.T) {
	t.Parallel()
	var order []string
	newSide := func(name string) *side {
		return &side{workers: 1, run: func(context.Context, int) error {
			order = append(order, name)
			return nil
		}}
	}
	a, b := newSide("a"), newSide("b")
	if err := inTurns(t.Context(), plan{rounds: 3}, a, b); err != nil {
		t.Fatal(err)
	}
	turns := slices.Compact(order) // equal neighbours are one turn, or two: b ends a round and begins the next one
	if got, want := strings.Join(turns, ""), "ababa"; got != want {
		t.Errorf("got turns %s, want %s", got, want)
	}
	for name, s := range map[string]*side{"a": a, "b": b} {
		if got, want := len(s.rates), 3; got != want {
			t.Errorf("%s: got %d rounds, want %d: the first one is not counted", name, got, want)
		}
		if got, want := len(s.times), 3*fewest; got != want {
			t.Errorf("%s: got %d times, want %d", name, got, want)
		}
	}
}

func TestInTurns_EndsWithAnError(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	s := &side{workers: 2, run: func(_ context.Context, worker int) error {
		if worker == 1 {
			return broken
		}
		return nil
	}}
	if err := inTurns(t.Context(), quickPlan(), s); !errors.Is(err, broken) {
		t.Errorf("got %v, want %v", err, broken)
	}
}

func TestPercentile(t *testing.T) {
	t.Parallel()
	hundred := make([]time.Duration, 100)
	for i := range hundred {
		hundred[i] = time.Duration(100 - i)
	}
	for _, tt := range []struct {
		times []time.Duration
		p     float64
		want  time.Duration
	}{
		{nil, 50, 0},
		{[]time.Duration{7}, 1, 7},
		{[]time.Duration{7}, 99, 7},
		{[]time.Duration{2, 1}, 50, 1},
		{[]time.Duration{3, 1, 2}, 50, 2},
		{hundred, 90, 90},
		{hundred, 99, 99},
		{hundred, 100, 100},
	} {
		if got := percentile(tt.times, tt.p); got != tt.want {
			t.Errorf("percentile(%d times, %v): got %d, want %d", len(tt.times), tt.p, got, tt.want)
		}
	}
}

func TestFlags(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		args []string
		want string // sizes of messages
		fail bool
	}{
		{args: []string{"-messages", ""}, fail: true},
		{args: []string{"-messages", "10,ten"}, fail: true},
		{args: []string{"-messages", "10,10"}, fail: true},
		{args: []string{"-messages", "0"}, fail: true},
		{args: nil, want: "100,1000,10000,100000"},
		{args: []string{"-messages", "7,9"}, want: "7,9"},
		{args: []string{"-messages", "7,9", "-quick"}, want: "10,20"},
	} {
		set := flag.NewFlagSet("bench", flag.ContinueOnError)
		set.SetOutput(io.Discard)
		read := flags(set)
		if err := set.Parse(tt.args); (err != nil) != tt.fail {
			t.Errorf("%q: got error %v, want one: %v", tt.args, err, tt.fail)
		}
		if p := read(); !tt.fail && p.messages.String() != tt.want {
			t.Errorf("%q: got sizes %v, want %s", tt.args, p.messages, tt.want)
		}
	}
}

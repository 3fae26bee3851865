package idempotency_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gavel/shared/idempotency"
	"gavel/shared/table"
)

func TestBegin_GivesTheFirstAnswerForADay(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, store table.Store) {
		t.Helper()
		c := newClock()
		k := newKeeper(store, c)
		keep(t, begins(t, k, call()), done(1))
		for range 3 {
			replays(t, k, call(), done(1))
		}
		c.Step(idempotency.Lifetime - time.Second)
		replays(t, newKeeper(store, c), call(), done(1)) // in another process
		c.Step(time.Second)
		begins(t, k, call())
	})
}

func TestBegin_KeysBelongToCallerAndOperation(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, store table.Store) {
		t.Helper()
		k := newKeeper(store, newClock())
		keep(t, begins(t, k, call()), done(1))
		for name, change := range map[string]func(*idempotency.Request){
			"caller":            func(r *idempotency.Request) { r.Caller = "api-key:billing" },
			"kind of caller":    func(r *idempotency.Request) { r.Caller = "user:crm" },
			"operation":         func(r *idempotency.Request) { r.Operation = "hang-up" },
			"key":               func(r *idempotency.Request) { r.Key = "k-2" },
			"parts set apart":   func(r *idempotency.Request) { r.Caller, r.Operation = `api-key:crm" "dial-out`, "" },
			"case of the key":   func(r *idempotency.Request) { r.Key = "K-1" },
			"space at the end":  func(r *idempotency.Request) { r.Key = "k-1 " },
			"everything at all": func(r *idempotency.Request) { *r = idempotency.Request{} },
		} {
			r := call()
			change(&r)
			if claim, _, err := k.Begin(t.Context(), r); claim == nil {
				t.Errorf("another %s: got %v, want a claim of its own", name, err)
			}
		}
	})
}

func TestBegin_RefusesAnotherRequest(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, store table.Store) {
		t.Helper()
		c := newClock()
		k := newKeeper(store, c)
		other, shifted := call(), call()
		other.Content = []string{"POST", "/call", `{"no":2}`}
		shifted.Content = []string{"POST", "/call{", `"no":1}`}
		claim := begins(t, k, call())
		fails(t, k, other, idempotency.ErrMismatch) // also while it is under way
		keep(t, claim, done(1))
		fails(t, k, other, idempotency.ErrMismatch)
		fails(t, k, shifted, idempotency.ErrMismatch)
		c.Step(idempotency.Lifetime)
		begins(t, k, other)
	})
}

func TestBegin_AfterReleaseIsAFreshStart(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, store table.Store) {
		t.Helper()
		k := newKeeper(store, newClock())
		claim := begins(t, k, call())
		fails(t, k, call(), idempotency.ErrInFlight)
		if err := claim.Release(t.Context()); err != nil {
			t.Fatal(err)
		}
		other := call()
		other.Content = []string{"another"}
		keep(t, begins(t, k, other), done(2))
		replays(t, k, other, done(2))
	})
}

func TestBegin_AfterADeathOnceIsUnknownAndOthersBeginAgain(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, store table.Store) {
		t.Helper()
		c := newClock()
		k := newKeeper(store, c)
		begins(t, k, call()) // and dies
		dead := begins(t, k, ban())
		c.Step(idempotency.Lease - time.Millisecond)
		fails(t, k, call(), idempotency.ErrInFlight)
		fails(t, k, ban(), idempotency.ErrInFlight)
		c.Step(time.Millisecond)
		fails(t, k, call(), idempotency.ErrUnknown)
		claim := begins(t, k, ban())
		fails(t, k, ban(), idempotency.ErrInFlight)
		// The first one was only slow. It neither takes the place of the second nor gives its key free.
		if dead.Keep(t.Context(), done(1)) == nil || dead.Release(t.Context()) == nil {
			t.Error("got a claim settled that was over")
		}
		keep(t, claim, done(2))
		replays(t, k, ban(), done(2))
		c.Step(idempotency.Lifetime - idempotency.Lease - time.Second)
		fails(t, k, call(), idempotency.ErrUnknown)
		c.Step(time.Second)
		begins(t, k, call())
	})
}

// A process that was slow, and whose key nobody else took, still tells.
func TestKeep_AfterTheLeaseIsBetterThanNothing(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, store table.Store) {
		t.Helper()
		c := newClock()
		k := newKeeper(store, c)
		claim := begins(t, k, call())
		c.Step(2 * idempotency.Lease)
		fails(t, k, call(), idempotency.ErrUnknown)
		keep(t, claim, done(1))
		replays(t, k, call(), done(1))
	})
}

func TestKeep_EveryByteUpTo200KiB(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, store table.Store) {
		t.Helper()
		k := newKeeper(store, newClock())
		random := rand.NewChaCha8([32]byte{1})
		printable := make([]byte, idempotency.MaxBody) // a text that compresses as badly as any
		_, _ = random.Read(printable)
		for i := range printable {
			printable[i] = ' ' + printable[i]%95
		}
		binary := make([]byte, 100<<10)
		_, _ = random.Read(binary)
		for i, body := range [][]byte{nil, {0}, []byte("\xff\n"), binary, printable, []byte(strings.Repeat("\"", idempotency.MaxBody))} {
			r := call()
			r.Key = strings.Repeat("k", i+1)
			answer := idempotency.Answer{Status: 504, ContentType: "application/problem+json", Body: body}
			keep(t, begins(t, k, r), answer)
			replays(t, k, r, answer)
		}
	})
}

func TestKeep_LeavesOutWhatIsTooLarge(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, store table.Store) {
		t.Helper()
		k := newKeeper(store, newClock())
		large := idempotency.Answer{Status: 200, Body: make([]byte, idempotency.MaxBody+1)}
		keep(t, begins(t, k, call()), large)
		fails(t, k, call(), idempotency.ErrUnknown)
		keep(t, begins(t, k, ban()), large)
		begins(t, k, ban())
	})
}

// What lies in the state tells neither the key nor who sent it, and lies where the functions may write.
func TestState_HoldsDigests(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, store table.Store) {
		t.Helper()
		spy := &spy{Store: store}
		keep(t, begins(t, newKeeper(spy, newClock()), call()), done(1))
		if len(spy.written) != 2 {
			t.Fatalf("got %d writes, want the claim and the answer", len(spy.written))
		}
		for _, item := range spy.written {
			if !strings.HasPrefix(item.Partition, "idempotency#") {
				t.Errorf("got the partition %s, want it where the policy lets it", item.Partition)
			}
			for _, secret := range []string{"k-1", "crm", "dial-out", "/call"} {
				if strings.Contains(item.Partition+item.Sort+string(item.Data), secret) {
					t.Errorf("got %s in %s %s", secret, item.Partition, item.Data)
				}
			}
		}
	})
}

// spy notes what is written, and fails while it is told to.
type spy struct {
	table.Store

	written []table.Item
	fail    error
	wrote   bool // whether a failing write is made all the same
}

func (s *spy) Write(ctx context.Context, changes ...table.Change) error {
	if s.fail != nil && !s.wrote {
		return s.fail
	}
	for _, c := range changes {
		s.written = append(s.written, c.Item)
	}
	err := s.Store.Write(ctx, changes...)
	if fail := s.fail; fail != nil {
		s.fail = nil // it comes to itself
		return fail
	}
	return err
}

func TestBegin_ClaimsNothingWhenTheStoreFails(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, store table.Store) {
		t.Helper()
		for _, wrote := range []bool{false, true} {
			spy := &spy{Store: store, fail: table.ErrBusy, wrote: wrote}
			k := newKeeper(spy, newClock())
			fails(t, k, call(), table.ErrBusy)
			spy.fail = nil
			if err := begins(t, k, call()).Release(t.Context()); err != nil { // at once, and not after the Lease
				t.Fatal(err)
			}
		}
	})
}

func TestBegin_OneOfManyAtOnce(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, store table.Store) {
		t.Helper()
		c := newClock()
		begins(t, newKeeper(store, c), ban()) // and dies
		c.Step(idempotency.Lease)
		for _, r := range []idempotency.Request{call(), ban()} {
			var claims atomic.Int32
			var all sync.WaitGroup
			for range 50 {
				all.Go(func() {
					claim, answer, err := newKeeper(store, c).Begin(t.Context(), r)
					switch {
					case claim != nil:
						claims.Add(1)
					case answer != nil || !errors.Is(err, idempotency.ErrInFlight):
						t.Errorf("got %v, %v, want that it is under way", answer, err)
					}
				})
			}
			all.Wait()
			if claims.Load() != 1 {
				t.Errorf("%s: got %d claims, want 1", r.Operation, claims.Load())
			}
		}
	})
}

// Whatever callers, deaths and time do: a request that happens once happens at most once in a key's life, and nobody is
// told another answer than that of the one time.
func TestOnce_WhateverComesBetween(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, store table.Store) {
		t.Helper()
		for seed := range uint64(40) {
			random := rand.New(rand.NewPCG(seed, 7))
			c, r := newClock(), call()
			r.Key = time.Duration(seed).String()
			var happened int
			var told []idempotency.Answer
			var open []*idempotency.Claim // of processes that live, with what they did
			var did []bool
			for range 30 {
				switch n := random.IntN(10); {
				case n < 5:
					claim, answer, err := newKeeper(store, c).Begin(t.Context(), r)
					if claim != nil {
						open, did = append(open, claim), append(did, false)
					}
					if answer != nil {
						told = append(told, *answer)
					}
					if err != nil && !errors.Is(err, idempotency.ErrInFlight) && !errors.Is(err, idempotency.ErrUnknown) {
						t.Fatal(err)
					}
				case n == 5:
					c.Step(time.Duration(random.Int64N(int64(2 * idempotency.Lease))))
				case len(open) > 0:
					i := random.IntN(len(open))
					switch random.IntN(4) {
					case 0: // it is refused, if it was not carried out yet
						if !did[i] {
							_ = open[i].Release(t.Context())
							open, did = append(open[:i], open[i+1:]...), append(did[:i], did[i+1:]...)
						}
					case 1: // it dies
						open, did = append(open[:i], open[i+1:]...), append(did[:i], did[i+1:]...)
					case 2:
						if !did[i] {
							happened++
							did[i] = true
						}
					default:
						if did[i] {
							_ = open[i].Keep(t.Context(), done(happened))
							open, did = append(open[:i], open[i+1:]...), append(did[:i], did[i+1:]...)
						}
					}
				}
				if happened > 1 || len(open) > 1 {
					t.Fatalf("seed %d: happened %d times, with %d that can", seed, happened, len(open))
				}
			}
			for _, answer := range told {
				if string(answer.Body) != string(done(1).Body) {
					t.Errorf("seed %d: got %s, want the answer of the one time", seed, answer.Body)
				}
			}
		}
	})
}

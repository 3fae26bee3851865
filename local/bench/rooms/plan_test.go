package rooms_test

import (
	"errors"
	"flag"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// plan says how much is measured.
type plan struct {
	turn         time.Duration // how long each side of a comparison runs at a time
	rounds       int           // of turns
	at           sizes         // how many calls at once
	rooms        sizes         // of a user
	participants sizes         // of a room
	messages     sizes         // of a room
	senders      int           // into one chat at once
	total        sizes         // rooms that a sweep comes to
	due          int           // of them
}

// quickPlan shows that everything works; what it measures means little.
func quickPlan() plan {
	return plan{
		turn: 20 * time.Millisecond, rounds: 1, at: sizes{1, 4},
		rooms: sizes{10, 20}, participants: sizes{10, 20}, messages: sizes{10, 20}, senders: 4, total: sizes{64, 128}, due: 32,
	}
}

// fullPlan is what the flags begin with.
func fullPlan() plan {
	return plan{
		turn: 150 * time.Millisecond, rounds: 4, at: sizes{1, 8, 32},
		rooms: sizes{10, 100, 1000, 10_000}, participants: sizes{10, 100, 1000, 5000}, messages: sizes{100, 1000, 10_000, 100_000}, senders: 32,
		total: sizes{10_000, 100_000}, due: 1000,
	}
}

// flags gives what the command line asks for. The testing package parses it.
func flags(set *flag.FlagSet) func() plan {
	quick := set.Bool("quick", false, "measure little, in seconds; other flags mean nothing then")
	p := fullPlan()
	set.DurationVar(&p.turn, "turn", p.turn, "how long each side of a comparison runs at a time")
	set.IntVar(&p.rounds, "rounds", p.rounds, "how many turns each side has")
	set.Var(&p.at, "at", "how many calls at once")
	set.Var(&p.rooms, "rooms", "rooms of a user")
	set.Var(&p.participants, "participants", "participants of a room")
	set.Var(&p.messages, "messages", "messages of a room")
	set.IntVar(&p.senders, "senders", p.senders, "people who write into one chat at once")
	set.Var(&p.total, "total", "rooms that a sweep comes to")
	set.IntVar(&p.due, "due", p.due, "how many of them are due")
	return func() plan {
		if *quick {
			return quickPlan()
		}
		return p
	}
}

// sizes are numbers that grow.
type sizes []int

var _ flag.Value = (*sizes)(nil)

// String gives the numbers as Set takes them.
func (s *sizes) String() string {
	texts := make([]string, len(*s))
	for i, n := range *s {
		texts[i] = strconv.Itoa(n)
	}
	return strings.Join(texts, ",")
}

// Set reads numbers with commas between them.
func (s *sizes) Set(text string) error {
	*s = nil
	last := 0
	for field := range strings.SplitSeq(text, ",") {
		n, err := strconv.Atoi(field)
		if err != nil {
			return fmt.Errorf("expected numbers such as 10,100: %w", err)
		}
		if n <= last {
			return errors.New("expected numbers that grow, above 0")
		}
		*s, last = append(*s, n), n
	}
	return nil
}

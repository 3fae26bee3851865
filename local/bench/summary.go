package main

import (
	"fmt"
	"runtime"
	"strings"
	"time"
)

// newReport sums up what was measured.
func newReport(b *bench) Report {
	r := Report{
		Machine: Machine{runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version()},
		Starts:  b.runs,
		Calls:   b.warm,
		Bare:    newRow(pooled(b)),
	}
	for _, s := range b.subjects {
		r.add(s)
	}
	r.Budgets = judge(r.Functions)
	return r
}

func (r *Report) add(s *subject) {
	if s.event == nil {
		r.Notes = append(r.Notes, fmt.Sprintf("%s has no sample event and was not called: %s", s.name, s.eventFile))
	}
	if s.err != nil {
		r.Broken = append(r.Broken, s.name+": "+strings.TrimSpace(s.err.Error()))
	}
	r.Functions = append(r.Functions, newRow(s))
}

// pooled returns the bare handler with everything measured of it beside all functions.
func pooled(b *bench) *subject {
	bare := *b.bare
	for _, s := range b.subjects {
		bare.cold.init = append(bare.cold.init, s.bareCold.init...)
		bare.cold.first = append(bare.cold.first, s.bareCold.first...)
		bare.warm = append(bare.warm, s.bareWarm...)
	}
	bare.bareCold, bare.bareWarm = bare.cold, bare.warm
	return &bare
}

func newRow(s *subject) Row {
	row := Row{Name: s.name, First: millis(s.cold.first.median()), BinarySize: s.binarySize, ZipSize: s.zipSize}
	if len(s.cold.init) > 0 {
		row.Init = newInit(s)
	}
	if len(s.warm) > 0 {
		row.Warm = newWarm(s)
	}
	return row
}

func newInit(s *subject) *Init {
	median, bare := s.cold.init.median(), s.bareCold.init.median()
	return &Init{
		Min:    millis(s.cold.init.min()),
		Median: millis(median),
		Bare:   millis(bare),
		Ratio:  float64(median) / float64(bare),
	}
}

func newWarm(s *subject) *Warm {
	median, bare, roundTrip := s.warm.median(), s.bareWarm.median(), s.roundTrips.median()
	calls := len(s.warm)
	requests := float64(s.requests) / float64(calls)
	provider := time.Duration(requests * float64(roundTrip))
	return &Warm{
		Median:    millis(median),
		P99:       millis(s.warm.percentile(99)),
		Bare:      millis(bare),
		MinusBare: millis(median - bare),
		Requests:  requests,
		RoundTrip: millis(roundTrip),
		Provider:  millis(provider),
		Busy:      millis(s.busy / time.Duration(calls)),
		Net:       millis(median - provider),
	}
}

func millis(d time.Duration) Millis {
	return Millis(float64(d) / float64(time.Millisecond))
}

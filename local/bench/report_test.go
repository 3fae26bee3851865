package main

import (
	"bytes"
	"math"
	"slices"
	"strings"
	"testing"
	"time"
)

// sampleSubject made two upstream requests in each of two calls.
func sampleSubject() *subject {
	return &subject{
		function:   function{name: "rooms/create", event: []byte("{}")},
		binarySize: 12_340_000,
		zipSize:    5_100_000,
		cold:       starts{init: samples{8e6, 6e6, 10e6}, first: samples{3e6}},
		bareCold:   starts{init: samples{4e6, 4e6, 4e6}},
		warm:       samples{900e3, 1100e3},
		bareWarm:   samples{300e3, 300e3},
		roundTrips: samples{200e3, 200e3},
		requests:   4,
		busy:       20 * time.Microsecond,
	}
}

func TestNewRow(t *testing.T) {
	t.Parallel()
	row := newRow(sampleSubject())
	for name, pair := range map[string][2]float64{
		"init min":          {float64(row.Init.Min), 6},
		"init median":       {float64(row.Init.Median), 8},
		"init ratio":        {row.Init.Ratio, 2},
		"first":             {float64(row.First), 3},
		"warm":              {float64(row.Warm.Median), 1},
		"p99":               {float64(row.Warm.P99), 1.1},
		"minus bare":        {float64(row.Warm.MinusBare), 0.7},
		"requests per call": {row.Warm.Requests, 2},
		"provider":          {float64(row.Warm.Provider), 0.4},
		"upstream busy":     {float64(row.Warm.Busy), 0.01},
		"net":               {float64(row.Warm.Net), 0.6},
	} {
		if got, want := pair[0], pair[1]; math.Abs(got-want) > 1e-9 {
			t.Errorf("%s: got %v, want %v", name, got, want)
		}
	}
}

func TestJudge(t *testing.T) {
	t.Parallel()
	within := Row{
		Name:    "health/get",
		Init:    &Init{Ratio: 1.5},
		Warm:    &Warm{Bare: 0.3, Net: 0.4},
		ZipSize: maxZip,
	}
	unmeasured := Row{Name: "broken/one"}
	for _, tt := range []struct {
		name string
		rows []Row
		want []Budget
	}{
		{"nothing measured", []Row{unmeasured}, []Budget{{}, {}, {}}},
		{"within", []Row{within, unmeasured}, []Budget{
			{Checked: 1, Worst: "health/get 1.50 ×"},
			{Checked: 1, Worst: "health/get +0.100 ms"},
			{Checked: 1, Worst: "health/get 5.00 MB"},
		}},
		{"one over", []Row{within, newRow(sampleSubject())}, []Budget{
			{Checked: 2, Worst: "rooms/create 2.00 ×", Over: []string{"rooms/create 2.00 ×"}},
			{Checked: 2, Worst: "rooms/create +0.300 ms", Over: []string{"rooms/create +0.300 ms"}},
			{Checked: 2, Worst: "rooms/create 5.10 MB", Over: []string{"rooms/create 5.10 MB"}},
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			for i, got := range judge(tt.rows) {
				want := tt.want[i]
				if got.Checked != want.Checked || got.Worst != want.Worst || !slices.Equal(got.Over, want.Over) {
					t.Errorf("%s: got %+v, want %+v", got.Name, got, want)
				}
			}
		})
	}
}

func TestPrintReport(t *testing.T) {
	t.Parallel()
	rows := []Row{newRow(sampleSubject()), {Name: "broken/one"}}
	var out bytes.Buffer
	err := printReport(&out, Report{
		Machine:   Machine{"linux", "arm64", 2, "go1.26"},
		Starts:    20,
		Calls:     500,
		Bare:      Row{Name: "bare"},
		Functions: rows,
		Budgets:   judge(rows),
		Notes:     []string{"x/y has no sample event"},
		Broken:    []string{"broken/one: answered with status 500"},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"linux/arm64, 2 CPUs, go1.26, 20 starts and 500 warm calls each",
		"  rooms/create     6.000     8.000    2.00  3.000     1.000     1.100    +0.700     0.400  0.600   12.34  5.10",
		"init ≤ 1.5 × bare            OVER  1 of 1: rooms/create 2.00 ×",
		"note: x/y has no sample event",
		"BROKEN: broken/one: answered with status 500",
	} {
		if !strings.Contains(squeezed(out.String()), squeezed(want)) {
			t.Errorf("got\n%s\nwant a line with\n%s", out.String(), want)
		}
	}
}

// squeezed makes runs of spaces one, as their number depends on the widest cell.
func squeezed(s string) string {
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		lines[i] = strings.Join(strings.Fields(line), " ")
	}
	return strings.Join(lines, "\n")
}

func TestCheckStatus(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		payload string
		ok      bool
	}{
		{`{"statusCode":500,"body":"internal"}`, false},
		{`{"statusCode":404}`, false},
		{`{"statusCode":0}`, false},
		{`not JSON`, false},
		{`{"statusCode":200}`, true},
		{`{"statusCode":303}`, true},
		{`{"isAuthorized":true}`, true},
	} {
		if err := checkStatus([]byte(tt.payload)); (err == nil) != tt.ok {
			t.Errorf("%s: got %v, want success to be %v", tt.payload, err, tt.ok)
		}
	}
}

package main

import "fmt"

// The budgets a function has to keep. A megabyte has a million bytes here.
const (
	maxInitRatio = 1.5
	maxWarmExtra = Millis(0.15)
	maxZip       = 5_000_000
)

// Budget tells how the functions stand against one limit.
type Budget struct {
	Name    string   `json:"name"`
	Checked int      `json:"checked"`         // functions with a number to compare
	Over    []string `json:"over,omitempty"`  // those beyond the limit, with their numbers
	Worst   string   `json:"worst,omitempty"` // the one nearest to the limit or furthest beyond it
}

// judge compares the rows with every budget.
func judge(rows []Row) []Budget {
	init := newTally(fmt.Sprintf("init ≤ %.1f × bare", maxInitRatio))
	warm := newTally(fmt.Sprintf("warm net ≤ bare + %.2f ms", maxWarmExtra))
	zip := newTally(fmt.Sprintf("zip ≤ %d MB", maxZip/1_000_000))
	for _, row := range rows {
		if row.Init != nil {
			init.add(row.Name, "%.2f ×", row.Init.Ratio, maxInitRatio)
		}
		if row.Warm != nil {
			warm.add(row.Name, "%+.3f ms", float64(row.Warm.Net-row.Warm.Bare), float64(maxWarmExtra))
		}
		if row.ZipSize > 0 {
			zip.add(row.Name, "%.2f MB", float64(row.ZipSize)/1e6, maxZip/1e6)
		}
	}
	return []Budget{init.Budget, warm.Budget, zip.Budget}
}

// tally collects one budget.
type tally struct {
	Budget
	highest float64
}

func newTally(name string) *tally {
	return &tally{Budget: Budget{Name: name}}
}

func (t *tally) add(function, format string, value, limit float64) {
	text := fmt.Sprintf("%s "+format, function, value)
	if t.Checked == 0 || value > t.highest {
		t.highest, t.Worst = value, text
	}
	t.Checked++
	if value > limit {
		t.Over = append(t.Over, text)
	}
}

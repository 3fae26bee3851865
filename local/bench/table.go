package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

const absent = "–"

// columns are the headings of the table.
var columns = []string{
	"function", "init min", "init med", "× bare", "first", "warm med", "warm p99", "− bare", "provider", "net", "binary", "zip",
}

// explanation is printed below the table.
const explanation = `
Times in ms, sizes in MB (10⁶ bytes). init: from starting the process to its asking for an event. first: median of
the first calls. warm: later calls. provider: what a plain client takes for the upstream requests of one call.
net: warm median less provider. × bare and − bare compare with the bare handler's runs next to that function's and
with the same event; its own line is of all its runs together.
`

// printReport writes the report for reading.
func printReport(w io.Writer, r Report) error {
	out := &printer{w: w}
	out.line("%s/%s, %d CPUs, %s, %d starts and %d warm calls each, bare and function in turns\n",
		r.Machine.OS, r.Machine.Arch, r.Machine.CPUs, r.Machine.Go, r.Starts, r.Calls)
	out.table(append([]Row{r.Bare}, r.Functions...))
	out.line("%s", explanation)
	for _, b := range r.Budgets {
		out.line("%-28s %s", b.Name, verdict(b))
	}
	out.list("note", r.Notes)
	out.list("BROKEN", r.Broken)
	return out.err
}

// verdict names the functions over a budget, or the one that uses most of it.
func verdict(b Budget) string {
	switch {
	case b.Checked == 0:
		return "not measured"
	case len(b.Over) > 0:
		return fmt.Sprintf("OVER  %d of %d: %s", len(b.Over), b.Checked, strings.Join(b.Over, ", "))
	default:
		return fmt.Sprintf("ok    %d of %d, most: %s", b.Checked, b.Checked, b.Worst)
	}
}

// cells formats a row, in the order of columns.
func cells(r Row) []string {
	out := []string{r.Name, absent, absent, absent, absent, absent, absent, absent, absent, absent, megabytes(r.BinarySize), megabytes(r.ZipSize)}
	if r.Init != nil {
		copy(out[1:], []string{ms(r.Init.Min), ms(r.Init.Median), fmt.Sprintf("%.2f", r.Init.Ratio)})
	}
	if r.First > 0 {
		out[4] = ms(r.First)
	}
	if w := r.Warm; w != nil {
		copy(out[5:], []string{ms(w.Median), ms(w.P99), fmt.Sprintf("%+.3f", w.MinusBare), ms(w.Provider), ms(w.Net)})
	}
	return out
}

func ms(m Millis) string {
	return fmt.Sprintf("%.3f", m)
}

func megabytes(size int64) string {
	if size == 0 {
		return absent
	}
	return fmt.Sprintf("%.2f", float64(size)/1e6)
}

// printer writes until something fails and keeps that error.
type printer struct {
	w   io.Writer
	err error
}

func (p *printer) line(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format+"\n", args...)
	}
}

func (p *printer) list(label string, items []string) {
	for _, item := range items {
		p.line("\n%s: %s", label, item)
	}
}

// table aligns numbers to the right and names, which all begin a line, to the left.
func (p *printer) table(rows []Row) {
	width := len(columns[0])
	for _, r := range rows {
		width = max(width, len(r.Name))
	}
	tabs := tabwriter.NewWriter(p.w, 0, 0, 2, ' ', tabwriter.AlignRight)
	lines := [][]string{columns}
	for _, r := range rows {
		lines = append(lines, cells(r))
	}
	for _, line := range lines {
		if p.err == nil {
			_, p.err = fmt.Fprintf(tabs, "%-*s\t%s\t\n", width, line[0], strings.Join(line[1:], "\t"))
		}
	}
	if p.err == nil {
		p.err = tabs.Flush()
	}
}

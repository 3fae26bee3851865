package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode"
)

// status is what came of a check.
type status string

const (
	good    status = "ok"
	warning status = "warn" // works, and may soon not
	bad     status = "fix"
	skipped status = "skip" // could not be looked at
)

// finding is one line of the report.
type finding struct {
	Status status `json:"status"`
	What   string `json:"what"`
	Words  string `json:"words"`
}

// report collects the findings, and prints each as it comes unless it is to be JSON.
type report struct {
	out      io.Writer
	asJSON   bool
	findings []finding
}

func (r *report) ok(what, format string, args ...any)   { r.add(good, what, format, args...) }
func (r *report) warn(what, format string, args ...any) { r.add(warning, what, format, args...) }
func (r *report) fix(what, format string, args ...any)  { r.add(bad, what, format, args...) }
func (r *report) skip(what, format string, args ...any) { r.add(skipped, what, format, args...) }

// add keeps everything on its line, and control characters, which another system may have sent, away from the terminal.
func (r *report) add(s status, what, format string, args ...any) {
	f := finding{Status: s, What: line(what), Words: line(fmt.Sprintf(format, args...))}
	r.findings = append(r.findings, f)
	if !r.asJSON {
		_, _ = fmt.Fprintf(r.out, "%-4s  %s: %s\n", f.Status, f.What, f.Words)
	}
}

func line(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, text)
}

func (r *report) count(s status) int {
	n := 0
	for _, f := range r.findings {
		if f.Status == s {
			n++
		}
	}
	return n
}

// end prints what there is to print at the end.
func (r *report) end() {
	if r.asJSON {
		encoder := json.NewEncoder(r.out)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "  ")
		_ = encoder.Encode(struct {
			Findings []finding `json:"findings"`
		}{r.findings})
		return
	}
	switch fix, warn := r.count(bad), r.count(warning); {
	case fix > 0:
		_, _ = fmt.Fprintf(r.out, "\n%d to fix, %d to mind, %d not looked at.\n", fix, warn, r.count(skipped))
	case warn > 0:
		_, _ = fmt.Fprintf(r.out, "\nNothing to fix, %d to mind, %d not looked at.\n", warn, r.count(skipped))
	default:
		_, _ = fmt.Fprintf(r.out, "\nNothing to fix, %d not looked at.\n", r.count(skipped))
	}
}

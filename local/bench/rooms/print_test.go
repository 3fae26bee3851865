package rooms_test

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"
)

// printTable writes a title, then the rows below their headings, then a line that explains them.
func printTable(w io.Writer, title string, head []string, rows [][]string, explanation string) error {
	if _, err := fmt.Fprintf(w, "\n%s\n", title); err != nil {
		return err
	}
	tabs := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, row := range append([][]string{head}, rows...) {
		if _, err := fmt.Fprintln(tabs, strings.Join(row, "\t")); err != nil {
			return err
		}
	}
	if err := tabs.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintln(w, explanation)
	return err
}

// ms gives milliseconds, with three digits of the short ones.
func ms(d time.Duration) string {
	value := float64(d) / float64(time.Millisecond)
	switch {
	case value < 1:
		return fmt.Sprintf("%.3f", value)
	case value < 100:
		return fmt.Sprintf("%.2f", value)
	default:
		return fmt.Sprintf("%.0f", value)
	}
}

// ratio has two digits behind the point.
func ratio(value float64) string { return fmt.Sprintf("%.2f", value) }

// perSecond is whole.
func perSecond(value float64) string { return fmt.Sprintf("%.0f", value) }

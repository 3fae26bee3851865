package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"sync"
	"text/tabwriter"
)

// fate is what became of an item.
type fate int

const (
	read fate = iota
	leftOut
	expired
	present
	roomChanged
	written
	fates
)

// counts are those of all items by what they begin with. They are safe for concurrent use.
type counts struct {
	mu       sync.Mutex
	families map[string]*[fates]int
}

func (c *counts) note(e entry, f fate) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.families == nil {
		c.families = map[string]*[fates]int{}
	}
	family, ok := c.families[e.family()]
	if !ok {
		family = &[fates]int{}
		c.families[e.family()] = family
	}
	family[f]++
}

// report prints the counts.
func (c *copier) report() error {
	last, end := "would be written", "Nothing was written. Add -yes to do it."
	if c.write {
		last, end = "written", "Repeat the command to see that nothing is left to be written."
	}
	w := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(w, "items\tread\tleft out\texpired\tthere\troom changed since\t%s\t\n", last)
	total := [fates]int{}
	for _, family := range slices.Sorted(maps.Keys(c.counts.families)) {
		row(w, cmp.Or(family, "?"), c.counts.families[family])
		for f, n := range c.counts.families[family] {
			total[f] += n
		}
	}
	row(w, "all", &total)
	if err := w.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintln(c.out, end)
	return err
}

func row(w *tabwriter.Writer, name string, n *[fates]int) {
	fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%d\t%d\t\n", name, n[read], n[leftOut], n[expired], n[present], n[roomChanged], n[written])
}

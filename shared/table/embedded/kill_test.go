package embedded_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"gavel/shared/table"
	"gavel/shared/table/embedded"
)

// A process that is killed leaves whole Writes, among them all that it was told of.
func TestWrite_KilledProcess(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state.db")
	for round := range 15 {
		told := killWriter(t, path, 1+round*7%11)

		store := open(t, path)
		items, err := store.Get(t.Context(), at("a"), at("b"), at("last"))
		if err != nil {
			t.Fatal(err)
		}
		if string(items[0].Data) != string(items[1].Data) || string(items[0].Data) != string(items[2].Data) {
			t.Errorf("round %d: got half a Write: %s, %s, %s", round, items[0].Data, items[1].Data, items[2].Data)
		}
		if got, err := strconv.Atoi(string(items[0].Data)); got < told || err != nil {
			t.Errorf("round %d: got %s, want %d or more", round, items[0].Data, told)
		}
		if round%5 == 4 {
			purgeAll(t, store)
		}
		if err := store.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// purgeAll demands that the log, which Open found to be whole, goes completely.
func purgeAll(t *testing.T, store *embedded.Store) {
	t.Helper()
	removed, err := store.Purge(t.Context(), 1<<20)
	if removed == 0 || err != nil {
		t.Errorf("purge: got %d removed, %v; want some", removed, err)
	}
	if again, err := store.Purge(t.Context(), 1); again != 0 || err != nil {
		t.Errorf("purge again: got %d removed, %v; want none", again, err)
	}
}

// killWriter kills a writer after it told of that many Writes, and returns the number of the last one it told of.
func killWriter(t *testing.T, path string, writes int) (told int) {
	t.Helper()
	helper := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestHelperWrites$")
	helper.Env = append(os.Environ(), "GAVEL_TEST_WRITE_TO="+path)
	stdout, err := helper.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := helper.Start(); err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(stdout); lines.Scan(); {
		if number, isNumber := strings.CutPrefix(lines.Text(), "wrote "); isNumber {
			if told, err = strconv.Atoi(number); err != nil {
				t.Fatal(err)
			}
			if writes--; writes == 0 {
				_ = helper.Process.Kill() // and read what it still told of
			}
		}
	}
	_ = helper.Wait() // "signal: killed"
	if writes > 0 {
		t.Fatal("the helper ended by itself")
	}
	return told
}

// TestHelperWrites is no test: another one runs it in a process of its own, to kill that.
func TestHelperWrites(t *testing.T) { //nolint:paralleltest // it ends with its process
	path := os.Getenv("GAVEL_TEST_WRITE_TO")
	if path == "" {
		t.Skip("a helper of TestWrite_KilledProcess")
	}
	store := open(t, path)
	for {
		items, err := store.Get(t.Context(), at("a"), at("b"), at("last"))
		if err != nil {
			t.Fatal(err)
		}
		next := 1
		if items[0].Exists() {
			if next, err = strconv.Atoi(string(items[0].Data)); err != nil {
				t.Fatal(err)
			}
			next++
		}
		var changes []table.Change
		for i := range items {
			items[i].Data = []byte(strconv.Itoa(next))
			changes = append(changes, table.Put(items[i]))
		}
		for i := range 20 { // a Write of several pages
			entry := create(fmt.Sprintf("log#%d#%d", next, i), `"`+strings.Repeat("x", 1000)+`"`)
			entry.Item.Expires = time.Unix(1<<30, 0) // which is over
			changes = append(changes, entry)
		}
		if err := store.Write(t.Context(), changes...); err != nil {
			t.Fatal(err)
		}
		_, _ = fmt.Fprintf(os.Stdout, "wrote %d\n", next)
		if _, err := store.Purge(t.Context(), 15); err != nil { // fewer than there are by now
			t.Fatal(err)
		}
	}
}

package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"gavel/shared/audit"
	"gavel/shared/table"
	"gavel/shared/table/embedded"
)

// events gives the ids of those that were published, by their types.
func (c *client) events() (types, ids []string) {
	c.t.Helper()
	got := c.do(http.MethodGet, "/local/events", "")
	got.want(c.t, http.StatusOK, nil)
	var all []audit.Event
	if err := json.Unmarshal([]byte(got.text), &all); err != nil {
		c.t.Fatal(err)
	}
	for _, e := range all {
		types, ids = append(types, e.Type), append(ids, e.ID)
	}
	return types, ids
}

func TestEvents_AreSeenOnceAndAfterARestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := setup(t, map[string]string{"GAVEL_DATA_DIR": dir})
	room := c.book("ada", `{"name":"Stand-up","participant_ids":["bob"]}`)
	c.do(http.MethodPost, "/admin/room/"+room+"/end", "", c.as("ada")).want(t, http.StatusOK, nil)
	c.do(http.MethodPost, "/local/cleanup", "").want(t, http.StatusOK, nil)
	types, ids := c.events()
	if want := []string{"room.created", "room.ended"}; !slices.Equal(types, want) {
		t.Errorf("got %v, want %v", types, want)
	}
	listed := c.do(http.MethodGet, "/audit?room="+room, "")
	listed.want(t, http.StatusOK, nil)
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	c = setup(t, map[string]string{"GAVEL_DATA_DIR": dir})
	c.do(http.MethodPost, "/local/cleanup", "").want(t, http.StatusOK, nil)
	if _, again := c.events(); !slices.Equal(again, ids) {
		t.Errorf("got %v after a restart, want %v", again, ids)
	}
}

// A process that was killed between the write and the publishing publishes when it is started again.
func TestEvents_OfAProcessThatWasKilledInBetween(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	store, err := embedded.Open(filepath.Join(dir, "state.db"))
	if err != nil {
		t.Fatal(err)
	}
	changes, err := audit.Trail{}.Changes(t.Context(), time.Now(), audit.Event{Type: "room.created", Actor: audit.Person("ada"), Room: "r"})
	if err != nil {
		t.Fatal(err)
	}
	note := func(sort, partition string) table.Change {
		return table.Put(table.Item{
			Key:  table.Key{Partition: "local#outbox", Sort: sort},
			Data: fmt.Appendf(nil, `{"partition":%q,"since":"2026-01-01T00:00:00Z"}`, partition),
		})
	}
	written := changes[0].Item.Key
	never := note("at#01937c50-1f2e-7b60-a1c4-9d8e7f6a5b4c", "audit#actor#x#20260101") // whose Write never was
	if err := store.Write(t.Context(), append(changes, note(written.Sort, written.Partition), never)...); err != nil {
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	c := setup(t, map[string]string{"GAVEL_DATA_DIR": dir})
	for range 2 {
		c.do(http.MethodPost, "/local/cleanup", "").want(t, http.StatusOK, nil)
		if types, ids := c.events(); len(types) != 1 || "at#"+ids[0] != written.Sort {
			t.Errorf("got %v with the ids %v, want the one that was written", types, ids)
		}
	}
}

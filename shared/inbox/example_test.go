package inbox_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"gavel/shared/inbox"
	"gavel/shared/table/embedded"
)

func Example() {
	folder, err := os.MkdirTemp("", "inbox")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(folder) }()
	now := func() time.Time { return time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC) }
	store, err := embedded.Options{Now: now}.Open(filepath.Join(folder, "state.db"))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = store.Close() }()
	events := inbox.New(store, now, 90)

	ctx := context.Background()
	closed := inbox.Event{Source: "veeting#5e94", Name: "onMeetingClosed", Data: map[string]json.RawMessage{"topic": json.RawMessage(`"Stand-up"`)}}
	for range 2 {
		fmt.Println(events.Keep(ctx, closed))
	}
	page, err := events.List(ctx, "veeting#5e94", 10, "")
	for _, e := range page.Events {
		fmt.Println(e.Name, string(e.Data["topic"]), e.ReceivedAt.Format(time.TimeOnly), err)
	}
	// Output:
	// true <nil>
	// false <nil>
	// onMeetingClosed "Stand-up" 12:00:00 <nil>
}

package runtimeapi

import (
	"strings"
	"sync"
)

// maxLogs bounds what is kept of a function's output.
const maxLogs = 256 << 10

// tail is a writer that keeps the end of what was written to it. It may be used from several goroutines.
type tail struct {
	limit int

	mu   sync.Mutex
	data []byte
}

// Write never fails.
func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.data = append(t.data, p...)
	// Cutting at twice the limit rather than at each write keeps the copying proportional to what is written.
	if len(t.data) > 2*t.limit {
		t.data = append(t.data[:0], last(t.data, t.limit)...)
	}
	return len(p), nil
}

// String returns the last bytes written, up to the limit.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(last(t.data, t.limit))
}

func last(data []byte, n int) []byte {
	return data[max(0, len(data)-n):]
}

// indented returns logs as lines to be put below an error message.
func indented(logs string) string {
	logs = strings.TrimRight(logs, "\n")
	if logs == "" {
		return ""
	}
	return "\n\t" + strings.ReplaceAll(logs, "\n", "\n\t")
}

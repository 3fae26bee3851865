package sandbox

import (
	"encoding/json"
	"net/http"
	"strconv"
	"sync"
)

// Capacity is how many exchanges a [Recorder] keeps; older ones are forgotten.
const Capacity = 20_000

// Recorder remembers the last [Capacity] exchanges of all providers that share it.
// The zero value is ready, it is safe for concurrent use, and a nil *Recorder forgets everything.
type Recorder struct {
	mu   sync.Mutex
	ring []Exchange
	next int // where the oldest entry lies once the ring is full
}

var _ http.Handler = (*Recorder)(nil)

// Record adds an exchange. The maps inside it belong to the recorder from then on.
func (r *Recorder) Record(x Exchange) {
	if r == nil {
		return
	}
	x.Path, x.Query = clip(x.Path), clip(x.Query)
	x.ContentType, x.TokenError = clip(x.ContentType), clip(x.TokenError)

	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.ring) < Capacity {
		r.ring = append(r.ring, x)
		return
	}
	r.ring[r.next] = x
	r.next = (r.next + 1) % Capacity
}

// Exchanges returns what was recorded, oldest first. The maps inside are shared: read them only.
func (r *Recorder) Exchanges() []Exchange {
	if r == nil {
		return []Exchange{}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	all := make([]Exchange, 0, len(r.ring))
	all = append(all, r.ring[r.next:]...)
	return append(all, r.ring[:r.next]...)
}

// ServeHTTP answers GET with a list, newest last. ?limit=n keeps the newest n.
func (r *Recorder) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	if req.Method != http.MethodGet && req.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	all, err := newest(r.Exchanges(), req.URL.Query().Get("limit"))
	if err != nil {
		http.Error(w, "limit must be a number, 0 or more", http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	// The status is out already; a failed write means the reader has gone.
	_ = enc.Encode(all)
}

func newest(all []Exchange, limit string) ([]Exchange, error) {
	if limit == "" {
		return all, nil
	}
	n, err := strconv.ParseUint(limit, 10, 31)
	if err != nil {
		return nil, err
	}
	return all[len(all)-min(len(all), int(n)):], nil
}

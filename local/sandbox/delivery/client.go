package delivery

import (
	"io"
	"net/http"
)

// maxReplyBytes is how much is read of what a receiver says.
const maxReplyBytes = 1 << 20

// NewClient makes a client that takes a redirect for an answer: what a delivery proves its sender with is for one URL's
// owner. A nil transport is the default one.
func NewClient(transport http.RoundTripper) *http.Client {
	return &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Drain reads an answer to its end, so that its connection can be used again. What the receiver says does not matter.
func Drain(body io.Reader) { _, _ = io.CopyN(io.Discard, body, maxReplyBytes) }

package objects

import (
	"log/slog"
	"net/http"
	"time"
)

const hidden = "[presigned request]"

// Request is what someone without credentials sends to S3 to upload or download one object. Whoever has it can do so
// until it expires: it is itself a credential, and so it hides from logs and from JSON.
type Request struct {
	Method string
	URL    string
	// Header must be sent as it is, for it is signed; never nil. HTTP clients set Content-Length by themselves from the
	// body; browsers let nobody else set it.
	Header  http.Header
	Expires time.Time
}

// String hides the request.
func (r Request) String() string { return hidden }

// GoString hides the request.
func (r Request) GoString() string { return hidden }

// LogValue hides the request.
func (r Request) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalJSON hides the request: whoever hands it out says so by naming the field.
func (r Request) MarshalJSON() ([]byte, error) { return []byte(`"` + hidden + `"`), nil }

package jitsi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"gavel/local/sandbox/jitsimeet"
)

const (
	// bookingRetries is reservations_api_retry_count.
	bookingRetries = 3
	// bookingPause is reservations_api_retry_delay, 3 s with a real server: nobody wants to wait that long here.
	bookingPause = 5 * time.Millisecond
)

// What the module says of answers that say nothing themselves.
const (
	textRejected = "Rejected by reservation server"
	textInvalid  = "Invalid response from reservation server"
	textSilent   = "Could not contact reservation server"
	textTimeout  = "Reservation lookup timed out"
)

// booking asks the reservation system about one room.
// https://jitsi.github.io/handbook/docs/devops-guide/reservation
type booking struct {
	client *http.Client
	set    Settings
	node   string
}

// reply is an answer of the reservation system.
type reply struct {
	status int
	body   []byte
}

// ask books the room, or looks up who has booked it already.
func (b booking) ask(ctx context.Context, mailOwner string, now time.Time) outcome {
	form := url.Values{
		"name":       {b.node},
		"start_time": {now.UTC().Format("2006-01-02T15:04:05") + ".000Z"}, // the module knows whole seconds only
		"mail_owner": {mailOwner},
	}
	got, err := b.call(ctx, http.MethodPost, "/conference", form.Encode())
	switch {
	case err != nil:
		return failed(err)
	case got.status == http.StatusOK, got.status == http.StatusCreated:
		return b.read(got.body)
	case got.status == http.StatusConflict:
		return b.lookUp(ctx, got.body)
	}
	return refusedBy(got)
}

// lookUp asks for the booking that stands in the way. It is as good as one's own.
func (b booking) lookUp(ctx context.Context, conflict []byte) outcome {
	id := identifier(fields(conflict)["conflict_id"])
	if id == "" {
		return outcome{code: http.StatusConflict, message: textInvalid}
	}
	got, err := b.call(ctx, http.MethodGet, "/conference/"+id, "")
	switch {
	case err != nil:
		return failed(err)
	case got.status == http.StatusOK:
		return b.read(got.body)
	}
	return refusedBy(got)
}

// read takes a booking, which must be complete and this room's.
func (b booking) read(body []byte) outcome {
	got := fields(body)
	name, _ := got["name"].(string)
	start, startOK := startTime(got["start_time"])
	duration, durationOK := number(got["duration"])
	id := identifier(got["id"])
	if name == "" || jitsimeet.LowerASCII(name) != jitsimeet.LowerASCII(b.node) ||
		id == "" || got["mail_owner"] == nil || !startOK || !durationOK {
		return outcome{code: http.StatusInternalServerError, message: textInvalid}
	}
	return outcome{id: id, end: float64(start.Unix()) + duration}
}

func failed(err error) outcome {
	text := textSilent
	if errors.Is(err, context.DeadlineExceeded) {
		text = textTimeout
	}
	return outcome{code: http.StatusInternalServerError, message: text}
}

func refusedBy(got reply) outcome {
	text, _ := fields(got.body)["message"].(string)
	if text == "" {
		text = textRejected
	}
	return outcome{code: got.status, message: text}
}

// call makes one call, and makes it again after a status of 500 and more or when nobody answered, but not when it took
// too long.
func (b booking) call(ctx context.Context, method, path, form string) (reply, error) {
	for tries := 0; ; tries++ {
		got, err := b.try(ctx, method, path, form)
		again := err != nil && !errors.Is(err, context.DeadlineExceeded) || got.status >= http.StatusInternalServerError
		if !again || tries == bookingRetries || !pause(ctx, bookingPause) {
			return got, err
		}
	}
}

func (b booking) try(ctx context.Context, method, path, form string) (reply, error) {
	ctx, cancel := context.WithTimeout(ctx, messageTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, b.set.ReservationsURL+path, strings.NewReader(form))
	if err != nil {
		return reply{}, err
	}
	if form != "" {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	b.set.sign(req)
	res, err := b.client.Do(req)
	if err != nil {
		return reply{}, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxReplyBytes))
	return reply{res.StatusCode, body}, err
}

// pause returns false when the context ended meanwhile.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// fields reads a JSON object; anything else has none.
func fields(body []byte) map[string]any {
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	var got map[string]any
	if !json.Valid(body) || dec.Decode(&got) != nil {
		return nil
	}
	return got
}

// identifier reads an id, which may be a string or a number.
func identifier(v any) string {
	if n, ok := v.(json.Number); ok {
		return n.String()
	}
	return word(v)
}

// number reads a number, also one that is written as a string: Lua's tonumber does.
func number(v any) (float64, bool) {
	f, err := strconv.ParseFloat(strings.TrimSpace(identifier(v)), 64)
	return f, err == nil && !math.IsNaN(f) && !math.IsInf(f, 0)
}

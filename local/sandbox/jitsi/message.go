package jitsi

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"gavel/local/sandbox/delivery"
)

// messageTimeout is api_timeout, which event_sync and reservations have in common.
const messageTimeout = 20 * time.Second

// message is something that Prosody tells another server without waiting for the answer.
type message struct {
	name   string // for the log
	method string
	path   string
	body   []byte // JSON, if any
	// prefix is where the other server is now; empty when there is none any more.
	prefix func(Settings) string
}

func newQueue(settings SettingsFunc, client *http.Client) *delivery.Queue[message] {
	return delivery.New(delivery.Options[message]{
		Try: func(ctx context.Context, _ string, m message) error {
			set, err := settings(ctx)
			if err != nil {
				return fmt.Errorf("read the settings: %w", err)
			}
			if m.prefix(set) == "" {
				return nil
			}
			return m.send(ctx, client, set)
		},
		Provider: Provider,
		Name:     func(m message) slog.Attr { return slog.String("event", m.name) },
	})
}

// send makes one try. Only what the modules try again can be tried again: a status of 500 and more, and no connection,
// but no time-out.
func (m message) send(ctx context.Context, client *http.Client, set Settings) error {
	ctx, cancel := context.WithTimeout(ctx, messageTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, m.method, m.prefix(set)+m.path, bytes.NewReader(m.body))
	if err != nil {
		return delivery.Final(err)
	}
	if m.body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	set.sign(req)
	res, err := client.Do(req)
	if errors.Is(err, context.DeadlineExceeded) {
		return delivery.Final(err)
	}
	if err != nil {
		return err
	}
	defer res.Body.Close()
	delivery.Drain(res.Body)
	switch {
	case res.StatusCode >= http.StatusInternalServerError:
		return fmt.Errorf("the receiver answered %d", res.StatusCode)
	case res.StatusCode >= http.StatusMultipleChoices:
		return delivery.Final(fmt.Errorf("the receiver answered %d", res.StatusCode))
	}
	return nil
}

// sign adds what is all that tells the other server who is calling.
func (set Settings) sign(req *http.Request) {
	req.Header.Set("User-Agent", "Prosody (sandbox)")
	if set.CallbackAuthorization != "" {
		req.Header.Set("Authorization", set.CallbackAuthorization)
	}
}

package jitsi_test

import (
	"net/http"
	"testing"
	"time"

	"gavel/local/standin"
	"gavel/shared/config"
	"gavel/shared/httpclient"
	"gavel/shared/jitsi"
)

// TestConfigured_TakesItsTimeFromTheSettings so that a call ends before the function does.
func TestConfigured_TakesItsTimeFromTheSettings(t *testing.T) {
	t.Parallel()
	f := setup(t)
	f.upstream.tb = silent{t} // its clock is not the one of the machine
	client := jitsi.Configured(config.Config{UpstreamTimeout: 50 * time.Millisecond}, f.vault)
	f.upstream.clock.Step(time.Since(start))
	f.upstream.from(invitePath, standin.Hangs(""))
	_, err := client.DialOut(t.Context(), here(), number())
	if failure := upstreamError(t, err); failure.Kind != httpclient.Timeout {
		t.Errorf("got %+v, want no answer in time", failure)
	}
	client = jitsi.Configured(config.Config{UpstreamTimeout: time.Minute}, f.vault)
	f.upstream.from(invitePath, standin.Says(http.StatusOK, ""))
	if got, err := client.DialOut(t.Context(), here(), number()); err != nil || got != jitsi.Requested {
		t.Errorf("got %q, %v; want %q", got, err, jitsi.Requested)
	}
}

package api_test

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"gavel/shared/api"
	"gavel/shared/auth"
	"gavel/shared/config"
	"gavel/shared/httpclient"
	"gavel/shared/problem"
	"gavel/shared/secrets"
)

// TestProblem_WhatAnOperatorHasToMend is not_configured, names it, and is logged once.
//
//nolint:paralleltest // it looks at the one default logger
func TestProblem_WhatAnOperatorHasToMend(t *testing.T) {
	var log bytes.Buffer
	former := slog.Default()
	slog.SetDefault(slog.New(slog.NewJSONHandler(&log, nil)))
	t.Cleanup(func() { slog.SetDefault(former) })
	// What was told once in a process is not told again: each run of the test has names of its own.
	table := "the DynamoDB table " + rand.Text() + " (GAVEL_TABLE) is not there"
	certificate := "the TLS certificate of " + rand.Text() + ".example.org has expired, or is not valid yet"
	issuer := "the issuer " + rand.Text() + " (GAVEL_OIDC_ISSUER) is another"
	secret := rand.Text() + "/jitsi"
	lacking := "secret " + secret + ": callbackTokens is missing"
	for want, err := range map[string]error{
		lacking:     &secrets.Error{Name: secret, Reason: "callbackTokens is missing", Lacking: true},
		table:       &config.Unusable{What: table, Cause: errors.New("for the log")},
		issuer:      fmt.Errorf("%w: %w", auth.ErrUnavailable, &config.Unusable{What: issuer}),
		certificate: &httpclient.Error{Provider: "jitsi", Kind: httpclient.Certificate, Hint: certificate},
	} {
		log.Reset()
		for range 3 {
			p := api.Problem(t.Context(), err)
			if p.Status != http.StatusServiceUnavailable || p.Code != problem.NotConfigured || p.Detail != want {
				t.Errorf("got %+v, want 503 not_configured with %q", p, want)
			}
			if want == certificate && (p.MayHaveHappened == nil || *p.MayHaveHappened || p.Provider != "jitsi") {
				t.Errorf("got %+v, want it to say that nothing has happened", p)
			}
		}
		if got := strings.Count(log.String(), "\n"); got != 1 || !json.Valid(log.Bytes()) || !strings.Contains(log.String(), want) {
			t.Errorf("got %q, want one line", log.String())
		}
	}
}

package jitsi_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"gavel/shared/jitsi"
)

const secondToken = "Another.token-of_the-server"

func TestCheckSender_TakesTheTokensOfTheSecret(t *testing.T) {
	t.Parallel()
	f := setup(t, withSecret(fields{"callbackTokens": []string{callbackToken, " bearer " + secondToken + "\n"}}))
	for _, token := range []string{callbackToken, secondToken} {
		for _, scheme := range []string{"Bearer ", "bearer ", "BEARER "} {
			if err := f.client.CheckSender(t.Context(), scheme+token); err != nil {
				t.Errorf("%s: got %v, want each of the tokens taken", scheme, err)
			}
		}
	}
	if n := f.vault.Reads.Load(); n != 1 {
		t.Errorf("got %d reads of the secret, want 1", n)
	}
	// Sixteen characters are enough, and one token needs no list.
	f = setup(t, withSecret(fields{"callbackTokens": "0123456789abcdef"}))
	if err := f.client.CheckSender(t.Context(), "Bearer 0123456789abcdef"); err != nil {
		t.Errorf("got %v", err)
	}
}

func TestCheckSender_BelievesNobodyElse(t *testing.T) {
	t.Parallel()
	f := setup(t, withSecret(fields{"callbackTokens": []string{callbackToken, secondToken}}))
	for _, authorization := range []string{
		"", " ", "Bearer", "Bearer ", "Bearer x", callbackToken, "Bearer" + callbackToken, "Bearer\t" + callbackToken, "Basic " + callbackToken,
		"Bearer  " + callbackToken, "Bearer " + callbackToken + " ", " Bearer " + callbackToken, "Bearer " + callbackToken + "\x00",
		"Bearer " + callbackToken[1:], "Bearer " + callbackToken[:len(callbackToken)-1], "Bearer " + callbackToken + "x", "Bearer " + strings.ToUpper(callbackToken),
		"Bearer " + callbackToken + secondToken, "Bearer " + callbackToken + ", Bearer " + secondToken, "Bearer Bearer " + callbackToken,
		"Bearer " + strings.Repeat("x", len(callbackToken)), "Bearer " + strings.Repeat("x", 100_000), "Bearer " + loginSecret,
	} {
		if err := f.client.CheckSender(t.Context(), authorization); !errors.Is(err, jitsi.ErrSender) || err.Error() != jitsi.ErrSender.Error() {
			t.Errorf("%.60q: got %v, want %v", authorization, err, jitsi.ErrSender)
		}
	}
}

// TestCheckSender_NeedsATokenInTheSecret because without one it could be anybody.
func TestCheckSender_NeedsATokenInTheSecret(t *testing.T) {
	t.Parallel()
	for name, tokens := range map[string]any{"none": nil, "an empty list": []string{}} {
		f := setup(t, withSecret(fields{"callbackTokens": tokens}))
		for _, authorization := range []string{"", "Bearer ", "Bearer " + callbackToken} {
			err := f.client.CheckSender(t.Context(), authorization)
			if failure := secretError(t, err); failure.Reason != "callbackTokens is missing" || failure.Passing {
				t.Errorf("%s: got %v, want to be told of callbackTokens", name, err)
			}
		}
	}
}

// TestCheckSender_NoticesATokenThatWasAddedAMomentAgo and one that was taken away when the secret is next read.
func TestCheckSender_NoticesATokenThatWasAddedAMomentAgo(t *testing.T) {
	t.Parallel()
	for name, before := range map[string]any{"another before": []string{callbackToken}, "none before": nil} {
		f := setup(t, withSecret(fields{"callbackTokens": before}))
		if err := f.client.CheckSender(t.Context(), "Bearer "+secondToken); err == nil {
			t.Errorf("%s: got no error before it is in the secret", name)
		}
		f.vault.Put(f.secret.With(fields{"callbackTokens": []string{secondToken}}))
		f.clock.Step(5 * time.Second)
		// Whoever comes with a wrong one is a stranger from now on, not a reason to mend the secret.
		if err := f.client.CheckSender(t.Context(), "Bearer wrong"); !errors.Is(err, jitsi.ErrSender) {
			t.Errorf("%s: got %v, want %v", name, err, jitsi.ErrSender)
		}
		if err := f.client.CheckSender(t.Context(), "Bearer "+secondToken); err != nil {
			t.Errorf("%s: got %v, want the new token taken", name, err)
		}
		if err := f.client.CheckSender(t.Context(), "Bearer "+callbackToken); !errors.Is(err, jitsi.ErrSender) {
			t.Errorf("%s: got %v, want the old one refused", name, err)
		}
	}
}

func TestCheckSender_NoticesATokenByItself(t *testing.T) {
	t.Parallel()
	f := setup(t)
	if err := f.client.CheckSender(t.Context(), "Bearer "+callbackToken); err != nil {
		t.Fatal(err)
	}
	f.vault.Put(f.secret.With(fields{"callbackTokens": []string{secondToken}}))
	if err := f.client.CheckSender(t.Context(), "Bearer "+secondToken); err != nil {
		t.Errorf("got %v, want the new token taken at its first use", err)
	}
	f.vault.Put(f.secret.With(fields{"callbackTokens": nil}))
	f.clock.Step(5 * time.Second)
	err := f.client.CheckSender(t.Context(), "Bearer wrong")
	if failure := secretError(t, err); failure.Reason != "callbackTokens is missing" {
		t.Errorf("got %v, want to be told of callbackTokens", err)
	}
}

// TestCheckSender_WhenTheSecretCannotBeRead believes only what is known.
func TestCheckSender_WhenTheSecretCannotBeRead(t *testing.T) {
	t.Parallel()
	f := setup(t)
	f.vault.Fail(true)
	if err := f.client.CheckSender(t.Context(), "Bearer "+callbackToken); !secretError(t, err).Passing {
		t.Errorf("got %v, want a passing failure", err)
	}
	f.vault.Fail(false)
	if err := f.client.CheckSender(t.Context(), "Bearer "+callbackToken); err != nil {
		t.Errorf("got %v once it can be read", err)
	}
	f.vault.Fail(true)
	f.clock.Step(time.Hour)
	for authorization, want := range map[string]error{"Bearer " + callbackToken: nil, "Bearer " + secondToken: jitsi.ErrSender} {
		if err := f.client.CheckSender(t.Context(), authorization); !errors.Is(err, want) {
			t.Errorf("got %v with what is held, want %v", err, want)
		}
	}
	f.vault.Fail(false)
	f.vault.PutText("{")
	if err := f.client.CheckSender(t.Context(), "Bearer "+secondToken); !errors.Is(err, jitsi.ErrSender) {
		t.Errorf("got %v where the secret was spoilt, want %v", err, jitsi.ErrSender)
	}
}

package jaas_test

import (
	"encoding/json"
	"reflect"
	"strconv"
	"sync"
	"testing"
	"time"

	"gavel/local/testtoken"
	"gavel/shared/jaas"
)

// callers is how many call at once in the tests of concurrency.
const callers = 30

func TestAdminToken_IsWhatTheDocumentationShows(t *testing.T) {
	t.Parallel()
	f := setup(t)
	if _, err := f.client.DestroyRoom(t.Context(), appID, room); err != nil {
		t.Fatal(err)
	}

	token := f.upstream.only(t).token

	header, claims, err := testtoken.Unpack(token)
	if err != nil {
		t.Fatal(err)
	}
	wantHeader := map[string]any{"alg": "RS256", "typ": "JWT", "kid": string(appID) + "/" + keyID}
	if !reflect.DeepEqual(header, wantHeader) {
		t.Errorf("got header %v, want %v", header, wantHeader)
	}
	wantClaims := map[string]any{
		"aud": "jitsi", "iss": "chat", "sub": string(appID), "admin": true,
		"nbf": json.Number(strconv.FormatInt(start.Unix()-10, 10)),
		"exp": json.Number(strconv.FormatInt(start.Unix()+300, 10)),
	}
	if !reflect.DeepEqual(claims, wantClaims) {
		t.Errorf("got claims %v, want %v", claims, wantClaims)
	}
	if err := testtoken.Verify(token, &theKey().PublicKey); err != nil {
		t.Errorf("the signature is not the key's: %v", err)
	}
	if testtoken.Verify(token, &nextKey().PublicKey) == nil {
		t.Error("another key verifies the signature too")
	}
}

func TestAdminToken_IsSignedOnceForManyCallersAtOnce(t *testing.T) {
	t.Parallel()
	f := setup(t)
	f.clock.Tick = time.Second

	var all sync.WaitGroup
	for i := range callers {
		all.Go(func() {
			c := calls()[i%len(calls())]
			if _, err := c.do(t.Context(), f.client, appID); err != nil {
				t.Errorf("%s: %v", c.name, err)
			}
		})
	}
	all.Wait()

	if got := len(f.upstream.seen()); got != callers {
		t.Errorf("got %d requests, want %d", got, callers)
	}
	if got := len(f.upstream.tokens()); got != 1 {
		t.Errorf("got %d different admin tokens, want 1", got)
	}
	if got := f.vault.reads.Load(); got != 1 {
		t.Errorf("got %d reads of the secret, want 1", got)
	}
}

func TestAdminToken_IsReplacedWellBeforeItEnds(t *testing.T) {
	t.Parallel()
	f := setup(t)
	ban := func() string {
		if _, err := f.client.BanUser(t.Context(), appID, userID); err != nil {
			t.Fatal(err)
		}
		all := f.upstream.seen()
		return all[len(all)-1].token
	}
	first := ban()

	f.clock.Step(4*time.Minute - time.Second)
	if ban() != first {
		t.Error("got another token a minute before the end, want the first")
	}
	f.clock.Step(time.Second)
	if ban() == first {
		t.Error("got the first token in its last minute, want another")
	}
}

// A call every twenty seconds, for an hour: the stand-in refuses a token that ends within the next 30 seconds.
func TestAdminToken_IsNeverUsedToItsEnd(t *testing.T) {
	t.Parallel()
	f := setup(t)
	const anHour = 180
	for range anHour {
		if _, err := f.client.BanUser(t.Context(), appID, userID); err != nil {
			t.Fatal(err)
		}
		f.clock.Step(20 * time.Second)
	}
	// The secret is read again every five minutes and stays the same, which is no reason to sign.
	if got := len(f.upstream.tokens()); got != 15 {
		t.Errorf("got %d tokens in an hour, want one for each four minutes", got)
	}
	if got := f.vault.reads.Load(); got != 12 {
		t.Errorf("got %d reads of the secret in an hour, want one for each five minutes", got)
	}
}

// The clock may stand anywhere after the process was frozen.
func TestAdminToken_IsReplacedAfterALongSleep(t *testing.T) {
	t.Parallel()
	f := setup(t)
	for range 3 {
		if _, err := f.client.KickParticipant(t.Context(), appID, room, shortID); err != nil {
			t.Fatal(err)
		}
		f.clock.Step(26 * time.Hour)
	}
	if got := len(f.upstream.tokens()); got != 3 {
		t.Errorf("got %d tokens, want 3", got)
	}
}

func TestAdminToken_IsOneForEachTenant(t *testing.T) {
	t.Parallel()
	f := setup(t)
	for range 2 {
		for _, id := range []jaas.AppID{appID, otherApp} {
			for _, c := range calls() {
				if _, err := c.do(t.Context(), f.client, id); err != nil {
					t.Errorf("%s: %v", c.name, err)
				}
			}
		}
	}
	if got := len(f.upstream.tokens()); got != 2 {
		t.Errorf("got %d tokens, want one for each tenant", got)
	}
	if got := f.vault.reads.Load(); got != 2 {
		t.Errorf("got %d reads of secrets, want one for each tenant", got)
	}
}

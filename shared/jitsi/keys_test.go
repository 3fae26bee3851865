package jitsi_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"gavel/local/standin"
	"gavel/local/testtoken"
	"gavel/shared/jitsi"
)

// fileOf is the name under which the server looks for a key: sha256hex(kid) and .pem.
func fileOf(kid string) string {
	sum := sha256.Sum256([]byte(kid))
	return hex.EncodeToString(sum[:]) + ".pem"
}

// withOwnKey has participants' tokens signed with a key, too.
func withOwnKey() option {
	return withSecret(fields{"secret": nil, "privateKey": pemOf(loginKey()), "keyId": " login-1 "})
}

func TestPublicKey_IsOfItsUseAlone(t *testing.T) {
	t.Parallel()
	f := setup(t, withOwnKey())
	for _, tc := range []struct {
		use  jitsi.KeyUse
		file string
		want *rsa.PrivateKey // nil where there is none
	}{
		{jitsi.LoginKey, fileOf("login-1"), loginKey()},
		{jitsi.SystemKey, fileOf(systemKeyID), systemKey()},
		{jitsi.LoginKey, fileOf(systemKeyID), nil},
		{jitsi.SystemKey, fileOf("login-1"), nil},
		{jitsi.LoginKey, fileOf(" login-1 "), nil},
		{jitsi.LoginKey, strings.TrimSuffix(fileOf("login-1"), ".pem"), nil},
		{jitsi.LoginKey, strings.ToUpper(fileOf("login-1")), nil},
		{jitsi.LoginKey, "login-1.pem", nil},
		{jitsi.SystemKey, "", nil},
		{jitsi.SystemKey, "../" + fileOf(systemKeyID), nil},
	} {
		got, err := f.client.PublicKey(t.Context(), tc.use, tc.file)
		if tc.want == nil {
			if !errors.Is(err, jitsi.ErrNotFound) || got != nil {
				t.Errorf("%s %s: got %q, %v; want %v", tc.use, tc.file, got, err, jitsi.ErrNotFound)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		block, rest := pem.Decode(got)
		if block == nil || block.Type != "PUBLIC KEY" || len(rest) != 0 || len(block.Headers) != 0 {
			t.Fatalf("%s: got %q, want one block PUBLIC KEY", tc.use, got)
		}
		if key, ok := must(x509.ParsePKIXPublicKey(block.Bytes)).(*rsa.PublicKey); !ok || !tc.want.PublicKey.Equal(key) {
			t.Errorf("%s: got another key", tc.use)
		}
		if part, found := standin.Holds(string(got), "PRIVATE"); found {
			t.Errorf("%s: got %q in it", tc.use, part)
		}
	}
}

// TestPublicKey_VerifiesWhatIsSent is how the server comes from the header of a token to the key.
func TestPublicKey_VerifiesWhatIsSent(t *testing.T) {
	t.Parallel()
	f := setup(t, withOwnKey())
	if _, err := f.client.EndRoom(t.Context(), here(), false); err != nil {
		t.Fatal(err)
	}
	login := must(f.client.CreateToken(t.Context(), asRequest(full()))).JWT
	for use, token := range map[jitsi.KeyUse]string{jitsi.LoginKey: login, jitsi.SystemKey: f.upstream.sent()[0]} {
		header, _, _ := testtoken.Unpack(token)
		kid, _ := header["kid"].(string)
		block, _ := pem.Decode(must(f.client.PublicKey(t.Context(), use, fileOf(kid))))
		key, _ := must(x509.ParsePKIXPublicKey(block.Bytes)).(*rsa.PublicKey)
		if err := testtoken.Verify(token, key); err != nil {
			t.Errorf("%s: got %v, want its signature", use, err)
		}
	}
}

// TestPublicKey_TwoKeysOfOneID are told apart by their use.
func TestPublicKey_TwoKeysOfOneID(t *testing.T) {
	t.Parallel()
	f := setup(t, withSecret(fields{"secret": nil, "privateKey": pemOf(loginKey()), "keyId": systemKeyID}))
	login, loginErr := f.client.PublicKey(t.Context(), jitsi.LoginKey, fileOf(systemKeyID))
	system, systemErr := f.client.PublicKey(t.Context(), jitsi.SystemKey, fileOf(systemKeyID))
	if loginErr != nil || systemErr != nil || string(login) != publicPEM(loginKey()) || string(system) != publicPEM(systemKey()) {
		t.Errorf("got %s, %v and %s, %v; want one key each", login, loginErr, system, systemErr)
	}
}

func TestPublicKey_OfASharedSecretThereIsNone(t *testing.T) {
	t.Parallel()
	f := setup(t)
	for _, file := range []string{fileOf(""), fileOf(systemKeyID), ".pem", ""} {
		if got, err := f.client.PublicKey(t.Context(), jitsi.LoginKey, file); !errors.Is(err, jitsi.ErrNotFound) || got != nil {
			t.Errorf("%q: got %q, %v; want %v", file, got, err, jitsi.ErrNotFound)
		}
	}
}

// TestPublicKey_WithoutASystem must not give the key of participants' tokens in its place: they could end meetings.
func TestPublicKey_WithoutASystem(t *testing.T) {
	t.Parallel()
	f := setup(t, withSecret(fields{"system": nil, "secret": nil, "privateKey": pemOf(loginKey()), "keyId": "login-1"}))
	for _, kid := range []string{systemKeyID, "login-1"} {
		if got, err := f.client.PublicKey(t.Context(), jitsi.SystemKey, fileOf(kid)); !errors.Is(err, jitsi.ErrNotFound) || got != nil {
			t.Errorf("%s: got %q, %v; want %v", kid, got, err, jitsi.ErrNotFound)
		}
	}
}

func TestPublicKey_WithoutASecret(t *testing.T) {
	t.Parallel()
	f := setup(t)
	f.vault.PutText("")
	if got, err := f.client.PublicKey(t.Context(), jitsi.SystemKey, fileOf(systemKeyID)); secretError(t, err) == nil || got != nil {
		t.Errorf("got %q, %v; want the secret named", got, err)
	}
}

// The server may ask for a key before this process has heard of it. It is looked for again then, but not for everybody who
// makes up a name.
func TestPublicKey_ThatWasAddedIsFound(t *testing.T) {
	t.Parallel()
	f := setup(t)
	if _, err := f.client.PublicKey(t.Context(), jitsi.SystemKey, fileOf(systemKeyID)); err != nil {
		t.Fatal(err)
	}
	f.rotate()
	if pem, err := f.client.PublicKey(t.Context(), jitsi.SystemKey, fileOf(newKeyID)); err != nil || len(pem) == 0 {
		t.Fatalf("got %v, want the new key", err)
	}
	read := f.vault.Reads.Load()
	for range 100 {
		if _, err := f.client.PublicKey(t.Context(), jitsi.SystemKey, fileOf("made up")); !errors.Is(err, jitsi.ErrNotFound) {
			t.Fatalf("got %v, want not found", err)
		}
		if err := f.client.CheckSender(t.Context(), "Bearer made up"); !errors.Is(err, jitsi.ErrSender) {
			t.Fatalf("got %v, want ErrSender", err)
		}
	}
	if more := f.vault.Reads.Load() - read; more != 0 {
		t.Errorf("got the secret read %d times more, want it left alone for some seconds", more)
	}
	f.clock.Step(5 * time.Second)
	_, _ = f.client.PublicKey(t.Context(), jitsi.SystemKey, fileOf("made up"))
	if more := f.vault.Reads.Load() - read; more != 1 {
		t.Errorf("got the secret read %d times more after five seconds, want once", more)
	}
}

// TestPublicKey_OfAFormerLoginKey is served beside that of the one in use, for logins alone, so that links which were signed with it
// open also on a server that was started anew.
func TestPublicKey_OfAFormerLoginKey(t *testing.T) {
	t.Parallel()
	former := []map[string]string{{"keyId": " login-0 ", "publicKey": publicPEM(nextKey())}}
	f := setup(t, withOwnKey(), withSecret(fields{
		"secret": nil, "privateKey": pemOf(loginKey()), "keyId": "login-1", "formerKeys": former,
	}))
	for file, key := range map[string]*rsa.PrivateKey{fileOf("login-0"): nextKey(), fileOf("login-1"): loginKey()} {
		got, err := f.client.PublicKey(t.Context(), jitsi.LoginKey, file)
		if err != nil {
			t.Fatal(err)
		}
		block, _ := pem.Decode(got)
		if public, ok := must(x509.ParsePKIXPublicKey(block.Bytes)).(*rsa.PublicKey); !ok || !key.PublicKey.Equal(public) {
			t.Errorf("%s: got another key", file)
		}
		if got, err := f.client.PublicKey(t.Context(), jitsi.SystemKey, file); !errors.Is(err, jitsi.ErrNotFound) {
			t.Errorf("got %q, %v among the keys for commands, want %v", got, err, jitsi.ErrNotFound)
		}
	}
}

func TestSecret_WithBadFormerKeysIsRefused(t *testing.T) {
	t.Parallel()
	type key = map[string]string
	good := key{"keyId": "login-0", "publicKey": publicPEM(nextKey())}
	short := publicPEM(must(rsa.GenerateKey(rand.Reader, 1024)))
	many := []key{}
	for i := range 5 {
		many = append(many, key{"keyId": fmt.Sprint(i), "publicKey": publicPEM(nextKey())})
	}
	for name, tt := range map[string]struct {
		former any
		want   string
	}{
		"a private key":     {[]key{{"keyId": "a", "publicKey": pemOf(nextKey())}}, "formerKeys[0]: publicKey: expected one public key"},
		"no PEM":            {[]key{good, {"keyId": "a", "publicKey": "MIIPrivateStuff"}}, "formerKeys[1]: publicKey: expected one public key"},
		"two in one":        {[]key{{"keyId": "a", "publicKey": publicPEM(nextKey()) + publicPEM(loginKey())}}, "formerKeys[0]: publicKey: expected one"},
		"cut":               {[]key{{"keyId": "a", "publicKey": "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"}}, "formerKeys[0]: publicKey: it does not decode"},
		"short":             {[]key{{"keyId": "a", "publicKey": short}}, "formerKeys[0]: publicKey: this RSA key has 1024 bits"},
		"no id":             {[]key{{"publicKey": publicPEM(nextKey())}}, "formerKeys[0]: keyId is missing"},
		"the id of another": {[]key{good, good}, "formerKeys[1] has the keyId of another key"},
		"the id in use":     {[]key{{"keyId": "login-1", "publicKey": publicPEM(nextKey())}}, "formerKeys[0] has the keyId of another key"},
		"that for commands": {[]key{{"keyId": "a", "publicKey": publicPEM(systemKey())}}, "formerKeys[0] is the other half of system.privateKey"},
		"too many":          {many, "formerKeys: there are more than 4"},
		"no list":           {good, "formerKeys is a list of objects"},
		"a list of ids":     {[]string{"login-0"}, "formerKeys is a list of objects"},
	} {
		f := setup(t, withSecret(fields{"secret": nil, "privateKey": pemOf(loginKey()), "keyId": "login-1", "formerKeys": tt.former}))
		if reason := unusable(t, f); !strings.Contains(reason, tt.want) || strings.Contains(reason, "PrivateStuff") {
			t.Errorf("%s: got %q, want %q", name, reason, tt.want)
		}
	}
	f := setup(t, withSecret(fields{"formerKeys": []key{good}}))
	if reason, want := unusable(t, f), "formerKeys: with a shared secret"; !strings.Contains(reason, want) {
		t.Errorf("beside a shared secret: got %q, want %q", reason, want)
	}
}

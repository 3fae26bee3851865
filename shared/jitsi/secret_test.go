package jitsi_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"strings"
	"testing"

	"gavel/local/testtoken"
	"gavel/shared/jitsimeet"
)

// unusable checks that nothing comes of the secret, and gives the reason.
func unusable(t *testing.T, f *fixture) string {
	t.Helper()
	token, err := f.client.CreateToken(t.Context(), asRequest(minimal()))
	if token != (jitsimeet.Token{}) {
		t.Error("got a token")
	}
	failure := secretError(t, err)
	if failure.Passing {
		t.Error("got a passing failure, want one to mend")
	}
	_, dialErr := f.client.DialOut(t.Context(), here(), number())
	_, keyErr := f.client.PublicKey(t.Context(), "login", "")
	for _, err := range []error{dialErr, keyErr, f.client.CheckSender(t.Context(), "Bearer "+callbackToken)} {
		if secretError(t, err).Reason != failure.Reason {
			t.Errorf("got another reason elsewhere: %v", err)
		}
	}
	if got := len(f.upstream.seen()); got != 0 {
		t.Errorf("got %d requests upstream, want none", got)
	}
	return failure.Reason
}

// noPartIn checks that no twelve characters of a private value are in a message.
func noPartIn(t *testing.T, message string, private any) {
	t.Helper()
	const telling = 12
	switch value := private.(type) {
	case string:
		for line := range strings.FieldsSeq(value) {
			for i := 0; i+telling <= len(line) && !strings.Contains(line, "-----"); i++ {
				if strings.Contains(message, line[i:i+telling]) {
					t.Fatalf("the message %q holds a part of the secret: %q", message, line[i:i+telling])
				}
			}
		}
	case fields:
		for _, inside := range value {
			noPartIn(t, message, inside)
		}
	case []string:
		for _, inside := range value {
			noPartIn(t, message, inside)
		}
	}
}

// TestSecret_ThatIsNoObjectOfTextsIsRefused and nothing of it is repeated.
func TestSecret_ThatIsNoObjectOfTextsIsRefused(t *testing.T) {
	t.Parallel()
	const want = `expected a JSON object such as {"baseUrl": "https://…", "issuer": "…", "audience": "…", "secret": "…"}` +
		` with strings in it; system is an object, callbackTokens may be a list of them, formerKeys is a list of objects`
	for name, content := range map[string]string{
		"blank": " ", "a text": `"` + loginSecret + `"`, "the secret alone": loginSecret, "a list": `["` + loginSecret + `"]`, "cut off": `{"secret":"` + loginSecret,
		"audience a list": `{"baseUrl":"https://meet.example.org","issuer":"a","audience":["` + loginSecret + `"],"secret":"x"}`,
		"secret a number": `{"secret":8123456789012345}`, "system a text": `{"system":"` + loginSecret + `"}`, "system a list": `{"system":[]}`,
		"callback tokens an object": `{"callbackTokens":{"` + callbackToken + `":1}}`, "callback tokens numbers": `{"callbackTokens":[8123456789012345]}`,
		"a key as an object": `{"privateKey":{"kty":"RSA"}}`, "something behind": `{} {}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := setup(t)
			f.vault.PutText(content)
			reason := unusable(t, f)
			if reason != want {
				t.Errorf("got %q, want %q", reason, want)
			}
			noPartIn(t, reason, []string{loginSecret, callbackToken, "8123456789012345"})
		})
	}
}

const (
	baseForm     = "must be a URL without user, query and fragment"
	callbackForm = "callbackTokens: expected texts of 16 characters or more, made at random"
	blankForm    = "callbackTokens: expected printable ASCII characters without blanks"
	domainForm   = "domain must be the XMPP domain alone, such as meet.example.org"
	prefixForm   = "mucPrefix must be the first part of the rooms' domain alone, such as conference or muc"
	unknownAlg   = "algorithm must be HS256, HS384 or HS512 with a secret, RS256, RS384 or RS512 with a privateKey"
	sharedAlg    = "algorithm: with a secret it must be HS256, HS384 or HS512"
	ownAlg       = "algorithm: with a privateKey it must be RS256, RS384 or RS512"
	pemForm      = "secret holds a key in PEM: a private key belongs into privateKey, and a public one is of no use here"
	tenantForm   = "tenant: expected a tenant of up to 63 letters, digits, - and _, with a letter or digit in front"
	bothForms    = "expected secret or privateKey, not both: which is in use the server's settings say"
	secretGone   = "secret is missing, or privateKey and keyId"
	issuerGone   = "issuer is missing: it is the server's app_id, or one of its accepted issuers"
	keyIDGone    = "keyId is missing: by it the server finds the public key"
	sharedAsKey  = "privateKey: this looks like a shared secret or password, which is no half of an RSA key pair; paste the private key (BEGIN PRIVATE KEY)"
)

// TestSecret_IsRefusedForWhatIsWrongWithIt in words that say what would do.
func TestSecret_IsRefusedForWhatIsWrongWithIt(t *testing.T) {
	t.Parallel()
	own := fields{"secret": nil, "privateKey": pemOf(loginKey()), "keyId": "login-1"}
	for _, tc := range []struct {
		name    string
		changes fields
		want    string
	}{
		{"no base URL", fields{"baseUrl": nil}, "baseUrl is missing"},
		{"base URL of slashes", fields{"baseUrl": " // "}, "baseUrl is missing"},
		{"base URL without a scheme", fields{"baseUrl": "private-host.example.org"}, "baseUrl is not an http or https URL"},
		{"base URL of another scheme", fields{"baseUrl": "xmpp://private-host.example.org"}, "baseUrl is not an http or https URL"},
		{"base URL not to be parsed", fields{"baseUrl": "https://private-host.example.org:x"}, "baseUrl is not an http or https URL"},
		{"base URL with a query", fields{"baseUrl": "https://meet.example.org/?private-token=1"}, "baseUrl " + baseForm},
		{"base URL with a user", fields{"baseUrl": "https://private-user:pw@meet.example.org"}, "baseUrl " + baseForm},
		{"base URL plain", fields{"baseUrl": "http://private-host.example.org"}, "baseUrl must be https, unless it is a private address"},
		{"base URL an address of six", fields{"baseUrl": "https://[2001:db8::1]"}, domainForm},
		{"domain a URL", fields{"domain": "https://private-host.example.org"}, domainForm},
		{"domain with a port", fields{"domain": "private-host.example.org:5280"}, domainForm},
		{"domain not ASCII", fields{"domain": "privé-host.example.org"}, domainForm},
		{"domain with more in it", fields{"domain": "meet.example.org&room=private-room"}, domainForm},
		{"prefix with the domain's sign", fields{"mucPrefix": "private-prefix@"}, prefixForm},
		{"prefix with a blank", fields{"mucPrefix": "private prefix"}, prefixForm},
		{"tenant with a dot", fields{"tenant": "private.tenant-name"}, tenantForm},
		{"tenant of blanks", fields{"tenant": " "}, tenantForm},
		{"tenant too long", fields{"tenant": strings.Repeat("t", 64)}, tenantForm},
		{"no issuer", fields{"issuer": " "}, issuerGone},
		{"no secret", fields{"secret": " \n"}, secretGone},
		{"no secret and no key", fields{"secret": nil, "keyId": "login-1"}, secretGone},
		{"a secret and a key", own.With(fields{"secret": loginSecret}), bothForms},
		{"algorithm none", fields{"algorithm": "none"}, unknownAlg},
		{"algorithm in small letters", fields{"algorithm": "hs256"}, unknownAlg},
		{"algorithm of elliptic curves", own.With(fields{"algorithm": "ES256"}), unknownAlg},
		{"algorithm the library has not", own.With(fields{"algorithm": "PS256"}), unknownAlg},
		{"RSA with a secret", fields{"algorithm": "RS256"}, sharedAlg},
		{"a secret's with a key", own.With(fields{"algorithm": "HS256"}), ownAlg},
		{"a private key as the secret", fields{"secret": pemOf(loginKey())}, pemForm},
		{"a public key as the secret", fields{"secret": publicPEM(loginKey())}, pemForm},
		{"a certificate on one line", fields{"secret": "x -----BEGIN CERTIFICATE----- MIIDPrivateStuff"}, pemForm},
		{"no key id", own.With(fields{"keyId": " "}), keyIDGone},
		{"a shared secret as the key", own.With(fields{"privateKey": "c0ffee5ec2e7c0ffee5ec2e7c0ffee5e"}), sharedAsKey},
		{"callback token short", fields{"callbackTokens": []string{callbackToken, "Private-Token-1"}}, callbackForm},
		{"callback token empty", fields{"callbackTokens": []string{""}}, callbackForm},
		{"callback token of the scheme alone", fields{"callbackTokens": []string{"Bearer "}}, callbackForm},
		{"callback token short without the scheme", fields{"callbackTokens": []string{"Bearer Private-Token-1"}}, callbackForm},
		{"callback token with a blank", fields{"callbackTokens": []string{"Private-Token 1-of-them"}}, blankForm},
		{"callback token of another scheme", fields{"callbackTokens": []string{"Basic Private-Token-1-of-them"}}, blankForm},
		{"callback token with two blanks", fields{"callbackTokens": []string{"Bearer  Private-Token-1-of-them"}}, blankForm},
		{"callback token with a line end", fields{"callbackTokens": []string{"Private-Token-1\r\n-of-them"}}, blankForm},
		{"callback token empty among others", fields{"callbackTokens": []string{callbackToken, ""}}, callbackForm},
		{"callback token alone and short", fields{"callbackTokens": "Private-Token-1"}, callbackForm},
		{"callback token twice", fields{"callbackTokens": []string{callbackToken, "Bearer " + callbackToken}}, "callbackTokens: one of them is there twice"},
		{"callback tokens six", fields{"callbackTokens": strings.Fields(strings.Repeat(callbackToken+" ", 6))}, "callbackTokens: there are more than 5; take out those that nobody uses any more"},
		{"callback token not ASCII", fields{"callbackTokens": []string{"Privaté-Token-1-of-them"}}, blankForm},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			reason := unusable(t, setup(t, withSecret(tc.changes)))
			if reason != tc.want {
				t.Errorf("got %q, want %q", reason, tc.want)
			}
			noPartIn(t, strings.ReplaceAll(reason, "meet.example.org", ""), tc.changes)
		})
	}
}

func TestSecret_SystemIsRefusedForWhatIsWrongWithIt(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name    string
		changes fields
		want    string
	}{
		{"no base URL", fields{"baseUrl": nil}, "system.baseUrl is missing"},
		{"base URL no URL", fields{"baseUrl": "private-host:5280"}, "system.baseUrl is not an http or https URL"},
		{"base URL with a fragment", fields{"baseUrl": "https://private-host.example.org/#x"}, "system.baseUrl " + baseForm},
		{"base URL plain and public", fields{"baseUrl": "http://private-host.example.org:5280"}, "system.baseUrl must be https, unless it is a private address"},
		{"no key id", fields{"keyId": nil}, "system." + keyIDGone},
		{"a shared secret as the key", fields{"privateKey": loginSecret}, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			f := setup(t)
			f.vault.Put(withSystem(f.secret, tc.changes))
			reason := unusable(t, f)
			if tc.want != "" && reason != tc.want || !strings.HasPrefix(reason, "system.") {
				t.Errorf("got %q, want %q", reason, tc.want)
			}
			noPartIn(t, reason, tc.changes)
		})
	}
}

// TestSecret_KeyThatIsNoneIsNamedAndNotShown in both of its places.
func TestSecret_KeyThatIsNoneIsNamedAndNotShown(t *testing.T) {
	t.Parallel()
	pasted := pemOf(nextKey())
	elliptic := armor("PRIVATE KEY", must(x509.MarshalPKCS8PrivateKey(must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader)))))
	for name, tc := range map[string]struct{ text, reason string }{
		"public key":     {publicPEM(nextKey()), "public key"},
		"elliptic curve": {elliptic, "an EC key"},
		"cut short":      {pasted[:len(pasted)/2], "incomplete"},
		"a letter lost":  {pasted[:400] + pasted[401:], "incomplete"},
		"two keys":       {pasted + pemOf(loginKey()), "more than one"},
		"a file's name":  {"/etc/keys/jitsi.pem", "file name"},
		"blanks":         {" \n", "empty"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for field, change := range map[string]func(f *fixture) fields{
				"privateKey": func(f *fixture) fields {
					return f.secret.With(fields{"secret": nil, "privateKey": tc.text, "keyId": "login-1"})
				},
				"system.privateKey": func(f *fixture) fields { return withSystem(f.secret, fields{"privateKey": tc.text}) },
			} {
				f := setup(t)
				f.vault.Put(change(f))
				reason := unusable(t, f)
				if !strings.HasPrefix(reason, field+": ") || !strings.Contains(reason, tc.reason) {
					t.Errorf("got %q, want %q of %s", reason, tc.reason, field)
				}
				noPartIn(t, reason, tc.text)
			}
		})
	}
}

// TestSecret_SystemKeyMustBeAnother because whoever has a participant's token could end meetings with it.
func TestSecret_SystemKeyMustBeAnother(t *testing.T) {
	t.Parallel()
	const want = "system.privateKey is that of participants' tokens: with it every one of them could end meetings; make another"
	for name, written := range map[string]string{
		"as it is": pemOf(systemKey()), "in another form": armor("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(systemKey())),
		"on one line": strings.ReplaceAll(pemOf(systemKey()), "\n", `\n`),
	} {
		for _, keyID := range []string{systemKeyID, "another-id"} {
			f := setup(t, withSecret(fields{"secret": nil, "privateKey": written, "keyId": keyID}))
			if reason := unusable(t, f); reason != want {
				t.Errorf("%s: got %q, want %q", name, reason, want)
			}
		}
	}
	// The id alone may be the same: the servers look it up in two places.
	f := setup(t, withSecret(fields{"secret": nil, "privateKey": pemOf(loginKey()), "keyId": systemKeyID}))
	if _, err := f.client.EndRoom(t.Context(), here(), false); err != nil {
		t.Errorf("got %v for two keys of one id", err)
	}
}

func TestSecret_KeysAreRepaired(t *testing.T) {
	t.Parallel()
	for name, mangle := range map[string]func(string) string{
		"literal \\n":         func(s string) string { return strings.ReplaceAll(s, "\n", `\n`) },
		"doubled backslashes": func(s string) string { return strings.ReplaceAll(s, "\n", `\\n`) },
		"blanks for newlines": func(s string) string { return strings.ReplaceAll(s, "\n", " ") },
		"one line":            func(s string) string { return strings.ReplaceAll(s, "\n", "") },
		"CRLF":                func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") },
		"quotes":              func(s string) string { return `"` + s + `"` },
		"base64 of it":        func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := setup(t, withSecret(fields{"secret": nil, "privateKey": mangle(pemOf(loginKey())), "keyId": "login-1"}))
			f.vault.Put(withSystem(f.secret, fields{"privateKey": mangle(pemOf(systemKey()))}))
			token, err := f.client.CreateToken(t.Context(), asRequest(minimal()))
			if err != nil {
				t.Fatal(err)
			}
			if err := testtoken.Verify(token.JWT, &loginKey().PublicKey); err != nil {
				t.Errorf("signed with another key: %v", err)
			}
			if _, err := f.client.EndRoom(t.Context(), here(), false); err != nil {
				t.Errorf("got %v from a server that knows the key", err)
			}
		})
	}
}

// TestSecret_MayHaveMoreInIt and blanks around.
func TestSecret_MayHaveMoreInIt(t *testing.T) {
	t.Parallel()
	f := setup(t, withSecret(fields{
		"note": fields{"rotated": 2026}, "issuer": " " + issuer + "\n", "secret": "\t" + loginSecret + "\n", "domain": "", "mucPrefix": " ", "tenant": "",
		"callbackTokens": []string{},
	}))
	f.vault.Put(withSystem(f.secret, fields{"keyId": " " + systemKeyID + "\n", "region": 7}))
	f.upstream.tokens = true
	for _, o := range operations() {
		if got, err := o.call(t.Context(), f); err != nil || got != o.done {
			t.Errorf("%s: got %q, %v; want %q", o.name, got, err, o.done)
		}
	}
}

func TestSecret_ThatIsMendedIsTakenAtOnce(t *testing.T) {
	t.Parallel()
	f := setup(t, withSecret(fields{"issuer": nil}))
	unusable(t, f)
	f.vault.Put(f.secret.With(fields{"issuer": issuer}))
	if _, err := f.client.CreateToken(t.Context(), asRequest(minimal())); err != nil {
		t.Error(err)
	}
}

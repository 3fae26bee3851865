package jaas_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"strings"
	"testing"
	"time"

	"gavel/local/testtoken"
	"gavel/shared/jitsimeet"
)

// minimal is the least that a participant token can be made of.
func minimal() jitsimeet.Participant {
	return jitsimeet.Participant{Room: room, User: jitsimeet.User{ID: "u-17"}, Lifetime: time.Hour}
}

// withSecret is a fixture whose tenant has this secret.
func withSecret(t *testing.T, secret any) *fixture {
	t.Helper()
	f := setup(t)
	f.vault.put(t, map[string]any{secretName(appID): secret})
	return f
}

// unusable checks that neither a token nor a command comes of the secret, and gives the reason.
func unusable(t *testing.T, f *fixture) string {
	t.Helper()
	token, err := f.client.CreateToken(t.Context(), appID, minimal())
	if token != (jitsimeet.Token{}) {
		t.Error("got a token")
	}
	failure := secretError(t, err)
	if failure.Passing {
		t.Error("got a passing failure, want one to mend")
	}
	if _, err := f.client.DialOut(t.Context(), appID, room, number()); secretError(t, err).Reason != failure.Reason {
		t.Errorf("got another reason for a command: %v", err)
	}
	if got := len(f.upstream.seen()); got != 0 {
		t.Errorf("got %d requests upstream, want none", got)
	}
	return failure.Error()
}

func TestSecret_ThatIsMissingIsNamed(t *testing.T) {
	t.Parallel()
	f := setup(t)
	f.vault.put(t, map[string]any{"jaas": secretOfKey(keyID, theKey())})
	unusable(t, f)
}

func TestSecret_OfTheWrongShapeIsRefused(t *testing.T) {
	t.Parallel()
	pasted := pemOf(theKey())
	for name, tc := range map[string]struct {
		secret any
		reason string
	}{
		"null":                    {nil, "keyId"},
		"empty":                   {map[string]string{}, "keyId"},
		"a number":                {17, "JSON object"},
		"the key alone":           {pasted, "JSON object"},
		"an array":                {[]string{keyID, pasted}, "JSON object"},
		"JSON in a string":        {string(must(json.Marshal(secretOfKey(keyID, theKey())))), "JSON object"},
		"keyId a number":          {map[string]any{"keyId": 4, "privateKey": pasted}, "JSON object"},
		"privateKey an object":    {map[string]any{"keyId": keyID, "privateKey": map[string]string{"pem": pasted}}, "JSON object"},
		"privateKey an array":     {map[string]any{"keyId": keyID, "privateKey": strings.Split(pasted, "\n")}, "JSON object"},
		"no keyId":                {map[string]string{"privateKey": pasted}, "keyId"},
		"no privateKey":           {map[string]string{"keyId": keyID}, "privateKey"},
		"the two mixed up":        {map[string]string{"keyId": pasted, "privateKey": keyID}, "keyId"},
		"fields named otherwise":  {map[string]string{"key_id": keyID, "private_key": pasted}, "keyId"},
		"under another wrapping":  {map[string]any{"jaas": secretOfKey(keyID, theKey())}, "keyId"},
		"privateKey null":         {map[string]any{"keyId": keyID, "privateKey": nil}, "privateKey"},
		"keyId with blanks alone": {secretOfKey(" \t\r\n", theKey()), "keyId"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			reason := unusable(t, withSecret(t, tc.secret))
			if !strings.Contains(reason, tc.reason) {
				t.Errorf("got %q, want %q named", reason, tc.reason)
			}
			noKeyIn(t, reason, pasted)
		})
	}
}

func TestSecret_KeyIDThatNamesNoKeyOfTheTenantIsRefused(t *testing.T) {
	t.Parallel()
	for name, id := range map[string]string{
		"empty":                     "",
		"quotes alone":              `""`,
		"another account's kid":     string(otherApp) + "/" + keyID,
		"the AppID":                 string(appID),
		"the AppID and a slash":     string(appID) + "/",
		"another AppID":             string(otherApp),
		"a slash alone":             "/",
		"a slash before":            "/" + keyID,
		"a slash behind":            keyID + "/",
		"two slashes":               string(appID) + "/" + keyID + "/x",
		"the AppID twice":           string(appID) + "/" + string(appID) + "/" + keyID,
		"the AppID in upper case":   strings.ToUpper(string(appID)) + "/" + keyID,
		"customer id, not AppID":    "0123456789abcdef0123456789abcdef/" + keyID,
		"a blank inside":            "4f 4910",
		"two lines":                 keyID + "\n" + newKeyID,
		"a blank inside a kid":      string(appID) + "/ " + keyID,
		"a path that climbs":        string(appID) + "/../" + keyID,
		"the kid in an environment": "JAAS_KID=" + string(appID) + "/" + keyID,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			reason := unusable(t, withSecret(t, secretOfKey(id, theKey())))
			if !strings.Contains(reason, "keyId") {
				t.Errorf("got %q, want keyId named", reason)
			}
		})
	}
}

func TestSecret_KeyIDIsTakenAsTheConsoleShowsIt(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ id, want string }{
		"short":           {keyID, keyID},
		"whole kid":       {string(appID) + "/" + keyID, keyID},
		"quotes":          {`"` + keyID + `"`, keyID},
		"single quotes":   {"'" + string(appID) + "/" + keyID + "'", keyID},
		"blanks and ends": {" \t" + keyID + "\r\n", keyID},
		"sample app":      {"4f4910-SAMPLE_APP", "4f4910-SAMPLE_APP"},
		"upper case":      {"4F4910", "4F4910"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := withSecret(t, secretOfKey(tc.id, theKey()))
			f.upstream.trust(appID, tc.want, &theKey().PublicKey)

			if _, err := f.client.DestroyRoom(t.Context(), appID, room); err != nil {
				t.Fatal(err)
			}

			if got, want := f.upstream.only(t).kid, string(appID)+"/"+tc.want; got != want {
				t.Errorf("got kid %q, want %q", got, want)
			}
		})
	}
}

func TestSecret_PrivateKeyIsRepaired(t *testing.T) {
	t.Parallel()
	pasted := pemOf(theKey())
	body := strings.ReplaceAll(strings.TrimPrefix(strings.SplitN(pasted, "-----END", 2)[0], "-----BEGIN PRIVATE KEY-----\n"), "\n", "")
	for name, text := range map[string]string{
		"as it is":             pasted,
		"PKCS#1":               armor("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(theKey())),
		"literal \\n":          strings.ReplaceAll(pasted, "\n", `\n`),
		"doubled backslashes":  strings.ReplaceAll(pasted, "\n", `\\n`),
		"blanks for newlines":  strings.ReplaceAll(pasted, "\n", " "),
		"no newlines":          strings.ReplaceAll(pasted, "\n", ""),
		"CRLF":                 strings.ReplaceAll(pasted, "\n", "\r\n"),
		"CR alone":             strings.ReplaceAll(pasted, "\n", "\r"),
		"quotes":               `"` + pasted + `"`,
		"quotes and \\n":       `'` + strings.ReplaceAll(pasted, "\n", `\n`) + `'`,
		"byte order mark":      "\ufeff" + pasted,
		"indented":             strings.ReplaceAll(pasted, "\n", "\n    "),
		"blank lines":          "\n\n" + strings.ReplaceAll(pasted, "\n", "\n\n"),
		"one line of base64":   body,
		"base64 of the PEM":    base64.StdEncoding.EncodeToString([]byte(pasted)),
		"long dashes":          strings.ReplaceAll(pasted, "-----", "—————"),
		"an assignment":        "JAAS_PRIVATE_KEY=" + strings.ReplaceAll(pasted, "\n", `\n`),
		"the public key after": pasted + armor("PUBLIC KEY", must(x509.MarshalPKIXPublicKey(theKey().Public()))),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := withSecret(t, map[string]string{"keyId": keyID, "privateKey": text})
			token, err := f.client.CreateToken(t.Context(), appID, minimal())
			if err != nil {
				t.Fatal(err)
			}
			if err := testtoken.Verify(token.JWT, &theKey().PublicKey); err != nil {
				t.Errorf("signed with another key: %v", err)
			}
		})
	}
}

func TestSecret_PrivateKeyThatIsNoneIsNamedAndNotShown(t *testing.T) {
	t.Parallel()
	pasted := pemOf(theKey())
	for name, tc := range map[string]struct{ text, reason string }{
		"empty":           {"", "empty"},
		"public key":      {armor("PUBLIC KEY", must(x509.MarshalPKIXPublicKey(theKey().Public()))), "public key"},
		"encrypted":       {strings.ReplaceAll(pasted, "PRIVATE KEY", "ENCRYPTED PRIVATE KEY")[:600], "encrypted"},
		"elliptic curve":  {armor("PRIVATE KEY", must(x509.MarshalPKCS8PrivateKey(ellipticKey()))), "not RSA|an EC key"},
		"cut short":       {pasted[:len(pasted)/2], "incomplete"},
		"a letter lost":   {pasted[:400] + pasted[401:], "incomplete"},
		"too short":       {pemOf(smallKey()), "1024 bits"},
		"two keys":        {pasted + pemOf(nextKey()), "more than one"},
		"a shared secret": {"c0ffee5ec2e7c0ffee5ec2e7c0ffee5e", "private key"},
		"a file's name":   {"/etc/keys/jaas.pem", "file name"},
		"a token":         {participantToken(appID), "token"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			reason := unusable(t, withSecret(t, map[string]string{"keyId": keyID, "privateKey": tc.text}))
			named := false
			for want := range strings.SplitSeq(tc.reason, "|") {
				named = named || strings.Contains(reason, want)
			}
			if !named || !strings.Contains(reason, "privateKey: ") {
				t.Errorf("got %q, want %q of privateKey", reason, tc.reason)
			}
			noKeyIn(t, reason, tc.text)
		})
	}
}

func TestSecret_MayHaveMoreInIt(t *testing.T) {
	t.Parallel()
	f := withSecret(t, map[string]any{
		"keyId": keyID, "privateKey": pemOf(theKey()), "webhookSecret": "whsec_0123456789", "note": map[string]int{"rotated": 2026},
	})
	if _, err := f.client.CreateToken(t.Context(), appID, minimal()); err != nil {
		t.Error(err)
	}
}

func TestSecret_ThatIsMendedIsTakenAtOnce(t *testing.T) {
	t.Parallel()
	f := withSecret(t, map[string]string{"keyId": keyID})
	unusable(t, f)
	f.vault.put(t, map[string]any{secretName(appID): secretOfKey(keyID, theKey())})
	if _, err := f.client.CreateToken(t.Context(), appID, minimal()); err != nil {
		t.Error(err)
	}
}

// noKeyIn checks that no twelve characters of the pasted text's base64 are in the message.
func noKeyIn(t *testing.T, message, pasted string) {
	t.Helper()
	const telling = 12
	for line := range strings.FieldsSeq(pasted) {
		for i := 0; i+telling <= len(line) && !strings.Contains(line, "-----"); i++ {
			if strings.Contains(message, line[i:i+telling]) {
				t.Fatalf("the message holds a part of the key: %q", line[i:i+telling])
			}
		}
	}
}

func armor(label string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: label, Bytes: der}))
}

func ellipticKey() *ecdsa.PrivateKey { return must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader)) }

func smallKey() *rsa.PrivateKey { return generate(1024) }

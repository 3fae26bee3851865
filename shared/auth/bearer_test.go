package auth_test

import (
	"bytes"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/golang-jwt/jwt/v5"

	"gavel/shared/auth"
	"gavel/shared/config"
)

// refuses wants the token refused as bad credentials.
func refuses(t *testing.T, verifier auth.Verifier, token string) {
	t.Helper()
	p, err := verifier.Verify(t.Context(), token)
	if !errors.Is(err, auth.ErrBadCredentials) || errors.Is(err, auth.ErrUnavailable) || p.Name != "" || len(p.Scopes) > 0 {
		t.Errorf("got %+v and %v, want ErrBadCredentials", p, err)
	}
}

// takes wants the token taken.
func takes(t *testing.T, verifier auth.Verifier, token string) auth.Principal {
	t.Helper()
	p, err := verifier.Verify(t.Context(), token)
	if err != nil || p.Kind != auth.User || p.Name != "alice" {
		t.Errorf("got %+v and %v, want the user alice", p, err)
	}
	return p
}

func TestToken_WithClaimsThatDoNotHoldIsRefused(t *testing.T) {
	t.Parallel()
	i := newIssuer(t)
	now := i.clock.now()
	bearer := i.bearer()
	for name, changes := range map[string]jwt.MapClaims{
		"another issuer":        {"iss": "https://other.example"},
		"issuer with a slash":   {"iss": i.url + "/"},
		"issuer's first part":   {"iss": strings.TrimSuffix(i.url, "/tenant")},
		"no issuer":             {"iss": nil},
		"issuers":               {"iss": []string{i.url}},
		"another audience":      {"aud": "other"},
		"audience's first part": {"aud": "gave"},
		"audience in capitals":  {"aud": "GAVEL"},
		"other audiences":       {"aud": []string{"a", "b"}},
		"no audience":           {"aud": nil},
		"empty audiences":       {"aud": []string{}},
		"audience is a number":  {"aud": 1},
		"over":                  {"exp": now.Add(-6 * time.Second).Unix()},
		"over for long":         {"exp": now.Add(-24 * time.Hour).Unix()},
		"no end":                {"exp": nil},
		"an end of 0":           {"exp": 0},
		"an end in words":       {"exp": "tomorrow"},
		"not yet":               {"nbf": now.Add(6 * time.Second).Unix()},
		"not yet for long":      {"nbf": now.Add(24 * time.Hour).Unix()},
		"no subject":            {"sub": nil},
		"empty subject":         {"sub": ""},
		"subject is a number":   {"sub": 17},
		"subject is an object":  {"sub": map[string]string{"id": "alice"}},
		"scope is a number":     {"scope": 1},
		"scopes are objects":    {"permissions": []any{map[string]string{"name": "jaas"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			refuses(t, bearer, sign(t, jwt.SigningMethodRS256, keys().rsa, kid("rsa"), i.claims(changes)))
		})
	}
}

func TestToken_TimesAllowForClocksThatDifferALittle(t *testing.T) {
	t.Parallel()
	i := newIssuer(t)
	now := i.clock.now()
	for _, changes := range []jwt.MapClaims{
		{"exp": now.Add(-4 * time.Second).Unix()}, {"nbf": now.Add(5 * time.Second).Unix()}, {"iat": now.Add(5 * time.Second).Unix()},
	} {
		takes(t, i.bearer(), sign(t, jwt.SigningMethodRS256, keys().rsa, kid("rsa"), i.claims(changes)))
	}
}

func TestToken_OfEveryGoodAlgorithmIsTaken(t *testing.T) {
	t.Parallel()
	i := newIssuer(t)
	bearer := i.bearer()
	for _, c := range []struct {
		method jwt.SigningMethod
		key    any
		kid    string
	}{
		{jwt.SigningMethodRS256, keys().rsa, "rsa"},
		{jwt.SigningMethodRS384, keys().rsa, "rsa"},
		{jwt.SigningMethodRS512, keys().rsa, "rsa"},
		{jwt.SigningMethodPS256, keys().rsa, "rsa"},
		{jwt.SigningMethodPS512, keys().rsa, "rsa"},
		{jwt.SigningMethodES256, keys().ec, "ec"},
		{jwt.SigningMethodEdDSA, keys().edwards, "edwards"},
	} {
		t.Run(c.method.Alg(), func(t *testing.T) {
			t.Parallel()
			p := takes(t, bearer, sign(t, c.method, c.key, kid(c.kid), i.claims(jwt.MapClaims{"aud": []string{"other", audience}})))
			if !slices.Equal(p.Scopes, []string{"jaas", "rooms"}) {
				t.Errorf("got the scopes %q, want jaas and rooms", p.Scopes)
			}
		})
	}
}

func TestToken_SignedInAWayNobodyShouldTrustIsRefused(t *testing.T) {
	t.Parallel()
	i := newIssuer(t)
	bearer := i.bearer()
	der, err := x509.MarshalPKIXPublicKey(keys().rsa.Public())
	if err != nil {
		t.Fatal(err)
	}
	public := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
	good := strings.Split(i.good(t), ".")
	header := func(text string) string {
		return base64.RawURLEncoding.EncodeToString([]byte(text)) + "." + good[1] + "." + good[2]
	}
	for name, token := range map[string]string{
		"none":                      sign(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, kid("rsa"), i.claims(nil)),
		"None":                      header(`{"alg":"None","kid":"rsa"}`),
		"no algorithm":              header(`{"kid":"rsa"}`),
		"algorithm is a list":       header(`{"alg":["RS256"],"kid":"rsa"}`),
		"the public key as secret":  sign(t, jwt.SigningMethodHS256, public, kid("rsa"), i.claims(nil)),
		"its DER as secret":         sign(t, jwt.SigningMethodHS512, der, kid("rsa"), i.claims(nil)),
		"an empty secret":           sign(t, jwt.SigningMethodHS256, []byte{}, kid("rsa"), i.claims(nil)),
		"another's key":             sign(t, jwt.SigningMethodRS256, keys().other, kid("rsa"), i.claims(nil)),
		"another kind's kid":        sign(t, jwt.SigningMethodES256, keys().ec, kid("rsa"), i.claims(nil)),
		"kid of another key":        sign(t, jwt.SigningMethodRS256, keys().rsa, kid("ec"), i.claims(nil)),
		"kid not known":             sign(t, jwt.SigningMethodRS256, keys().rsa, kid("nobody's"), i.claims(nil)),
		"kid empty":                 sign(t, jwt.SigningMethodRS256, keys().rsa, kid(""), i.claims(nil)),
		"no kid":                    sign(t, jwt.SigningMethodRS256, keys().rsa, nil, i.claims(nil)),
		"kid is a number":           sign(t, jwt.SigningMethodRS256, keys().rsa, map[string]any{"kid": 1}, i.claims(nil)),
		"its own key in the header": sign(t, jwt.SigningMethodRS256, keys().other, map[string]any{"kid": "x", "jwk": jwk("x", keys().other.Public(), "", "")}, i.claims(nil)),
		"a key's URL in the header": sign(t, jwt.SigningMethodRS256, keys().other, map[string]any{"kid": "x", "jku": "http://127.0.0.1:1/"}, i.claims(nil)),
		"crit":                      sign(t, jwt.SigningMethodRS256, keys().rsa, map[string]any{"kid": "rsa", "crit": []string{"exp"}}, i.claims(nil)),
		"empty crit":                sign(t, jwt.SigningMethodRS256, keys().rsa, map[string]any{"kid": "rsa", "crit": []string{}}, i.claims(nil)),
		"signature changed":         strings.Join(good[:2], ".") + "." + "AAAA" + good[2][4:],
		"signature cut":             strings.Join(good[:2], ".") + "." + good[2][:40],
		"no signature":              strings.Join(good[:2], ".") + ".",
		"claims changed":            good[0] + "." + base64.RawURLEncoding.EncodeToString([]byte(`{"sub":"root"}`)) + "." + good[2],
		"two parts":                 strings.Join(good[:2], "."),
		"four parts":                strings.Join(good, ".") + ".AAAA",
		"with a blank":              good[0] + "." + good[1] + ". " + good[2],
		"padding":                   strings.Join(good, ".") + "==",
		"nothing":                   "",
		"no token":                  "zx81",
		"header no JSON":            "e30x." + good[1] + "." + good[2],
		"binary":                    "\x00\xff.\x00.\x00",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			refuses(t, bearer, token)
		})
	}
}

func TestToken_ThatIsTooLongIsNotEvenRead(t *testing.T) {
	t.Parallel()
	i := newIssuer(t)
	bearer := i.bearer()
	long := func(size int) string {
		return sign(t, jwt.SigningMethodRS256, keys().rsa, kid("rsa"), i.claims(jwt.MapClaims{"groups": strings.Repeat("x", size)}))
	}
	refuses(t, bearer, long(16<<10))
	if n := i.fetches.Load(); n != 0 {
		t.Errorf("got %d fetches of the keys, want none", n)
	}
	takes(t, bearer, long(8<<10))
}

func TestScopes_AreReadInAllTheWaysIssuersWriteThem(t *testing.T) {
	t.Parallel()
	i := newIssuer(t)
	bearer := i.bearer()
	for name, c := range map[string]struct {
		claims jwt.MapClaims
		want   []string
	}{
		"none":                {jwt.MapClaims{"scope": nil}, nil},
		"null":                {jwt.MapClaims{"scope": json.RawMessage("null")}, nil},
		"an empty line":       {jwt.MapClaims{"scope": ""}, nil},
		"a line":              {jwt.MapClaims{"scope": " jaas  veeting:meetings "}, []string{"jaas", "veeting:meetings"}},
		"a list as scope":     {jwt.MapClaims{"scope": []string{"jaas"}}, []string{"jaas"}},
		"scp as a list":       {jwt.MapClaims{"scope": nil, "scp": []string{"jaas", "jitsi"}}, []string{"jaas", "jitsi"}},
		"scp as a line":       {jwt.MapClaims{"scope": nil, "scp": "jaas jitsi"}, []string{"jaas", "jitsi"}},
		"permissions":         {jwt.MapClaims{"scope": nil, "permissions": []string{"jaas"}}, []string{"jaas"}},
		"in all three places": {jwt.MapClaims{"scope": "a", "scp": []string{"b"}, "permissions": []string{"c"}}, []string{"a", "b", "c"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := takes(t, bearer, sign(t, jwt.SigningMethodES256, keys().ec, kid("ec"), i.claims(c.claims)))
			if !slices.Equal(p.Scopes, c.want) {
				t.Errorf("got the scopes %q, want %q", p.Scopes, c.want)
			}
		})
	}
}

func TestKeys_AreFetchedOnceAndKept(t *testing.T) {
	t.Parallel()
	i := newIssuer(t)
	bearer := i.bearer()
	token := i.good(t)
	var callers sync.WaitGroup
	for range 20 {
		callers.Go(func() { takes(t, bearer, token) })
	}
	callers.Wait()
	if n, d := i.fetches.Load(), i.discoveries.Load(); n != 1 || d != 1 {
		t.Errorf("got %d fetches and %d discoveries, want 1 and 1", n, d)
	}
	i.clock.forward(15 * time.Minute)
	takes(t, bearer, token)
	if n := i.fetches.Load(); n != 2 {
		t.Errorf("got %d fetches after a quarter of an hour, want 2", n)
	}
}

func TestKeys_NotKnownAreAskedForOnceInAWhile(t *testing.T) {
	t.Parallel()
	i := newIssuer(t)
	bearer := i.bearer()
	takes(t, bearer, i.good(t))
	made := sign(t, jwt.SigningMethodRS256, keys().other, kid("made-up"), i.claims(nil))
	for range 50 {
		refuses(t, bearer, made)
	}
	if n := i.fetches.Load(); n != 1 {
		t.Errorf("got %d fetches right after the first, want no other", n)
	}
	for step := int64(2); step < 5; step++ {
		i.clock.forward(30 * time.Second)
		for n := range 50 {
			refuses(t, bearer, sign(t, jwt.SigningMethodES256, keys().ec, kid("made-up-"+string(rune('a'+n))), i.claims(nil)))
		}
		if n := i.fetches.Load(); n != step {
			t.Errorf("got %d fetches, want %d: one in 30 s", n, step)
		}
	}
}

// TestKeys_NotKnownAreAskedForOnceInAWhileAlsoWhenTheIssuerIsDown: a made-up kid must not become
// a request to an issuer that is in trouble already.
func TestKeys_NotKnownAreAskedForOnceInAWhileAlsoWhenTheIssuerIsDown(t *testing.T) {
	t.Parallel()
	i := newIssuer(t)
	bearer := i.bearer()
	takes(t, bearer, i.good(t))
	i.down()
	i.clock.forward(time.Minute)
	for range 20 {
		refuses(t, bearer, sign(t, jwt.SigningMethodES256, keys().ec, kid("made-up"), i.claims(nil)))
	}
	if n := i.fetches.Load(); n != 2 {
		t.Errorf("got %d fetches, want the first and one more", n)
	}
	takes(t, bearer, i.good(t))
}

func TestKeys_RotatedAtTheIssuerAreFoundWithoutAnybodyWaiting(t *testing.T) {
	t.Parallel()
	i := newIssuer(t)
	bearer := i.bearer()
	takes(t, bearer, i.good(t))
	i.publish(jwk("next", keys().other.Public(), "RS256", "sig"))
	i.clock.forward(30 * time.Second)
	takes(t, bearer, sign(t, jwt.SigningMethodRS256, keys().other, kid("next"), i.claims(nil)))
	// The key that is gone is gone.
	refuses(t, bearer, i.good(t))
}

func TestKeys_UnderAKnownNameAreExchangedWithinTheirTime(t *testing.T) {
	t.Parallel()
	i := newIssuer(t)
	bearer := i.bearer()
	takes(t, bearer, i.good(t))
	i.publish(jwk("rsa", keys().other.Public(), "", "sig"))
	i.clock.forward(15 * time.Minute)
	takes(t, bearer, sign(t, jwt.SigningMethodRS256, keys().other, kid("rsa"), i.claims(nil)))
	refuses(t, bearer, i.good(t))
}

func TestIssuerIsDown_KnownKeysGoOn(t *testing.T) {
	t.Parallel()
	i := newIssuer(t)
	bearer := i.bearer()
	takes(t, bearer, i.good(t))
	i.down()
	i.clock.forward(20 * time.Minute)
	for range 10 {
		takes(t, bearer, i.good(t))
	}
	if n := i.fetches.Load(); n != 2 {
		t.Errorf("got %d fetches, want the first and one try", n)
	}
	i.up()
	i.clock.forward(30 * time.Second)
	takes(t, bearer, i.good(t))
	if n := i.fetches.Load(); n != 3 {
		t.Errorf("got %d fetches, want another after 30 s", n)
	}
}

func TestIssuerIsDown_WithoutKeysNothingCanBeSaid(t *testing.T) {
	t.Parallel()
	const noSet, notIts = "is no set of keys", "the setting has to be the iss of its tokens to the letter"
	for name, c := range map[string]struct {
		spoil func(*issuer)
		mend  string // what an operator is told to; empty where waiting may help
	}{
		"down":                   {func(i *issuer) { i.status = http.StatusInternalServerError }, ""},
		"busy":                   {func(i *issuer) { i.status = http.StatusTooManyRequests }, ""},
		"garbage":                {func(i *issuer) { i.instead = []byte("<html>") }, noSet},
		"a page":                 {func(i *issuer) { i.instead = []byte("<!doctype html><title>Sign in</title>") }, noSet},
		"a list":                 {func(i *issuer) { i.instead = []byte("[]") }, noSet},
		"another document":       {func(i *issuer) { i.instead = []byte(`{"issuer":"x"}`) }, noSet},
		"keys of a wrong type":   {func(i *issuer) { i.instead = []byte(`{"keys":"none"}`) }, noSet},
		"cut short":              {func(i *issuer) { i.instead = []byte(`{"keys":[{"kty":"RSA"`) }, noSet},
		"keys not to be seen":    {func(i *issuer) { i.status = http.StatusForbidden }, noSet},
		"discovery of another":   {func(i *issuer) { i.discovery = func(url string) any { return discovery(url+"x", url+"/keys") } }, notIts},
		"discovery with a slash": {func(i *issuer) { i.discovery = func(url string) any { return discovery(url+"/", url+"/keys") } }, notIts},
		"discovery without keys": {func(i *issuer) { i.discovery = func(url string) any { return discovery(url, "") } }, notIts},
		"discovery is a list":    {func(i *issuer) { i.discovery = func(string) any { return []string{} } }, notIts},
		"keys not there":         {func(i *issuer) { i.discovery = func(url string) any { return discovery(url, url+"/nowhere") } }, noSet},
		"keys for all to change": {func(i *issuer) {
			i.discovery = func(url string) any { return discovery(url, "http://login.example.org/keys?p=1") }
		}, "must be https"},
		"keys nowhere": {func(i *issuer) {
			i.discovery = func(url string) any { return discovery(url, "http://127.0.0.1:1/keys") }
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			i := newIssuer(t)
			i.set(func() { c.spoil(i) })
			bearer := auth.NewBearer(auth.Issuer{URL: i.url, Audience: audience}, i.fetching(), i.clock.now)
			_, err := bearer.Verify(t.Context(), i.good(t))
			if !errors.Is(err, auth.ErrUnavailable) || errors.Is(err, auth.ErrBadCredentials) {
				t.Errorf("got %v, want ErrUnavailable", err)
			}
			unusable, mend := errors.AsType[*config.Unusable](err)
			if mend != (c.mend != "") || mend && (!strings.Contains(unusable.What, c.mend) || !strings.Contains(unusable.What, "(GAVEL_OIDC_ISSUER)")) {
				t.Errorf("got %v, want it to be mended: %q", err, c.mend)
			}
			// What needs no key to be refused is refused all the same.
			refuses(t, bearer, sign(t, jwt.SigningMethodHS256, []byte("x"), kid("rsa"), i.claims(nil)))
			i.set(func() { i.status, i.instead, i.discovery = 0, nil, nil })
			i.clock.forward(time.Minute)
			takes(t, bearer, i.good(t))
		})
	}
}

func TestIssuer_ThatIsNotThereIsToBeMended(t *testing.T) {
	t.Parallel()
	i := newIssuer(t)
	for setting, spoilt := range map[string]auth.Issuer{
		"(GAVEL_OIDC_ISSUER)":   {URL: i.url + "/", Audience: audience}, // the iss has no slash
		"(GAVEL_OIDC_JWKS_URL)": {URL: i.url, Audience: audience, JWKSURL: i.url + "/nowhere"},
	} {
		_, err := spoilt.Keys(t.Context(), i.fetching())
		unusable, ok := errors.AsType[*config.Unusable](err)
		if !ok || !strings.Contains(unusable.What, setting) {
			t.Errorf("got %v, want %s to be mended", err, setting)
		}
	}
}

func discovery(url, keys string) any { return map[string]string{"issuer": url, "jwks_uri": keys} }

func TestKeySet_WithOddKeysBesideGoodOnes(t *testing.T) {
	t.Parallel()
	secret := base64.RawURLEncoding.EncodeToString([]byte("0123456789abcdef0123456789abcdef"))
	i := newIssuer(t)
	i.publish(append(i.standard(),
		map[string]any{"kty": "AKP", "kid": "newer", "alg": "ML-DSA-65", "pub": "AAAA"},
		map[string]any{"kty": "oct", "kid": "symmetric", "k": secret},
		map[string]any{"kid": "no kind"}, "text", 7, nil, []string{},
		map[string]any{"kty": "RSA", "kid": "short", "n": "AQAB", "e": "AQAB"},
		map[string]any{"kty": "EC", "kid": "off the curve", "crv": "P-256", "x": "AAAA", "y": "AAAA"},
		jwk("for encryption", keys().rsa.Public(), "", "enc"),
		jwk("for PS256", keys().rsa.Public(), "PS256", "sig"),
		jwk("", keys().rsa.Public(), "", "sig"),
		jose.JSONWebKey{Key: keys().rsa, KeyID: "private", Use: "sig"},
	)...)
	bearer := i.bearer()
	takes(t, bearer, i.good(t))
	takes(t, bearer, sign(t, jwt.SigningMethodEdDSA, keys().edwards, kid("edwards"), i.claims(nil)))
	takes(t, bearer, sign(t, jwt.SigningMethodPS256, keys().rsa, kid("for PS256"), i.claims(nil)))
	refuses(t, bearer, sign(t, jwt.SigningMethodRS256, keys().rsa, kid("for PS256"), i.claims(nil)))
	refuses(t, bearer, sign(t, jwt.SigningMethodRS256, keys().rsa, kid("for encryption"), i.claims(nil)))
	refuses(t, bearer, sign(t, jwt.SigningMethodRS256, keys().rsa, kid("private"), i.claims(nil)))
	refuses(t, bearer, sign(t, jwt.SigningMethodRS256, keys().rsa, kid("short"), i.claims(nil)))
	refuses(t, bearer, sign(t, jwt.SigningMethodES256, keys().ec, kid("off the curve"), i.claims(nil)))
	refuses(t, bearer, sign(t, jwt.SigningMethodHS256, []byte("0123456789abcdef0123456789abcdef"), kid("symmetric"), i.claims(nil)))
}

func TestJWKSURL_ThatIsSetIsUsedWithoutDiscovery(t *testing.T) {
	t.Parallel()
	i := newIssuer(t)
	i.set(func() { i.discovery = func(string) any { return nil } })
	bearer := auth.NewBearer(auth.Issuer{URL: i.url, Audience: audience, JWKSURL: i.url + "/keys"}, get, i.clock.now)
	takes(t, bearer, i.good(t))
	if n := i.discoveries.Load(); n != 0 {
		t.Errorf("got %d discoveries, want none", n)
	}
}

func TestConfigured_WithoutAnIssuerTakesNoToken(t *testing.T) {
	t.Parallel()
	i := newIssuer(t)
	header := http.Header{"Authorization": {"Bearer " + i.good(t)}}
	for _, c := range []config.Config{{}, {OIDCIssuer: i.url}, {OIDCAudience: audience}} {
		if _, err := auth.Configured(c, &store{}).Authenticate(t.Context(), header); !errors.Is(err, auth.ErrBadCredentials) {
			t.Errorf("got %v with %+v, want ErrBadCredentials", err, c)
		}
	}
}

// TestConfigured_AsksTheIssuerOverHTTP goes through the client that a function uses, with the
// real clock.
func TestConfigured_AsksTheIssuerOverHTTP(t *testing.T) {
	t.Parallel()
	i := newIssuer(t)
	who := auth.Configured(config.Config{OIDCIssuer: i.url, OIDCAudience: audience}, &store{})
	token := sign(t, jwt.SigningMethodES256, keys().ec, kid("ec"), i.claims(jwt.MapClaims{"exp": time.Now().Add(time.Hour).Unix()}))
	got, err := who.Authenticate(t.Context(), http.Header{"Authorization": {"Bearer " + token}})
	if err != nil || got.Name != "alice" {
		t.Errorf("got %+v and %v, want alice", got, err)
	}
}

func TestPrincipal_InALogHidesAPersonAndNamesAMachine(t *testing.T) {
	t.Parallel()
	text := func(p auth.Principal) string {
		var out bytes.Buffer
		slog.New(slog.NewJSONHandler(&out, nil)).Info("test", "principal", p, "pointer", &p)
		return out.String()
	}
	ada, bob := auth.Principal{Kind: auth.User, Name: "ada@example.org"}, auth.Principal{Kind: auth.User, Name: "bob@example.org"}
	if strings.Contains(text(ada), "ada") || strings.Contains(text(ada), "example.org") {
		t.Errorf("got %s, want no part of the subject", text(ada))
	}
	if line := func(p auth.Principal) string { return text(p)[strings.Index(text(p), `"principal"`):] }; line(ada) == line(bob) {
		t.Error("got the same for two people, want them told apart")
	}
	if machine := text(auth.Principal{Kind: auth.APIKey, Name: "crm"}); !strings.Contains(machine, `"api-key:crm"`) {
		t.Errorf("got %s, want the key's name", machine)
	}
}

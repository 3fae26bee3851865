package jitsi_test

import (
	"context"
	"encoding/pem"
	"errors"
	"testing"

	"github.com/golang-jwt/jwt/v5"

	"gavel/local/sandbox/jitsi"
)

func TestAlgorithms_SharedSecret(t *testing.T) {
	t.Parallel()
	all := []jwt.SigningMethod{jwt.SigningMethodHS256, jwt.SigningMethodHS384, jwt.SigningMethodHS512}
	for _, configured := range all {
		t.Run(configured.Alg(), func(t *testing.T) {
			t.Parallel()
			w := setup(t, settings(func(set *jitsi.Settings) { set.Algorithm = configured.Alg() }))
			for _, used := range all {
				want := 403
				if used == configured {
					want = 201
				}
				w.want(w.join("standup", signHS(t, used, secret, nil, guest())), want)
				w.want(w.join("standup", signHS(t, used, "", nil, guest())), 403)
			}
		})
	}
}

// withKeyServer makes it a server whose login tokens are signed with RSA.
func withKeyServer(algorithm string) func(*world) {
	return func(w *world) {
		w.edit(func(set *jitsi.Settings) { set.KeyServer, set.Algorithm = w.keys.url+"/login", algorithm })
	}
}

func TestAlgorithms_KeyServer(t *testing.T) {
	t.Parallel()
	all := map[string]jwt.SigningMethod{"": jwt.SigningMethodRS256, "RS256": jwt.SigningMethodRS256, "RS384": jwt.SigningMethodRS384, "RS512": jwt.SigningMethodRS512}
	for configured, method := range all {
		t.Run(configured, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			withKeyServer(configured)(w)
			kid := map[string]any{"kid": loginKid}
			for _, tc := range []struct {
				name   string
				token  string
				status int
			}{
				{"good", signed(t, method, loginKey(), kid, guest()), 201},
				{"another key", signed(t, method, strangeKey(), kid, guest()), 403},
				{"the key of system tokens", signed(t, method, systemKey(), map[string]any{"kid": systemKid}, guest()), 403},
				{"kid missing", signed(t, method, loginKey(), nil, guest()), 403},
				{"kid a number", signed(t, method, loginKey(), map[string]any{"kid": 1}, guest()), 403},
				{"kid unknown", signed(t, method, loginKey(), map[string]any{"kid": "x"}, guest()), 403},
				{"alg of another kind", signHS(t, jwt.SigningMethodHS256, secret, kid, guest()), 403},
				{"alg PS256", signed(t, jwt.SigningMethodPS256, loginKey(), kid, guest()), 403},
				{"alg not as configured", signed(t, otherThan(method), loginKey(), kid, guest()), 403},
			} {
				if got := w.join("standup", tc.token); got.status != tc.status {
					t.Errorf("%s: got %d %s, want %d", tc.name, got.status, got.raw, tc.status)
				}
			}
		})
	}
}

func otherThan(method jwt.SigningMethod) *jwt.SigningMethodRSA {
	if method == jwt.SigningMethodRS512 {
		return jwt.SigningMethodRS256
	}
	return jwt.SigningMethodRS512
}

// Algorithm and key server are one setting in two places.
func TestAlgorithms_SharedOneWithKeyServerLetsNobodyIn(t *testing.T) {
	t.Parallel()
	w := setup(t)
	withKeyServer("HS256")(w)
	w.want(w.join("standup", signRS(t, guest())), 403)
	w.want(w.join("standup", sign(t, guest())), 403)
}

func TestKeys_AreFetchedOnce(t *testing.T) {
	t.Parallel()
	w := setup(t)
	withKeyServer("")(w)
	for range 3 {
		w.mustJoin("standup", signRS(t, guest()))
	}
	if got := w.keys.times("/login", loginKid); got != 1 {
		t.Errorf("got %d requests for the key, want 1", got)
	}
	// The key has gone, or become another: the server does not notice.
	w.keys.put("/login", loginKid, publicPEM(t, strangeKey()))
	w.mustJoin("standup", signRS(t, guest()))
}

func TestKeys_ThatAreMissingAreAskedForAgain(t *testing.T) {
	t.Parallel()
	w := setup(t)
	withKeyServer("")(w)
	token := signed(t, jwt.SigningMethodRS256, strangeKey(), map[string]any{"kid": "late"}, guest())
	w.want(w.join("standup", token), 403)
	w.want(w.join("standup", token), 403)
	w.keys.put("/login", "late", publicPEM(t, strangeKey()))
	w.want(w.join("standup", token), 201)
	if got := w.keys.times("/login", "late"); got != 3 {
		t.Errorf("got %d requests for the key, want 3", got)
	}
}

func TestKeys_AreLookedUpWhereTheSettingsSayNow(t *testing.T) {
	t.Parallel()
	w := setup(t)
	withKeyServer("")(w)
	w.mustJoin("standup", signRS(t, guest()))
	w.edit(func(set *jitsi.Settings) { set.KeyServer = w.keys.url + "/elsewhere" })
	w.want(w.join("standup", signRS(t, guest())), 403)
	w.edit(func(set *jitsi.Settings) { set.KeyServer = "http://127.0.0.1:1" })
	w.want(w.join("standup", signRS(t, guest())), 403)
	w.edit(func(set *jitsi.Settings) { set.KeyServer = ":" })
	w.want(w.join("standup", signRS(t, guest())), 403)
}

func TestKeys_MustBePublicKeysInPEM(t *testing.T) {
	t.Parallel()
	block, _ := pem.Decode([]byte(publicPEM(t, loginKey())))
	for name, text := range map[string]string{
		"empty":       "",
		"JWKS":        `{"keys":[]}`,
		"certificate": string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: block.Bytes})),
		"broken":      string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: block.Bytes[1:]})),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			withKeyServer("")(w)
			w.keys.put("/login", loginKid, text)
			got := w.join("standup", signRS(t, guest()))
			if got.status != 403 || got.body["message"] != "could not obtain public key" {
				t.Errorf("got %d %s, want 403 for want of a key", got.status, got.raw)
			}
		})
	}
}

func TestSettings_SecretThatChangesCountsAtOnce(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.mustJoin("standup", sign(t, guest()))
	w.edit(func(set *jitsi.Settings) { set.AppSecret = "another" })
	w.want(w.join("standup", sign(t, guest())), 403)
	w.want(w.join("standup", signHS(t, jwt.SigningMethodHS256, "another", nil, guest())), 201)
	w.edit(func(set *jitsi.Settings) { set.AppSecret = "" })
	w.want(w.join("standup", signHS(t, jwt.SigningMethodHS256, "another", nil, guest())), 403)
}

func TestSettings_NoneRefuseEverybody(t *testing.T) {
	t.Parallel()
	s := jitsi.New(jitsi.Options{})
	t.Cleanup(s.Close)
	w := &world{t: t, url: serve(t, s), transport: newTransport(t)}
	w.want(w.join("standup", sign(t, guest().with("exp", int64(4e9)))), 403)
	w.wantPage(w.end("standup"+muc), 404)
}

func TestSettings_ThatCannotBeRead(t *testing.T) {
	t.Parallel()
	w := setup(t, func(o *jitsi.Options, _ *jitsi.Settings) {
		o.Settings = func(context.Context) (jitsi.Settings, error) { return jitsi.Settings{}, errors.New("private") }
	})
	w.want(w.join("standup", sign(t, guest())), 503)
	w.wantPage(w.end("standup"+muc), 503)
	if got := w.rec.Exchanges(); len(got) != 1 || got[0].Answer.Status != 503 {
		t.Errorf("got %+v, want one exchange with 503", got)
	}
}

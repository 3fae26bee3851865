package main

import (
	"context"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"gavel/local/keyfile"
	"gavel/local/testkey"
	"gavel/shared/jitsi"
)

func TestSecretsFile_ThatIsNone(t *testing.T) {
	t.Parallel()
	p := newPatient(t)
	p.ill([]string{"-secrets", p.dir + "/none"}, "fix secrets file: …is not there")
	path := p.secrets(map[string]any{})
	p.ill([]string{"-secrets", path}, "fix secrets file: …holds no secret")
	if err := os.WriteFile(path, []byte(hush), 0o600); err != nil {
		t.Fatal(err)
	}
	p.env["GAVEL_SECRETS_FILE"] = path // which is looked at without being named
	p.ill([]string{}, "fix secrets file: …not a JSON object")
	path = p.secrets(map[string]any{"openmeetings": account("https://meet.example.org")})
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	p.ill([]string{"-secrets", path, "-offline"}, "fix secrets file: others on this machine can read…chmod 600", "ok secret openmeetings", "skip meeting systems")
}

func TestSecrets_ThatWouldNotDo(t *testing.T) {
	t.Parallel()
	p := newPatient(t)
	_, public := pair(t)
	path := p.secrets(map[string]any{
		"jaas/" + appID: map[string]string{"keyId": "one", "privateKey": public},
		"jaas/vpaas-magic-cookie-ffffffffffffffffffffffffffffffff": map[string]string{"keyId": appID + "/one", "privateKey": testkey.PEM(t)},
		"jaas/else":    map[string]string{"keyId": hush},
		"gavel/jitsi":  map[string]string{"secret": hush},
		"openmeeting":  account("https://meet.example.org"),
		"openmeetings": map[string]string{"baseUrl": "http://meet.example.org", "user": "u", "password": hush},
		"veeting":      hush,
		"jitsi":        map[string]string{"baseUrl": "https://meet.example.org", "issuer": "a", "secret": hush},
		"api-keys": map[string]any{"keys": []any{
			key("crm", "jaas", ""), key("typo", "jass", ""), key("old", "jaas", "2001-01-01T00:00:00Z"),
			key("soon", "jaas", time.Now().Add(72*time.Hour).UTC().Format(time.RFC3339)),
		}},
	})
	p.ill([]string{"-secrets", path, "-offline"},
		"fix secret jaas/"+appID+": privateKey: this is a public key", "fix secret jaas/vpaas-magic-cookie-ffffffffffffffffffffffffffffffff: keyId belongs to another AppID",
		"fix secret jaas/else: expected an AppID", "fix secret gavel/jitsi: the prefix is there once too often…must be jitsi", "warn secret openmeeting: nobody reads it",
		"fix secret openmeetings: baseUrl must be https…make secret", "fix secret veeting: expected a JSON object", "ok secret jitsi: a shared secret for logins",
		"warn shared secret of jitsi: …may guess it",
		"skip events of jitsi", "ok API key crm: may do jaas", "fix API key typo: no operation asks for the scope jass", "warn API key old: it has ended", "warn API key soon: it ends on")
	p.ill([]string{"-secrets", p.secrets(map[string]any{"api-keys": map[string]any{"keys": []any{}}}), "-offline"}, "fix secret api-keys: there is no key in it")
}

// Its name is not told: somebody may have taken the key for it.
func TestVeeting_WithAHookThatThereIsNot(t *testing.T) {
	t.Parallel()
	p := newPatient(t)
	url := newPatient(t).running("").URL()
	path := p.secrets(map[string]any{"veeting": map[string]any{
		"baseUrl": url + "/local/sandbox/veeting", "apiKey": hush, "level": "instance", "webhookKeys": map[string]string{hush: "onMeetingClosed"},
	}})
	p.ill([]string{"-secrets", path, "-offline"}, "fix hooks of veeting: …that Veeting does not have; there are onMeetingScheduled")
	p.ill([]string{"-secrets", path, "-url", url}, "fix hooks of veeting: …that Veeting does not have")
}

func key(name, scope, end string) map[string]any {
	entry := map[string]any{"name": name, "sha256": fmt.Sprintf("%064x", len(name)), "scopes": []string{scope}}
	if end != "" {
		entry["expiresAt"] = end
	}
	return entry
}

// TestSystems_ThatDoNotAnswerWell has all four systems answer alike.
func TestSystems_ThatDoNotAnswerWell(t *testing.T) {
	t.Parallel()
	page := func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("<html>" + hush))
	}
	broken := func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err == nil {
			_ = conn.Close()
		}
	}
	for name, c := range map[string]struct {
		handler                      http.HandlerFunc
		jaas, jitsi, openm, veetings string
	}{
		"401": {
			answering(http.StatusUnauthorized), "fix jaas/" + appID + ": JaaS refuses the key: the console must have…" + appID + "/one",
			"fix jitsi commands: Prosody refuses the system key", "fix openmeetings: asked for its version: the credentials are refused (HTTP 401)",
			"fix veeting: it refuses the key",
		},
		"500": {
			answering(http.StatusInternalServerError), "fix jaas/" + appID + ": …it fails (HTTP 500)", "fix jitsi commands: …it fails (HTTP 500)",
			"fix openmeetings: …it fails (HTTP 500)", "fix veeting: …it fails (HTTP 500)",
		},
		"a page": {
			page, "fix jaas/" + appID + ": …is the base URL right", "fix jitsi commands: …is the base URL right", "fix openmeetings: …is the base URL right",
			"fix veeting: …is the base URL right",
		},
		"busy": {
			answering(http.StatusTooManyRequests), "fix jaas/" + appID + ": …it is busy (HTTP 429)", "fix jitsi commands: …busy", "fix openmeetings: …busy", "fix veeting: …busy",
		},
		"404": { // as any server says at an address that it does not know
			http.NotFound, "fix jaas/" + appID + ": a made-up key gets the same answer…is the base URL right", "fix jitsi commands: a made-up key gets the same answer…is system.baseUrl right",
			"fix openmeetings: …is the base URL right", "fix veeting: …is the base URL right",
		},
		"nothing": {broken, "fix JaaS: …breaks off", "fix Jitsi: …breaks off", "fix OpenMeetings: …breaks off", "fix Veeting: …breaks off"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPatient(t)
			url := plain(t, c.handler)
			p.env["GAVEL_JAAS_BASE_URL"] = url
			all := everything(t, "")
			all["jitsi"], all["openmeetings"] = jitsiAt(t, url), account(url)
			all["veeting"] = map[string]string{"baseUrl": url, "apiKey": hush, "level": "instance"}
			p.ill([]string{"-secrets", p.secrets(all)}, c.jaas, c.jitsi, c.openm, c.veetings)
		})
	}
}

// There the base URL is right, and whether JaaS looks for the meeting before it looks at the key is not documented.
func TestJaaS_ThatGivesAnyKeyTheSameAnswer(t *testing.T) {
	t.Parallel()
	p := newPatient(t)
	served := httptest.NewServer(http.HandlerFunc(http.NotFound))
	t.Cleanup(served.Close)
	p.transport = everywhere(served.Listener.Addr().String())
	p.well([]string{"-secrets", p.secrets(map[string]any{"jaas/" + appID: everything(t, "")["jaas/"+appID]})},
		"warn jaas/"+appID+": JaaS gives a made-up key the same answer")
}

// everywhere has all requests answered at one address, without TLS.
type everywhere string

func (e everywhere) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.URL.Scheme, r.URL.Host = "http", string(e)
	return http.DefaultTransport.RoundTrip(r)
}

func TestSystems_ThatAreNotThere(t *testing.T) {
	t.Parallel()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	url := "http://" + listener.Addr().String()
	_ = listener.Close()
	p := newPatient(t)
	p.ill([]string{"-secrets", p.secrets(map[string]any{"openmeetings": account(url)})}, "fix OpenMeetings: …nothing listens at the host's port")
	p.ill([]string{"-secrets", p.secrets(map[string]any{"openmeetings": account("https://no-such-host.invalid")})}, "fix OpenMeetings: no-such-host.invalid cannot be reached: …DNS")
}

func TestNetwork_NoAnswerInTime(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	url := plain(t, func(http.ResponseWriter, *http.Request) { <-release })
	t.Cleanup(func() { close(release) }) // before the server is closed, which waits for its answers
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	d := &doctor{surroundings: surroundings{now: time.Now, transport: http.DefaultTransport}, seen: map[string]bool{}}
	_, err := d.get(ctx, url, nil)
	if got, want := network(err), "no answer in time: is the server running, and does a firewall let this machine through?"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestJitsi_ThatObeysGuests is the server whose muc_end_meeting looks for the wrong keys.
func TestJitsi_ThatObeysGuests(t *testing.T) {
	t.Parallel()
	p := newPatient(t)
	page := plain(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		answering(http.StatusNotFound)(w, nil) // a web server's own, so it is not the module's
	})
	p.ill([]string{"-secrets", p.secrets(map[string]any{"jitsi": jitsiAt(t, page)})}, "fix jitsi commands: …nothing is served")
	known := map[string]any{} // public keys by their ids, those of logins among them
	confused := plain(t, func(w http.ResponseWriter, r *http.Request) {
		_, err := jwt.Parse(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "), func(token *jwt.Token) (any, error) {
			return known[token.Header["kid"].(string)], nil
		})
		if err != nil {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		w.WriteHeader(http.StatusNotFound)
	})
	secret := jitsiAt(t, confused)
	secret["system"] = map[string]string{"baseUrl": confused, "keyId": "system", "privatekey": testkey.PEM(t)} // letters of either case are read
	parsed, err := jitsi.ParseSecret(raw(t, secret))
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range parsed.Keys() {
		known[key.ID] = key.Public
	}
	p.ill([]string{"-secrets", p.secrets(map[string]any{"jitsi": secret})},
		"ok jitsi commands: Prosody takes the system key", "fix jitsi guests: Prosody takes a guest's token for commands")
}

func TestJitsi_WithoutCommands(t *testing.T) {
	t.Parallel()
	p := newPatient(t)
	url := plain(t, answering(http.StatusOK))
	p.well([]string{"-secrets", p.secrets(map[string]any{"jitsi": map[string]string{"baseUrl": url, "issuer": "a", "secret": hush}})},
		"skip jitsi commands: the secret has no part system")
}

func TestVeeting_OfAnAccountCannotBeAsked(t *testing.T) {
	t.Parallel()
	p := newPatient(t)
	url := plain(t, answering(http.StatusOK))
	p.well([]string{"-secrets", p.secrets(map[string]any{"veeting": map[string]string{"baseUrl": url, "apiKey": hush, "level": "account"}})},
		"skip hooks of veeting", "skip veeting: for a key of an account")
}

func TestIssuer(t *testing.T) {
	t.Parallel()
	for want, handler := range map[string]http.HandlerFunc{
		"fix access tokens: …is no configuration of this issuer": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write([]byte(`{"issuer": "` + hush + `"}`))
		},
		"fix access tokens: …it fails (HTTP 500)": answering(http.StatusInternalServerError),
	} {
		p := newPatient(t)
		p.env["GAVEL_OIDC_ISSUER"], p.env["GAVEL_OIDC_AUDIENCE"] = plain(t, handler), "gavel"
		p.ill([]string{"-secrets", p.secrets(map[string]any{"veeting": hush}), "-offline"}, want)
	}
	p := newPatient(t)
	p.env["GAVEL_OIDC_ISSUER"], p.env["GAVEL_OIDC_AUDIENCE"] = "https://issuer.example.org", "gavel"
	p.env["GAVEL_OIDC_JWKS_URL"] = plain(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{"keys": []}`)) })
	p.ill([]string{"-secrets", p.secrets(map[string]any{"veeting": hush}), "-offline"}, "fix access tokens: …publishes no key")
}

func TestReach_SomewhereElse(t *testing.T) {
	t.Parallel()
	p := newPatient(t)
	for to, want := range map[string]string{"https://other.example.org/x?" + hush: "warn Veeting: …sends one on to https://other.example.org,", "/login": "ok Veeting"} {
		url := plain(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, to, http.StatusFound) })
		p.well([]string{"-secrets", p.secrets(map[string]any{"veeting": map[string]string{"baseUrl": url, "apiKey": hush, "level": "account"}})}, want)
	}
}

func TestIsVersion(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{"9.1.0": true, "8.1.0-SNAPSHOT": true, hush: false, "": false, "9 \x1b[31m": false, "x": false} {
		if got := isVersion(text); got != want {
			t.Errorf("%q: got %t, want %t", text, got, want)
		}
	}
}

// TestSecrets_WhoseChangeIsUnderWay are good, and not meant to stay so.
func TestSecrets_WhoseChangeIsUnderWay(t *testing.T) {
	t.Parallel()
	p := newPatient(t)
	all := everything(t, "http://127.0.0.1:1")
	two := []string{"whsec_after-" + hush, "whsec_before-" + hush}
	all["jaas/"+appID] = map[string]any{"keyId": "one", "privateKey": testkey.PEM(t), "webhookSecret": two}
	all["veeting"] = map[string]any{
		"baseUrl": "http://127.0.0.1:1", "apiKey": hush, "level": "instance", "webhookKeys": map[string]any{"onMeetingClosed": two},
	}
	former, err := keyfile.Parse("", testkey.PEM(t))
	if err != nil {
		t.Fatal(err)
	}
	jitsi := maps.Clone(all["jitsi"].(map[string]any))
	jitsi["formerKeys"] = []map[string]string{{"keyId": "before", "publicKey": publicPEM(t, &former.PublicKey)}}
	all["jitsi"] = jitsi
	p.well([]string{"-secrets", p.secrets(all), "-offline"}, "warn former key of jitsi: …signed with before", "warn change of jaas/"+appID+": more than one", "warn change of veeting: more than one",
		"ok webhook of jaas/"+appID)
}

package main

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"gavel/local/testkey"
)

// TestNewcomer is the first try: make run here, make doctor there.
func TestNewcomer(t *testing.T) {
	t.Parallel()
	p := newPatient(t)
	url := p.running("").URL()
	p.well([]string{"-url", url},
		"ok clock: within 10 s", "ok API: 127.0.0.1:", "ok API without a key: nobody is let in", "ok API with the key: it is let in",
		"ok API to jaas/"+appID+": a function got through", "ok API to jitsi: a function got through", "ok API to openmeetings: a function got through",
		"ok API to veeting: a function got through", "ok access tokens: the issuer 127.0.0.1:", "Nothing to fix, 0 not looked at.")
}

// TestNewcomer_WithASecretsFile is the second one, with secrets of their own.
func TestNewcomer_WithASecretsFile(t *testing.T) {
	t.Parallel()
	p := newPatient(t)
	file := p.secrets(everything(t, "http://127.0.0.1:1")) // the port is known once the server runs
	s := p.running(file)
	p.secrets(everything(t, s.URL())) // the file is read again
	p.well([]string{"-secrets", file, "-url", s.URL()},
		"ok secrets file: only its owner can read…secrets in it: 4", "ok secret jaas/"+appID+": key id "+appID+"/one, public key SHA-256 ", "ok webhook of jaas/"+appID+": its secret has the right form",
		"ok secret jitsi: login key login, public key SHA-256 …; system key system", "ok JaaS: 127.0.0.1", "ok jaas/"+appID+": JaaS takes the key",
		"ok jitsi commands: Prosody takes the system key", "ok jitsi guests: a guest's token cannot", "ok jitsi occupants",
		"ok openmeetings: it runs version 9", "ok openmeetings: the account can log in", "ok veeting: it takes the key",
		"ok jitsi login key: its public half is served", "ok jitsi system key: its public half is served",
		"ok webhook of jaas/"+appID+": its sender is heard, and nobody else", "ok webhook of jitsi: its sender is heard", "ok hook of veeting onMeetingClosed: its sender is heard",
		"skip api-keys: there are none in the file", "Nothing to fix")
}

func TestRun_SaysWhatItTakes(t *testing.T) {
	t.Parallel()
	p := newPatient(t)
	for _, args := range [][]string{nil, {"-h"}} {
		if _, printed := p.sees(args...); !strings.Contains(printed, "-stack gavel") {
			t.Errorf("%q: got %s", args, printed)
		}
	}
	for _, args := range [][]string{{hush}, {"-" + hush}, {"-json"}, {"-stack", "a", "-url", "b"}, {"-url", "http://127.0.0.1:1", hush}} {
		_, err := run(t.Context(), surroundings{getenv: func(string) string { return "" }, out: io.Discard}, args)
		if err == nil || strings.Contains(err.Error(), hush) {
			t.Errorf("%q: got %v, want an error without the word", args, err)
		}
	}
}

func TestRun_AsJSON(t *testing.T) {
	t.Parallel()
	p := newPatient(t)
	_, printed := p.sees("-secrets", p.secrets(map[string]any{"jitsi": map[string]string{"baseUrl": hush}}), "-json", "-offline")
	var report struct{ Findings []finding }
	if err := json.Unmarshal([]byte(printed), &report); err != nil {
		t.Fatalf("%v in %s", err, printed)
	}
	for _, f := range report.Findings {
		if f.Status == bad && f.What == "secret jitsi" && strings.Contains(f.Words, "baseUrl is not") {
			return
		}
	}
	t.Errorf("got %+v, want what is wrong with the secret", report.Findings)
}

func TestRun_SettingsThatAreNone(t *testing.T) {
	t.Parallel()
	p := newPatient(t)
	p.env["GAVEL_JAAS_BASE_URL"] = "ftp://" + hush
	p.ill([]string{"-secrets", p.secrets(map[string]any{}), "-offline"}, "fix settings: GAVEL_JAAS_BASE_URL is not an http or https URL", "fix secrets file: …holds no secret")
}

func TestReport_KeepsToItsLine(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	r := report{out: &out}
	r.fix("a", "x\ny\x1b[31mz\u202e")
	if got, want := out.String(), "fix   a: x y[31mz\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestClock(t *testing.T) {
	t.Parallel()
	for ahead, want := range map[time.Duration]string{
		0: "ok clock: within 10 s", 30 * time.Second: "warn clock: this machine is …s ahead of 127.0.0.1", -30 * time.Second: "warn clock: this machine is …s behind",
		95 * time.Second: "fix clock: this machine is 1m3…ahead of…NTP", -2 * time.Hour: "fix clock: this machine is …behind",
	} {
		p := newPatient(t)
		p.ahead = ahead
		url := plain(t, answering(http.StatusOK))
		_, printed := p.sees("-url", url)
		if !hasLine(printed, want) {
			t.Errorf("%s: got\n%s\nwant %q", ahead, printed, want)
		}
	}
}

func TestCertificate(t *testing.T) {
	t.Parallel()
	day := 24 * time.Hour
	for name, c := range map[string]struct {
		host string
		left time.Duration
		want string
	}{
		"good":           {"127.0.0.1", 60 * day, "ok certificate of 127.0.0.1"},
		"about to end":   {"127.0.0.1", 3*day + time.Hour, "fix certificate of 127.0.0.1:…in 3 days: renew it"},
		"ended":          {"127.0.0.1", -day, "fix OpenMeetings: 127.0.0.1:…certificate is not valid now…renew it"},
		"of another":     {"other.example.org", 60 * day, "fix OpenMeetings: 127.0.0.1:…certificate is for another host name"},
		"of nobody":      {"127.0.0.1", 60 * day, "fix OpenMeetings: 127.0.0.1:…certificate is of no known authority"},
		"but plain http": {"", 0, "fix OpenMeetings: 127.0.0.1:…does not speak TLS"},
	} {
		p := newPatient(t)
		var url string
		if c.host == "" {
			url = strings.Replace(plain(t, answering(http.StatusOK)), "http:", "https:", 1)
		} else {
			url = p.serve(c.host, time.Now().Add(c.left), answering(http.StatusOK))
		}
		if name == "of nobody" {
			p.transport = http.DefaultTransport
		}
		_, printed := p.sees("-secrets", p.secrets(map[string]any{"openmeetings": account(url)}))
		if !hasLine(printed, c.want) {
			t.Errorf("%s: got\n%s\nwant %q", name, printed, c.want)
		}
	}
}

func account(url string) map[string]string {
	return map[string]string{"baseUrl": url, "user": hush + "-user", "password": hush}
}

func jitsiAt(t *testing.T, url string) map[string]any {
	t.Helper()
	return map[string]any{
		"baseUrl": url, "issuer": "gavel", "keyId": "login", "privateKey": testkey.PEM(t),
		"system": map[string]string{"baseUrl": url, "keyId": "system", "privateKey": testkey.PEM(t)},
	}
}

package main

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"gavel/local/testkey"
	"gavel/shared/jaas"
	"gavel/shared/problem"
	"gavel/shared/secrets"
)

// pair makes a key pair in PEM; nobody needs the private half.
func pair(t *testing.T) (kid, public string) {
	t.Helper()
	secret, err := jaas.ParseSecret(appID, raw(t, map[string]string{"keyId": "one", "privateKey": testkey.PEM(t)}))
	if err != nil {
		t.Fatal(err)
	}
	return secret.KeyID(), publicPEM(t, secret.PublicKey())
}

func TestAPI_ThatIsNotGavel(t *testing.T) {
	t.Parallel()
	p := newPatient(t)
	p.ill([]string{"-url", plain(t, answering(http.StatusOK))}, "fix API: what answers at 127.0.0.1:…is not Gavel (HTTP 200 to /health)")
	p.ill([]string{"-url", plain(t, answering(http.StatusNotFound))}, "fix API: …is not Gavel (HTTP 404 to /health)")
	p.ill([]string{"-url", "http://meet.example.org"}, "fix API: -url must be https")
	p.ill([]string{"-url", "http://127.0.0.1:1"}, "fix API: 127.0.0.1:1 cannot be reached")
}

func TestAPI_WithASettingThatWillNotDo(t *testing.T) {
	t.Parallel()
	p := newPatient(t)
	url := plain(t, func(w http.ResponseWriter, r *http.Request) {
		fault := problem.New(http.StatusServiceUnavailable, problem.NotConfigured, "GAVEL_EVENT_DAYS is not a number of days")
		w.Header().Set("Content-Type", problem.ContentType)
		w.WriteHeader(fault.Status)
		_ = json.NewEncoder(w).Encode(fault)
	})
	p.ill([]string{"-url", url}, "fix API: GAVEL_EVENT_DAYS is not a number of days (HTTP 503)")
	stranger := plain(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = w.Write([]byte(`{"code": "down", "detail": "` + hush + `"}`))
	})
	p.ill([]string{"-url", stranger}, "fix API: …is not Gavel (HTTP 503 to /health)")
}

// gateway answers /health well, and the rest as it is told.
func gateway(t *testing.T, rest http.HandlerFunc) string {
	t.Helper()
	return plain(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/health":
			_, _ = w.Write([]byte(`{"status": "ok", "version": "1"}`))
		case "/local":
			w.WriteHeader(http.StatusNotFound)
		default:
			rest(w, r)
		}
	})
}

func TestAPI_ThatIsOpen(t *testing.T) {
	t.Parallel()
	p := newPatient(t)
	p.ill([]string{"-url", gateway(t, answering(http.StatusOK))}, "fix API without a key: anybody is let in", "skip API with the key")
}

func TestAPI_ThatRefusesTheKey(t *testing.T) {
	t.Parallel()
	p := newPatient(t)
	p.env["GAVEL_API_KEY"] = "gvl_" + hush
	p.ill([]string{"-url", gateway(t, answering(http.StatusForbidden))}, "ok API without a key", "fix API with the key: the key in GAVEL_API_KEY is not taken")
}

// TestAPI_SaysWhatItsFunctionsLack has each system's function answer another fault.
func TestAPI_SaysWhatItsFunctionsLack(t *testing.T) {
	t.Parallel()
	p := newPatient(t)
	p.env["GAVEL_API_KEY"], p.env["GAVEL_ROOMS_JAAS_APP_ID"] = "gvl_"+hush, appID
	url := gateway(t, func(w http.ResponseWriter, r *http.Request) {
		status, document := http.StatusOK, `{}`
		switch group := strings.Split(r.URL.Path, "/")[1]; {
		case r.Header.Get("X-Api-Key") != "gvl_"+hush:
			status, document = http.StatusForbidden, `{"message": "Forbidden"}`
		case group == "jaas":
			status, document = http.StatusBadGateway, `{"code": "upstream_credentials", "detail": "the provider rejects gvl_`+hush+`", "requestId": "Zl1x2jvqliAEPbw="}`
		case group == "jitsi":
			status, document = http.StatusServiceUnavailable, `{"code": "not_configured", "detail": "secret gavel/jitsi: it does not exist", "secret": "gavel/jitsi"}`
		case group == "openmeetings":
			status, document = http.StatusServiceUnavailable, `{"code": "not_configured", "detail": "secret gavel/openmeetings: this function may not read it", "secret": "gavel/openmeetings"}`
		case group == "veeting":
			status, document = http.StatusNotFound, `{"message": "Not Found"}`
		}
		w.WriteHeader(status)
		_, _ = w.Write([]byte(document))
	})
	p.ill([]string{"-url", url}, "ok API with the key", "fix API to jaas/"+appID+": the provider rejects [redacted]: put it right…request Zl1x2jvqliAEPbw=",
		"skip API to jitsi: not set up: there is no secret gavel/jitsi", "fix API to openmeetings: …may not read it", "skip API to veeting: this deployment does not have it")
}

func TestAPI_WithOtherSecretsThanTheFile(t *testing.T) {
	t.Parallel()
	p := newPatient(t)
	path := p.secrets(everything(t, "http://127.0.0.1:1"))
	s := p.running(path)
	url := s.URL()
	p.secrets(everything(t, url))
	p.well([]string{"-secrets", path, "-url", url}) // so that the API keeps these
	other := newPatient(t)
	all := everything(t, url)
	all["jaas/"+appID] = map[string]string{"keyId": "one", "privateKey": testkey.PEM(t), "webhookSecret": "whsec_another-one"}
	all["veeting"] = map[string]any{
		"baseUrl": url + "/local/sandbox/veeting", "apiKey": hush, "level": "instance",
		"webhookKeys": map[string]string{"onMeetingClosed": hush + "x"},
	}
	other.hidden = append(other.hidden, s.Info().APIKey)
	other.ill([]string{"-secrets", other.secrets(all), "-url", url},
		"fix webhook of jaas/"+appID+": its sender is refused: the API has another secret", "fix jitsi login key: …is served", "fix hook of veeting onMeetingClosed: its sender is refused",
		"fix jaas/"+appID+": JaaS refuses the key")
}

func TestAPI_ThatTakesEventsFromAnybody(t *testing.T) {
	t.Parallel()
	p := newPatient(t)
	url := gateway(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/webhooks/") {
			return
		}
		w.WriteHeader(http.StatusUnauthorized)
	})
	p.env["GAVEL_JAAS_BASE_URL"] = url
	p.ill([]string{"-secrets", p.secrets(map[string]any{"jaas/" + appID: everything(t, url)["jaas/"+appID]}), "-url", url},
		"fix webhook of jaas/"+appID+": events are taken from anybody")
}

// TestAPI_WhoseSecretsAreMissing holds what the functions say of a secret that is not there against what is made of it.
func TestAPI_WhoseSecretsAreMissing(t *testing.T) {
	t.Parallel()
	p := newPatient(t)
	s := p.running(p.secrets(map[string]any{"veeting": map[string]string{"baseUrl": "http://127.0.0.1:1", "apiKey": hush, "level": "account"}}))
	p.env["GAVEL_ROOMS_JAAS_APP_ID"] = appID
	p.well([]string{"-url", s.URL()}, "skip API to jaas/"+appID+": not set up: there is no secret gavel/jaas/", "skip API to jitsi: not set up",
		"skip API to openmeetings: not set up", "skip API to veeting: for a key of an account")
	missing := plain(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte(`{"__type": "ResourceNotFoundException"}`))
	})
	manager := secrets.NewManager(secrets.ManagerOptions{Prefix: "gavel", Region: "eu-central-1", Endpoint: missing, Credentials: at(missing).Credentials})
	if _, err := manager.Read(t.Context(), "jitsi"); err == nil || !isMissing(err.Error()) {
		t.Errorf("got %v, want what is known for a secret that is missing", err)
	}
}

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"gavel/shared/baseurl"
	"gavel/shared/jaas"
	"gavel/shared/jitsi"
	"gavel/shared/openmeetings"
	"gavel/shared/problem"
	"gavel/shared/redact"
	"gavel/shared/veeting"
)

// examineAPI asks an API that runs.
func (d *doctor) examineAPI(ctx context.Context) {
	if err := baseurl.Check(d.url); err != nil {
		d.fix("API", "-url %s", err)
		return
	}
	if !d.healthy(ctx) {
		return
	}
	d.lockedOut(ctx)
	d.letIn(ctx)
	d.servesKeys(ctx)
	d.hearsEvents(ctx)
	d.reachesSystems(ctx)
}

func (d *doctor) healthy(ctx context.Context) bool {
	response, err := d.get(ctx, d.url+"/health", nil)
	if err != nil {
		d.fix("API", "%s cannot be reached: %s", host(d.url), network(err))
		return false
	}
	if p := document(response); p.Code != "" && p.Type == problem.New(0, p.Code, "").Type { // Gavel, with a setting that will not do
		d.judge("API", response)
		return false
	}
	var health struct{ Status, Version string }
	if json.Unmarshal(response.body, &health) != nil || health.Status != "ok" || response.status != http.StatusOK {
		d.fix("API", "what answers at %s is not Gavel (HTTP %d to /health): the URL is the output ApiUrl of the stack, with nothing behind it",
			host(d.url), response.status)
		return false
	}
	d.ok("API", "%s answers, version %s", host(d.url), redact.Text(health.Version, 32))
	return true
}

// guardedPath is of an operation that reads, and finds nothing.
const guardedPath = "/audit?actor=api-key:gavel-doctor"

// lockedOut tries without a key, and with one that there is not.
func (d *doctor) lockedOut(ctx context.Context) {
	const what = "API without a key"
	for _, header := range []http.Header{{}, {"X-Api-Key": {"gvl_" + string(nowhere())}}} {
		response, err := d.get(ctx, d.url+guardedPath, header)
		switch {
		case err != nil:
			d.fix(what, "%s", network(err))
			return
		case response.status == http.StatusUnauthorized || response.status == http.StatusForbidden:
			continue
		case response.status < http.StatusMultipleChoices:
			d.fix(what, "anybody is let in: deploy the template as it is, with its authorizer")
		default:
			d.judge(what, response)
		}
		return
	}
	d.ok(what, "nobody is let in without a key, or with a made-up one")
}

// letIn tries the API key, which may do without the scope.
func (d *doctor) letIn(ctx context.Context) {
	const what = "API with the key"
	if d.apiKey == "" {
		d.skip(what, "there is none: set GAVEL_API_KEY to one, so that what is behind the API is looked at")
		return
	}
	response, err := d.get(ctx, d.url+guardedPath, d.keyed())
	switch {
	case err != nil:
		d.fix(what, "%s", network(err))
	case response.status < http.StatusMultipleChoices, document(response).Code == problem.Forbidden:
		d.ok(what, "it is let in")
		return
	case response.status == http.StatusUnauthorized || response.status == http.StatusForbidden:
		d.fix(what, "the key in GAVEL_API_KEY is not taken: is its entry in the secret api-keys, and not ended? "+
			"A new one counts after a minute at the latest")
	default:
		d.judge(what, response)
	}
	d.apiKey = "" // the rest would say the same
}

func (d *doctor) keyed() http.Header { return http.Header{"X-Api-Key": {d.apiKey}} }

// servesKeys holds the public keys that a Jitsi server looks up against the secret.
func (d *doctor) servesKeys(ctx context.Context) {
	if d.found.jitsi == nil {
		return
	}
	for _, key := range d.found.jitsi.Keys() {
		what := "jitsi " + string(key.Use) + " key"
		response, err := d.get(ctx, d.url+"/jitsi/keys/"+string(key.Use)+"/"+key.File, nil)
		switch {
		case err != nil:
			d.fix(what, "%s", network(err))
		case response.status == http.StatusOK && bytes.Equal(bytes.TrimSpace(response.body), bytes.TrimSpace(key.PEM)):
			d.ok(what, "its public half is served for the server to look up")
		case response.status == http.StatusOK:
			d.fix(what, "another public key is served under its id: the API has another secret than this one")
		case response.status == http.StatusNotFound:
			d.fix(what, "its public half is not served: the API has another secret than this one, or still an older version of it (five minutes at most)")
		default:
			d.judge(what, response)
		}
	}
}

// hearsEvents sends to each receiver what is no event: first as a stranger, who must not be heard, and then as the sender, who must be
// told that it is none. Neither is kept.
func (d *doctor) hearsEvents(ctx context.Context) {
	body := []byte(`"gavel-doctor"`)
	for _, appID := range slices.Sorted(maps.Keys(d.found.jaas)) {
		if secret := d.found.jaas[appID]; secret.HasWebhook() {
			d.hears(ctx, "webhook of jaas/"+string(appID), "/webhooks/jaas/"+string(appID), body, secret.SignEvent(body, d.now()))
		}
	}
	if d.found.jitsi != nil && d.found.jitsi.Callback() != "" {
		d.hears(ctx, "webhook of jitsi", "/webhooks/jitsi/events/room/created", body, http.Header{"Authorization": {d.found.jitsi.Callback()}})
	}
	if d.found.veeting != nil && d.found.veeting.CheckHooks() == nil { // else it has been said
		for _, hook := range d.found.veeting.Hooks() {
			d.hears(ctx, "hook of veeting "+hook, "/webhooks/veeting/"+url.PathEscape(hook), body, d.found.veeting.HookHeader(hook))
		}
	}
}

func (d *doctor) hears(ctx context.Context, what, path string, body []byte, sender http.Header) {
	stranger := http.Header{"Content-Type": {"application/json"}}
	response, err := d.send(ctx, http.MethodPost, d.url+path, stranger, bytes.NewReader(body))
	if err != nil {
		d.fix(what, "%s", network(err))
		return
	}
	switch {
	case response.status < http.StatusMultipleChoices, response.status == http.StatusUnprocessableEntity:
		d.fix(what, "events are taken from anybody (HTTP %d without a signature or key)", response.status)
		return
	case response.status != http.StatusUnauthorized:
		d.judge(what, response)
		return
	}
	sender.Set("Content-Type", "application/json")
	if response, err = d.send(ctx, http.MethodPost, d.url+path, sender, bytes.NewReader(body)); err != nil {
		d.fix(what, "%s", network(err))
		return
	}
	switch response.status {
	case http.StatusUnprocessableEntity, http.StatusBadRequest:
		d.ok(what, "its sender is heard, and nobody else")
	case http.StatusUnauthorized:
		d.fix(what, "its sender is refused: the API has another secret for it than this one, or still an older version (five minutes at most), "+
			"or the clock is wrong")
	default:
		d.judge(what, response)
	}
}

// reachesSystems has the API ask the meeting systems: what it can read and reach is not what this machine can.
func (d *doctor) reachesSystems(ctx context.Context) {
	if d.apiKey == "" {
		return
	}
	appIDs := slices.Sorted(maps.Keys(d.found.jaas))
	if id, err := jaas.ParseAppID(d.settings.RoomsJaaSAppID); err == nil && !slices.Contains(appIDs, id) {
		appIDs = append(appIDs, id)
	}
	room := string(nowhere())
	for _, appID := range appIDs {
		d.asks(ctx, "API to jaas/"+string(appID), "jaas/"+string(appID), http.MethodPost, "/jaas/"+string(appID)+"/rooms/"+room+"/destroy")
	}
	if len(appIDs) == 0 {
		d.skip("API to jaas", "no tenant is known: give -secrets, or set GAVEL_ROOMS_JAAS_APP_ID")
	}
	d.asks(ctx, "API to jitsi", jitsi.Provider, http.MethodGet, "/jitsi/rooms/"+room+"/occupants")
	d.asks(ctx, "API to openmeetings", openmeetings.Provider, http.MethodGet, "/openmeetings/rooms?type=CONFERENCE")
	d.asks(ctx, "API to veeting", veeting.Provider, http.MethodGet, "/veeting/accounts/"+nobody+"/admins")
}

func (d *doctor) asks(ctx context.Context, what, secret, method, path string) {
	response, err := d.send(ctx, method, d.url+path, d.keyed(), nil)
	if err != nil {
		d.fix(what, "%s", network(err))
		return
	}
	p := document(response)
	switch {
	case response.status < http.StatusMultipleChoices, p.Code == problem.NotFound:
		d.ok(what, "a function got through, with its secret")
	case p.Code == problem.UpstreamError && p.Provider == veeting.Provider && p.UpstreamCode != "" && p.UpstreamStatus < http.StatusInternalServerError:
		d.ok(what, "a function got through, with its secret")
	case p.Code == problem.NotConfigured && !d.found.has(secret) && isMissing(p.Detail):
		d.skip(what, "not set up: there is no secret %s", redact.Text(p.Secret, 128))
	case p.Code == problem.NotConfigured && p.Secret == "" && secret == veeting.Provider: // veeting.ErrLevel
		d.skip(what, "for a key of an account Veeting has no call that changes nothing")
	case p.Code == "" && response.status == http.StatusNotFound:
		d.skip(what, "this deployment does not have it")
	case p.Code == problem.Forbidden:
		d.skip(what, "the API key lacks the scope for it")
	default:
		d.judge(what, response)
	}
}

// isMissing knows what the functions say of a secret that is not there.
func isMissing(detail string) bool {
	return strings.HasSuffix(detail, "it does not exist") || strings.HasSuffix(detail, "it is not in the secrets file")
}

func document(a answer) (p problem.Problem) {
	_ = json.Unmarshal(a.body, &p) // what is none has no code
	return p
}

// most is how much of what the API says is shown, in bytes.
const most = 300

// judge says what to do about an answer that should not be. What it says is Gavel's own words, if it is Gavel that says it.
func (d *doctor) judge(what string, a answer) {
	p := document(a)
	said := redact.Text(p.Detail, most, d.apiKey)
	where := fmt.Sprintf("HTTP %d", a.status)
	if isRequestID(p.RequestID) {
		where += ", request " + p.RequestID
	}
	switch p.Code {
	case problem.NotConfigured:
		d.fix(what, "%s (%s)", said, where)
	case problem.UpstreamCredentials:
		d.fix(what, "%s: put it right with make secret (%s)", said, where)
	case problem.UpstreamBusy, problem.Unavailable:
		d.warn(what, "%s (%s)", said, where)
	case "":
		d.fix(what, "it fails (%s): look into the log of the function, and of the API", where)
	default:
		d.fix(what, "%s (%s); the log has more", said, where)
	}
}

// isRequestID knows the ids of API Gateway and of the local server. A digit more or less makes a phone number of one to redact.
func isRequestID(text string) bool {
	return text != "" && len(text) <= 64 && strings.Trim(text, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_=") == ""
}

// local is what GET /local of the local server tells.
type local struct {
	APIKey    string `json:"apiKey"`
	AppID     string `json:"appId"`
	Issuer    string `json:"issuer"`
	Sandboxes map[string]struct {
		BaseURL string `json:"baseUrl"`
	} `json:"sandboxes"`
}

// learn asks a local server for its key and tenant, so that nothing has to be set to look at it. What is set goes before.
func (d *doctor) learn(ctx context.Context) {
	u, err := url.Parse(d.url)
	if err != nil || d.url == "" {
		return
	}
	if ip := net.ParseIP(u.Hostname()); u.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return
	}
	response, err := d.get(ctx, d.url+"/local", nil)
	var told local
	if err != nil || response.status != http.StatusOK || json.Unmarshal(response.body, &told) != nil {
		return // /health tells why
	}
	if d.apiKey == "" {
		d.apiKey = told.APIKey
	}
	if d.settings.RoomsJaaSAppID == "" {
		d.settings.RoomsJaaSAppID = told.AppID
	}
	if d.settings.OIDCIssuer == "" {
		d.settings.OIDCIssuer = told.Issuer
	}
	if base := told.Sandboxes[jaas.Provider].BaseURL; base != "" && d.getenv("GAVEL_JAAS_BASE_URL") == "" {
		d.settings.JaaSBaseURL = base
	}
}

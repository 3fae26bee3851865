package main

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"gavel/shared/config"
	"gavel/shared/httpclient"
	"gavel/shared/jaas"
	"gavel/shared/jitsi"
	"gavel/shared/jitsimeet"
	"gavel/shared/openmeetings"
	"gavel/shared/secrets"
	"gavel/shared/veeting"
)

// client carries requests as in the functions.
func (d *doctor) client(provider string, maxAnswer int) *httpclient.Client {
	return httpclient.New(httpclient.Options{
		Provider: provider, Budget: d.settings.UpstreamTimeout, MaxAnswer: maxAnswer, Transport: d.transport, Now: d.now,
	})
}

// nowhere is the name of a room that there is not, and that nobody guesses.
func nowhere() jitsimeet.Room { return jitsimeet.Room("gavel-doctor-" + strings.ToLower(rand.Text())) }

// rejected says whether an answer is about the credentials.
func rejected(err error) bool { return httpclient.Rejected(err) }

// askJaaS has a meeting ended that there is not: JaaS has no call that reads something, and this is the one of its commands that
// does nothing then. As any server says 404 of what it does not know, a key that is made up must not get the same answer.
func (d *doctor) askJaaS(ctx context.Context, appID jaas.AppID, secret jaas.Secret) {
	what := "jaas/" + string(appID)
	ask := func(source secrets.Source) error {
		client := jaas.New(jaas.Options{
			BaseURL: d.settings.JaaSBaseURL, Domain: d.settings.JaaSDomain, Secrets: source, HTTP: d.client(jaas.Provider, 0), Now: d.now,
		})
		_, err := client.DestroyRoom(ctx, appID, nowhere())
		return err
	}
	err := ask(d.source)
	anyKey := err == nil && ask(madeUp{Source: d.source}) == nil
	switch {
	case anyKey && d.settings.JaaSBaseURL == config.DefaultJaaSBaseURL:
		d.warn(what, "JaaS gives a made-up key the same answer, so that it says nothing of this one: mint a token, and join with it")
	case anyKey:
		d.fix(what, "a made-up key gets the same answer there, so that it is not JaaS, or not its commands: is the base URL right, with its path (%s)?",
			config.DefaultJaaSBaseURL)
	case err == nil:
		d.ok(what, "JaaS takes the key (asked to end a meeting that there is not)")
	case rejected(err):
		d.fix(what, "JaaS refuses the key: the console must have its public half under the key id %s (openssl pkey -in key.pem -pubout), for this AppID; "+
			"and the clock must be right", secret.KeyID())
	default:
		d.fix(what, "JaaS was asked to end a meeting that there is not: %s", inWords(err))
	}
}

// askJitsi has a meeting ended that there is not, with the key for commands, and then with a made-up one and a guest's token, which
// must not do.
func (d *doctor) askJitsi(ctx context.Context, secret jitsi.Secret) {
	d.reach(ctx, "Jitsi", secret.BaseURL())
	if secret.SystemURL() == "" {
		d.skip("jitsi commands", "the secret has no part system: tokens can be minted, and no meeting ended (docs/jitsi.md)")
		return
	}
	if !d.reach(ctx, "Prosody", secret.SystemURL()) {
		return
	}
	with := func(source secrets.Source) *jitsi.Client {
		return jitsi.New(jitsi.Options{Secrets: source, HTTP: d.client(jitsi.Provider, 0), Now: d.now})
	}
	end := func(client *jitsi.Client) error {
		_, err := client.EndRoom(ctx, jitsi.Place{Room: nowhere()}, false)
		return err
	}
	client := with(d.source)
	err := end(client)
	switch {
	case err == nil && end(with(madeUp{Source: d.source, part: "system"})) == nil:
		d.fix("jitsi commands", "a made-up key gets the same answer there: it is not Prosody, or not the paths of its modules: is system.baseUrl right? "+
			"If it is, anybody can end any meeting: have Prosody verify tokens (docs/jitsi.md)")
	case err == nil:
		d.ok("jitsi commands", "Prosody takes the system key (asked to end a meeting that there is not)")
		d.tryAsGuest(ctx, client, secret)
	case rejected(err):
		d.fix("jitsi commands", "Prosody refuses the system key: prosody_password_public_key_repo_url must be <gavel>/jitsi/keys/system, and issuer, "+
			"audience and algorithm must be those of the server; its own log says which")
	default:
		d.fix("jitsi commands", "Prosody was asked to end a meeting that there is not: %s", inWords(err))
	}
	_, err = client.Occupants(ctx, jitsi.Place{Room: nowhere()})
	switch {
	case err == nil, errors.Is(err, jitsi.ErrNotFound):
		d.ok("jitsi occupants", "who is in a meeting can be seen")
	case rejected(err):
		d.warn("jitsi occupants", "refused for a meeting that there is not, which a server that wants a token for it does, too: "+
			"look at one that is going on")
	default:
		d.fix("jitsi occupants", "Prosody was asked who is in a meeting that there is not: %s", inWords(err))
	}
}

// tryAsGuest sends a command with a guest's token. With muc_end_meeting loaded before it is told where the key for commands is, or
// with one place for both keys, anybody in a meeting could end all of them.
func (d *doctor) tryAsGuest(ctx context.Context, client *jitsi.Client, secret jitsi.Secret) {
	const what = "jitsi guests"
	room := nowhere()
	token, err := client.CreateToken(ctx, jitsi.TokenRequest{Participant: jitsimeet.Participant{
		Room: room, User: jitsimeet.User{ID: "gavel-doctor"}, Lifetime: time.Minute,
	}})
	if err != nil {
		d.fix(what, "no token can be minted: %s", inWords(err))
		return
	}
	site, err := url.Parse(secret.BaseURL())
	if err != nil {
		return // it was reached
	}
	address := secret.SystemURL() + "/end-meeting?" + url.Values{"conference": {string(room) + "@conference." + site.Hostname()}}.Encode()
	response, err := d.send(ctx, http.MethodPost, address, http.Header{"Authorization": {"Bearer " + token.JWT}}, nil)
	switch {
	case err != nil:
		d.skip(what, "%s", network(err))
	case response.status == http.StatusUnauthorized || response.status == http.StatusForbidden:
		d.ok(what, "a guest's token cannot end meetings")
	case response.status == http.StatusOK || response.status == http.StatusNotFound:
		d.fix(what, "Prosody takes a guest's token for commands, so that any guest can end any meeting: set "+
			"prosody_password_public_key_repo_url to <gavel>/jitsi/keys/system, and never to the one for logins (docs/jitsi.md)")
	default:
		d.skip(what, "HTTP %d to a command with a guest's token says neither yes nor no", response.status)
	}
}

// askOpenMeetings logs in and lists the public rooms.
func (d *doctor) askOpenMeetings(ctx context.Context, secret openmeetings.Secret) {
	const what = "openmeetings"
	if !d.reach(ctx, "OpenMeetings", secret.BaseURL()) {
		return
	}
	client := openmeetings.New(openmeetings.Options{
		Secrets: d.source, HTTP: d.client(openmeetings.Provider, openmeetings.MaxAnswer), Now: d.now,
	})
	version, err := client.Version(ctx)
	if err != nil {
		d.fix(what, "asked for its version: %s", inWords(err))
		return
	}
	if said := string(version.Version); isVersion(said) {
		d.ok(what, "it runs version %s", said)
	}
	_, err = client.Rooms(ctx, openmeetings.Conference)
	switch {
	case err == nil:
		d.ok(what, "the account can log in and list rooms")
	case rejected(err):
		d.fix(what, "the account may not log in or list rooms: user and password must be right, and it needs the rights LOGIN, SOAP and ROOM and to be in "+
			"a group; %s", inWords(err))
	default:
		d.fix(what, "logged in and asked for its rooms: %s", inWords(err))
	}
}

// isVersion knows a version by its form, which is all that is shown of what a server says.
func isVersion(text string) bool {
	return len(text) <= 32 && strings.Trim(text, "0123456789.") != text && strings.Trim(text, "0123456789.-ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

// nobody is an id that Veeting, whose ids begin with the time they were made at, gave to no account.
const nobody = "000000000000000000000000"

// askVeeting asks for the admins of an account that there is not. For a key of one account Veeting has no call that only reads
// (https://veeting.com/en/developer-documentation/api-usage).
func (d *doctor) askVeeting(ctx context.Context, secret veeting.Secret) {
	const what = "veeting"
	if !d.reach(ctx, "Veeting", secret.BaseURL()) {
		return
	}
	if !secret.OfInstance() {
		d.skip(what, "for a key of an account Veeting has no call that changes nothing: schedule a meeting, and delete it, to see whether the key is good")
		return
	}
	client := veeting.New(veeting.Options{Secrets: d.source, HTTP: d.client(veeting.Provider, 0), Now: d.now})
	_, err := client.ListAdmins(ctx, nobody)
	failure, failed := errors.AsType[*httpclient.Error](err)
	switch {
	case err == nil, failed && failure.Kind == httpclient.Refused && failure.Code != "" && failure.Hint == "":
		d.ok(what, "it takes the key (asked for the admins of an account that there is not)")
	case rejected(err):
		d.fix(what, "it refuses the key: is it of this instance, made in the white-label settings, with the permissions Account and Meeting, "+
			"and not taken back?")
	default:
		d.fix(what, "asked for the admins of an account that there is not: %s", inWords(err))
	}
}

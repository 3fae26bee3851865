package main

import (
	"context"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"gavel/local/awsaccount"
	"gavel/local/keyfile"
	"gavel/shared/api/catalog"
	"gavel/shared/auth"
	"gavel/shared/jaas"
	"gavel/shared/jitsi"
	"gavel/shared/openmeetings"
	"gavel/shared/secrets"
	"gavel/shared/veeting"
)

// holdings are the secrets that can be read and used.
type holdings struct {
	jaas         map[jaas.AppID]jaas.Secret
	jitsi        *jitsi.Secret
	openmeetings *openmeetings.Secret
	veeting      *veeting.Secret
	keys         []auth.APIKeyEntry
	names        []string // of all secrets there are, good or not
}

// has says whether there is a secret, good or not, by its name below the prefix.
func (h holdings) has(name string) bool { return slices.Contains(h.names, name) }

// examineFile looks at a secrets file, its secrets, and the meeting systems.
func (d *doctor) examineFile(ctx context.Context, path string) {
	const what = "secrets file"
	info, err := os.Stat(path)
	if err != nil {
		d.fix(what, "%s is not there, or cannot be read: make one with make secret, as in the README", path)
		return
	}
	file := secrets.NewFile(path, d.settings.SecretPrefix)
	names, err := file.Names()
	switch {
	case err != nil:
		d.fix(what, "%s: %s; mend it by hand, or make it anew with make secret", path, err)
		return
	case len(names) == 0:
		d.fix(what, "%s holds no secret: put some in with make secret, as in the README", path)
		return
	case info.Mode().Perm()&0o077 != 0:
		d.fix(what, "others on this machine can read %s: chmod 600 %s", path, path)
	default:
		d.ok(what, "only its owner can read %s; secrets in it: %d", path, len(names))
	}
	d.source = file
	d.examineSecrets(ctx, names)
	d.lookAtRooms(d.getenv("GAVEL_ROOMS_JAAS_APP_ID"), d.getenv("GAVEL_ROOMS_VEETING_USER")) // a local server's own tenant may be in another file
	if !d.found.has(auth.APIKeysSecret) {
		d.skip(auth.APIKeysSecret, "there are none in the file; make run adds a key of its own")
	}
	d.examineSystems(ctx)
}

// examineSecrets reads secrets as the functions do. The names are those below the prefix.
func (d *doctor) examineSecrets(ctx context.Context, names []string) {
	d.found = holdings{jaas: map[jaas.AppID]jaas.Secret{}, names: slices.Sorted(slices.Values(names))}
	for _, name := range d.found.names {
		kind, _, _ := strings.Cut(name, "/")
		look, known := map[string]func(string, secrets.Raw) error{
			jaas.Provider: d.lookAtJaaS, jitsi.Provider: d.lookAtJitsi, openmeetings.Provider: d.lookAtOpenMeetings,
			veeting.Provider: d.lookAtVeeting, auth.APIKeysSecret: d.lookAtKeys,
		}[kind]
		if !known || kind != jaas.Provider && kind != name {
			d.unknown(name)
			continue
		}
		raw, err := d.source.Read(ctx, name)
		switch {
		case awsaccount.Denied(err): // to whoever looks, which says nothing of the functions
			d.skip("secret "+name, "%s", awsaccount.Explain("secretsmanager:GetSecretValue", "it", err))
			continue
		case err != nil:
			d.fix("secret "+name, "%s", inWords(err))
			continue
		}
		if err := look(name, raw); err != nil {
			d.fix("secret "+name, "%s; put it right with make secret ARGS='%s …'", err, strings.ReplaceAll(name, "/", " "))
		}
	}
}

// unknown says what to do with a secret that nobody reads.
func (d *doctor) unknown(name string) {
	if rest, prefixed := strings.CutPrefix(name, d.settings.SecretPrefix+"/"); prefixed {
		d.fix("secret "+name, "the prefix is there once too often, so that nobody finds it: its name must be %s", rest)
		return
	}
	d.warn("secret "+name, "nobody reads it: there are jaas/<AppID>, jitsi, openmeetings, veeting and api-keys; is it misspelt?")
}

func (d *doctor) lookAtJaaS(name string, raw secrets.Raw) error {
	appID, err := jaas.ParseAppID(strings.TrimPrefix(name, jaas.Provider+"/"))
	if err != nil {
		return err
	}
	secret, err := jaas.ParseSecret(appID, raw)
	if err != nil {
		return err
	}
	d.found.jaas[appID] = secret
	d.ok("secret "+name, "key id %s, public key %s", secret.KeyID(), keyfile.Fingerprint(secret.PublicKey()))
	if !secret.HasWebhook() {
		d.skip("webhook of "+name, "there is no webhookSecret: JaaS's events are refused, and nobody can be kicked by user id")
	} else {
		d.ok("webhook of "+name, "its secret has the right form")
	}
	d.minds(name, secret.Rotating())
	return nil
}

// minds says of a change that is under way that it is to be ended: whoever has what is replaced is still believed.
func (d *doctor) minds(name string, rotating bool) {
	if rotating {
		d.warn("change of "+name, "more than one secret, header, token or key is taken of its webhooks; once the first is in use everywhere, "+
			"write it alone with make secret")
	}
}

func (d *doctor) lookAtJitsi(name string, raw secrets.Raw) error {
	secret, err := jitsi.ParseSecret(raw)
	if err != nil {
		return err
	}
	d.found.jitsi = &secret
	keys := "a shared secret for logins"
	for i, key := range secret.Keys() {
		said := string(key.Use) + " key " + key.ID + ", public key " + keyfile.Fingerprint(key.Public)
		if keys += "; " + said; i == 0 && key.Use == jitsi.LoginKey {
			keys = said
		}
	}
	d.ok("secret "+name, "%s", keys)
	if secret.Guessable() {
		d.warn("shared secret of "+name, "it is so short that whoever has a token may guess it, and moderate: make another, here and in the server's "+
			"app_secret, with openssl rand -hex 32")
	}
	if secret.Callback() == "" {
		d.skip("events of "+name, "there are no callbackTokens: the server's events and reservations are refused")
	}
	for _, key := range secret.FormerKeys() {
		d.warn("former key of "+name, "links that were signed with %s are good still; a day after the change take it out: "+
			"make secret ARGS='jitsi -unset formerKeys …'", key.ID)
	}
	d.minds(name, secret.Rotating())
	return nil
}

func (d *doctor) lookAtOpenMeetings(name string, raw secrets.Raw) error {
	secret, err := openmeetings.ParseSecret(raw)
	if err == nil {
		d.found.openmeetings = &secret
		d.ok("secret "+name, "it is whole")
	}
	return err
}

func (d *doctor) lookAtVeeting(name string, raw secrets.Raw) error {
	secret, err := veeting.ParseSecret(raw)
	if err != nil {
		return err
	}
	d.found.veeting = &secret
	d.ok("secret "+name, "it is whole")
	if len(secret.Hooks()) == 0 {
		d.skip("hooks of "+name, "there are no webhookKeys: Veeting's events are refused")
	} else if err := secret.CheckHooks(); err != nil {
		d.fix("hooks of "+name, "%s", err)
	}
	d.minds(name, secret.Rotating())
	return nil
}

// lookAtKeys looks at the entries, too, which may be good and of no use.
func (d *doctor) lookAtKeys(name string, raw secrets.Raw) error {
	entries, err := auth.ParseAPIKeys(raw)
	if err != nil {
		return err
	}
	d.found.keys = entries
	if len(entries) == 0 {
		d.fix("secret "+name, "there is no key in it: make secret ARGS='api-keys -name crm -scopes jaas -to crm.key …'")
		return nil
	}
	known := catalog.Scopes()
	for _, e := range entries {
		what := "API key " + e.Name
		unknown := slices.DeleteFunc(slices.Clone(e.Scopes), func(s string) bool { return slices.Contains(known, s) })
		switch {
		case len(unknown) > 0:
			d.fix(what, "no operation asks for the scope %s: there are %s", strings.Join(unknown, ", "), strings.Join(known, ", "))
		case e.ExpiresAt != nil && !d.now().Before(*e.ExpiresAt):
			d.warn(what, "it has ended on %s: make another if it is in use, and take this one out", e.ExpiresAt.Format(time.DateOnly))
		case e.ExpiresAt != nil && e.ExpiresAt.Sub(d.now()) < renewal:
			d.warn(what, "it ends on %s: make another before that", e.ExpiresAt.Format(time.DateOnly))
		default:
			d.ok(what, "may do %s", strings.Join(e.Scopes, ", "))
		}
	}
	return nil
}

// lookAtRooms sees whether there are secrets of the places where rooms of people are to meet.
func (d *doctor) lookAtRooms(tenant, organizer string) {
	if tenant != "" && !d.found.has(jaas.SecretName(jaas.AppID(tenant))) {
		d.fix("rooms on JaaS", "they are to meet in the tenant %s (RoomsJaasAppId, GAVEL_ROOMS_JAAS_APP_ID), and there is no secret of it: "+
			"make secret ARGS='jaas %s -key-id … -key …'", tenant, tenant)
	}
	const what = "rooms on Veeting"
	switch secret := d.found.veeting; {
	case organizer == "":
	case !d.found.has(veeting.Provider):
		d.fix(what, "they have an organizer (RoomsVeetingUser, GAVEL_ROOMS_VEETING_USER), and there is no secret of Veeting: make secret ARGS='veeting …'")
	case secret == nil: // what is wrong with it has been said
	case !secret.OfInstance():
		d.fix(what, "they have an organizer, whom a key of an account does not take: leave RoomsVeetingUser (GAVEL_ROOMS_VEETING_USER) empty")
	case !secret.HasJoinURL():
		d.fix(what, "the secret has no joinUrl, so that nobody gets a link: make secret ARGS='veeting -join-url …'")
	}
}

// examineSystems asks the meeting systems whose secrets are good.
func (d *doctor) examineSystems(ctx context.Context) {
	if d.offline {
		if len(d.found.names) > 0 {
			d.skip("meeting systems", "not asked, because of -offline")
		}
		return
	}
	if len(d.found.jaas) > 0 && d.reach(ctx, "JaaS", d.settings.JaaSBaseURL) {
		for _, appID := range slices.Sorted(maps.Keys(d.found.jaas)) {
			d.askJaaS(ctx, appID, d.found.jaas[appID])
		}
	}
	if d.found.jitsi != nil {
		d.askJitsi(ctx, *d.found.jitsi)
	}
	if d.found.openmeetings != nil {
		d.askOpenMeetings(ctx, *d.found.openmeetings)
	}
	if d.found.veeting != nil {
		d.askVeeting(ctx, *d.found.veeting)
	}
}

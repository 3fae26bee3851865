package main

import (
	"errors"
	"flag"
	"fmt"

	"gavel/shared/jitsi"
	"gavel/shared/secrets"
)

// jitsiKind is the secret of the Jitsi server.
type jitsiKind struct {
	plain                map[string]*string // by the name of the field
	key, systemKey       string
	public, systemPublic string
	sharedSecret         string
	callbackTokens       string
	overlap              bool
}

var _ kind = (*jitsiKind)(nil)

func (k *jitsiKind) register(f *flag.FlagSet) {
	k.plain = map[string]*string{}
	for _, p := range []struct{ field, flag, help string }{
		{"baseUrl", "base-url", "`URL` of the web client, what stands before the room's name"},
		{"domain", "domain", "XMPP `domain`, where it is not the host of base-url"},
		{"mucPrefix", "muc-prefix", "`first part` of the rooms' domain, where it is not conference"},
		{"tenant", "tenant", "`part` between host and room, for requests that name none"},
		{"issuer", "issuer", "`text`: the server's app_id, or one of its accepted issuers"},
		{"audience", "audience", "`text`: one of the server's accepted audiences, where it is not the issuer"},
		{"algorithm", "algorithm", "`name`: RS256 with a key, HS256 with a shared secret, unless it is said"},
		{"keyId", "key-id", "`id` of the key for logins"},
		{"system.baseUrl", "system-base-url", "`URL` of Prosody's HTTP port"},
		{"system.keyId", "system-key-id", "`id` of the key for commands"},
		{"system.issuer", "system-issuer", "`text`, where it is not the issuer"},
		{"system.audience", "system-audience", "`text`, where it is not the audience"},
	} {
		k.plain[p.field] = f.String(p.flag, "", p.help)
	}
	f.StringVar(&k.key, "key", "", "the private key for logins: a `file`, - or env:NAME")
	f.StringVar(&k.sharedSecret, "shared-secret", "", "the server's app_secret, in place of a key: a `file`, - or env:NAME")
	f.StringVar(&k.systemKey, "system-key", "", "the private key for commands, another one than for logins: a `file`, - or env:NAME")
	f.StringVar(&k.public, "public", "", "the public half of the key for logins, to compare with: a `file` or -")
	f.StringVar(&k.systemPublic, "system-public", "", "the public half of the key for commands, to compare with: a `file` or -")
	f.StringVar(&k.callbackTokens, "callback-tokens", "", "what the server comes with, one to a line: a `file`, - or env:NAME")
	f.BoolVar(&k.overlap, "overlap", false, overlapHelp)
}

func (k *jitsiKind) name(words []string) (string, error) {
	if len(words) > 0 {
		return "", errors.New("there is one Jitsi server, so no word belongs behind jitsi; its fields are flags: -base-url …")
	}
	return jitsi.Provider, nil
}

func (k *jitsiKind) fill(d *draft, in *inputs) error {
	if err := checkOverlap(k.overlap, k.callbackTokens, k.key); err != nil {
		return err
	}
	if k.overlap && k.key != "" {
		if err := k.keepServing(d); err != nil {
			return err
		}
	}
	for field, value := range k.plain {
		d.text(field, *value)
	}
	for _, field := range []struct {
		name, flag, from string
		read             func(flagName, from string) (string, error)
	}{
		{"privateKey", "key", k.key, in.privateKey},
		{"secret", "shared-secret", k.sharedSecret, in.value},
		{"system.privateKey", "system-key", k.systemKey, in.privateKey},
	} {
		if err := d.read(field.name, field.flag, field.from, field.read); err != nil {
			return err
		}
	}
	if err := d.accept("callbackTokens", "callback-tokens", k.callbackTokens, k.overlap, in); err != nil {
		return err
	}
	return errors.Join(
		in.publicHalf("public", string(jitsi.LoginKey), k.public),
		in.publicHalf("system-public", string(jitsi.SystemKey), k.systemPublic))
}

// keepServing puts the public half of the login key that there is among the former ones, unless the new one has its id.
func (k *jitsiKind) keepServing(d *draft) error {
	if len(d.fields) == 0 {
		return nil
	}
	content, err := d.content()
	if err != nil {
		return err
	}
	old, err := jitsi.ParseSecret(secrets.NewRaw("", content))
	if err != nil {
		return fmt.Errorf("-overlap: the secret as it is cannot be used: %w; leave -overlap out to replace the key", err)
	}
	var former []map[string]string
	for _, key := range append(old.Keys(), old.FormerKeys()...) {
		if key.Use == jitsi.LoginKey && key.ID != *k.plain["keyId"] {
			former = append(former, map[string]string{"keyId": key.ID, "publicKey": string(key.PEM)})
		}
	}
	if len(former) > 0 {
		d.put("formerKeys", former)
	}
	return nil
}

func (k *jitsiKind) check(raw secrets.Raw) (facts, error) {
	secret, err := jitsi.ParseSecret(raw)
	if err != nil {
		return facts{}, err
	}
	var found facts
	for _, key := range secret.Keys() {
		found.keys = append(found.keys, signing{use: string(key.Use), kid: key.ID, public: key.Public})
		found.told = append(found.told, "the "+string(key.Use)+" key's public half is served at /jitsi/keys/"+string(key.Use)+"/"+key.File)
	}
	if secret.SystemURL() == "" {
		found.told = append(found.told, "without system: tokens can be minted, and no meeting ended")
	}
	if secret.Callback() == "" {
		found.told = append(found.told, "without callbackTokens: the server's events and reservations are refused")
	}
	found.next = []string{"set the server up for these keys: docs/jitsi.md has the settings"}
	if secret.Rotating() {
		found.next = append(found.next, overlapNote)
	}
	if secret.Guessable() {
		found.next = append(found.next, "the shared secret is so short that whoever has a token may guess it, and moderate: make another, here and in the "+
			"server's app_secret, with openssl rand -hex 32")
	}
	if len(secret.FormerKeys()) > 0 {
		found.next = append(found.next, "a day after the change nobody needs the former keys any more: -unset formerKeys")
	}
	return found, nil
}

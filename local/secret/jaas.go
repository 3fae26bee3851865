package main

import (
	"errors"
	"flag"
	"os"

	"gavel/shared/jaas"
	"gavel/shared/secrets"
)

// jaasKind is the secret of a JaaS tenant.
type jaasKind struct {
	appID                                               jaas.AppID
	keyID, key, public, webhookSecret, webhookAuthorize string
	overlap                                             bool
}

var _ kind = (*jaasKind)(nil)

func (k *jaasKind) register(f *flag.FlagSet) {
	f.StringVar(&k.keyID, "key-id", "", "`id` of the key in the JaaS console, whole or what follows the AppID")
	f.StringVar(&k.key, "key", "", "the private key: a `file`, - or env:NAME")
	f.StringVar(&k.public, "public", "", "the public half as it was uploaded, or a certificate, to compare with: a `file` or -")
	f.StringVar(&k.webhookSecret, "webhook-secret", "", "the webhook's secret, whsec_…, one to a line: a `file`, - or env:NAME")
	f.StringVar(&k.webhookAuthorize, "webhook-authorization", "", "the webhook's Authorization header, one to a line: a `file`, - or env:NAME")
	f.BoolVar(&k.overlap, "overlap", false, overlapHelp)
}

func (k *jaasKind) name(words []string) (name string, err error) {
	if len(words) != 1 {
		return "", errors.New("give the AppID: jaas vpaas-magic-cookie-… -key-id …")
	}
	if k.appID, err = jaas.ParseAppID(words[0]); err != nil {
		return "", err
	}
	return jaas.SecretName(k.appID), nil
}

func (k *jaasKind) fill(d *draft, in *inputs) error {
	d.text("keyId", k.keyID)
	if err := checkOverlap(k.overlap, k.webhookSecret, k.webhookAuthorize); err != nil {
		return err
	}
	if err := d.read("privateKey", "key", k.key, in.privateKey); err != nil {
		return err
	}
	for _, field := range []struct{ name, flag, from string }{
		{"webhookSecret", "webhook-secret", k.webhookSecret},
		{"webhookAuthorization", "webhook-authorization", k.webhookAuthorize},
	} {
		if err := d.accept(field.name, field.flag, field.from, k.overlap, in); err != nil {
			return err
		}
	}
	return in.publicHalf("public", jaas.Provider, k.public)
}

func (k *jaasKind) check(raw secrets.Raw) (facts, error) {
	secret, err := jaas.ParseSecret(k.appID, raw)
	if err != nil {
		return facts{}, err
	}
	found := facts{
		keys: []signing{{use: jaas.Provider, kid: secret.KeyID(), public: secret.PublicKey()}},
		told: []string{"without webhookSecret: JaaS's events are refused, and nobody can be kicked by user id"},
	}
	if k.key != "" {
		next := "the JaaS console must have the public half of this key under this key id (API keys)"
		if info, err := os.Stat(k.key); err == nil && info.Mode().IsRegular() { // and not standard input, a variable or a pipe
			next += ": openssl pkey -in " + k.key + " -pubout"
		}
		found.next = []string{next}
	}
	if secret.HasWebhook() {
		found.told = []string{"JaaS's events are taken, by their signature"}
	}
	if secret.Rotating() {
		found.next = append(found.next, overlapNote)
	}
	return found, nil
}

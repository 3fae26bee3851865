package main

import (
	"errors"
	"flag"

	"gavel/shared/openmeetings"
	"gavel/shared/secrets"
)

// openmeetingsKind is the secret of the OpenMeetings server.
type openmeetingsKind struct{ baseURL, user, password string }

var _ kind = (*openmeetingsKind)(nil)

func (k *openmeetingsKind) register(f *flag.FlagSet) {
	f.StringVar(&k.baseURL, "base-url", "", "`URL` of the web application, as users open it")
	f.StringVar(&k.user, "user", "", "`login` of the account for Gavel, with the rights LOGIN, SOAP and ROOM, in a group")
	f.StringVar(&k.password, "password", "", "its password: a `file`, - or env:NAME")
}

func (k *openmeetingsKind) name(words []string) (string, error) {
	if len(words) > 0 {
		return "", errors.New("there is one OpenMeetings server, so no word belongs behind openmeetings; its fields are flags: -base-url …")
	}
	return openmeetings.Provider, nil
}

func (k *openmeetingsKind) fill(d *draft, in *inputs) error {
	d.text("baseUrl", k.baseURL)
	d.text("user", k.user)
	return d.read("password", "password", k.password, in.value)
}

func (k *openmeetingsKind) check(raw secrets.Raw) (facts, error) {
	_, err := openmeetings.ParseSecret(raw)
	return facts{}, err
}

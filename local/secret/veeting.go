package main

import (
	"errors"
	"flag"
	"strings"

	"gavel/shared/secrets"
	"gavel/shared/veeting"
)

// veetingKind is the secret of the Veeting instance.
type veetingKind struct {
	baseURL, apiKey, level, joinURL string
	hooks                           []string // hook=where its key is
	overlap                         bool
}

var _ kind = (*veetingKind)(nil)

func (k *veetingKind) register(f *flag.FlagSet) {
	f.StringVar(&k.baseURL, "base-url", "", "`URL` of the instance")
	f.StringVar(&k.apiKey, "api-key", "", "the API key: a `file`, - or env:NAME")
	f.StringVar(&k.level, "level", "", "where the key was made: `instance or account`")
	f.StringVar(&k.joinURL, "join-url", "", "form of the join `links`, with "+veeting.JoinPlaceholder+" in it")
	f.Func("hook", "`onMeetingClosed=file`: the key of a hook, one to a line in a file, - or env:NAME; again for each hook", func(text string) error {
		k.hooks = append(k.hooks, text)
		return nil
	})
	f.BoolVar(&k.overlap, "overlap", false, overlapHelp)
}

func (k *veetingKind) name(words []string) (string, error) {
	if len(words) > 0 {
		return "", errors.New("there is one Veeting instance, so no word belongs behind veeting; its fields are flags: -base-url …")
	}
	return veeting.Provider, nil
}

func (k *veetingKind) fill(d *draft, in *inputs) error {
	d.text("baseUrl", k.baseURL)
	d.text("level", k.level)
	d.text("joinUrl", k.joinURL)
	if err := d.read("apiKey", "api-key", k.apiKey, in.value); err != nil {
		return err
	}
	if err := checkOverlap(k.overlap, k.hooks...); err != nil {
		return err
	}
	for _, text := range k.hooks {
		hook, from, ok := strings.Cut(text, "=")
		if !ok || hook == "" || strings.Contains(hook, ".") {
			return errors.New("-hook takes the name of a hook and where its key is: onMeetingClosed=hook.key")
		}
		if err := d.accept("webhookKeys."+hook, "hook", from, k.overlap, in); err != nil {
			return err
		}
	}
	return nil
}

func (k *veetingKind) check(raw secrets.Raw) (facts, error) {
	secret, err := veeting.ParseSecret(raw)
	if err != nil {
		return facts{}, err
	}
	if err := secret.CheckHooks(); err != nil {
		return facts{}, err
	}
	found := facts{told: []string{"a key of an account: it rules the meetings of this one account"}}
	if secret.OfInstance() {
		found.told[0] = "a key of the instance: calls about meetings name their organizer"
	}
	if hooks := secret.Hooks(); len(hooks) > 0 {
		found.told = append(found.told, "events are taken of "+strings.Join(hooks, ", "))
	}
	if secret.Rotating() {
		found.next = append(found.next, overlapNote)
	}
	if !secret.HasJoinURL() {
		found.told = append(found.told, "without joinUrl: rooms of people cannot meet there")
	}
	return found, nil
}

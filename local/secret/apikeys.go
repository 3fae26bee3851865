package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"slices"
	"strings"
	"time"

	"gavel/shared/api/catalog"
	"gavel/shared/auth"
	"gavel/shared/secrets"
)

// apiKeysKind is the secret with the API keys, of which it makes, adds and removes one at a time.
type apiKeysKind struct{ keyName, scopes, expires, to, entry, remove string }

var _ kind = (*apiKeysKind)(nil)

func (k *apiKeysKind) register(f *flag.FlagSet) {
	f.StringVar(&k.keyName, "name", "", "make a key: `whose` it is, as it will appear in the logs")
	f.StringVar(&k.scopes, "scopes", "", "what the new key may do, `scopes` with commas between them: "+strings.Join(catalog.Scopes(), ", "))
	f.StringVar(&k.expires, "expires", "", "the `day` the new key ends on, such as 2027-01-01; without one it has no end")
	f.StringVar(&k.to, "to", "", "new `file` for the new key, which is shown nowhere else")
	f.StringVar(&k.entry, "entry", "", "add the entry that make api-key printed: a `file` or -")
	f.StringVar(&k.remove, "remove", "", "take out the keys of this `name`, or the one whose sha256 begins so (8 digits or more)")
}

func (k *apiKeysKind) name(words []string) (string, error) {
	if len(words) > 0 {
		return "", errors.New("no word belongs behind api-keys; make a key with -name crm -scopes jaas -to crm.key")
	}
	return auth.APIKeysSecret, nil
}

func (k *apiKeysKind) fill(d *draft, in *inputs) error {
	list, err := k.list(d, in.force)
	if err != nil {
		return err
	}
	before := len(list)
	switch {
	case k.keyName != "" && k.entry == "" && k.remove == "":
		list, err = k.make(list, in)
	case k.entry != "" && k.keyName == "" && k.remove == "":
		list, err = k.add(list, in)
	case k.remove != "" && k.keyName == "" && k.entry == "":
		list, err = k.without(list)
	default:
		err = errors.New("give one of -name (make a key), -entry (add one that was made) and -remove")
	}
	if err != nil {
		return err
	}
	if len(list) == 0 && before > 0 && !in.force {
		return errors.New("nothing is written: this is the last key, and without it nobody gets in with a key; if that is meant, add -force")
	}
	d.put("keys", list)
	return nil
}

func (k *apiKeysKind) list(d *draft, force bool) ([]auth.APIKeyEntry, error) {
	if len(d.fields) == 0 {
		return []auth.APIKeyEntry{}, nil
	}
	content, err := d.content()
	if err != nil {
		return nil, err
	}
	list, err := auth.ParseAPIKeys(secrets.NewRaw("", content))
	if err != nil && !force {
		return nil, fmt.Errorf("the secret as it is cannot be used: %w; mend it, or replace it as a whole with -force", err)
	}
	if err != nil {
		clear(d.fields)
	}
	return list, nil
}

func (k *apiKeysKind) make(list []auth.APIKeyEntry, in *inputs) ([]auth.APIKeyEntry, error) {
	scopes := strings.FieldsFunc(k.scopes, func(r rune) bool { return r == ',' || r == ' ' })
	if len(scopes) == 0 || k.to == "" {
		return nil, errors.New("a new key needs -scopes, what it may do, and -to, a new file for it: -name crm -scopes jaas -to crm.key")
	}
	key, entry := auth.NewAPIKey(k.keyName, scopes)
	if k.expires != "" {
		day, err := time.Parse(time.DateOnly, k.expires)
		if err != nil || !day.After(time.Now()) {
			return nil, errors.New("-expires takes a day to come, such as 2027-01-01")
		}
		entry.ExpiresAt = &day
	}
	in.newKey, in.newKeyFile = key, k.to
	return k.append(list, entry, in)
}

func (k *apiKeysKind) add(list []auth.APIKeyEntry, in *inputs) ([]auth.APIKeyEntry, error) {
	text, err := in.text("entry", k.entry)
	if err != nil {
		return nil, err
	}
	var entry auth.APIKeyEntry
	decoder := json.NewDecoder(bytes.NewReader([]byte(text)))
	decoder.DisallowUnknownFields()
	if decoder.Decode(&entry) != nil || decoder.More() {
		return nil, errors.New(`-entry: expected the entry as make api-key prints it, {"name": "crm", "sha256": "…", "scopes": ["jaas"]}, ` +
			"and nothing besides")
	}
	return k.append(list, entry, in)
}

// append puts an entry in the place of one of the same key, else at the end. A second key of a name is how keys are rotated.
func (k *apiKeysKind) append(list []auth.APIKeyEntry, entry auth.APIKeyEntry, in *inputs) ([]auth.APIKeyEntry, error) {
	if err := catalog.CheckScopes(entry.Scopes); err != nil {
		return nil, err
	}
	if i := slices.IndexFunc(list, func(e auth.APIKeyEntry) bool { return strings.EqualFold(e.SHA256, entry.SHA256) }); i >= 0 {
		list[i] = entry
		return list, nil
	}
	for _, old := range list {
		if old.Name == entry.Name {
			in.notes = append(in.notes, fmt.Sprintf("%s has another key still; when nobody uses it any more: -remove %s", old.Name, short(old)))
		}
	}
	return append(list, entry), nil
}

// shortest is how many digits of a digest name a key.
const shortest = 8

func short(e auth.APIKeyEntry) string { return e.SHA256[:shortest] }

func (k *apiKeysKind) without(list []auth.APIKeyEntry) ([]auth.APIKeyEntry, error) {
	left := slices.DeleteFunc(slices.Clone(list), func(e auth.APIKeyEntry) bool {
		return e.Name == k.remove || len(k.remove) >= shortest && strings.HasPrefix(strings.ToLower(e.SHA256), strings.ToLower(k.remove))
	})
	if len(left) == len(list) {
		return nil, errors.New("-remove: there is no key of this name, or with such a digest")
	}
	return left, nil
}

func (k *apiKeysKind) check(raw secrets.Raw) (facts, error) {
	list, err := auth.ParseAPIKeys(raw)
	if err != nil {
		return facts{}, err
	}
	var found facts
	for _, e := range list {
		end := ""
		if e.ExpiresAt != nil {
			end = ", until " + e.ExpiresAt.Format(time.DateOnly)
		}
		found.told = append(found.told, fmt.Sprintf("%s (%s…): %s%s", e.Name, short(e), strings.Join(e.Scopes, " "), end))
	}
	return found, nil
}

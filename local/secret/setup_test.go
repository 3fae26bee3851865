package main

import (
	"bytes"
	"context"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"gavel/local/keyfile"
	"gavel/local/testkey"
)

const (
	appID = "vpaas-magic-cookie-0123456789abcdef0123456789abcdef"
	// hush stands in every secret value; nothing that is printed may have it.
	hush = "hush4711"
)

// desk is a folder with the command at work in it.
type desk struct {
	t     *testing.T
	dir   string
	env   map[string]string
	stdin string
	cloud func(context.Context, string, string) (aws.Config, error)
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	return &desk{t: t, dir: t.TempDir(), env: map[string]string{}, cloud: func(context.Context, string, string) (aws.Config, error) {
		return aws.Config{}, errors.New("no AWS here")
	}}
}

func (d *desk) path(name string) string { return filepath.Join(d.dir, name) }

// file writes a file, readable by its owner alone, and gives its path.
func (d *desk) file(name, text string) string {
	d.t.Helper()
	if err := os.WriteFile(d.path(name), []byte(text), 0o600); err != nil {
		d.t.Fatal(err)
	}
	return d.path(name)
}

// key writes a fresh key and its public half, and gives their paths.
func (d *desk) key(name string) (private, public string) {
	d.t.Helper()
	text := testkey.PEM(d.t)
	key, err := keyfile.Parse("", text)
	if err != nil {
		d.t.Fatal(err)
	}
	return d.file(name+".pem", text), d.file(name+".pub", publicPEM(d.t, &key.PublicKey))
}

func publicPEM(t *testing.T, key *rsa.PublicKey) string {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
}

// run runs the command on the desk's secrets file, and gives what it printed. What is secret must not be in it.
func (d *desk) run(args ...string) (printed string, err error) {
	d.t.Helper()
	var out bytes.Buffer
	env := func(name string) string { return d.env[name] }
	if _, set := d.env["GAVEL_SECRETS_FILE"]; !set {
		d.env["GAVEL_SECRETS_FILE"] = d.path("secrets.json")
	}
	err = run(d.t.Context(), surroundings{getenv: env, stdin: strings.NewReader(d.stdin), out: &out, aws: d.cloud}, args)
	said := out.String()
	if err != nil {
		said += err.Error()
	}
	for _, secret := range []string{hush, "-----BEGIN", "MII", "gvl_"} {
		if strings.Contains(said, secret) {
			d.t.Errorf("got %q printed in:\n%s", secret, said)
		}
	}
	return out.String(), err
}

// does wants the command to succeed, and all of words printed.
func (d *desk) does(args []string, words ...string) {
	d.t.Helper()
	printed, err := d.run(args...)
	if err != nil {
		d.t.Fatalf("%q: %v", args, err)
	}
	for _, want := range words {
		if !strings.Contains(printed, want) {
			d.t.Errorf("%q: got\n%s\nwant %q in it", args, printed, want)
		}
	}
}

// refuses wants the command to fail with all of words, and the file left as it is.
func (d *desk) refuses(args []string, words ...string) {
	d.t.Helper()
	before, _ := os.ReadFile(d.path("secrets.json"))
	_, err := d.run(args...)
	if err == nil {
		d.t.Errorf("%q: got no error", args)
		return
	}
	for _, want := range words {
		if !strings.Contains(err.Error(), want) {
			d.t.Errorf("%q: got %v, want %q in it", args, err, want)
		}
	}
	if after, _ := os.ReadFile(d.path("secrets.json")); !bytes.Equal(before, after) {
		d.t.Errorf("%q: the file has changed", args)
	}
}

// holds gives a secret of the file.
func (d *desk) holds(name string) map[string]any {
	d.t.Helper()
	text, err := os.ReadFile(d.path("secrets.json"))
	if err != nil {
		d.t.Fatal(err)
	}
	var all map[string]map[string]any
	if err := json.Unmarshal(text, &all); err != nil {
		d.t.Fatal(err)
	}
	return all[name]
}

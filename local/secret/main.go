// Command secret puts a secret where the functions read it, after it was checked as they check it:
//
//	go run ./local/secret jaas <AppID> -key-id 4f4910 -key key.pem -file secrets.json
//
// Values that are secret come from files, standard input or the environment, and are never printed. What the secret has and the
// call does not name stays as it is.
package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"gavel/local/awsaccount"
	"gavel/local/secretstore"
	"gavel/shared/config"
	"gavel/shared/secrets"
)

// main leaves Ctrl-C to end the process until something is written: whoever is asked for a secret on standard input, or waits for a
// pipe, gets away by it.
func main() {
	s := surroundings{getenv: os.Getenv, stdin: os.Stdin, out: os.Stdout, aws: awsaccount.Load}
	if err := run(context.Background(), s, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "secret:", err)
		os.Exit(1)
	}
}

// surroundings are what the command finds around it.
type surroundings struct {
	getenv func(string) string
	stdin  io.Reader
	out    io.Writer
	aws    func(ctx context.Context, region, profile string) (aws.Config, error)
}

// kind is one kind of secret.
type kind interface {
	// register adds the flags of the secret's fields.
	register(*flag.FlagSet)
	// name gives that of the secret, of the words in front of the flags.
	name(words []string) (string, error)
	// fill puts the fields of the call into the secret.
	fill(*draft, *inputs) error
	// check reads the secret as the functions do, and tells what may be told of it.
	check(secrets.Raw) (facts, error)
}

// facts are what may be told of a secret.
type facts struct {
	told []string // of the secret, a sentence each
	keys []signing
	next []string // what is to be done elsewhere, a sentence each
}

// common are the flags of all kinds.
type common struct {
	file, prefix, kmsKey, region, profile, unset string
	toAWS, force, check                          bool
}

func (c *common) register(f *flag.FlagSet, getenv func(string) string) {
	f.StringVar(&c.file, "file", getenv("GAVEL_SECRETS_FILE"), "write to this secrets `file`")
	f.BoolVar(&c.toAWS, "aws", false, "write to AWS Secrets Manager instead")
	f.StringVar(&c.prefix, "prefix", cmp.Or(getenv("GAVEL_SECRET_PREFIX"), config.DefaultSecretPrefix),
		"with -aws: the stack's SecretPrefix, the `first part` of the secrets' names")
	f.StringVar(&c.kmsKey, "kms-key", "", "with -aws: `ARN` of your own KMS key, the stack's SecretsKmsKeyArn")
	f.StringVar(&c.region, "region", "", "with -aws: the `region` of the stack")
	f.StringVar(&c.profile, "profile", "", "with -aws: the `profile` of AWS's tools to use")
	f.StringVar(&c.unset, "unset", "", "take these `fields` out of the secret, with commas between them")
	f.BoolVar(&c.check, "check", false, "check only, and write nothing")
	f.BoolVar(&c.force, "force", false, "write although it makes something worse that worked")
}

const usage = `Puts a secret where Gavel reads it, after checking it. Give the kind of secret and its fields:

  jaas <AppID>    -key-id 4f4910 -key key.pem [-public key.pub] [-webhook-secret FROM] [-webhook-authorization FROM] [-overlap]
  jitsi           -base-url https://meet.example.org -issuer gavel -key-id login-1 -key key.pem …
  openmeetings    -base-url https://meet.example.org:5443/openmeetings -user gavel -password FROM
  veeting         -base-url https://meet.example.org -level instance -api-key FROM [-hook onMeetingClosed=FROM]
  api-keys        -name crm -scopes jaas -to crm.key

and where it goes: -file secrets.json (GAVEL_SECRETS_FILE), or -aws [-prefix gavel] [-region …] [-profile …].
FROM is a file, - for standard input, or env:NAME; never the value itself, which would stay in your shell's history.
What you leave out stays as it is in the secret. All flags of a kind: make secret ARGS='jitsi -h'
`

func kinds() map[string]kind {
	return map[string]kind{
		"jaas": &jaasKind{}, "jitsi": &jitsiKind{}, "openmeetings": &openmeetingsKind{}, "veeting": &veetingKind{}, "api-keys": &apiKeysKind{},
	}
}

func run(ctx context.Context, s surroundings, args []string) error {
	if len(args) == 0 || args[0] == "-h" || args[0] == "-help" || args[0] == "--help" {
		_, err := io.WriteString(s.out, usage)
		return err
	}
	k, known := kinds()[args[0]]
	if !known {
		return errors.New("the first word is the kind of secret: jaas, jitsi, openmeetings, veeting or api-keys")
	}
	var c common
	flags := flag.NewFlagSet("secret "+args[0], flag.ContinueOnError)
	flags.SetOutput(s.out)
	c.register(flags, s.getenv)
	k.register(flags)
	words, err := parse(flags, args[1:])
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	fileGiven := false
	flags.Visit(func(f *flag.Flag) { fileGiven = fileGiven || f.Name == "file" })
	if fileGiven && c.toAWS {
		return errors.New("-file and -aws are two places: give one of them")
	}
	name, err := k.name(words)
	if err != nil {
		return err
	}
	store, err := open(ctx, s, c)
	if err != nil {
		return err
	}
	return (&change{surroundings: s, common: c, kind: k, name: name, store: store}).make(ctx)
}

// parse takes the words in front of the flags, and refuses others: a value that should have been in a file may be one, so that
// they are not repeated.
func parse(flags *flag.FlagSet, args []string) (words []string, err error) {
	for len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		words, args = append(words, args[0]), args[1:]
	}
	if slices.Contains([]string{"-h", "-help", "--help"}, slices.Concat(args, []string{""})[0]) {
		flags.Usage()
		return nil, flag.ErrHelp
	}
	flags.SetOutput(io.Discard)
	if err := flags.Parse(args); err != nil {
		return nil, errors.New("there is a flag that this kind of secret does not have, or one without its value: -h shows those there are")
	}
	if flags.NArg() > 0 {
		return nil, errors.New("there is a word behind the flags that belongs to none")
	}
	return words, nil
}

func open(ctx context.Context, s surroundings, c common) (secretstore.Store, error) {
	if !c.toAWS {
		if c.file == "" && !c.check { // which is of what is given alone, where no place is
			return nil, errors.New("say where the secret goes: -file secrets.json, or -aws for Secrets Manager (-check needs no place)")
		}
		return secretstore.NewFile(c.file), nil
	}
	prefix, err := checkPrefix(c.prefix)
	if err != nil {
		return nil, err
	}
	account, err := s.aws(ctx, c.region, c.profile)
	if err != nil {
		return nil, err
	}
	return secretstore.NewManager(secretstore.ManagerOptions{AWS: account, Prefix: prefix, KMSKey: c.kmsKey}), nil
}

// checkPrefix reads a prefix as the functions do, so that nothing is written where none of them looks. None is not the default here:
// an empty variable of a shell would lead to another stack's secrets.
func checkPrefix(prefix string) (string, error) {
	if strings.TrimSpace(prefix) == "" {
		return "", errors.New("-prefix is empty: it is the stack's parameter SecretPrefix")
	}
	settings, err := config.Load(func(name string) string {
		if name == "GAVEL_SECRET_PREFIX" {
			return prefix
		}
		return ""
	})
	if err != nil {
		return "", errors.New("-prefix is not the beginning of a secret's name: it is the stack's parameter SecretPrefix, such as gavel-prod")
	}
	return settings.SecretPrefix, nil
}

// change is one call.
type change struct {
	surroundings
	common

	kind  kind
	name  string
	store secretstore.Store
}

func (c *change) make(ctx context.Context) error {
	old, err := c.store.Read(ctx, c.name)
	if err != nil {
		return err
	}
	d, err := newDraft(old, c.force)
	if err != nil {
		return err
	}
	in := &inputs{getenv: c.getenv, stdin: c.stdin, force: c.force}
	if err := c.kind.fill(d, in); err != nil {
		return err
	}
	if err := d.unset(c.unset); err != nil {
		return err
	}
	content, err := d.content()
	if err != nil {
		return err
	}
	found, err := c.kind.check(secrets.NewRaw("", content))
	if err != nil {
		return fmt.Errorf("nothing is written, because the secret would not do: %w", err)
	}
	if err := in.checkHalves(found.keys); err != nil {
		return fmt.Errorf("nothing is written: %w", err)
	}
	if err := c.worse(old, found); err != nil {
		return fmt.Errorf("nothing is written: %w; if that is meant, add -force", err)
	}
	if err := c.write(ctx, old, content, in); err != nil {
		return err
	}
	c.tell(d, found, in)
	return nil
}

// write leaves a secret alone that has this content. From the first file on that it makes an interrupt does not end the process,
// which would leave a key in it that is good for nothing.
func (c *change) write(ctx context.Context, old, content []byte, in *inputs) error {
	switch {
	case c.check:
		c.say("%s is all right. Nothing is written, as -check asks.", c.store.FullName(c.name))
		return nil
	case same(old, content):
		c.say("%s in %s has this content already. Nothing is written.", c.store.FullName(c.name), c.store.Where())
		return nil
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt)
	defer stop()
	if err := in.keep(); err != nil {
		return err
	}
	if err := c.store.Write(ctx, c.name, content); err != nil {
		in.drop()
		return err
	}
	c.say("%s is written to %s.", c.store.FullName(c.name), c.store.Where())
	return nil
}

func same(old, content []byte) bool {
	var a, b bytes.Buffer
	return old != nil && json.Compact(&a, sorted(old)) == nil && json.Compact(&b, sorted(content)) == nil && bytes.Equal(a.Bytes(), b.Bytes())
}

// sorted gives an object with its names in order; what is none as it is.
func sorted(content []byte) []byte {
	var value any
	if json.Unmarshal(content, &value) != nil {
		return content
	}
	again, err := json.Marshal(value)
	if err != nil {
		return content
	}
	return again
}

func (c *change) tell(d *draft, found facts, in *inputs) {
	if fields := d.fieldsSet(); fields != "" {
		c.say("  set: %s", fields)
	}
	if fields := d.fieldsKept(); fields != "" {
		c.say("  kept: %s", fields)
	}
	for _, key := range found.keys {
		c.say("  %s: key id %s, public key %s", key.use, key.kid, key.fingerprint())
	}
	for _, line := range found.told {
		c.say("  %s", line)
	}
	for _, line := range in.notes {
		c.say("Mind: %s", line)
	}
	for _, line := range found.next {
		c.say("Next: %s", line)
	}
	switch {
	case c.toAWS:
		c.say("See whether all is well: make doctor ARGS='-stack <your stack>'")
	case c.file != "":
		c.say("See whether all is well: make doctor ARGS='-secrets %s'", c.file)
	}
}

func (c *change) say(format string, args ...any) { _, _ = fmt.Fprintf(c.out, format+"\n", args...) }

package main

import (
	"crypto/rsa"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"unicode"
	"unicode/utf8"

	"gavel/local/keyfile"
)

// inputs are where the secret values of a call come from.
type inputs struct {
	getenv    func(string) string
	stdin     io.Reader
	stdinUsed bool
	force     bool
	halves    []half
	notes     []string // what the user should know, a sentence each

	newKeyFile string // where a new API key goes; empty for nowhere
	newKey     string
}

// half is a public key that is to be that of a use.
type half struct {
	use, file string
	key       *rsa.PublicKey
}

// signing is a key pair of the secret, by what may be told of it.
type signing struct {
	use, kid string
	public   *rsa.PublicKey
}

func (s signing) fingerprint() string { return keyfile.Fingerprint(s.public) }

const fromEnvironment = "env:"

// overlapHelp is of the flag that draft.accept has from kinds with fields that senders are known by.
const overlapHelp = "for a change: what webhooks come with is taken beside what is given, and Jitsi's former login key goes on being served"

// checkOverlap refuses the flag where the call names nothing that it could be about.
func checkOverlap(overlap bool, given ...string) error {
	if overlap && strings.Join(given, "") == "" {
		return errors.New("-overlap is about what webhooks come with and Jitsi's login key, and the call names nothing of it; " +
			"a key of JaaS has its overlap by an id of its own")
	}
	return nil
}

// overlapNote says what is left to do of such a change.
const overlapNote = "more than one is taken of senders for now; when the new one is in use everywhere, write it alone, without -overlap"

// locate gives the name of a file for what a flag says. Nothing that the flag says is repeated in an error unless it is a file's
// name: it may be the secret itself.
func (in *inputs) locate(flagName, from string) (io.Reader, error) {
	if from == keyfile.Stdin {
		if in.stdinUsed {
			return nil, fmt.Errorf("-%s: standard input is read for another flag already", flagName)
		}
		in.stdinUsed = true
		return in.stdin, nil
	}
	info, err := os.Stat(from)
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrInvalid), err != nil && info == nil && !errors.Is(err, fs.ErrPermission):
		return nil, fmt.Errorf("-%s: there is no such file; give the name of a file, - for standard input, or env:NAME, and never the value itself: "+
			"it would stay in your shell's history", flagName)
	case err != nil:
		return nil, fmt.Errorf("-%s: the file cannot be read: you may not", flagName)
	case info.IsDir():
		return nil, fmt.Errorf("-%s: that is a folder", flagName)
	}
	return nil, nil
}

// warn says of a file with a secret in it that others can read it. A pipe (<(pass show …)) is nobody else's.
func (in *inputs) warn(from string) {
	if info, err := os.Stat(from); err == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o077 != 0 {
		in.notes = append(in.notes, fmt.Sprintf("others on this machine can read %s: chmod 600 %s, or delete it", from, from))
	}
}

// value reads a secret value, without the line end that editors and echo add.
func (in *inputs) value(flagName, from string) (string, error) {
	text, err := in.lines(flagName, from)
	if err != nil {
		return "", err
	}
	if text = strings.TrimRight(text, "\r\n"); strings.ContainsAny(text, "\r\n") {
		return "", fmt.Errorf("-%s: there is more than one line; give the value alone", flagName)
	}
	return text, nil
}

// lines reads values that are no keys. JSON, as which they are kept, has no way to write what is not UTF-8, and what editors and shells
// on Windows add would be a part of a password that nobody sees.
func (in *inputs) lines(flagName, from string) (string, error) {
	text, err := in.text(flagName, from)
	if err != nil {
		return "", err
	}
	text = strings.TrimPrefix(text, keyfile.ByteOrderMark)
	if !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) && !strings.ContainsRune("\t\r\n", r) }) {
		return "", fmt.Errorf("-%s: this is not plain text in UTF-8; save it anew as that", flagName)
	}
	return text, nil
}

func (in *inputs) text(flagName, from string) (string, error) {
	if name, ok := strings.CutPrefix(from, fromEnvironment); ok {
		text := in.getenv(name)
		if text == "" {
			return "", fmt.Errorf("-%s: the environment variable is not set, or empty", flagName)
		}
		return text, nil
	}
	stdin, err := in.locate(flagName, from)
	if err != nil {
		return "", err
	}
	text, err := keyfile.Text(from, stdin)
	if err != nil {
		return "", fmt.Errorf("-%s: %w", flagName, err)
	}
	if stdin == nil {
		in.warn(from)
	}
	return text, nil
}

// privateKey reads a key and gives it as it is to stand in a secret.
func (in *inputs) privateKey(flagName, from string) (string, error) {
	text, err := in.text(flagName, from)
	if err != nil {
		return "", err
	}
	name := from
	if strings.HasPrefix(from, fromEnvironment) {
		name = keyfile.Stdin
	}
	key, err := keyfile.Parse(name, text)
	if err != nil {
		return "", fmt.Errorf("-%s: %w", flagName, err)
	}
	return keyfile.PEM(key)
}

// publicHalf notes that the key of a use must be the other half of a public one.
func (in *inputs) publicHalf(flagName, use, from string) error {
	if from == "" {
		return nil
	}
	stdin, err := in.locate(flagName, from)
	if err != nil {
		return err
	}
	key, err := keyfile.Public(from, stdin)
	if err != nil {
		return fmt.Errorf("-%s: %w", flagName, err)
	}
	in.halves = append(in.halves, half{use: use, file: from, key: key})
	return nil
}

func (in *inputs) checkHalves(keys []signing) error {
	for _, h := range in.halves {
		found := false
		for _, key := range keys {
			if key.use != h.use {
				continue
			}
			found = true
			if err := errors.Join(keyfile.CheckHalf(key.public, h.key), keyfile.CheckName(h.file, key.kid)); err != nil {
				return err
			}
		}
		if !found {
			return errors.New("a public key is given, and the secret has no private key that it could belong to")
		}
	}
	return nil
}

// keep writes a new API key into its file, which must be new: a key that is in it may be in use.
func (in *inputs) keep() error {
	if in.newKeyFile == "" {
		return nil
	}
	file, err := os.OpenFile(in.newKeyFile, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	switch {
	case errors.Is(err, fs.ErrExist):
		return fmt.Errorf("-to: %s exists already, and may hold a key in use; name another file", in.newKeyFile)
	case err != nil:
		return fmt.Errorf("-to: %s cannot be made", in.newKeyFile)
	}
	_, err = file.WriteString(in.newKey + "\n")
	if err := errors.Join(err, file.Close()); err != nil {
		in.drop()
		return fmt.Errorf("-to: %s cannot be written", in.newKeyFile)
	}
	in.notes = append(in.notes, in.newKeyFile+" holds the key itself: give it to whoever it is for, and delete it")
	return nil
}

// drop takes the file away again whose key has become good for nothing.
func (in *inputs) drop() {
	if in.newKeyFile != "" {
		_ = os.Remove(in.newKeyFile)
	}
}

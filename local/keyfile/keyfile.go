// Package keyfile reads RSA keys from files, as they are given to the commands of a developer's terminal, and says in words
// what a file is that is not the one.
package keyfile

import (
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"gavel/shared/rsakey"
)

// Stdin is the name that stands for standard input.
const Stdin = "-"

// longest is more than any key or certificate chain has, in bytes.
const longest = 256 << 10

// ByteOrderMark is what editors on Windows begin a file with, in front of what pem takes for the beginning of a line.
const ByteOrderMark = "\uFEFF"

// Text reads a file, or stdin where name is Stdin. Its errors hold nothing of the content.
func Text(name string, stdin io.Reader) (string, error) {
	if name == Stdin {
		return limited("standard input", stdin)
	}
	file, err := os.Open(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", fmt.Errorf("%s does not exist", name)
	case err != nil:
		return "", fmt.Errorf("%s cannot be read: %w", name, innermost(err))
	}
	defer func() { _ = file.Close() }()
	return limited(name, file)
}

func limited(name string, from io.Reader) (string, error) {
	text, err := io.ReadAll(io.LimitReader(from, longest+1))
	switch {
	case err != nil:
		return "", fmt.Errorf("%s cannot be read: %w", name, innermost(err))
	case len(text) > longest:
		return "", fmt.Errorf("%s is longer than any key", name)
	case strings.TrimSpace(string(text)) == "":
		return "", fmt.Errorf("%s is empty", name)
	}
	return string(text), nil
}

// innermost leaves out the path, which the message has.
func innermost(err error) error {
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		return path.Err
	}
	return err
}

// Parse reads an RSA private key, by the rules by which secrets are read, out of what a file of the name holds. An error says what
// it is instead, and what to do about it.
func Parse(name, text string) (*rsa.PrivateKey, error) {
	key, err := rsakey.Parse(text)
	if err != nil {
		return nil, errors.New(remedy(name, err))
	}
	return key, nil
}

// remedy gives for the usual mistakes the command that helps, with the name of the file in it; for the others what the reader
// of secrets says.
func remedy(name string, err error) string {
	refused, ok := errors.AsType[*rsakey.Fault](err)
	if !ok {
		return err.Error()
	}
	if name == Stdin {
		name = "key.pem"
	}
	switch refused.Kind {
	case rsakey.Encrypted:
		return "this private key is encrypted, and a function has nobody to ask for the passphrase; take it off: openssl pkey -in " +
			name + " -out plain.pem"
	case rsakey.OpenSSH:
		return "this key is in OpenSSH's own format; convert a copy: cp " + name + " copy.pem && ssh-keygen -p -N '' -m PEM -f copy.pem"
	case rsakey.PKCS12:
		return "this is a PKCS#12 file; take the key out of it: openssl pkcs12 -in " + name + " -nocerts -nodes -out plain.pem"
	case rsakey.PublicKey, rsakey.SSHPublicKey:
		return "this is a public key; give the private half, the file that was made with it (it goes to -public, if anywhere)"
	case rsakey.Certificate:
		return "this is a certificate; give the private key that belongs to it (the certificate goes to -public, if anywhere)"
	case rsakey.NotRSA, rsakey.TooShort:
		return refused.Error() + "; make one: openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:4096 -out key.pem"
	}
	return refused.Error()
}

// PEM writes a private key as it is to stand in a secret: PKCS #8 in PEM.
func PEM(key *rsa.PrivateKey) (string, error) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return "", errors.New("the key cannot be written as PKCS #8")
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})), nil
}

// Public reads an RSA public key in PEM, or that of the first certificate.
func Public(name string, stdin io.Reader) (*rsa.PublicKey, error) {
	text, err := Text(name, stdin)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode([]byte(strings.TrimPrefix(text, ByteOrderMark)))
	if block == nil {
		return nil, fmt.Errorf("%s is no public key or certificate in PEM (BEGIN PUBLIC KEY, BEGIN CERTIFICATE)", name)
	}
	key, err := readPublic(block)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return key, nil
}

func readPublic(block *pem.Block) (*rsa.PublicKey, error) {
	var parsed any
	var err error
	switch {
	case strings.HasSuffix(block.Type, "PRIVATE KEY"):
		return nil, errors.New("this is a private key; -public takes the public half: openssl pkey -in key.pem -pubout")
	case block.Type == "CERTIFICATE":
		var certificate *x509.Certificate
		if certificate, err = x509.ParseCertificate(block.Bytes); err == nil {
			parsed = certificate.PublicKey
		}
	case block.Type == "RSA PUBLIC KEY":
		parsed, err = x509.ParsePKCS1PublicKey(block.Bytes)
	default:
		parsed, err = x509.ParsePKIXPublicKey(block.Bytes)
	}
	if err != nil {
		return nil, errors.New("this public key or certificate does not decode; copy it again")
	}
	key, ok := parsed.(*rsa.PublicKey)
	if !ok {
		return nil, errors.New("this public key is not RSA, so it is not that of the private key")
	}
	return key, nil
}

// Fingerprint names a public key: the beginning of the SHA-256 of its DER, as
// `openssl pkey -in key.pem -pubout -outform DER | openssl sha256` prints it.
func Fingerprint(key *rsa.PublicKey) string {
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return "unknown"
	}
	sum := sha256.Sum256(der)
	return "SHA-256 " + hex.EncodeToString(sum[:])[:32] + "…"
}

// CheckHalf says whether a public key is that of a private one.
func CheckHalf(ofPrivate, public *rsa.PublicKey) error {
	if ofPrivate.Equal(public) {
		return nil
	}
	return fmt.Errorf("the public key (%s) is not the other half of the private key (whose own is %s): one of the two belongs to another pair",
		Fingerprint(public), Fingerprint(ofPrivate))
}

// CheckName says whether a file that is named as on a key server, 64 hex digits and .pem, is named for the key's id: key servers
// find a key under the SHA-256 of its id
// (https://github.com/jitsi/jitsi-meet/blob/master/resources/prosody-plugins/token/util.lib.lua). Other names say nothing.
func CheckName(name, kid string) error {
	base, ok := strings.CutSuffix(strings.ToLower(filepath.Base(name)), ".pem")
	if !ok || len(base) != 2*sha256.Size || strings.Trim(base, "0123456789abcdef") != "" {
		return nil
	}
	if sum := sha256.Sum256([]byte(kid)); base != hex.EncodeToString(sum[:]) {
		return fmt.Errorf("the public key's file is named for another key id than %q: it should be %s.pem", kid, hex.EncodeToString(sum[:]))
	}
	return nil
}

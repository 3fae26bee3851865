package keyfile_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gavel/local/keyfile"
)

func newKey(t *testing.T, bits int) *rsa.PrivateKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func encode(t *testing.T, kind string, der []byte, err error) string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

func certificate(t *testing.T, key *rsa.PrivateKey) string {
	t.Helper()
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "x"}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	return encode(t, "CERTIFICATE", der, err)
}

func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestParse_SaysWhatElseItIsAndWhatToDo(t *testing.T) {
	t.Parallel()
	key := newKey(t, 2048)
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	ecDER, err := x509.MarshalECPrivateKey(ec)
	noise := make([]byte, 600)
	_, _ = rand.Read(noise)
	public, publicErr := x509.MarshalPKIXPublicKey(&key.PublicKey)
	for name, c := range map[string]struct{ text, want string }{
		"EC":        {encode(t, "EC PRIVATE KEY", ecDER, err), "openssl genpkey -algorithm RSA"},
		"encrypted": {encode(t, "ENCRYPTED PRIVATE KEY", noise, nil), "openssl pkey -in my.pem -out plain.pem"},
		"encrypted the old way": {
			"-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\n" + base64.StdEncoding.EncodeToString(noise) + "\n-----END RSA PRIVATE KEY-----\n",
			"openssl pkey -in my.pem -out plain.pem",
		},
		"OpenSSH": {
			"-----BEGIN OPENSSH PRIVATE KEY-----\n" + base64.StdEncoding.EncodeToString(append([]byte("openssh-key-v1\x00"), noise...)) + "\n-----END OPENSSH PRIVATE KEY-----\n",
			"ssh-keygen -p -N '' -m PEM",
		},
		"public":      {encode(t, "PUBLIC KEY", public, publicErr), "give the private half"},
		"certificate": {certificate(t, key), "give the private key that belongs to it"},
		"text":        {"hello, this is some text of no key at all", "not a private key"},
		"cut off":     {encode(t, "RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(key), nil)[:600], "incomplete"},
	} {
		if _, err := keyfile.Parse("my.pem", c.text); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q in it", name, err, c.want)
		}
	}
}

func TestParse_TakesEveryFormAndWritesOne(t *testing.T) {
	t.Parallel()
	key := newKey(t, 2048)
	der, err := x509.MarshalPKCS8PrivateKey(key)
	want := encode(t, "PRIVATE KEY", der, err)
	for name, text := range map[string]string{
		"PKCS #8": want, "PKCS #1": encode(t, "RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(key), nil), "DER": string(der),
		"on one line": strings.ReplaceAll(want, "\n", `\n`),
	} {
		parsed, err := keyfile.Parse("my.pem", text)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got, err := keyfile.PEM(parsed); err != nil || got != want {
			t.Errorf("%s: got another key, or form of it, and %v", name, err)
		}
	}
}

func TestText_SaysWhyThereIsNone(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		filepath.Join(t.TempDir(), "none"): "does not exist", t.TempDir(): "cannot be read", write(t, "empty", " \n"): "is empty",
		write(t, "long", strings.Repeat("x", 300<<10)): "longer than any key",
	} {
		if _, err := keyfile.Text(name, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q in it", err, want)
		}
	}
	if got, err := keyfile.Text("-", strings.NewReader("from standard input")); err != nil || got != "from standard input" {
		t.Errorf("got %q and %v", got, err)
	}
}

func TestPublic_KnowsItsPrivateHalf(t *testing.T) {
	t.Parallel()
	key, other := newKey(t, 2048), newKey(t, 2048)
	der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	for name, text := range map[string]string{
		"public key":          encode(t, "PUBLIC KEY", der, err),
		"PKCS #1":             encode(t, "RSA PUBLIC KEY", x509.MarshalPKCS1PublicKey(&key.PublicKey), nil),
		"certificate":         certificate(t, key),
		"with text before it": "subject=CN = x\n" + certificate(t, key),
		"saved on Windows":    "\uFEFF" + strings.ReplaceAll(certificate(t, key), "\n", "\r\n"),
	} {
		public, err := keyfile.Public(write(t, "public.pem", text), nil)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if err := keyfile.CheckHalf(&key.PublicKey, public); err != nil {
			t.Errorf("%s: got %v, want a match", name, err)
		}
		if err := keyfile.CheckHalf(&other.PublicKey, public); err == nil || !strings.Contains(err.Error(), keyfile.Fingerprint(public)) {
			t.Errorf("%s: got %v, want no match, with both fingerprints", name, err)
		}
	}
}

func TestPublic_RefusesWhatIsNone(t *testing.T) {
	t.Parallel()
	key := newKey(t, 2048)
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	ecDER, ecErr := x509.MarshalPKIXPublicKey(&ec.PublicKey)
	for want, text := range map[string]string{
		"openssl pkey -in key.pem -pubout": encode(t, "RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(key), nil),
		"is not RSA":                       encode(t, "PUBLIC KEY", ecDER, ecErr),
		"does not decode":                  encode(t, "CERTIFICATE", []byte("no certificate"), nil),
		"no public key":                    "ssh-rsa AAAA",
	} {
		if _, err := keyfile.Public(write(t, "public.pem", text), nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q in it", err, want)
		}
	}
}

func TestCheckName(t *testing.T) {
	t.Parallel()
	sum := sha256.Sum256([]byte("login-1"))
	named := "keys/" + hex.EncodeToString(sum[:]) + ".pem"
	if err := keyfile.CheckName(named, "login-1"); err != nil {
		t.Errorf("got %v for the right name", err)
	}
	if err := keyfile.CheckName(named, "login-2"); err == nil {
		t.Error("got no error for the name of another id")
	}
	if err := keyfile.CheckName("public.pem", "login-2"); err != nil {
		t.Errorf("got %v for a name that says nothing", err)
	}
}

func TestFingerprint_IsWhatOpenSSLPrints(t *testing.T) {
	t.Parallel()
	key := newKey(t, 2048)
	der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(der)
	if got := keyfile.Fingerprint(&key.PublicKey); !strings.HasPrefix(got, "SHA-256 "+hex.EncodeToString(sum[:4])) || bytes.Contains([]byte(got), []byte("PRIVATE")) {
		t.Errorf("got %s", got)
	}
}

package rsakey_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"math/big"
	"strings"
	"sync"
	"time"
)

// The keys of these tests are made anew in every run; each is made once, as that takes long.
var (
	theKey   = sync.OnceValue(func() *rsa.PrivateKey { return generate(2048) })
	otherKey = sync.OnceValue(func() *rsa.PrivateKey { return generate(2048) })
	smallKey = sync.OnceValue(func() *rsa.PrivateKey { return generate(1024) })
	bigKey   = sync.OnceValue(func() *rsa.PrivateKey { return generate(4096) })
)

func generate(bits int) *rsa.PrivateKey { return must(rsa.GenerateKey(rand.Reader, bits)) }

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func armor(label string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: label, Bytes: der}))
}

func der1(key *rsa.PrivateKey) []byte { return x509.MarshalPKCS1PrivateKey(key) }

func der8(key any) []byte { return must(x509.MarshalPKCS8PrivateKey(key)) }

func pem1(key *rsa.PrivateKey) string { return armor("RSA PRIVATE KEY", der1(key)) }

func pem8(key any) string { return armor("PRIVATE KEY", der8(key)) }

func publicDER() []byte { return must(x509.MarshalPKIXPublicKey(theKey().Public())) }

func publicPEM() string { return armor("PUBLIC KEY", publicDER()) }

func certificateDER() []byte {
	template := &x509.Certificate{SerialNumber: big.NewInt(7), NotAfter: time.Now().Add(time.Hour)}
	return must(x509.CreateCertificate(rand.Reader, template, template, theKey().Public(), theKey()))
}

func certificatePEM() string { return armor("CERTIFICATE", certificateDER()) }

func requestPEM() string {
	der := must(x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{}, theKey()))
	return armor("CERTIFICATE REQUEST", der)
}

func ecKey() *ecdsa.PrivateKey { return must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader)) }

func sec1PEM() string { return armor("EC PRIVATE KEY", must(x509.MarshalECPrivateKey(ecKey()))) }

func ed25519Key() ed25519.PrivateKey {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	return must(key, err)
}

// dsaDER has the form of a DSA key; the numbers are those of an RSA key, since nobody looks at them.
func dsaDER() []byte {
	k := theKey()
	return must(asn1.Marshal([]*big.Int{new(big.Int), k.N, k.Primes[0], k.D, k.D, k.D}))
}

// encryptedDER has the form of EncryptedPrivateKeyInfo around noise.
func encryptedDER() []byte {
	return must(asn1.Marshal(struct {
		Algorithm pkix.AlgorithmIdentifier
		Data      []byte
	}{pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 13}}, noise(1200)}))
}

func legacyEncryptedPEM() string {
	return string(pem.EncodeToMemory(&pem.Block{
		Type:    "RSA PRIVATE KEY",
		Headers: map[string]string{"Proc-Type": "4,ENCRYPTED", "DEK-Info": "AES-128-CBC,00112233445566778899AABBCCDDEEFF"},
		Bytes:   noise(1200),
	}))
}

func pssDER() []byte {
	return must(asn1.Marshal(struct {
		Version   int
		Algorithm pkix.AlgorithmIdentifier
		Key       []byte
	}{0, pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 10}}, der1(theKey())}))
}

func pkcs12DER() []byte {
	return must(asn1.Marshal(struct {
		Version int
		Safe    struct{ Type asn1.ObjectIdentifier }
		Data    []byte
	}{Version: 3, Safe: struct{ Type asn1.ObjectIdentifier }{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}}, Data: noise(1200)}))
}

// pkcs1Parts is RSAPrivateKey of RFC 8017, for keys that crypto/x509 would not write.
type pkcs1Parts struct {
	Version             int
	N                   *big.Int
	E                   int
	D, P, Q, Dp, Dq, Qi *big.Int
}

func parts(k *rsa.PrivateKey) pkcs1Parts {
	return pkcs1Parts{0, k.N, k.E, k.D, k.Primes[0], k.Primes[1], k.Precomputed.Dp, k.Precomputed.Dq, k.Precomputed.Qinv}
}

func invalidPEM() string {
	p := parts(theKey())
	p.D = new(big.Int).Add(p.D, big.NewInt(2))
	return armor("RSA PRIVATE KEY", must(asn1.Marshal(p)))
}

func hugePEM() string {
	p := parts(theKey())
	p.N = new(big.Int).Lsh(p.N, 17000-2048)
	return armor("RSA PRIVATE KEY", must(asn1.Marshal(p)))
}

func multiPrimePEM() string {
	key := must(rsa.GenerateMultiPrimeKey(rand.Reader, 3, 2048)) //nolint:staticcheck // deprecated, and to be refused for it
	return armor("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(key))
}

func noise(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails
	return b
}

// body returns the base64 of a PEM text in one line.
func body(pemText string) string {
	lines := strings.Split(strings.TrimSpace(pemText), "\n")
	return strings.Join(lines[1:len(lines)-1], "")
}

// containers are the encodings of theKey, among them the mislabelled ones.
func containers() map[string]string {
	key := theKey()
	return map[string]string{
		"PKCS#1":             pem1(key),
		"PKCS#8":             pem8(key),
		"PKCS#1 as PKCS#8":   armor("PRIVATE KEY", der1(key)),
		"PKCS#8 as PKCS#1":   armor("RSA PRIVATE KEY", der8(key)),
		"PKCS#8 as EC":       armor("EC PRIVATE KEY", der8(key)),
		"PKCS#1 as OpenSSH":  armor("OPENSSH PRIVATE KEY", der1(key)),
		"PKCS#8 as a public": armor("PUBLIC KEY", der8(key)),
	}
}

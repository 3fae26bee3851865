package rsakey_test

import (
	"crypto/x509"
	"errors"
	"testing"

	"gavel/shared/rsakey"
)

// FuzzParse checks that Parse never panics, and that a key it returns is valid and survives writing and reading.
func FuzzParse(f *testing.F) {
	for _, r := range refusals() {
		f.Add(r.pasted)
	}
	for _, text := range []string{pem1(theKey()), pem8(theKey()), body(pem1(theKey()))} {
		for _, steps := range [][]step{lineSteps(), headerSteps(), outerSteps(), packSteps()} {
			for _, s := range steps {
				f.Add(s.do(text))
			}
		}
	}
	f.Fuzz(func(t *testing.T, pasted string) {
		key, err := rsakey.Parse(pasted)
		if err != nil {
			var fault *rsakey.Fault
			if !errors.As(err, &fault) || key != nil || fault.Error() == "" {
				t.Fatalf("got %v and key %t, want a *Fault alone", err, key != nil)
			}
			return
		}
		if key.Validate() != nil || key.N.BitLen() < 2048 || len(key.Primes) != 2 {
			t.Fatal("got an unusable key")
		}
		again, err := rsakey.Parse(string(x509.MarshalPKCS1PrivateKey(key)))
		if err != nil || !again.Equal(key) {
			t.Fatalf("got %v from the key's own encoding, want the same key", err)
		}
	})
}

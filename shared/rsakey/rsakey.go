// Package rsakey reads an RSA private key the way people paste it into a secret: out of a JSON field, an
// environment variable or a web console, with whatever that did to its line breaks, dashes and quotes.
//
// Guessing is safe here because an RSA key carries its own proof: a repair counts only when the numbers inside
// belong together, so a wrong guess is refused rather than returned as some other key.
package rsakey

import "crypto/rsa"

const (
	maxInput   = 64 << 10 // a 16384-bit key in base64 of base64 is a quarter of this
	minBits    = 2048
	maxBits    = 16384
	maxNesting = 4 // base64 of base64 of PEM is the deepest seen; each layer costs one
)

// Parse returns the RSA private key in pasted, repairing every mangling that leaves no doubt about the key.
// It accepts PKCS#1 and PKCS#8, as PEM, bare base64, hexadecimal or DER, with two primes and 2048 bits or more.
// Otherwise it returns a *Fault, whose text is safe to show and to log: it never holds any part of pasted.
func Parse(pasted string) (*rsa.PrivateKey, error) {
	if len(pasted) > maxInput {
		return nil, fault(TooLong)
	}
	key, refused := choose(inspect(pasted, maxNesting))
	if key != nil {
		return key, nil
	}
	if refused == nil {
		refused = fault(foreign(pasted))
	}
	return nil, refused
}

// finding is what one block or one run of base64 turned out to be: a key, or the reason it is none.
type finding struct {
	key   *rsa.PrivateKey
	fault *Fault
	solid bool // long enough to be a key somebody meant to paste, not a mention of one
}

// choose returns the one private key among the findings, or the fault most worth reporting, or neither.
func choose(found []finding) (*rsa.PrivateKey, *Fault) {
	var key *rsa.PrivateKey
	var worst *Fault
	spoilt := false
	for _, f := range found {
		switch {
		case f.key == nil:
			spoilt = spoilt || f.solid && isPrivate(f.fault.Kind)
			worst = graver(worst, f)
		case key != nil && !key.Equal(f.key):
			return nil, fault(Ambiguous)
		default:
			key = f.key
		}
	}
	if key != nil && spoilt {
		// The unreadable one may be the key that was meant.
		return nil, fault(Ambiguous)
	}
	return key, worst
}

// graver keeps the fault that helps the caller more: about a private key, rather than about what lies beside it.
func graver(worst *Fault, f finding) *Fault {
	if worst == nil || f.solid && isPrivate(f.fault.Kind) && !isPrivate(worst.Kind) {
		return f.fault
	}
	if worst.Kind == NotAKey || worst.Kind == Placeholder {
		return f.fault
	}
	return worst
}

// isPrivate tells whether the fault was found in a private key of some sort.
func isPrivate(k Kind) bool {
	switch k {
	case Encrypted, NotRSA, OpenSSH, TooShort, Truncated, Damaged, Invalid, PKCS12:
		return true
	}
	return false
}

package rsakey

import (
	"crypto/rsa"
	"strings"
)

// classify says what a DER value is. It returns neither key nor fault if it is nothing known; bytes after the
// value are ignored, as text behind a key often looks like more base64.
func classify(der []byte) (*rsa.PrivateKey, *Fault) {
	outer, rest, ok := next(der)
	if !ok || outer.tag != tagSequence {
		return nil, nil
	}
	der = der[:len(der)-len(rest)]
	kids := outer.children()
	form := shape(kids)
	switch {
	case strings.HasPrefix(form, "I"):
		return classifyVersioned(der, outer.whole, form, kids)
	case form == "SO":
		return nil, fault(Encrypted)
	case strings.HasPrefix(form, "SB"):
		return nil, fault(PublicKey)
	case strings.HasPrefix(form, "SSB"), strings.HasPrefix(form, "S") && !outer.whole && len(outer.content) >= minLetters:
		return nil, fault(Certificate)
	}
	return nil, nil
}

// classifyVersioned handles the formats that start with an integer: all private keys, and PKCS#1 public ones.
func classifyVersioned(der []byte, whole bool, form string, kids []element) (*rsa.PrivateKey, *Fault) {
	version := kids[0].content
	switch {
	case len(version) > 8: // a modulus
		return nil, fault(PublicKey)
	case strings.HasPrefix(form, "IS") && len(version) == 1 && version[0] == 3:
		return nil, fault(PKCS12)
	case strings.HasPrefix(form, "IO"):
		return nil, algorithmFault("an EC")
	case strings.HasPrefix(form, "IS") && algorithm(kids[1]) != "":
		return nil, algorithmFault(algorithm(kids[1]))
	case whole && form == "IIIIII":
		return nil, algorithmFault("a DSA")
	case !whole:
		return nil, fault(Truncated)
	case strings.HasPrefix(form, "ISO"):
		return pkcs8(kids[2])
	case strings.HasPrefix(form, "IIIIIIIII"):
		return pkcs1(der, kids)
	}
	return nil, fault(Damaged)
}

// pkcs8 reads the PKCS#1 key inside a PKCS#8 one (RFC 5208).
func pkcs8(private element) (*rsa.PrivateKey, *Fault) {
	inner, _, ok := next(private.content)
	kids := inner.children()
	if !ok || !inner.whole || !strings.HasPrefix(shape(kids), "IIIIIIIII") {
		return nil, fault(Damaged)
	}
	return pkcs1(private.content, kids)
}

package rsakey

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"math/big"
)

// The ASN.1 tags that tell key formats apart.
const (
	tagInteger  = 0x02
	tagBits     = 0x03
	tagOctets   = 0x04
	tagOID      = 0x06
	tagSequence = 0x30
)

// element is one ASN.1 value. Unlike encoding/asn1 it may be cut short, so that truncated keys can be named.
type element struct {
	tag     byte
	content []byte
	whole   bool
}

// next splits off the first element of b. It reports false if not even tag and length are there.
func next(b []byte) (e element, rest []byte, ok bool) {
	if len(b) < 2 {
		return element{}, nil, false
	}
	e.tag = b[0]
	size, head := int(b[1]), 2
	if size >= 0x80 {
		head += size & 0x7F
		if head > 5 || len(b) < head {
			return element{}, nil, false
		}
		size = 0
		for _, c := range b[2:head] {
			size = size<<8 | int(c)
		}
	}
	if b[1] == 0x80 || len(b)-head < size { // indefinite length occurs in PKCS#12 only
		e.content = b[head:]
		return e, nil, true
	}
	e.content, e.whole = b[head:head+size], true
	return e, b[head+size:], true
}

// children returns the elements inside a sequence, no more than any key format has.
func (e element) children() []element {
	var kids []element
	for b := e.content; len(kids) < 12; {
		kid, rest, ok := next(b)
		if !ok {
			break
		}
		kids = append(kids, kid)
		b = rest
	}
	return kids
}

// shape spells the tags of the elements, as a key format is known by the types of its parts.
func shape(kids []element) string {
	b := make([]byte, len(kids))
	for i, k := range kids {
		switch k.tag {
		case tagInteger:
			b[i] = 'I'
		case tagBits:
			b[i] = 'B'
		case tagOctets:
			b[i] = 'O'
		case tagOID:
			b[i] = 'D'
		case tagSequence:
			b[i] = 'S'
		default:
			b[i] = '?'
		}
	}
	return string(b)
}

// pkcs1 reads the two-prime RSAPrivateKey of RFC 8017 appendix A.1.2 from a complete sequence.
func pkcs1(der []byte, kids []element) (*rsa.PrivateKey, *Fault) {
	bits := new(big.Int).SetBytes(kids[1].content).BitLen()
	switch {
	case bits < minBits:
		return nil, shortFault(bits)
	case bits > maxBits:
		return nil, fault(TooLong)
	case len(kids) > 9:
		return nil, &Fault{Invalid, "this RSA key has more than two primes; make an ordinary RSA key"}
	}
	key, err := x509.ParsePKCS1PrivateKey(der)
	if err != nil || key.Validate() != nil {
		return nil, fault(Invalid)
	}
	return key, nil
}

// algorithm names the key type of a PKCS#8 key, with its article; it is empty for RSA.
func algorithm(id element) string {
	var oid asn1.ObjectIdentifier
	if _, err := asn1.Unmarshal(firstElement(id.content), &oid); err != nil {
		return ""
	}
	switch oid.String() {
	case "1.2.840.113549.1.1.1":
		return ""
	case "1.2.840.113549.1.1.10":
		return "an RSA-PSS"
	case "1.2.840.10045.2.1":
		return "an EC"
	case "1.2.840.10040.4.1":
		return "a DSA"
	case "1.3.101.112":
		return "an Ed25519"
	case "1.3.101.113":
		return "an Ed448"
	case "1.3.101.110", "1.3.101.111", "1.2.840.113549.1.3.1":
		return "a key agreement"
	}
	return "some other"
}

func firstElement(b []byte) []byte {
	_, rest, _ := next(b)
	return b[:len(b)-len(rest)]
}

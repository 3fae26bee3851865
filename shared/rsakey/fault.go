package rsakey

import "fmt"

// Kind names the reason a pasted key was refused. The values are stable: callers may branch on them and log them.
type Kind string

// The kinds of Fault.
const (
	Empty        Kind = "empty"          // nothing, or nothing but blanks and quotes
	TooLong      Kind = "too_long"       // more text, or a larger modulus, than any key in use
	Placeholder  Kind = "placeholder"    // "<your private key>", a masked key, an unresolved variable
	FilePath     Kind = "file_path"      // the name of a file instead of what is in it
	Reference    Kind = "reference"      // an ARN or URL that leads to a key
	SharedSecret Kind = "shared_secret"  // an HMAC secret, webhook secret or password
	KeyID        Kind = "key_id"         // the kid or the AppID
	Token        Kind = "token"          // a JWT
	PublicKey    Kind = "public_key"     // the other half of the pair
	SSHPublicKey Kind = "ssh_public_key" // "ssh-rsa AAAA…"
	Certificate  Kind = "certificate"    // an X.509 certificate or certificate request
	Encrypted    Kind = "encrypted"      // a private key under a passphrase
	NotRSA       Kind = "not_rsa"        // EC, Ed25519, DSA and others
	OpenSSH      Kind = "openssh"        // OpenSSH's own private key format
	PuTTY        Kind = "putty"          // a .ppk file
	PGP          Kind = "pgp"            // an OpenPGP key
	JWK          Kind = "jwk"            // a JSON Web Key
	PKCS12       Kind = "pkcs12"         // a .p12 or .pfx file
	TooShort     Kind = "too_short"      // fewer than 2048 bits
	Truncated    Kind = "truncated"      // characters are missing
	Damaged      Kind = "damaged"        // has the form of a private key but does not decode
	Invalid      Kind = "invalid"        // decodes, but the numbers are no usable RSA key
	Ambiguous    Kind = "ambiguous"      // more than one private key
	NotAKey      Kind = "not_a_key"      // anything else
)

// Fault says what is wrong with a pasted key. Its text tells the person who pasted it what to do instead and is
// made of fixed words only, so it is safe to show to a caller and to log.
type Fault struct {
	Kind Kind
	text string
}

var _ error = (*Fault)(nil)

// Error returns the reason and the remedy, without any part of the pasted text.
func (f *Fault) Error() string {
	if f.text == "" {
		return f.Kind.advice()
	}
	return f.text
}

func fault(k Kind) *Fault { return &Fault{Kind: k} }

func shortFault(bits int) *Fault {
	return &Fault{TooShort, fmt.Sprintf("this RSA key has %d bits; at least %d are needed, 4096 are usual", bits, minBits)}
}

// algorithmFault takes a name from the source code, such as "an EC", never from the paste.
func algorithmFault(name string) *Fault {
	return &Fault{NotRSA, "this is " + name + " key; paste a plain RSA private key, RS256 works with no other"}
}

// advice is a switch, not a map, so that loading the package costs nothing.
func (k Kind) advice() string {
	switch k {
	case Empty:
		return "the private key is empty; paste the whole PEM text (BEGIN PRIVATE KEY)"
	case TooLong:
		return "this is longer than any RSA private key; paste the key alone"
	case Placeholder:
		return "this is a placeholder or a masked key; paste the private key itself (BEGIN PRIVATE KEY)"
	case FilePath:
		return "this is a file name; paste what is in the file (BEGIN PRIVATE KEY)"
	case Reference:
		return "this is a URL or ARN; paste the private key it leads to (BEGIN PRIVATE KEY)"
	case SharedSecret:
		return "this looks like a shared secret or password, which is no half of an RSA key pair; paste the private key (BEGIN PRIVATE KEY)"
	case KeyID:
		return "this is the key id or AppID; paste the private key that belongs to it (BEGIN PRIVATE KEY)"
	case Token:
		return "this is a token; paste the private key that signs tokens (BEGIN PRIVATE KEY)"
	case PublicKey:
		return "this is a public key; paste the private key (BEGIN PRIVATE KEY)"
	case SSHPublicKey:
		return "this is an SSH public key; paste an RSA private key in PEM (BEGIN PRIVATE KEY)"
	case Certificate:
		return "this is a certificate or certificate request; paste the private key (BEGIN PRIVATE KEY)"
	}
	return k.privateAdvice()
}

func (k Kind) privateAdvice() string {
	switch k {
	case Encrypted:
		return "this private key is encrypted; remove the passphrase (openssl pkey -in key.pem) and paste the result"
	case NotRSA:
		return "this key is not RSA; paste a plain RSA private key, RS256 works with no other"
	case OpenSSH:
		return "this key is in OpenSSH format; convert it (ssh-keygen -p -m PEM -f copy-of-key) and paste the result"
	case PuTTY:
		return "this is a PuTTY .ppk file; export it as a PEM key (puttygen key.ppk -O private-openssh -o key.pem)"
	case PGP:
		return "this is an OpenPGP key; paste an RSA private key in PEM (BEGIN PRIVATE KEY)"
	case JWK:
		return "this is a JSON Web Key; paste the private key in PEM (BEGIN PRIVATE KEY)"
	case PKCS12:
		return "this is a PKCS#12 file (.p12, .pfx); extract the key (openssl pkcs12 -nocerts -nodes) and paste that"
	case TooShort:
		return fmt.Sprintf("this RSA key is too short; at least %d bits are needed", minBits)
	case Truncated:
		return "this private key is incomplete; copy it whole, from the BEGIN line to the END line"
	case Damaged:
		return "this private key does not decode, characters are missing or changed; copy it again"
	case Invalid:
		return "the numbers in this RSA key do not belong together; copy it again or make a new key"
	case Ambiguous:
		return "there is more than one private key here; paste only the one to use"
	}
	return "this is not a private key; paste the whole PEM text (BEGIN PRIVATE KEY)"
}

package rsakey_test

import (
	"encoding/asn1"
	"encoding/base64"
	"encoding/hex"
	"strings"

	"gavel/shared/rsakey"
)

// refusal is a text that holds no usable key, and why.
type refusal struct {
	name   string
	pasted string
	want   rsakey.Kind
}

func plainBase64(b []byte) string { return base64.StdEncoding.EncodeToString(b) }

// cut drops n characters of base64 from the end of a PEM body.
func cut(pemText string, n int) string {
	at := strings.LastIndex(pemText, "\n-----END")
	kept := strings.TrimRight(pemText[:at], "=")
	return kept[:len(kept)-n] + pemText[at:]
}

// spoil changes one character in the middle of a PEM body.
func spoil(pemText string) string {
	at := len(pemText)/2 + 1
	for pemText[at] == '\n' {
		at++
	}
	with := "A"
	if pemText[at] == 'A' {
		with = "B"
	}
	return pemText[:at] + with + pemText[at+1:]
}

func emptyRefusals() []refusal {
	return []refusal{
		{"nothing", "", rsakey.Empty},
		{"blanks", " \r\n\t ", rsakey.Empty},
		{"quotes", `""`, rsakey.Empty},
		{"invisible", "\ufeff\u200b\u00a0", rsakey.Empty},
		{"assignment of nothing", `PRIVATE_KEY=""`, rsakey.Empty},
		{"too long", strings.Repeat("A", 64<<10+1), rsakey.TooLong},
		{"angle brackets", "<your private key>", rsakey.Placeholder},
		{"your key here", "your-private-key-here", rsakey.Placeholder},
		{"variable", "${JAAS_PRIVATE_KEY}", rsakey.Placeholder},
		{"shell variable", "$KEY", rsakey.Placeholder},
		{"template", "{{ .Values.key }}", rsakey.Placeholder},
		{"assigned placeholder", "PRIVATE_KEY=changeme", rsakey.Placeholder},
		{"undefined", "undefined", rsakey.Placeholder},
		{"no object", "[object Object]", rsakey.Placeholder},
		{"stars", "********", rsakey.Placeholder},
		{"dots", "-----BEGIN PRIVATE KEY----- ... -----END PRIVATE KEY-----", rsakey.Placeholder},
		{"ellipsis", "-----BEGIN RSA PRIVATE KEY-----\n…\n-----END RSA PRIVATE KEY-----\n", rsakey.Placeholder},
		{"words", "-----BEGIN PRIVATE KEY-----\nYOUR KEY HERE\n-----END PRIVATE KEY-----\n", rsakey.Placeholder},
		{"start and dots", "-----BEGIN PRIVATE KEY-----\\nMIIEvQ...\\n-----END PRIVATE KEY-----\\n", rsakey.Placeholder},
		{"nothing inside", "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n", rsakey.Placeholder},
		{"masked", pem8(theKey())[:80] + strings.Repeat("*", 40) + "\n-----END PRIVATE KEY-----", rsakey.Placeholder},
	}
}

func textRefusals() []refusal {
	return []refusal{
		{"absolute path", "/etc/keys/jaas.pem", rsakey.FilePath},
		{"relative path", "./jaas", rsakey.FilePath},
		{"home path", "~/.ssh/id_rsa", rsakey.FilePath},
		{"Windows path", `C:\new\tokens\rsa.key`, rsakey.FilePath},
		{"network path", `\\host\share\rsa`, rsakey.FilePath},
		{"file URL", "file:///etc/keys/jaas.pem", rsakey.FilePath},
		{"file name", `"jaas private.pk8"`, rsakey.FilePath},
		{"assigned path", "PRIVATE_KEY=keys/a.pem", rsakey.FilePath},
		{"ARN", "arn:aws:secretsmanager:eu-west-1:123456789012:secret:jaas-AbCdEf", rsakey.Reference},
		{"URL", "https://example.org/key.pem", rsakey.Reference},
		{"webhook secret", "whsec_0123456789abcdef0123456789abcdef", rsakey.SharedSecret},
		{"password", "Tr0ub4dor&3", rsakey.SharedSecret},
		{"hex secret", strings.Repeat("0f1e2d3c", 8), rsakey.SharedSecret},
		{"base64 secret", plainBase64([]byte(strings.Repeat("\xfb\x07q", 21))), rsakey.SharedSecret},
		{"kid", "vpaas-magic-cookie-0123456789abcdef0123456789abcdef/4f4910", rsakey.KeyID},
		{"token", "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJjaGF0In0.c2lnbmF0dXJl", rsakey.Token},
		{"prose", strings.Repeat("the key will follow by mail ", 5), rsakey.NotAKey},
		{"JSON without a key", `{"kid": "a/b", "alg": "RS256"}`, rsakey.NotAKey},
		{"noise", plainBase64(noise(900)), rsakey.NotAKey},
		{"PuTTY", "PuTTY-User-Key-File-3: ssh-rsa\nEncryption: none\nPublic-Lines: 6\n" + plainBase64(noise(99)), rsakey.PuTTY},
		{"SSH public key", "ssh-rsa AAAAB3NzaC1yc2E" + plainBase64(noise(270)) + " me@host", rsakey.SSHPublicKey},
		{"SSH public key with an ellipsis", "ssh-rsa AAAA…", rsakey.SSHPublicKey},
		{"SSH public key, body alone", "AAAAB3NzaC1yc2E" + plainBase64(noise(270)), rsakey.SSHPublicKey},
		{"JWK", `{"kty":"RSA","n":"` + base64.RawURLEncoding.EncodeToString(noise(256)) + `","e":"AQAB"}`, rsakey.JWK},
		{"JWK set", `{"keys":[{"kty":"RSA","x5c":["` + plainBase64(certificateDER()) + `"]}]}`, rsakey.JWK},
		{"OpenPGP", "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n" + plainBase64(noise(300)) + "\n-----END PGP PRIVATE KEY BLOCK-----", rsakey.PGP},
		{"OpenSSH", armor("OPENSSH PRIVATE KEY", append([]byte("openssh-key-v1\x00"), noise(900)...)), rsakey.OpenSSH},
		{"OpenSSH, body alone", plainBase64(append([]byte("openssh-key-v1\x00"), noise(900)...)), rsakey.OpenSSH},
		{"first line only", "-----BEGIN PRIVATE KEY-----", rsakey.Truncated},
		{"half the first line", "-----BEGIN RSA PRIV", rsakey.Truncated},
	}
}

func publicRefusals() []refusal {
	pkcs1Public := must(asn1.Marshal(struct{ N, E any }{theKey().N, theKey().E}))
	return []refusal{
		{"PKIX", publicPEM(), rsakey.PublicKey},
		{"PKIX in one line", strings.ReplaceAll(publicPEM(), "\n", ""), rsakey.PublicKey},
		{"PKIX in base64", plainBase64([]byte(publicPEM())), rsakey.PublicKey},
		{"PKIX, body alone", body(publicPEM()), rsakey.PublicKey},
		{"PKIX, truncated body alone", body(publicPEM())[:300], rsakey.PublicKey},
		{"PKIX as a private key", armor("PRIVATE KEY", publicDER()), rsakey.PublicKey},
		{"PKIX in hex", hex.EncodeToString(publicDER()), rsakey.PublicKey},
		{"PKCS#1", armor("RSA PUBLIC KEY", pkcs1Public), rsakey.PublicKey},
		{"PKCS#1, body alone", plainBase64(pkcs1Public), rsakey.PublicKey},
		{"dots", "-----BEGIN PUBLIC KEY----- ... -----END PUBLIC KEY-----", rsakey.PublicKey},
		{"certificate", certificatePEM(), rsakey.Certificate},
		{"certificate, body alone", body(certificatePEM()), rsakey.Certificate},
		{"certificate chain", certificatePEM() + certificatePEM(), rsakey.Certificate},
		{"certificate request", requestPEM(), rsakey.Certificate},
		{"certificate request, body alone", body(requestPEM()), rsakey.Certificate},
	}
}

func privateRefusals() []refusal {
	return []refusal{
		{"PKCS#8 encrypted", armor("ENCRYPTED PRIVATE KEY", encryptedDER()), rsakey.Encrypted},
		{"PKCS#8 encrypted, wrong label", armor("PRIVATE KEY", encryptedDER()), rsakey.Encrypted},
		{"PKCS#8 encrypted, body alone", plainBase64(encryptedDER()), rsakey.Encrypted},
		{"PKCS#1 encrypted", legacyEncryptedPEM(), rsakey.Encrypted},
		{"PKCS#1 encrypted, in one line", strings.ReplaceAll(legacyEncryptedPEM(), "\n", " "), rsakey.Encrypted},
		{"PKCS#12", plainBase64(pkcs12DER()), rsakey.PKCS12},
		{"EC", sec1PEM(), rsakey.NotRSA},
		{"EC with parameters", armor("EC PARAMETERS", []byte{6, 8, 42, 134, 72, 206, 61, 3, 1, 7}) + sec1PEM(), rsakey.NotRSA},
		{"EC in PKCS#8", pem8(ecKey()), rsakey.NotRSA},
		{"EC, body alone", body(pem8(ecKey())), rsakey.NotRSA},
		{"Ed25519", pem8(ed25519Key()), rsakey.NotRSA},
		{"Ed25519, body alone", body(pem8(ed25519Key())), rsakey.NotRSA},
		{"DSA", armor("DSA PRIVATE KEY", dsaDER()), rsakey.NotRSA},
		{"DSA, body alone", plainBase64(dsaDER()), rsakey.NotRSA},
		{"RSA-PSS", armor("PRIVATE KEY", pssDER()), rsakey.NotRSA},
		{"1024 bits", pem8(smallKey()), rsakey.TooShort},
		{"1024 bits, body alone", body(pem1(smallKey())), rsakey.TooShort},
		{"one character short", cut(pem8(theKey()), 1), rsakey.Truncated},
		{"some characters short", cut(pem1(theKey()), 5), rsakey.Truncated},
		{"a line short", cut(pem1(theKey()), 64), rsakey.Truncated},
		{"half", pem8(theKey())[:800], rsakey.Truncated},
		{"half, in base64", plainBase64([]byte(pem8(theKey())))[:900], rsakey.Truncated},
		{"half, body alone", body(pem8(theKey()))[:800], rsakey.Truncated},
		{"a line missing", pem1(theKey())[:32+65*4] + pem1(theKey())[32+65*5:], rsakey.Truncated},
		{"first line missing", strings.Replace(pem8(theKey()), pem8(theKey())[28:93], "", 1), rsakey.Damaged},
		{"one character changed", spoil(pem1(theKey())), rsakey.Invalid},
		{"other exponent", invalidPEM(), rsakey.Invalid},
		{"17000 bits", hugePEM(), rsakey.TooLong},
		{"three primes", multiPrimePEM(), rsakey.Invalid},
		{"two keys", pem8(theKey()) + pem8(otherKey()), rsakey.Ambiguous},
		{"two keys, bodies alone", body(pem8(theKey())) + ",\n" + body(pem1(otherKey())), rsakey.Ambiguous},
		{"two bodies in lines", body(pem8(theKey())) + "\n" + body(pem8(otherKey())), rsakey.Ambiguous},
		{"another body behind the key", pem8(theKey()) + "OLD_KEY=" + body(pem1(otherKey())), rsakey.Ambiguous},
		{"another body before the key", `{"old":"` + body(pem1(otherKey())) + `","new":"` + pem8(theKey()) + `"}`, rsakey.Ambiguous},
		{"two bodies in one block", pem8(theKey())[:len(pem8(theKey()))-26] + body(pem8(otherKey())), rsakey.Ambiguous},
		{"beside an EC key", pem8(theKey()) + sec1PEM(), rsakey.Ambiguous},
		{"beside an encrypted key", armor("ENCRYPTED PRIVATE KEY", encryptedDER()) + pem8(theKey()), rsakey.Ambiguous},
		{"encrypted beside a certificate", certificatePEM() + armor("ENCRYPTED PRIVATE KEY", encryptedDER()), rsakey.Encrypted},
		{"truncated beside a certificate", certificatePEM() + cut(pem8(theKey()), 9), rsakey.Truncated},
	}
}

func refusals() []refusal {
	all := emptyRefusals()
	all = append(all, textRefusals()...)
	all = append(all, publicRefusals()...)
	return append(all, privateRefusals()...)
}

package rsakey_test

import (
	"crypto/rsa"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"gavel/shared/rsakey"
)

func mustParse(t *testing.T, pasted string, want *rsa.PrivateKey) {
	t.Helper()
	got, err := rsakey.Parse(pasted)
	if err != nil {
		t.Fatalf("got %v, want the key", err)
	}
	if !got.Equal(want) {
		t.Fatal("got another key")
	}
	if err := got.Validate(); err != nil {
		t.Fatalf("got a key that does not validate: %v", err)
	}
}

func TestParse_RepairsOneMangling(t *testing.T) {
	t.Parallel()
	for form, text := range containers() {
		for _, steps := range [][]step{lineSteps(), headerSteps(), outerSteps(), packSteps()} {
			for _, s := range steps {
				t.Run(form+"/"+s.name, func(t *testing.T) {
					t.Parallel()
					mustParse(t, s.do(text), theKey())
				})
			}
		}
	}
}

// TestParse_RepairsProducts walks the product of all manglings with a stride, so that a run meets each pair of
// steps several times and still ends soon.
func TestParse_RepairsProducts(t *testing.T) {
	t.Parallel()
	lines, headers, outers, packs := lineSteps(), headerSteps(), outerSteps(), packSteps()
	texts := []string{pem1(theKey()), pem8(theKey())}
	const stride = 101 // prime to the number of steps of each sort
	total := len(texts) * len(lines) * len(headers) * len(outers) * len(packs)
	for i := 0; i < total; i += stride {
		n := i
		pick := func(size int) int { k := n % size; n /= size; return k }
		text, l, h, o, p := texts[pick(2)], lines[pick(len(lines))], headers[pick(len(headers))],
			outers[pick(len(outers))], packs[pick(len(packs))]
		got, err := rsakey.Parse(p.do(o.do(l.do(h.do(text)))))
		if err != nil || !got.Equal(theKey()) {
			t.Errorf("%s, %s, %s, %s: got %v, want the key", h.name, l.name, o.name, p.name, err)
		}
	}
}

// concatenated writes a PEM text as a string constant in source code.
func concatenated(s string) string {
	return `"` + strings.ReplaceAll(strings.TrimSpace(s), "\n", "\\n\" +\n  \"") + `";`
}

// formDecoded is what becomes of a text that was not form encoded and yet is form decoded.
func formDecoded(s string) string { return must(url.QueryUnescape(s)) }

// TestParse_RepairsWhatEndsInPlusSigns after form decoding: of the blanks at its end some belong to the key.
func TestParse_RepairsWhatEndsInPlusSigns(t *testing.T) {
	t.Parallel()
	for _, end := range [][]byte{{0x3E}, {0x0F, 0xBE}, {0xFB, 0xEF, 0xBE}} { // +, ++ and ++++
		text := armor("PRIVATE KEY", ending(theKey(), end))
		if !strings.Contains(text, "+\n-----END") {
			t.Fatalf("got a key that ends in %q, want +", text[len(text)-40:])
		}
		for name, pasted := range map[string]string{
			"lines": formDecoded(text), "spaces for lines": formDecoded(strings.ReplaceAll(text, "\n", " ")),
			"literal lines": formDecoded(strings.ReplaceAll(text, "\n", `\n`)),
			"CRLF":          formDecoded(strings.ReplaceAll(text, "\n", "\r\n")),
			"bare":          formDecoded(body(text)),
		} {
			t.Run(fmt.Sprintf("%x, %s", end, name), func(t *testing.T) {
				t.Parallel()
				mustParse(t, pasted, theKey())
			})
		}
	}
}

// ending writes a key in PKCS#8 with an attribute behind it, so that the whole fills its Base64 and ends in certain bytes.
func ending(key *rsa.PrivateKey, end []byte) []byte {
	for padding := 0; ; padding++ {
		id := pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1}, Parameters: asn1.NullRawValue}
		attributes := asn1.RawValue{Class: asn1.ClassContextSpecific, IsCompound: true, Bytes: append(make([]byte, padding), end...)}
		der := must(asn1.Marshal(struct {
			Version    int
			Algorithm  pkix.AlgorithmIdentifier
			Key        []byte
			Attributes asn1.RawValue
		}{0, id, der1(key), attributes}))
		if len(der)%3 == 0 {
			return der
		}
	}
}

// TestParse_RepairsBodies has the manglings that touch the base64 itself.
func TestParse_RepairsBodies(t *testing.T) {
	t.Parallel()
	for _, pemText := range []string{pem1(theKey()), pem8(theKey())} {
		b := body(pemText)
		for name, pasted := range map[string]string{
			"bare":                           b,
			"bare without padding":           strings.TrimRight(b, "="),
			"bare, URL-safe":                 swapAlphabet(b),
			"bare in lines":                  wrap(b, 64, "\n"),
			"bare in long lines":             wrap(b, 76, "\r\n"),
			"bare in literal lines":          wrap(b, 64, `\n`),
			"bare in quoted lines":           `"` + wrap(b, 64, "\"\n\"") + `"`,
			"bare in cited lines":            "> " + wrap(b, 64, "\n> "),
			"bare, named":                    "export KEY=" + b,
			"bare in prose":                  "the key is: " + b + " thanks",
			"bare in JSON":                   `{"alg":"RS256","key":"` + b + `"}`,
			"bare beside a certificate":      `{"cert":"` + base64.StdEncoding.EncodeToString(certificateDER()) + `","key":"` + b + `"}`,
			"bare, base64 again":             base64.StdEncoding.EncodeToString([]byte(b)),
			"bare, form decoded":             formDecoded(b),
			"bare, dashes left":              "-----" + b + "-----",
			"URL-safe":                       strings.Replace(pemText, pemText[32:], swapAlphabet(pemText[32:len(pemText)-32])+pemText[len(pemText)-32:], 1),
			"no padding":                     strings.ReplaceAll(pemText, "=", ""),
			"form decoded":                   formDecoded(pemText),
			"form decoded, spaces for lines": formDecoded(strings.ReplaceAll(pemText, "\n", " ")),
			"form decoded, literal lines":    formDecoded(strings.ReplaceAll(pemText, "\n", `\n`)),
			"shell ate the backslash":        strings.ReplaceAll(pemText, "\n", "n"),
			"source code":                    concatenated(pemText),
			"cited":                          "> " + strings.ReplaceAll(pemText, "\n", "\n> "),
			"list":                           strings.ReplaceAll(pemText, "\n", "\n - "),
			"full width":                     strings.NewReplacer("+", "\uff0b", "/", "\uff0f", "=", "\uff1d").Replace(pemText),
			"PEM headers":                    strings.Replace(pemText, "\n", "\nComment: exported by hand\nVersion: 2\n\n", 1),
			"last line twice":                strings.Replace(pemText, "\n-----END", pemText[strings.LastIndex(strings.TrimSpace(pemText[:len(pemText)-40]), "\n"):len(pemText)-40]+"\n-----END", 1),
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				mustParse(t, pasted, theKey())
			})
		}
	}
}

func TestParse_ReadsDER(t *testing.T) {
	t.Parallel()
	for name, der := range map[string][]byte{"PKCS#1": der1(theKey()), "PKCS#8": der8(theKey())} {
		digits := hex.EncodeToString(der)
		for form, pasted := range map[string]string{
			"raw":               string(der),
			"hex":               digits,
			"upper-case hex":    strings.ToUpper(digits),
			"hex with 0x":       "0x" + digits,
			"hex of a database": `\x` + digits,
			"hex with colons":   strings.TrimRight(wrap(digits, 2, ":"), ":"),
			"hex in lines":      wrap(digits, 64, "\n"),
			"URL-safe base64":   base64.URLEncoding.EncodeToString(der),
		} {
			t.Run(name+" "+form, func(t *testing.T) {
				t.Parallel()
				mustParse(t, pasted, theKey())
			})
		}
	}
}

func TestParse_TakesTheOnePrivateKey(t *testing.T) {
	t.Parallel()
	key := pem8(theKey())
	const attributes = "Bag Attributes\n    localKeyID: 54 69 6D 65\nKey Attributes: <No Attributes>\n"
	service := must(json.Marshal(map[string]string{"type": "service_account", "private_key": key, "client_id": "1"}))
	for name, pasted := range map[string]string{
		"certificate first":       certificatePEM() + key,
		"certificate last":        key + certificatePEM() + certificatePEM(),
		"public key":              publicPEM() + key,
		"public key last":         key + armor("RSA PUBLIC KEY", publicDER()),
		"SSH public key":          "ssh-rsa AAAAB3NzaC1yc2E me@host\n" + key,
		"all without line breaks": strings.ReplaceAll(certificatePEM()+key+publicPEM(), "\n", ""),
		"bag attributes":          attributes + key,
		"bag of both":             attributes + certificatePEM() + attributes + key,
		"same key twice":          key + pem1(theKey()),
		"instruction above":       "from -----BEGIN PRIVATE KEY----- to -----END PRIVATE KEY-----:\n" + key,
		"service account":         string(service),
		"bundle in base64":        base64.StdEncoding.EncodeToString([]byte(certificatePEM() + key)),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mustParse(t, pasted, theKey())
		})
	}
}

// TestParse_TakesLongKeys uses the size that the JaaS documentation asks for.
func TestParse_TakesLongKeys(t *testing.T) {
	t.Parallel()
	mustParse(t, pem1(bigKey()), bigKey())
	mustParse(t, base64.StdEncoding.EncodeToString([]byte(pem8(bigKey()))), bigKey())
}

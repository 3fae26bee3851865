package rsakey_test

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"strings"
)

// step is one way to mangle a text.
type step struct {
	name string
	do   func(string) string
}

func replace(pairs ...string) func(string) string { return strings.NewReplacer(pairs...).Replace }

func around(before, after string) func(string) string {
	return func(s string) string { return before + s + after }
}

func b64(enc *base64.Encoding) func(string) string {
	return func(s string) string { return enc.EncodeToString([]byte(s)) }
}

func wrap(s string, width int, sep string) string {
	var b strings.Builder
	for len(s) > width {
		b.WriteString(s[:width] + sep)
		s = s[width:]
	}
	return b.String() + s
}

func toJSON(s string) string { return string(must(json.Marshal(s))) }

// swapAlphabet turns the body of a PEM text into URL-safe base64 and leaves the dashed lines alone.
func swapAlphabet(s string) string { return replace("+", "-", "/", "_")(s) }

// lineSteps mangle the line structure.
func lineSteps() []step {
	return []step{
		{"as is", func(s string) string { return s }},
		{"literal \\n", replace("\n", `\n`)},
		{"literal \\\\n", replace("\n", `\\n`)},
		{"literal \\\\\\\\n", replace("\n", `\\\\n`)},
		{"literal \\r\\n", replace("\n", `\r\n`)},
		{"literal \\n and line feed", replace("\n", "\\n\n")},
		{"literal \\u000a", replace("\n", `\u000a`)},
		{"spaces", replace("\n", " ")},
		{"two spaces", replace("\n", "  ")},
		{"dropped", replace("\n", "")},
		{"all blanks dropped", replace("\n", "", " ", "")},
		{"CRLF", replace("\n", "\r\n")},
		{"lone CR", replace("\n", "\r")},
		{"tabs", replace("\n", "\t")},
		{"indented", replace("\n", "\n    ")},
		{"indented by tabs", replace("\n", "\n\t")},
		{"blank lines", replace("\n", "\n\n")},
		{"trailing blanks", replace("\n", " \t\n")},
		{"line continuation", replace("\n", "\\\n")},
		{"non-breaking spaces", replace("\n", "\u00a0\n\u00a0")},
		{"zero-width characters", replace("\n", "\u200b\n\ufeff", "A", "A\u200d")},
		{"line separators", replace("\n", "\u2028")},
		{"percent encoded", replace("\n", "%0A")},
		{"character references", replace("\n", "&#10;", "+", "&#43;", "/", "&#x2F;", "=", "&#x3D;")},
		{"JSON slashes", replace("\n", `\n`, "/", `\/`)},
		{"unicode escapes", replace("\n", `\n`, "=", `\u003d`, "+", `\u002B`)},
		{"query escaped", url.QueryEscape},
		{"path escaped twice", func(s string) string { return url.PathEscape(url.PathEscape(s)) }},
		{"escapes that are none", replace("\n", "\n%%&#;&\\\n")},
		{"UTF-16, little endian", func(s string) string { return "\xff\xfe" + strings.Join(strings.Split(s, ""), "\x00") + "\x00" }},
		{"UTF-16, big endian", func(s string) string { return "\xfe\xff\x00" + strings.Join(strings.Split(s, ""), "\x00") }},
	}
}

// headerSteps mangle the BEGIN and END lines.
func headerSteps() []step {
	return []step{
		{"as is", func(s string) string { return s }},
		{"four dashes", replace("-----", "----")},
		{"no dashes", replace("-----", "")},
		{"em dashes", replace("-----", "——-")},
		{"en dashes", replace("-----", "–––––")},
		{"minus signs", replace("-----", "−−−−−")},
		{"dashes lost in front", replace("-----BEGIN", "BEGIN")},
		{"lower case", replace("BEGIN ", "begin ", "END ", "end ", "PRIVATE KEY", "private key", "RSA ", "rsa ")}, // with blanks, which Base64 has none of
		{"no footer", func(s string) string { s, _, _ = strings.Cut(s, "-----END"); return s }},
		{"half a footer", func(s string) string { return s[:max(strings.LastIndex(s, "KEY-----"), 0)] }},
		{"no header", func(s string) string { _, s, _ = strings.Cut(s, "\n"); return s }},
		{"misspelt header", replace("BEGIN PRIVATE", "BEGIN PRIVTE", "BEGIN RSA", "BEGIN RAS PR")},
		{"header twice", around("-----BEGIN RSA PRIVATE KEY-----\n", "-----END RSA PRIVATE KEY-----\n")},
		{"no padding", replace("=", "")},
	}
}

// outerSteps put something around the whole.
func outerSteps() []step {
	return []step{
		{"as is", func(s string) string { return s }},
		{"double quotes", around(`"`, `"`)},
		{"single quotes", around("'", "'")},
		{"backticks", around("`", "`")},
		{"curly quotes", around("“", "”")},
		{"quotes of HTML", around("&quot;", "&quot;")},
		{"escaped quotes", around(`\"`, `\"`)},
		{"quotes and comma", around(`"`, `",`)},
		{"JSON field", around(`{"kid":"abc/1","privateKey":"`, `","iss":"chat"}`)},
		{"BOM", around("\ufeff", "")},
		{"blanks around", around(" \t\r\n", "\n\n  ")},
		{"assignment", around("PRIVATE_KEY=", "")},
		{"export", around(`export JAAS_PRIVATE_KEY="`, "\"\n")},
		{"PowerShell", around(`$env:KEY = '`, "'")},
		{"YAML", around("privateKey: |\n  ", "\nother: 1\n")},
		{"Python bytes", around("b'", "'")},
		{"code fence", around("```\n", "\n```")},
		{"prose", around("Hi, here is the key:\n\n", "\n\nRegards")},
	}
}

// packSteps encode the whole.
func packSteps() []step {
	mime := func(s string) string { return wrap(b64(base64.StdEncoding)(s), 76, "\n") }
	return []step{
		{"as is", func(s string) string { return s }},
		{"base64", b64(base64.StdEncoding)},
		{"base64 without padding", b64(base64.RawStdEncoding)},
		{"URL-safe base64", b64(base64.URLEncoding)},
		{"URL-safe base64 without padding", b64(base64.RawURLEncoding)},
		{"wrapped base64", mime},
		{"base64 of base64", func(s string) string { return b64(base64.StdEncoding)(mime(s)) }},
		{"hexadecimal", func(s string) string { return hex.EncodeToString([]byte(s)) }},
		{"JSON string", toJSON},
		{"JSON string in a JSON string", func(s string) string { return toJSON(toJSON(s)) }},
	}
}

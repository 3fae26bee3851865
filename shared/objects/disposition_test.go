package objects_test

import (
	"mime"
	"strings"
	"testing"
	"unicode/utf8"

	"gavel/shared/objects"
)

// names gives what a client reads that knows RFC 8187, and one that does not.
func names(t *testing.T, header string) (full, fallback string) {
	t.Helper()
	plain, _, _ := strings.Cut(header, "; filename*=")
	for text, name := range map[string]*string{header: &full, plain: &fallback} {
		kind, params, err := mime.ParseMediaType(text)
		if err != nil || kind != "attachment" || len(params) != 1 {
			t.Fatalf("%s: got %s with %v, %v, want attachment with one name", text, kind, params, err)
		}
		*name = params["filename"]
	}
	return full, fallback
}

func TestDisposition(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]struct{ full, fallback string }{
		"":                                  {"file", "file"},
		" . .. ":                            {"file", "file"},
		"..":                                {"file", "file"},
		"\r\n\x00":                          {"file", "file"},
		"\u202e\u2066\u200f":                {"file", "file"},
		"minutes.txt":                       {"minutes.txt", "minutes.txt"},
		"Protokoll 1 (final).md":            {"Protokoll 1 (final).md", "Protokoll 1 (final).md"},
		"Übung.pdf":                         {"Übung.pdf", "_bung.pdf"},
		"日本語.txt":                           {"日本語.txt", "___.txt"},
		"مرحبا.pdf":                         {"مرحبا.pdf", "_____.pdf"},
		"नमस्ते.doc":                        {"नमस्ते.doc", "______.doc"},
		"می\u200cخواهم.txt":                 {"می\u200cخواهم.txt", "________.txt"},
		"👩\u200d👩\u200d👧\u200d👦.png":        {"👩\u200d👩\u200d👧\u200d👦.png", "_______.png"},
		"🏴\U000E0067\U000E0062\U000E007F.x": {"🏴\U000E0067\U000E0062\U000E007F.x", "____.x"},
		"\u0600١٢.txt":                      {"\u0600١٢.txt", "___.txt"},
		`a"b.txt`:                           {"a_b.txt", "a_b.txt"},
		`a\b/c.txt`:                         {"a_b_c.txt", "a_b_c.txt"},
		"../../etc/passwd":                  {"_.._etc_passwd", "_.._etc_passwd"},
		`C:\Windows\x.dll`:                  {"C__Windows_x.dll", "C__Windows_x.dll"},
		"a\r\nSet-Cookie: b=c":              {"aSet-Cookie_ b=c", "aSet-Cookie_ b=c"},
		"a;filename=b.exe":                  {"a;filename=b.exe", "a_filename=b.exe"},
		"100%2Fsure.txt":                    {"100%2Fsure.txt", "100_2Fsure.txt"},
		"it's.txt":                          {"it's.txt", "it's.txt"},
		"fdp\u202eexe.pdf":                  {"fdpexe.pdf", "fdpexe.pdf"},
		"a\u2066b\u2069c\u200ed\u061ce":     {"abcde", "abcde"},
		"zero\u200bwidth\ufeff.txt":         {"zerowidth.txt", "zerowidth.txt"},
		"two\u2028lines":                    {"twolines", "twolines"},
		".htaccess":                         {"htaccess", "htaccess"},
		"...a...":                           {"a", "a"},
		"a. . ":                             {"a", "a"},
		"\u00a0a\u3000":                     {"a", "a"},
		"a\xffb.txt":                        {"a_b.txt", "a_b.txt"},
		"NUL":                               {"_NUL", "_NUL"},
		"con.txt":                           {"_con.txt", "_con.txt"},
		"Com1.tar.gz":                       {"_Com1.tar.gz", "_Com1.tar.gz"},
		"lpt³":                              {"_lpt³", "_lpt_"},
		"aux .x":                            {"_aux .x", "_aux .x"},
		"CONIN$":                            {"_CONIN$", "_CONIN$"},
		"control":                           {"control", "control"},
		"com10":                             {"com10", "com10"},
		"COM":                               {"COM", "COM"},
		"<script>.html":                     {"_script_.html", "_script_.html"},
		"what?*|.x":                         {"what___.x", "what___.x"},
	} {
		full, fallback := names(t, objects.Disposition(in))
		if full != want.full || fallback != want.fallback {
			t.Errorf("%+q: got %+q and %+q, want %+q and %+q", in, full, fallback, want.full, want.fallback)
		}
	}
}

func TestDisposition_CutsBeforeTheExtension(t *testing.T) {
	t.Parallel()
	x := func(n int) string { return strings.Repeat("x", n) }
	for in, want := range map[string]string{
		x(255):                          x(255),
		x(256):                          x(255),
		x(300) + ".tar.gz":              x(252) + ".gz",
		x(300) + "." + x(15):            x(239) + "." + x(15),
		x(300) + "." + x(16):            x(255),
		strings.Repeat("é", 255) + ".x": strings.Repeat("é", 126) + ".x",
		x(250) + " . " + x(9) + ".x":    x(250) + ".x",
		"nul." + x(300):                 "_nul." + x(250),
		"nul" + strings.Repeat(" ", 300) + "." + x(300): "_nul",
	} {
		full, fallback := names(t, objects.Disposition(in))
		if full != want || utf8.RuneCountInString(fallback) != utf8.RuneCountInString(want) {
			t.Errorf("%.20s… of %d: got %s and %s, want %s", in, len(in), full, fallback, want)
		}
	}
}

// FuzzDisposition checks that whatever the name, the header says one thing and that is a harmless name.
func FuzzDisposition(f *testing.F) {
	for _, name := range []string{
		"", "..", "minutes.txt", `a"; filename="b.exe`, "a\r\nb: c", "a%22;/\\", "fdp\u202eexe.pdf", "\xff\xfe", "CON .x",
		"👩\u200d👦.png", strings.Repeat("é ", 200) + ". .x", "\u200d.\u200c", "nul" + strings.Repeat(" ", 300) + "x",
	} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		header := objects.Disposition(name)
		if strings.ContainsFunc(header, func(r rune) bool { return r < ' ' || r > '~' }) {
			t.Fatalf("got %+q, want printable ASCII", header)
		}
		full, fallback := names(t, header)
		for _, got := range []string{full, fallback} {
			if got == "" || len(got) > 255 || !utf8.ValidString(got) || strings.Trim(got, ". ") != got {
				t.Fatalf("got %+q, want 1 to 255 bytes without dots or spaces at an end", got)
			}
			if strings.ContainsAny(got, "/\\\":*?<>|\r\n\t\x00\x7f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c\u2028\u2029") {
				t.Fatalf("got %+q, want nothing unsafe", got)
			}
		}
		if strings.ContainsAny(fallback, "%;") {
			t.Fatalf("got the fallback %+q, want nothing that is an escape or an end to some", fallback)
		}
		if again := objects.Disposition(full); again != header {
			t.Fatalf("got %s for a safe name, want %s", again, header)
		}
	})
}

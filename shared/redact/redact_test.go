package redact_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"gavel/shared/redact"
)

const (
	ample = 10_000
	jwt   = "eyJhbGciOiJSUzI1NiJ9.eyJhZG1pbiI6dHJ1ZX0.c2lnbmF0dXJl"
)

func TestText_TakesOut(t *testing.T) {
	t.Parallel()
	const pem = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\nBKcwggSjAgEAAoIBAQC7\n-----END PRIVATE KEY-----"
	for name, tt := range map[string]struct{ text, want string }{
		"a JWT":                         {`{"jwt":"` + jwt + `"}`, `{"jwt":"[redacted]"}`},
		"a JWT in a URL":                {"https://8x8.vc/x?jwt=" + jwt + "&y=1", "https://8x8.vc/x?jwt=[redacted]&y=1"},
		"a JWT without a signature":     {"got eyJhbGciOiJub25lIn0.eyJhZG1pbiI6dHJ1ZX0.!", "got [redacted]!"},
		"a JWT that was cut in two":     {"got eyJhbGciOiJSUzI1NiJ9.eyJhZG1pbi…", "got [redacted]…"},
		"an encrypted token":            {"got eyJhbGciOiJkaXIifQ..aXY.Y2lwaGVydGV4dA.dGFn!", "got [redacted]!"},
		"an opaque token of 3 parts":    {"got abcdefgh12345.abcdefgh67890.abcdefgh!", "got [redacted]!"},
		"bearer":                        {"Authorization: Bearer abc.def/ghi+jkl==, no", "Authorization: [redacted], no"},
		"bearer in lower case":          {`"bearer  abc"`, `"[redacted]"`},
		"bearer over two lines":         {"Bearer\r\n abc", "[redacted]"},
		"basic":                         {"Authorization: Basic dXNlcjpwYXNzd29yZA==", "Authorization: [redacted]"},
		"a webhook secret":              {"key whsec_9635df66714a4cf088ee9d0979dd3bf6.", "key [redacted]."},
		"a webhook secret in base64":    {"key whsec_MfKQ9r8GKYqr/wUPD8ILPZIo2LaLaSw+abc= no", "key [redacted] no"},
		"a webhook secret in base64url": {"key whsec_MfKQ9r8GKYqr_wUPD8ILPZ-Io no", "key [redacted] no"},
		"a webhook secret after a name": {"my_whsec_9635df66714a4cf088ee9d0979dd3bf6", "my_[redacted]"},
		"PEM":                           {"key " + pem + " refused", "key [redacted] refused"},
		"PEM in JSON":                   {`{"key":"` + strings.ReplaceAll(pem, "\n", `\n`) + `"}`, `{"key":"[redacted]"}`},
		"PEM that was cut":              {"key " + pem[:80], "key [redacted]"},
		"PEM, twice":                    {pem + " and " + pem, "[redacted] and [redacted]"},
		"PEM of another sort":           {strings.ReplaceAll(pem, "PRIVATE", "RSA PRIVATE"), "[redacted]"},
		"an e-mail address":             {"no user ada.lovelace+test@mail.example.org, sorry", "no user [redacted], sorry"},
		"an e-mail address in a URL":    {"/users/ada%40example.org/x", "/users/[redacted]/x"},
		"an e-mail address elsewhere":   {"<jürgen@exämple.de>", "<[redacted]>"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := redact.Text(tt.text, ample); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestText_TakesOutPhoneNumbers(t *testing.T) {
	t.Parallel()
	for _, number := range []string{
		"+40747777777", "0040747777777", "40747777777", "0747777777", "%2B40747777777", "%2b40747777777",
		"+40 747 777 777", "+40-747-777-777", "+40.747.777.777", "+40/747/777777", "0040 747 777-777", "+1 (300) 555-0100",
		"(0)747 777 777", "+40\u00a0747\u00a0777\u00a0777", "+40\n747\n777\n777", "+40\t747777777", "+40–747–777–777",
		"+40−747−777−777", "+40+747+777+777", "%2B40%20747%20777%20777", "+40\u200b747\u200b777\u200b777", "\u202a+40747777777\u202c",
		"1234567",
	} {
		got := redact.Text(`{"callee":"`+number+`","room":"r"}`, ample)
		if strings.ContainsAny(got, "0123456789") || !strings.Contains(got, redact.Placeholder) {
			t.Errorf("%+q: got %+q, want no digit of it", number, got)
		}
		if !strings.HasPrefix(got, `{"callee":"`) || !strings.HasSuffix(got, `","room":"r"}`) {
			t.Errorf("%+q: got %+q, want what stands around it", number, got)
		}
	}
}

func TestText_LeavesTheRest(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"",
		"conference not found",
		`{"error":"room_not_found","status":404,"message":"There's no such room: standup"}`,
		"HTTP 500 in 0.25 s; try 3 of 3, id 12345, code -32601",
		"MaxParticipants exceeded (500)",
		"action DIAL_OUT_PARTICIPANT is unknown",
		"nginx/1.25.3",
		"Zoë, 日本, 🙂",
	} {
		if got := redact.Text(text, ample); got != text {
			t.Errorf("got %q, want %q as it was", got, text)
		}
	}
}

func TestText_TakesOutKnownValues(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		text  string
		known []string
		want  string
	}{
		"each of several, each time":     {"auth0|5f90 banned s3cret; auth0|5f90", []string{"s3cret", "auth0|5f90"}, "[redacted] banned [redacted]; [redacted]"},
		"inside a word":                  {"xs3crety", []string{"s3cret"}, "x[redacted]y"},
		"one that is part of another":    {"ada-lovelace and ada", []string{"ada", "ada-lovelace"}, "[redacted] and [redacted]"},
		"one that overlaps another":      {"abcde", []string{"abcd", "bcde"}, "[redacted]e"},
		"one that looks like the marker": {"s3cret redacted", []string{"redacted", "s3cret"}, "[redacted] [redacted]"},
		"empty ones":                     {"a b", []string{"", " ", "\n"}, "a b"},
		"one with white space":           {"ban Ada\n  Lovelace now", []string{"Ada Lovelace"}, "ban [redacted] now"},
		"one over two lines":             {"ban Ada Lovelace now", []string{"Ada\r\nLovelace"}, "ban [redacted] now"},
		"one with broken UTF-8":          {"ban a\xffb now", []string{"a\xffb"}, "ban [redacted] now"},
		"one before a pattern sees it":   {"bearer of a+40747777777", []string{"of"}, "[redacted] a[redacted]"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := redact.Text(tt.text, ample, tt.known...); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestText_LeavesTheCallersValuesAlone(t *testing.T) {
	t.Parallel()
	known := []string{"b", "", "aaa", " x "}
	redact.Text("text", ample, known...)
	if got, want := strings.Join(known, ","), "b,,aaa, x "; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestText_IsOneLine(t *testing.T) {
	t.Parallel()
	got, want := redact.Text("\r\n<a>\n\n\t<b>\u2028 c\u00a0d \n", ample), "<a> <b> c d"
	if got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestText_CutsBetweenCharacters(t *testing.T) {
	t.Parallel()
	const text = "aé日🙂"
	for limit, want := range []string{"…", "a…", "a…", "aé…", "aé…", "aé…", "aé日…", "aé日…", "aé日…", "aé日…", text, text} {
		if got := redact.Text(text, limit); got != want {
			t.Errorf("limit %d: got %q, want %q", limit, got, want)
		}
	}
}

func TestText_MakesBrokenCharactersWhole(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"\xff\xfe{\x00}", "caf\xe9", "日本"[:4], "\xed\xa0\x80"} {
		for limit := range 8 {
			if got := redact.Text(text, limit); !utf8.ValidString(got) || len(got) > limit+len("…") {
				t.Errorf("%q, limit %d: got %q, want at most that of valid UTF-8", text, limit, got)
			}
		}
	}
}

// A value must not come through by half, wherever in a long text it stands: at the end of what is given, or of what is
// looked at.
func TestText_TakesOutWhatIsCut(t *testing.T) {
	t.Parallel()
	const limit = 16
	known := strings.Repeat("k3y.", 100)
	end := 8*limit + len(known) // what lies behind is not looked at
	for name, value := range map[string]string{
		"a phone number":     "+40747777777",
		"an e-mail address":  "ada.lovelace.of.london@mail.example.org",
		"a JWT":              jwt + strings.Repeat("x", 500),
		"a webhook secret":   "whsec_" + strings.Repeat("9635df66", 50),
		"a known value":      known,
		"a private key":      "-----BEGIN PRIVATE KEY-----" + strings.Repeat("MIIEvQ", 200) + "-----END PRIVATE KEY-----",
		"an Authorization":   "Bearer " + strings.Repeat("abc.", 200),
		"a number in spaces": "+40 747 777 777",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, filling := range []string{" ", "z ", "+10 000 000 000 z "} {
				for before := 0; before <= end; before = next(before, limit, end-len(value), len(value)/10) {
					text := strings.Repeat(filling, before/len(filling)) + value + strings.Repeat(" z", 2000)
					got := redact.Text(text, limit, known)
					if len(got) > limit+len("…") {
						t.Fatalf("%d bytes before it: got %d bytes, want %d", before, len(got), limit)
					}
					rest := strings.Trim(strings.NewReplacer(redact.Placeholder, "", "z", "", " ", "").Replace(got), "…")
					if !strings.HasPrefix(redact.Placeholder, rest) {
						t.Fatalf("%d bytes of %q before it: got %q, want nothing of it", before, filling, got)
					}
				}
			}
		})
	}
}

// next goes from 0 to limit and then from start on, so far as that lies behind, both by step.
func next(n, limit, start, step int) int {
	if n+step > limit {
		return max(n+step, start)
	}
	return n + step
}

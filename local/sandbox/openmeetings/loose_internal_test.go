package openmeetings

import "testing"

// TestAppendLoose holds what Jettison 1.5.3 wrote for these texts.
func TestAppendLoose(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"5": `5`, "-5": `-5`, "+5": `"+5"`, "-0": `"-0"`, "007": `"007"`, "1.5": `1.5`, "1.50": `"1.50"`, "1.0": `1`, "-0.0": `-0`, "0.0": `0`,
		"100.25": `100.25`, "10000000.0": `"10000000.0"`, "1.0E7": `1.0E7`, "1.0E10": `1.0E10`, "1e5": `"1e5"`, "1E-5": `"1E-5"`, "1.0E-5": `"1.0E-5"`,
		"0.001": `0.001`, "9223372036854775807": `9223372036854775807`, "9223372036854775808": `"9223372036854775808"`, "true": `true`, "True": `"True"`,
		"false": `false`, " 5": `" 5"`, "5 ": `"5 "`, "NaN": `"NaN"`, "Infinity": `"Infinity"`, "Inf": `"Inf"`, "0x10": `"0x10"`, "1d": `"1d"`, "": `""`,
		"a/b": `"a/b"`, "null": `"null"`, "1.0E400": `"1.0E400"`, "12345678.5": `"12345678.5"`, "1.23456785E7": `1.23456785E7`, ".5": `".5"`, "5.": `"5."`,
		"1_000": `"1_000"`, "<&>": `"<&>"`,
	} {
		if got := string(appendLoose(nil, text)); got != want {
			t.Errorf("appendLoose(%q): got %s, want %s", text, got, want)
		}
	}
}

func TestAppendA_CollapsesInnerLists(t *testing.T) {
	t.Parallel()
	for want, items := range map[string][]any{`{"l":[{}]}`: {}, `{"l":[{"x":"a"}]}`: {"a"}, `{"l":[{"x":["a","b"]}]}`: {"a", "b"}} {
		if got := string(list("l", []any{fields{{"x", items}}})); got != want {
			t.Errorf("serializer A: got %s, want %s", got, want)
		}
	}
	if got := string(appendB(nil, fields{{"x", []any{"5"}}, {"y", []any{}}, {"z", nil}})); got != `{"x":["5"],"y":[]}` {
		t.Errorf(`serializer B: got %s, want {"x":["5"],"y":[]}`, got)
	}
}

func TestWeakness(t *testing.T) {
	t.Parallel()
	const (
		lower, upper = "'Weak' password: at least 1 lower-case letter is required\n", "'Weak' password: at least 1 upper-case letter is required\n"
		digit        = "'Weak' password: at least 1 digit is required\n"
		special      = "'Weak' password: at least 1 special symbol '!@#$%^&*][' is required\n"
		stop         = "'Weak' password: it shouldn't contain part of the user's email address or username\n"
	)
	for _, tc := range []struct{ password, login, email, want string }{
		{"Abcdef1!", "grace", "", ""},
		{"ABCDEF1!", "grace", "", lower},
		{"abcdef1!", "grace", "", upper},
		{"Abcdefg!", "grace", "", digit},
		{"Abcdefg1", "grace", "", special},
		{"Abcdefg1-", "grace", "", special},
		{"Abcde1[", "grace", "", "'Weak' password: minimum password length is 8\n"},
		{"AbGRAcd1!", "grace", "", stop},
		{"AbACEcd1!", "grace", "", ""}, // the last three letters are not looked for
		{"AbNAVcd1!", "grace", "g@navy.mil", stop},
		{"AbMILcd1!", "grace", "g@navy.mil", ""}, // three letters are all last
	} {
		if got := weakness(tc.password, tc.login, tc.email); got != tc.want {
			t.Errorf("weakness(%s, %s, %s): got %q, want %q", tc.password, tc.login, tc.email, got, tc.want)
		}
	}
}

func TestValidEmail(t *testing.T) {
	t.Parallel()
	for email, want := range map[string]bool{
		"a@example.org": true, "a.b+c@sub.example.org": true, "": false, "a": false, "a@": false, "@b.org": false, "a@b": false, "a@b.": false,
		"A <a@example.org>": false, "a@example.org, b@example.org": false, " a@example.org": false,
	} {
		if got := validEmail(email); got != want {
			t.Errorf("validEmail(%q): got %t, want %t", email, got, want)
		}
	}
}

func TestSanitize(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"": "", "plain": "plain", "a < b": "a &lt; b", "<!-- x -->a": "a", "<!-- x": "",
		"<style>p{}</style>x": "x", "<script>1<b>2": "", `<a href="https://example.org?a=1&amp;b">x</a>`: `<a href="https://example.org?a=1&amp;b">x</a>`,
		`<a href="data:x">x</a>`: `<a>x</a>`, `<a href="/x">x</a>`: `<a href="/x">x</a>`, `<FONT SIZE=3 color=red>x</FONT>`: `<font size="3">x</font>`,
		`<iframe src=x>y</iframe>`: "y", "<b": "&lt;b",
	} {
		if got := sanitize(given); got != want {
			t.Errorf("sanitize(%s): got %s, want %s", given, got, want)
		}
	}
}

func TestBadPasswordDelay(t *testing.T) {
	t.Parallel()
	for range 100 {
		if got := badPasswordDelay().Seconds(); got < 6 || got > 15 {
			t.Fatalf("got %v s, want 6 to 15", got)
		}
	}
}

package jaas_test

import (
	"encoding/base64"
	"errors"
	"regexp"
	"strings"
	"testing"

	"gavel/shared/jaas"
)

func TestParseAppID(t *testing.T) {
	t.Parallel()
	form := regexp.MustCompile(jaas.AppIDPattern)
	const digits = "0123456789abcdef0123456789abcdef"
	for _, tc := range []struct {
		in string
		ok bool
	}{
		{"", false},
		{digits, false},
		{"vpaas-magic-cookie-", false},
		{"vpaas-magic-cookie-" + digits[1:], false},
		{"vpaas-magic-cookie-" + digits + "0", false},
		{"vpaas-magic-cookie-" + strings.ToUpper(digits), false},
		{"VPAAS-MAGIC-COOKIE-" + digits, false},
		{"vpaas-magic-cookie-" + digits[1:] + "g", false},
		{"vpaas-magic-cookie-" + digits[1:] + "/", false},
		{"vpaas-magic-cookie-../" + digits[3:], false},
		{"vpaas-magic-cookie-" + digits + "\n", false},
		{" vpaas-magic-cookie-" + digits, false},
		{"vpaas-magic-cookie-" + digits + "/" + keyID, false},
		{"vpaas-magic-cookie-" + digits[2:] + "é", false},
		{"vpaas-magic-cookie-vpaas-magic-cookie-" + digits, false},
		{"vpaas-magic-cookie-" + digits, true},
		{"vpaas-magic-cookie-" + strings.Repeat("0", 32), true},
	} {
		id, err := jaas.ParseAppID(tc.in)
		if tc.ok != (err == nil) || tc.ok && string(id) != tc.in || !tc.ok && (id != "" || !errors.Is(err, jaas.ErrAppID)) {
			t.Errorf("%q: got %q, %v; want it taken: %t", tc.in, id, err, tc.ok)
		}
		if form.MatchString(tc.in) != tc.ok {
			t.Errorf("%q: AppIDPattern says %t, want %t", tc.in, !tc.ok, tc.ok)
		}
	}
}

func TestCheckJWT(t *testing.T) {
	t.Parallel()
	claims := func(text string) string { return "e30." + base64.RawURLEncoding.EncodeToString([]byte(text)) + ".c2ln" }
	sub := `"sub":"` + string(appID) + `"`
	good := participantToken(appID)
	for name, token := range map[string]string{
		"nothing":                  "",
		"a word":                   "token",
		"two parts":                "e30.e30",
		"four parts":               good + ".c2ln",
		"five parts, encrypted":    "e30.e30.e30.e30.e30",
		"no header":                ".e30.c2ln",
		"no claims":                "e30..c2ln",
		"no signature":             "e30.e30.",
		"dots alone":               "..",
		"padding":                  "e30=.e30=.c2ln",
		"the standard alphabet":    "e30.e30.+/+/",
		"not base64":               "e30.e30.c2l!",
		"a length base64 has not":  "e30.e30.c2lnc",
		"a blank behind":           good + " ",
		"a line end behind":        good + "\n",
		"a line end in the middle": strings.Replace(good, ".", "\n.", 1),
		"a line end inside":        good[:10] + "\r\n" + good[10:],
		"Bearer before":            "Bearer " + good,
		"quotes":                   `"` + good + `"`,
		"a join link":              "https://8x8.vc/" + string(appID) + "/standup#jwt=" + good,
		"not UTF-8":                "e30.e30.\xff\xff",
		"another tenant's":         participantToken(otherApp),
		"an admin token":           claims(`{` + sub + `,"admin":true}`),
		"admin as a string":        claims(`{` + sub + `,"admin":"true"}`),
		"admin false":              claims(`{` + sub + `,"admin":false}`),
	} {
		if err := jaas.CheckJWT(appID, token); !errors.Is(err, jaas.ErrJWT) {
			t.Errorf("%s: got %v, want ErrJWT", name, err)
		}
	}
	for name, token := range map[string]string{
		"a participant's":                    good,
		"the least":                          "e30.e30.c2ln",
		"admin null":                         claims(`{` + sub + `,"admin":null}`),
		"moderator, which is no admin":       claims(`{` + sub + `,"context":{"user":{"moderator":true,"admin":true}}}`),
		"claims that are for JaaS to refuse": claims(`[1]`),
	} {
		if err := jaas.CheckJWT(appID, token); err != nil {
			t.Errorf("%s: got %v, want none", name, err)
		}
	}
}

package jitsiapi_test

import (
	"os"
	"regexp"
	"testing"

	"gavel/local/apitest"
)

func TestMain(m *testing.M) { os.Exit(apitest.Main(m, watch)) }

const secretForms = `hush|made-up-|[@]example|%40example|eyJ|-----BEGIN|MII[A-Za-z0-9+/]{20}|` + apitest.PhoneForms + `|` + rejected

// What stands in the requests of this package's tests, in the answers to them and in the secret. No problem document may
// say what is confidential: tokens, keys, phone numbers, e-mail addresses, what was rejected. No log line may say more:
// user ids, names of people and of rooms.
var (
	confidential = regexp.MustCompile(`(?i)` + secretForms)
	betrays      = regexp.MustCompile(`(?i)` + secretForms + `|\bu-17\b|auth0|\b(ada|quandt)\b|stand-?up|"msg":"panic"`)
)

var watch = &apitest.Watch{Betrays: betrays, Provider: "jitsi", Open: []string{
	"jitsi-public-key", "jitsi-webhook", "jitsi-create-reservation", "jitsi-get-reservation", "jitsi-delete-reservation",
}}

func TestWatch_FindsWhatItIsThereFor(t *testing.T) {
	t.Parallel()
	watch.FindsWhatItIsThereFor(t,
		callback, next, loginKey().pem, "eyJhbGciOiJSUzI1NiJ9.e30.c2ln", phoneNo, "0040 747 777 777", "ada@example.org", "ada%40example.org",
		"Ada", "u-17", "auth0|quandt", "StandUp", rejected, hushSecret,
	)
}

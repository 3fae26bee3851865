package jaasapi_test

import (
	"os"
	"regexp"
	"testing"

	"gavel/local/apitest"
)

func TestMain(m *testing.M) { os.Exit(apitest.Main(m, watch)) }

const secretForms = `eyJ|MII[A-Za-z0-9+/]{20}|` + apitest.PhoneForms + `|auth0|` + rejected + `|@example`

// What stands in the requests of this package's tests and in the secrets: tokens, keys, the digits of the phone numbers,
// the user ids, the e-mail addresses, what was rejected. Neither a problem document nor a log line may say it. The words
// that a key begins with stand in those that ask for one.
var confidential = regexp.MustCompile(secretForms + `|-----BEGIN`)

var watch = &apitest.Watch{Betrays: confidential, Provider: "jaas", Open: []string{"jaas-webhook"}}

func TestWatch_FindsWhatItIsThereFor(t *testing.T) {
	t.Parallel()
	watch.FindsWhatItIsThereFor(t, participantJWT, tenantKey(), "+40747777777", "0040 747 777 777", "auth0|5f90", rejected, "ada@example.org")
}

package roomsapi_test

import (
	"os"
	"regexp"
	"testing"

	"gavel/local/apitest"
)

func TestMain(m *testing.M) { os.Exit(apitest.Main(m, watch)) }

// marker stands in every user id, name, text and file name of this package's tests, and in what is refused. Neither a
// log line nor the answer to a bad request may repeat it.
const marker = "quandt"

// No problem document may say what is confidential: the marker, however written. No log line may say more: what
// credentials begin with, what stands in presigned requests; nor may one tell of a panic or of an error that nobody
// thought of.
var (
	confidential = regexp.MustCompile(`(?i)` + marker)
	betrays      = regexp.MustCompile(`(?i)` + marker + `|auth0|eyJ|BEGIN |MII[A-Za-z0-9+/]{20}|whsec_|X-Amz-|Signature=|#jwt|"msg":"panic"|"msg":"unexpected error"`)
)

var watch = &apitest.Watch{Betrays: betrays, Provider: "jaas", Open: []string{"jaas-webhook"}}

func TestWatch_FindsWhatItIsThereFor(t *testing.T) {
	t.Parallel()
	watch.FindsWhatItIsThereFor(t,
		owner, guest, stranger, "Quandt's diagnosis.pdf", tenantKey(), webhookSecret, "eyJhbGciOiJSUzI1NiJ9.e30.c2ln",
		"https://files.test/a?X-Amz-Signature=00ff", "https://8x8.vc/a/b#jwt=0",
	)
}

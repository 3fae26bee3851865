package veetingapi_test

import (
	"os"
	"regexp"
	"testing"

	"gavel/local/apitest"
)

func TestMain(m *testing.M) { os.Exit(apitest.Main(m, watch)) }

// What stands in the requests of this package's tests, in the answers to them and in the secret. No problem document may
// say what is confidential: keys, e-mail addresses, what was rejected. No log line may say more: what meetings are about.
var (
	confidential = regexp.MustCompile(`(?i)hush|made-up-key|[@]example|%40example|` + rejected)
	betrays      = regexp.MustCompile(`(?i)hush|made-up-key|[@]example|%40example|` + rejected + `|my meeting topic|9974-7653`)
)

var watch = &apitest.Watch{Betrays: betrays, Provider: "veeting", Open: []string{webhookID}}

func TestWatch_FindsWhatItIsThereFor(t *testing.T) {
	t.Parallel()
	watch.FindsWhatItIsThereFor(t, apiKey, hookKey, userEmail, "test-user%40example.com", "My Meeting Topic", rejected)
}

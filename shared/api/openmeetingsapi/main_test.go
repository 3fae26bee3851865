package openmeetingsapi_test

import (
	"os"
	"regexp"
	"testing"

	"gavel/local/apitest"
)

func TestMain(m *testing.M) { os.Exit(apitest.Main(m, watch)) }

const (
	secretForms   = `hush|kite-|knock-3|51d51d51|5d41402a|gavel-bot|[@]example|%40example|` + rejected
	personalForms = `uniqueId1|room-17|file-17|myCMS|\b(john|doe|ada)\b|stand-up|retro|minutes|sales|review`
)

// What stands in the requests of this package's tests, in the answers to them and in the secret. No problem document may
// say what is confidential: passwords, sids, hashes, e-mail addresses, what was rejected. No log line may say more: ids
// in the calling system, names of people and things.
var (
	confidential = regexp.MustCompile(`(?i)` + secretForms)
	betrays      = regexp.MustCompile(`(?i)` + secretForms + `|` + personalForms)
)

var watch = &apitest.Watch{Betrays: betrays, Provider: "openmeetings"}

func TestWatch_FindsWhatItIsThereFor(t *testing.T) {
	t.Parallel()
	watch.FindsWhatItIsThereFor(t,
		password, login, sidOf(3), hash, "ada@example.org", "ada%40example.org", "uniqueId1", "room-17", "John Doe", rejected,
	)
}

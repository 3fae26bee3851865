package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"
)

func TestRunRefusesAKeyForNobodyOrNothing(t *testing.T) {
	t.Parallel()
	for _, args := range [][2]string{{"", "jaas"}, {"crm", ""}, {"crm", " ,"}, {"crm", "jass"}, {"crm", "jaas,*"}} {
		if err := run(&bytes.Buffer{}, args[0], args[1]); err == nil {
			t.Errorf("name %q, scopes %q: got no error", args[0], args[1])
		}
	}
}

func TestRunPrintsTheKeyAndOnlyItsHashInTheEntry(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := run(&out, "crm", "jaas, openmeetings"); err != nil {
		t.Fatal(err)
	}
	shown, entry, _ := strings.Cut(out.String(), "Its entry")
	_, key, _ := strings.Cut(shown, "gvl_")
	key = "gvl_" + strings.TrimSpace(key)
	sum := sha256.Sum256([]byte(key))
	if !strings.Contains(entry, hex.EncodeToString(sum[:])) || strings.Contains(entry, key) {
		t.Errorf("got entry %s for key %s, want its hash and not itself", entry, key)
	}
	for _, scope := range []string{`"jaas"`, `"openmeetings"`} {
		if !strings.Contains(entry, scope) {
			t.Errorf("entry lacks the scope %s: %s", scope, entry)
		}
	}
}

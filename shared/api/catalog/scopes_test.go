package catalog_test

import (
	"slices"
	"testing"

	"gavel/shared/api/catalog"
)

func TestScopes(t *testing.T) {
	t.Parallel()
	want := []string{"audit", "jaas", "jitsi", "openmeetings", "veeting:accounts", "veeting:meetings"}
	if got := catalog.Scopes(); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

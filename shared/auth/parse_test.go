package auth_test

import (
	"slices"
	"testing"
	"time"

	"gavel/shared/auth"
	"gavel/shared/httpclient"
	"gavel/shared/secrets"
)

func TestParseAPIKeys_RefusesTheWholeListForOneBadEntry(t *testing.T) {
	t.Parallel()
	_, good := auth.NewAPIKey("crm", []string{"jaas"})
	list := `{"keys": [{"name": "crm", "sha256": "` + good.SHA256 + `", "scopes": ["jaas"]}`
	entries, err := auth.ParseAPIKeys(secrets.NewRaw("1", []byte(list+"]}")))
	if err != nil || len(entries) != 1 || entries[0].Name != "crm" || entries[0].SHA256 != good.SHA256 {
		t.Errorf("got %+v and %v, want the entry", entries, err)
	}
	if entries, err := auth.ParseAPIKeys(secrets.NewRaw("1", []byte(list+`, {"name": "x"}]}`))); err == nil || entries != nil {
		t.Errorf("got %+v, want an error", entries)
	}
}

func TestIssuerKeys(t *testing.T) {
	t.Parallel()
	i := newIssuer(t)
	get := auth.Fetching(httpclient.New(httpclient.Options{Provider: "oidc", Budget: 10 * time.Second, Now: i.clock.now}))
	found, err := auth.Issuer{URL: i.url}.Keys(t.Context(), get)
	if want := []string{"ec", "edwards", "rsa"}; err != nil || !slices.Equal(found, want) {
		t.Errorf("got %q and %v, want %q", found, err, want)
	}
	if _, err := (auth.Issuer{URL: i.url + "/"}).Keys(t.Context(), get); err == nil {
		t.Error("got no error for an issuer that is called otherwise")
	}
}

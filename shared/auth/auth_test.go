package auth_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"testing"

	"gavel/shared/auth"
)

// asked is a verifier that notes what it was asked.
type asked struct{ credentials []string }

// Verify takes everything.
func (a *asked) Verify(_ context.Context, credentials string) (auth.Principal, error) {
	a.credentials = append(a.credentials, credentials)
	return auth.Principal{Name: "x"}, nil
}

func TestAuthenticate_TurnsAwayWhatHasNoCredentialsOrOthers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		header http.Header
		want   error
	}{
		"nothing":             {http.Header{}, auth.ErrNoCredentials},
		"no header at all":    {nil, auth.ErrNoCredentials},
		"empty values":        {http.Header{"X-Api-Key": {""}, "Authorization": {""}}, auth.ErrNoCredentials},
		"a cookie":            {http.Header{"Cookie": {"X-Api-Key=x"}}, auth.ErrNoCredentials},
		"Basic":               {http.Header{"Authorization": {"Basic dTpw"}}, auth.ErrBadCredentials},
		"Digest":              {http.Header{"Authorization": {`Digest username="u"`}}, auth.ErrBadCredentials},
		"the token alone":     {http.Header{"Authorization": {"eyJhbGciOiJub25lIn0.e30."}}, auth.ErrBadCredentials},
		"Bearer within words": {http.Header{"Authorization": {"NotBearer x"}}, auth.ErrBadCredentials},
		"Bearer with a colon": {http.Header{"Authorization": {"Bearer:x"}}, auth.ErrBadCredentials},
		"Bearer after a tab":  {http.Header{"Authorization": {"\tBearer x"}}, auth.ErrBadCredentials},
		"two keys":            {http.Header{"X-Api-Key": {"k", "l"}}, auth.ErrBadCredentials},
		"the same key twice":  {http.Header{"X-Api-Key": {"k", "k"}}, auth.ErrBadCredentials},
		"a key after none":    {http.Header{"X-Api-Key": {"", "k"}}, auth.ErrBadCredentials},
		"two tokens":          {http.Header{"Authorization": {"Bearer x", "Bearer y"}}, auth.ErrBadCredentials},
		"a key, two tokens":   {http.Header{"X-Api-Key": {"k"}, "Authorization": {"Bearer x", "Bearer y"}}, auth.ErrBadCredentials},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			keys, bearer := &asked{}, &asked{}
			if _, err := auth.New(keys, bearer).Authenticate(t.Context(), c.header); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
			if len(keys.credentials)+len(bearer.credentials) > 0 {
				t.Errorf("got %q and %q verified, want nothing", keys.credentials, bearer.credentials)
			}
		})
	}
}

func TestAuthenticate_AsksTheVerifierOfTheCredentials(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		header       http.Header
		keys, bearer []string
	}{
		"API key":            {http.Header{"X-Api-Key": {"k"}}, []string{"k"}, nil},
		"token":              {http.Header{"Authorization": {"Bearer t"}}, nil, []string{"t"}},
		"token, small b":     {http.Header{"Authorization": {"bearer t"}}, nil, []string{"t"}},
		"token after blanks": {http.Header{"Authorization": {"Bearer   t "}}, nil, []string{"t"}},
		"no token":           {http.Header{"Authorization": {"Bearer"}}, nil, []string{""}},
		"both":               {http.Header{"X-Api-Key": {"k"}, "Authorization": {"Bearer t"}}, []string{"k"}, nil},
		"key and Basic":      {http.Header{"X-Api-Key": {"k"}, "Authorization": {"Basic x"}}, []string{"k"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			keys, bearer := &asked{}, &asked{}
			if _, err := auth.New(keys, bearer).Authenticate(t.Context(), c.header); err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(keys.credentials, c.keys) || !slices.Equal(bearer.credentials, c.bearer) {
				t.Errorf("got %q and %q verified, want %q and %q", keys.credentials, bearer.credentials, c.keys, c.bearer)
			}
		})
	}
}

// TestAuthenticate_ABadKeyIsNotMadeGoodByAToken: with both, the key alone counts.
func TestAuthenticate_ABadKeyIsNotMadeGoodByAToken(t *testing.T) {
	t.Parallel()
	i := newIssuer(t)
	_, entry := auth.NewAPIKey("crm", []string{"jaas"})
	who := auth.New(auth.NewAPIKeys(&store{content: listOf(t, entry)}, i.clock.now), i.bearer())
	header := http.Header{"X-Api-Key": {"gvl_guess"}, "Authorization": {"Bearer " + i.good(t)}}
	if _, err := who.Authenticate(t.Context(), header); !errors.Is(err, auth.ErrBadCredentials) {
		t.Errorf("got %v, want ErrBadCredentials", err)
	}
	header.Del("X-Api-Key")
	if p, err := who.Authenticate(t.Context(), header); err != nil || p.Name != "alice" {
		t.Errorf("got %+v and %v without the key, want alice", p, err)
	}
}

func TestResolve_WithoutAResolverNobodyIsKnown(t *testing.T) {
	t.Parallel()
	if p, err := auth.Resolve(t.Context()); !errors.Is(err, auth.ErrNoCredentials) || p.Name != "" {
		t.Errorf("got %+v and %v, want ErrNoCredentials", p, err)
	}
}

// What stands before an operation says who calls, and the operation asks.
func ExampleResolve() {
	ctx := auth.WithPrincipal(context.Background(), auth.Principal{Kind: auth.APIKey, Name: "crm", Scopes: []string{"jaas"}})
	who, err := auth.Resolve(ctx)
	fmt.Println(who.Name, who.Has("jaas"), err)
	_, err = auth.Resolve(context.Background())
	fmt.Println(err)
	// Output:
	// crm true <nil>
	// no credentials
}

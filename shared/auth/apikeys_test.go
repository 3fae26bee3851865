package auth_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strings"
	"testing"
	"time"

	"gavel/shared/auth"
	"gavel/shared/secrets"
)

func TestAPIKey_ThatIsNotOneIsRefused(t *testing.T) {
	t.Parallel()
	key, entry := auth.NewAPIKey("crm", []string{"jaas"})
	verifier := auth.NewAPIKeys(&store{content: listOf(t, entry)}, newSteps().now)
	for _, wrong := range []string{
		"", " ", "gvl_", key[:len(key)-1], key + "=", strings.ToLower(key), " " + key, key + "\n", key[4:], entry.SHA256, "crm", strings.Repeat("a", 1<<20),
	} {
		if p, err := verifier.Verify(t.Context(), wrong); !errors.Is(err, auth.ErrBadCredentials) || p.Name != "" {
			t.Errorf("got %+v and %v, want ErrBadCredentials", p, err)
		}
	}
}

func TestAPIKey_IsRefusedFromItsEndOn(t *testing.T) {
	t.Parallel()
	clock := newSteps()
	end := clock.now().Add(10 * time.Second)
	key, entry := auth.NewAPIKey("crm", []string{"jaas"})
	entry.ExpiresAt = &end
	verifier := auth.NewAPIKeys(&store{content: listOf(t, entry)}, clock.now)
	clock.forward(9 * time.Second)
	if _, err := verifier.Verify(t.Context(), key); err != nil {
		t.Errorf("got %v a second before the end, want the key taken", err)
	}
	clock.forward(time.Second)
	if _, err := verifier.Verify(t.Context(), key); !errors.Is(err, auth.ErrBadCredentials) {
		t.Errorf("got %v at the end, want ErrBadCredentials", err)
	}
}

func TestAPIKey_TakenBackIsRefusedWithinAMinute(t *testing.T) {
	t.Parallel()
	clock, source := newSteps(), &store{}
	key, entry := auth.NewAPIKey("crm", []string{"jaas"})
	source.put(listOf(t, entry), nil)
	verifier := auth.NewAPIKeys(source, clock.now)
	for range 3 {
		if _, err := verifier.Verify(t.Context(), key); err != nil {
			t.Fatal(err)
		}
	}
	if source.reads != 1 {
		t.Errorf("got %d reads of the secret, want 1", source.reads)
	}
	source.put(listOf(t), nil)
	clock.forward(time.Minute)
	if _, err := verifier.Verify(t.Context(), key); !errors.Is(err, auth.ErrBadCredentials) {
		t.Errorf("got %v a minute after, want ErrBadCredentials", err)
	}
}

// TestAPIKeysSecret_ThatCannotBeUsedIsNotTheCallersFault: such a failure must not look like bad
// credentials, neither to the caller nor to whoever is to mend it.
func TestAPIKeysSecret_ThatCannotBeUsedIsNotTheCallersFault(t *testing.T) {
	t.Parallel()
	key, entry := auth.NewAPIKey("crm", []string{"jaas"})
	sum := entry.SHA256
	entries := func(entry string) string { return `{"keys":[` + entry + `]}` }
	for name, content := range map[string]string{
		"empty":                 "",
		"no JSON":               "keys",
		"a list":                "[]",
		"nothing":               "null",
		"no keys":               "{}",
		"null for keys":         `{"keys":null}`,
		"another behind it":     entries("") + "\n" + entries(`{"name":"crm","sha256":"`+sum+`","scopes":["jaas"]}`),
		"keys by name":          `{"keys":{"crm":"` + sum + `"}}`,
		"no name":               entries(`{"sha256":"` + sum + `","scopes":["jaas"]}`),
		"no hash":               entries(`{"name":"crm","scopes":["jaas"]}`),
		"the key for its hash":  entries(`{"name":"crm","sha256":"` + key + `","scopes":["jaas"]}`),
		"hash cut short":        entries(`{"name":"crm","sha256":"` + sum[:62] + `","scopes":["jaas"]}`),
		"hash of another kind":  entries(`{"name":"crm","sha256":"` + sum + sum + `","scopes":["jaas"]}`),
		"hash in Base64":        entries(`{"name":"crm","sha256":"LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=","scopes":["jaas"]}`),
		"hash with its name":    entries(`{"name":"crm","sha256":"sha256:` + sum + `","scopes":["jaas"]}`),
		"no scopes":             entries(`{"name":"crm","sha256":"` + sum + `"}`),
		"empty scopes":          entries(`{"name":"crm","sha256":"` + sum + `","scopes":[]}`),
		"scopes as text":        entries(`{"name":"crm","sha256":"` + sum + `","scopes":"jaas"}`),
		"an end that is no day": entries(`{"name":"crm","sha256":"` + sum + `","scopes":["jaas"],"expiresAt":"soon"}`),
		"one bad among good":    entries(`{"name":"crm","sha256":"` + sum + `","scopes":["jaas"]},{"name":"billing"}`),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := auth.NewAPIKeys(&store{content: content}, newSteps().now).Verify(t.Context(), key)
			var secret *secrets.Error
			if !errors.As(err, &secret) || errors.Is(err, auth.ErrBadCredentials) || secret.Passing {
				t.Fatalf("got %v, want a lasting error of the secret", err)
			}
			if secret.Name != "gavel/api-keys" || strings.Contains(secret.Error(), sum[:16]) || strings.Contains(secret.Error(), key[4:]) {
				t.Errorf("got %q, want the secret's name and nothing of what is in it", secret)
			}
		})
	}
}

func TestAPIKeysSecret_ThatIsMissingIsNotTheCallersFault(t *testing.T) {
	t.Parallel()
	for _, passing := range []bool{false, true} {
		source := &store{err: &secrets.Error{Name: "gavel/api-keys", Reason: "it does not exist", Passing: passing}}
		_, err := auth.NewAPIKeys(source, newSteps().now).Verify(t.Context(), "gvl_x")
		var secret *secrets.Error
		if !errors.As(err, &secret) || errors.Is(err, auth.ErrBadCredentials) || secret.Passing != passing {
			t.Errorf("got %v, want the error of the secret", err)
		}
	}
}

func TestAPIKeysSecret_ThatCannotBeReadForAWhileIsServedStale(t *testing.T) {
	t.Parallel()
	clock, source := newSteps(), &store{}
	key, entry := auth.NewAPIKey("crm", []string{"jaas"})
	source.put(listOf(t, entry), nil)
	verifier := auth.NewAPIKeys(source, clock.now)
	if _, err := verifier.Verify(t.Context(), key); err != nil {
		t.Fatal(err)
	}
	source.put("", &secrets.Error{Name: "gavel/api-keys", Reason: "no answer", Passing: true})
	clock.forward(time.Hour)
	if _, err := verifier.Verify(t.Context(), key); err != nil {
		t.Errorf("got %v, want the key known from before", err)
	}
}

func TestNewAPIKey_GivesAKeyThatIsTaken(t *testing.T) {
	t.Parallel()
	key, entry := auth.NewAPIKey("crm", []string{"jaas", "veeting:meetings"})
	other, otherEntry := auth.NewAPIKey("billing", []string{"jitsi"})
	if key == other || !strings.HasPrefix(key, "gvl_") || len(key) < 40 {
		t.Errorf("got %d and %d bytes of key, want two different ones of 256 bits", len(key), len(other))
	}
	if text, _ := json.Marshal(entry); strings.Contains(string(text), key[4:]) {
		t.Error("got the key in its entry, want a hash")
	}
	entry.SHA256 = strings.ToUpper(entry.SHA256)
	verifier := auth.NewAPIKeys(&store{content: listOf(t, otherEntry, entry)}, newSteps().now)
	got, err := verifier.Verify(t.Context(), key)
	if err != nil || got.Kind != auth.APIKey || got.Name != "crm" || !slices.Equal(got.Scopes, []string{"jaas", "veeting:meetings"}) {
		t.Errorf("got %+v and %v, want crm with its scopes", got, err)
	}
	if got.Has("veeting") || !got.Has("jaas") {
		t.Error("got a scope by a part of its name, want whole names alone")
	}
}

// TestVerify_ComparesInConstantTime reads the source, because no test can measure it.
func TestVerify_ComparesInConstantTime(t *testing.T) {
	t.Parallel()
	file, err := parser.ParseFile(token.NewFileSet(), "apikeys.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	constant := false
	ast.Inspect(file, func(n ast.Node) bool {
		selector, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		pkg, _ := selector.X.(*ast.Ident)
		if pkg == nil {
			return true
		}
		switch pkg.Name + "." + selector.Sel.Name {
		case "subtle.ConstantTimeCompare":
			constant = true
		case "bytes.Equal", "slices.Equal", "strings.EqualFold", "bytes.Compare":
			t.Errorf("got %s.%s in apikeys.go, want sums compared in constant time", pkg.Name, selector.Sel.Name)
		}
		return true
	})
	if !constant {
		t.Error("got no subtle.ConstantTimeCompare in apikeys.go")
	}
}

// kept is a source that holds the secret of an example.
type kept string

func (k kept) Read(context.Context, string) (secrets.Raw, error) {
	return secrets.NewRaw("1", []byte(k)), nil
}

func (kept) FullName(name string) string { return "gavel/" + name }

// A key is shown once, its entry goes into the secret, and whoever has the key is let in.
func ExampleNewAPIKey() {
	key, entry := auth.NewAPIKey("crm", []string{"jaas"})
	secret, err := json.Marshal(auth.APIKeyList{Keys: []auth.APIKeyEntry{entry}})
	if err != nil {
		fmt.Println(err)
	}
	verifier := auth.NewAPIKeys(kept(secret), time.Now)
	who, err := verifier.Verify(context.Background(), key)
	fmt.Println(who.Name, who.Has("jaas"), who.Has("jitsi"), err)
	_, err = verifier.Verify(context.Background(), "gvl_guess")
	fmt.Println(err)
	// Output:
	// crm true false <nil>
	// bad credentials
}

package secrets_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gavel/shared/secrets"
)

func TestFile_SaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, tt := range map[string]struct{ path, want string }{
		"missing":         {filepath.Join(dir, "no.json"), "the secrets file does not exist"},
		"a directory":     {dir, "the secrets file cannot be read"},
		"empty":           {secretsFile(t, ""), "the secrets file is not a JSON object"},
		"not JSON":        {secretsFile(t, `{"jaas": {"keyId": "`+hush), "the secrets file is not a JSON object"},
		"a list":          {secretsFile(t, `["`+hush+`"]`), "the secrets file is not a JSON object"},
		"a string":        {secretsFile(t, `"`+hush+`"`), "the secrets file is not a JSON object"},
		"with a tail":     {secretsFile(t, `{} `+hush), "the secrets file is not a JSON object"},
		"null":            {secretsFile(t, `null`), "it is not in the secrets file"},
		"without it":      {secretsFile(t, `{"jaas/b": "`+hush+`"}`), "it is not in the secrets file"},
		"in another case": {secretsFile(t, `{"JAAS/A": "`+hush+`"}`), "it is not in the secrets file"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			raw, err := secrets.NewFile(tt.path, "gavel").Read(t.Context(), "jaas/a")
			got := known(t, err, "gavel/jaas/a")
			if got.Reason != tt.want || got.Passing {
				t.Errorf("got %q, passing %t, want %q for good", got.Reason, got.Passing, tt.want)
			}
			if strings.Contains(err.Error(), hush) || strings.Contains(err.Error(), dir) {
				t.Errorf("got %q, want neither content nor path", err)
			}
			if raw.Bytes() != nil || raw.Version != "" {
				t.Errorf("got content beside the error, want none")
			}
		})
	}
}

func TestFile_ReadsASecret(t *testing.T) {
	t.Parallel()
	const content = `{"keyId": "k1",  "privateKey":"x\ny"}`
	file := secrets.NewFile(secretsFile(t, `{"jaas/a": `+content+`, "api-keys": {"keys": []}}`), "gavel")
	raw, err := file.Read(t.Context(), "jaas/a")
	if err != nil || string(raw.Bytes()) != content {
		t.Errorf("got %s, %v, want %s", raw.Bytes(), err, content)
	}
	names, err := file.Names()
	slices.Sort(names)
	if want := []string{"api-keys", "jaas/a"}; err != nil || !slices.Equal(names, want) {
		t.Errorf("Names: got %q, %v, want %q", names, err, want)
	}
	if got, want := file.FullName("jaas/a"), "gavel/jaas/a"; got != want {
		t.Errorf("FullName: got %q, want %q", got, want)
	}
}

func TestFile_NamesOfABrokenFile(t *testing.T) {
	t.Parallel()
	names, err := secrets.NewFile(secretsFile(t, hush), "gavel").Names()
	if err == nil || strings.Contains(err.Error(), hush) || names != nil {
		t.Errorf("got %q, %v, want an error without content", names, err)
	}
}

func TestFile_AnEditIsANewVersion(t *testing.T) {
	t.Parallel()
	path := secretsFile(t, `{"jaas/a": {"keyId":"k1"}, "veeting": {}}`)
	file := secrets.NewFile(path, "gavel")
	version := func() string {
		t.Helper()
		raw, err := file.Read(t.Context(), "jaas/a")
		if err != nil || raw.Version == "" {
			t.Fatalf("got version %q, %v, want one", raw.Version, err)
		}
		return raw.Version
	}
	first := version()
	if got := version(); got != first {
		t.Errorf("same file: got version %s, want %s", got, first)
	}
	write(t, path, `{"veeting": {"apiKey":"x"}, "jaas/a": {"keyId":"k1"}}`)
	if got := version(); got != first {
		t.Errorf("edit of another secret: got version %s, want %s", got, first)
	}
	write(t, path, `{"jaas/a": {"keyId":"k2"}}`)
	if got := version(); got == first {
		t.Errorf("edit of the secret: got version %s again, want another", got)
	}
}

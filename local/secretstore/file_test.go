package secretstore_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"gavel/local/secretstore"
	"gavel/shared/secrets"
)

func TestFile_KeepsTheOtherSecretsAndIsItsOwnersAlone(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "secrets.json")
	if err := os.WriteFile(path, []byte(`{"jitsi": {"unknown": "a<b&c"}, "veeting": {"old": true}}`), 0o644); err != nil {
		t.Fatal(err)
	}
	store := secretstore.NewFile(path)
	if err := store.Write(t.Context(), "veeting", []byte(`{"new": true}`)); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("got mode %v and %v, want 0600", info.Mode(), err)
	}
	for name, want := range map[string]string{"jitsi": `{"unknown":"a<b&c"}`, "veeting": `{"new":true}`} {
		raw, err := secrets.NewFile(path, "gavel").Read(t.Context(), name)
		if got := compact(t, raw.Bytes()); err != nil || got != want {
			t.Errorf("%s: got %s and %v, want %s", name, got, err, want)
		}
		content, err := store.Read(t.Context(), name)
		if got := compact(t, content); err != nil || got != want {
			t.Errorf("%s: got %s and %v, want %s", name, got, err, want)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "*")); len(left) != 1 {
		t.Errorf("got %q, want the one file", left)
	}
}

func compact(t *testing.T, text []byte) string {
	t.Helper()
	var value map[string]any
	if err := json.Unmarshal(text, &value); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(value)
	return strings.TrimSpace(out.String())
}

func TestFile_ThatIsNotThereHasNoneAndIsMade(t *testing.T) {
	t.Parallel()
	store := secretstore.NewFile(filepath.Join(t.TempDir(), "secrets.json"))
	if content, err := store.Read(t.Context(), "jitsi"); content != nil || err != nil {
		t.Errorf("got %s and %v, want nothing", content, err)
	}
	if err := store.Write(t.Context(), "jitsi", []byte(`{}`)); err != nil {
		t.Fatal(err)
	}
	if content, err := store.Read(t.Context(), "jitsi"); string(content) != `{}` || err != nil {
		t.Errorf("got %s and %v, want {}", content, err)
	}
}

func TestFile_BehindALinkStaysThere(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path, link := filepath.Join(dir, "real", "secrets.json"), filepath.Join(dir, "secrets.json")
	if err := os.Mkdir(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	if err := secretstore.NewFile(link).Write(t.Context(), "jitsi", []byte(`{}`)); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("got %v and %v, want a link still", info, err)
	}
	if text, _ := os.ReadFile(path); !strings.Contains(string(text), "jitsi") {
		t.Errorf("got %s behind the link", text)
	}
}

func TestFile_ThatIsNoneIsLeftAlone(t *testing.T) {
	t.Parallel()
	for _, text := range []string{`{"jitsi": `, `["a"]`, `null`, `-----BEGIN PRIVATE KEY-----`} {
		path := filepath.Join(t.TempDir(), "secrets.json")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		store := secretstore.NewFile(path)
		_, readErr := store.Read(t.Context(), "jitsi")
		err := store.Write(t.Context(), "jitsi", []byte(`{}`))
		if after, _ := os.ReadFile(path); err == nil || readErr == nil || string(after) != text || strings.Contains(err.Error(), "BEGIN") {
			t.Errorf("got %v, %v and %s, want %s as it was", err, readErr, after, text)
		}
	}
}

// Whoever names a pipe or a device, to see what would be written, must not find a file in its place.
func TestFile_ThatIsAPipeIsLeftAlone(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	go func() {
		if pipe, err := os.OpenFile(path, os.O_WRONLY, 0); err == nil { // which waits for somebody to read
			_, _ = pipe.WriteString("{}")
			_ = pipe.Close()
		}
	}()
	t.Cleanup(func() {
		if pipe, err := os.OpenFile(path, os.O_RDWR, 0); err == nil {
			_ = pipe.Close()
		}
	})
	store := secretstore.NewFile(path)
	if _, err := store.Read(t.Context(), "jitsi"); err == nil {
		t.Fatal("got no error reading it")
	}
	if err := store.Write(t.Context(), "jitsi", []byte(`{}`)); err == nil {
		t.Error("got no error writing it")
	}
	if info, err := os.Stat(path); err != nil || info.Mode()&os.ModeNamedPipe == 0 {
		t.Errorf("got %v and %v, want the pipe", info, err)
	}
}

func TestFile_WhereNothingCanBeWritten(t *testing.T) {
	t.Parallel()
	if err := secretstore.NewFile(filepath.Join(t.TempDir(), "none", "secrets.json")).Write(t.Context(), "jitsi", []byte(`{}`)); err == nil {
		t.Error("got no error in a folder that is not there")
	}
}

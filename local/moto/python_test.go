package moto

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestFindPython(t *testing.T) {
	t.Parallel()
	bare, ready := t.TempDir(), t.TempDir()
	for _, root := range []string{bare, ready} {
		write(t, filepath.Join(root, "go.mod"))
	}
	venv := filepath.Join(ready, ".local", "venv", "bin", "python")
	write(t, venv)
	below := filepath.Join(ready, "shared", "secrets")
	if err := os.MkdirAll(below, 0o750); err != nil {
		t.Fatal(err)
	}

	for name, tt := range map[string]struct {
		configured, dir string
		want            string
		wantErr         error
	}{
		"no virtual environment":     {dir: bare, wantErr: errNoPython},
		"configured but missing":     {configured: filepath.Join(bare, "python"), dir: ready, wantErr: os.ErrNotExist},
		"configured":                 {configured: venv, dir: bare, want: venv},
		"from the module's root":     {dir: ready, want: venv},
		"from a package's directory": {dir: below, want: venv},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := findPython(tt.configured, tt.dir)
			if got != tt.want || !errors.Is(err, tt.wantErr) {
				t.Errorf("got %q, %v, want %q, %v", got, err, tt.want, tt.wantErr)
			}
		})
	}
}

func TestLaunch_SaysWhatWentWrong(t *testing.T) {
	t.Parallel()
	if _, err := launch(filepath.Join(t.TempDir(), "python")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("launch of a missing interpreter: got %v, want %v", err, os.ErrNotExist)
	}
	if _, err := launch("/bin/false"); err == nil {
		t.Error("launch of a program that prints no address: got no error")
	}
}

func write(t *testing.T, path string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
}

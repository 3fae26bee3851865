package dynamodb

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"gavel/local/companion"
)

func TestFindFolder(t *testing.T) {
	t.Parallel()
	bare, ready := t.TempDir(), t.TempDir()
	for _, root := range []string{bare, ready} {
		write(t, filepath.Join(root, "go.mod"))
	}
	folder := filepath.Join(ready, ".local", "dynamodb-local")
	write(t, filepath.Join(folder, "DynamoDBLocal-2.6.1.jar"))
	below := filepath.Join(ready, "shared", "table")
	if err := os.MkdirAll(below, 0o750); err != nil {
		t.Fatal(err)
	}

	for name, tt := range map[string]struct {
		configured, dir string
		want            string
		wantErr         error
	}{
		"nothing installed":          {dir: bare, wantErr: errMissing},
		"configured but missing":     {configured: filepath.Join(bare, "jars"), dir: ready, wantErr: fs.ErrNotExist},
		"configured but empty":       {configured: bare, dir: ready, wantErr: fs.ErrNotExist},
		"configured":                 {configured: folder, dir: bare, want: folder},
		"from the module's root":     {dir: ready, want: folder},
		"from a package's directory": {dir: below, want: folder},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := findFolder(tt.configured, tt.dir)
			if got != tt.want || !errors.Is(err, tt.wantErr) {
				t.Errorf("got %q, %v, want %q, %v", got, err, tt.want, tt.wantErr)
			}
		})
	}
}

// A setting that points nowhere must not pass for "not installed", which skips tests.
func TestFindFolder_MissingSettingIsNoReasonToSkip(t *testing.T) {
	t.Parallel()
	if _, err := findFolder(t.TempDir(), t.TempDir()); errors.Is(err, errMissing) {
		t.Errorf("got %v, want another error", err)
	}
}

func TestFindProgram_NeedsJava(t *testing.T) {
	folder := t.TempDir()
	write(t, filepath.Join(folder, "DynamoDBLocal-2.6.1.jar"))
	t.Setenv("PATH", t.TempDir())
	if _, err := findProgram(folder, t.TempDir()); !errors.Is(err, errMissing) {
		t.Errorf("got %v, want %v", err, errMissing)
	}
}

func TestRun_SaysWhatWentWrong(t *testing.T) {
	t.Parallel()
	if _, err := companion.Start(exec.Command(filepath.Join(t.TempDir(), "java")), startLimit); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("run of a missing program: got %v, want %v", err, os.ErrNotExist)
	}
	if _, err := companion.Start(exec.Command("/bin/false"), startLimit); err == nil {
		t.Error("run of a program that prints no address: got no error")
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

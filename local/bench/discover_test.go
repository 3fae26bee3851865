package main

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
)

const tree = "testdata/tree"

func TestDiscover(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, only string
		want       []string
	}{
		{"nothing matches", "^nothing$", nil},
		{"part of a name", "post", []string{"vendor/post"}},
		{"everything", "", []string{"broken/status", "plain/answer", "quiet/eventless", "vendor/post"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			found, err := discover(tree, regexp.MustCompile(tt.only))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range found {
				got = append(got, f.name)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestDiscover_NoFunctionsFolder(t *testing.T) {
	t.Parallel()
	if _, err := discover(t.TempDir(), regexp.MustCompile("")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v, want %v", err, fs.ErrNotExist)
	}
}

func TestDiscover_EventBelongsToName(t *testing.T) {
	t.Parallel()
	want, err := os.ReadFile(filepath.Join(tree, "events", "plain", "answer.json"))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string][]byte{"plain/answer": want, "quiet/eventless": nil} {
		f, err := newFunction(tree, name)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(f.event, want) {
			t.Errorf("%s: got event %q, want %q", name, f.event, want)
		}
	}
}

package main

import (
	"bytes"
	"crypto/rand"
	"os"
	"path/filepath"
	"testing"
)

func TestZipSize(t *testing.T) {
	t.Parallel()
	const size = 1 << 20
	noise := make([]byte, size)
	_, _ = rand.Read(noise)
	for _, tt := range []struct {
		name     string
		content  []byte
		min, max int64
	}{
		{"an empty file leaves the archive's own bytes", nil, 1, 300},
		{"repetition is deflated", bytes.Repeat([]byte("abc"), size/3), 300, size / 100},
		{"noise is not", noise, size, size + size/100},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "bootstrap")
			if err := os.WriteFile(path, tt.content, 0o700); err != nil {
				t.Fatal(err)
			}
			got, err := zipSize(path)
			if err != nil {
				t.Fatal(err)
			}
			if got < tt.min || got > tt.max {
				t.Errorf("got %d bytes, want %d to %d", got, tt.min, tt.max)
			}
		})
	}
}

package objects_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"gavel/shared/objects"
)

// Each of these has been signed wrongly by some client.
var oddKeys = []string{
	"rooms/3f0c/attachment/9b1d",
	"with spaces/ at both ends ",
	"plus+and=and&and?and#",
	"100%/25%25/%2F%2e",
	"übung/日本語/🙂/é",
	"colon:semi;comma,at@dollar$",
	"tilde~under_dash-dot.../...",
	`quote'"quotes\and`,
	"(parentheses)[brackets]{braces}*!|^`<>",
}

func TestStore_UploadsAndDownloads(t *testing.T) {
	t.Parallel()
	for engine, start := range map[string]func(*testing.T) *objects.Store{"local": onLocal, "moto": onMoto} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			store := start(t)
			for _, key := range oddKeys {
				t.Run(key, func(t *testing.T) {
					t.Parallel()
					roundtrip(t, store, key)
				})
			}
		})
	}
}

func roundtrip(t *testing.T, store *objects.Store, key string) {
	t.Helper()
	const body, contentType = "the minutes", "text/markdown; charset=utf-8"
	if _, err := store.Stat(t.Context(), key); !errors.Is(err, objects.ErrNotFound) {
		t.Errorf("Stat before the upload: got %v, want %v", err, objects.ErrNotFound)
	}
	put, err := store.UploadURL(t.Context(), objects.Upload{
		Key: key, Size: int64(len(body)), ContentType: contentType, Expires: time.Minute,
	})
	if err != nil {
		t.Fatal(err)
	}
	if status, _, answer := send(t, put, body); status != http.StatusOK {
		t.Fatalf("upload: got %d %s, want 200", status, answer)
	}
	if status, _, answer := send(t, put, body); status != http.StatusPreconditionFailed {
		t.Errorf("a second upload: got %d %s, want 412", status, answer)
	}

	info, err := store.Stat(t.Context(), key)
	if want := (objects.Info{Size: int64(len(body)), ContentType: contentType}); err != nil || info != want {
		t.Errorf("Stat: got %+v, %v, want %+v", info, err, want)
	}

	get, err := store.DownloadURL(t.Context(), objects.Download{
		Key: key, Name: "Protokoll 1;\"ä\".md", ContentType: "application/octet-stream", Expires: time.Minute,
	})
	if err != nil {
		t.Fatal(err)
	}
	status, header, answer := send(t, get, "")
	if status != http.StatusOK || answer != body {
		t.Errorf("download: got %d %q, want 200 %q", status, answer, body)
	}
	if got, want := header.Get("Content-Disposition"), objects.Disposition("Protokoll 1;\"ä\".md"); got != want {
		t.Errorf("got Content-Disposition %s, want %s", got, want)
	}
	if got, want := header.Get("Content-Type"), "application/octet-stream"; got != want {
		t.Errorf("got Content-Type %s, want %s", got, want)
	}

	for range 2 { // the second time it is not there
		if err := store.Delete(t.Context(), key); err != nil {
			t.Errorf("Delete: got %v, want no error", err)
		}
		if _, err := store.Stat(t.Context(), key); !errors.Is(err, objects.ErrNotFound) {
			t.Errorf("Stat after it: got %v, want %v", err, objects.ErrNotFound)
		}
	}
	// Of what is not there S3 says 404, and moto that the signature is wrong.
	if status, _, answer := send(t, get, ""); status != http.StatusNotFound && status != http.StatusForbidden {
		t.Errorf("download after it: got %d %s, want none", status, answer)
	}
}

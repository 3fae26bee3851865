package objects_test

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"gavel/shared/objects"
)

func TestServer_KeepsObjectsOverARestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	before := setupIn(t, dir)
	if got := send(t, before.upload(t, "rooms/1/a.txt", "hello"), "hello"); got.status != http.StatusOK {
		t.Fatalf("upload: got %d %s, want 200", got.status, got.body)
	}

	after := setupIn(t, dir)
	info, err := after.Stat(t.Context(), "rooms/1/a.txt")
	if want := (objects.Info{Size: 5, ContentType: "text/plain"}); err != nil || info != want {
		t.Errorf("Stat: got %+v, %v, want %+v", info, err, want)
	}
	got := send(t, after.download(t, "rooms/1/a.txt", "übung.txt"), "")
	if got.status != http.StatusOK || got.body != "hello" {
		t.Errorf("download: got %d %q, want 200 hello", got.status, got.body)
	}
	if disposition, want := got.header.Get("Content-Disposition"), objects.Disposition("übung.txt"); disposition != want {
		t.Errorf("got Content-Disposition %s, want %s", disposition, want)
	}
}

func TestServer_NeverOverwrites(t *testing.T) {
	t.Parallel()
	s := setup(t)
	var wg sync.WaitGroup
	statuses := make([]int, 8)
	for i := range statuses {
		body := fmt.Sprintf("body %d", i)
		req := s.upload(t, "rooms/1/a", body)
		wg.Go(func() { statuses[i] = send(t, req, body).status })
	}
	wg.Wait()
	winner := -1
	for i, status := range statuses {
		switch {
		case status == http.StatusOK && winner < 0:
			winner = i
		case status != http.StatusPreconditionFailed:
			t.Errorf("upload %d: got %d, want 412 after one 200", i, status)
		}
	}
	got := send(t, s.download(t, "rooms/1/a", "a"), "")
	if want := fmt.Sprintf("body %d", winner); got.body != want {
		t.Errorf("got %q, want %q", got.body, want)
	}
	if got := send(t, s.upload(t, "rooms/1/a", "later"), "later"); got.code() != "PreconditionFailed" {
		t.Errorf("got %s, want PreconditionFailed", got.body)
	}
}

// Whoever lost the connection can upload the same again.
func TestServer_ForgetsBrokenUploads(t *testing.T) {
	t.Parallel()
	s := setup(t)
	req := s.upload(t, "rooms/1/a", "hello")
	target, err := url.Parse(req.URL)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", target.Host)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "PUT %s HTTP/1.1\r\nHost: %s\r\nContent-Length: 5\r\nContent-Type: text/plain\r\nIf-None-Match: *\r\n\r\nhel",
		target.RequestURI(), target.Host)
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusBadRequest {
		t.Errorf("broken upload: got %d, want 400", resp.StatusCode)
	}
	if _, err := s.Stat(t.Context(), "rooms/1/a"); !errors.Is(err, objects.ErrNotFound) {
		t.Errorf("Stat: got %v, want %v", err, objects.ErrNotFound)
	}
	if got := send(t, req, "hello"); got.status != http.StatusOK {
		t.Errorf("the same again: got %d %s, want 200", got.status, got.body)
	}
}

func TestServer_LeavesNoHalves(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	incoming := filepath.Join(dir, "incoming")
	if err := os.MkdirAll(incoming, 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(incoming, "of a killed server"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s := setupIn(t, dir)
	send(t, s.upload(t, "a", "hello"), "hello")
	send(t, s.upload(t, "a", "hello"), "hello")
	left, err := os.ReadDir(incoming)
	if err != nil || len(left) != 0 {
		t.Errorf("got %v, %v, want an empty folder", left, err)
	}
}

// White space counts once in a signature.
func TestServer_FoldsWhiteSpace(t *testing.T) {
	t.Parallel()
	s := setup(t)
	req, err := s.UploadURL(t.Context(), objects.Upload{
		Key: "a", Size: 5, ContentType: "text/plain;   charset=utf-8", Expires: time.Minute,
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := send(t, req, "hello"); got.status != http.StatusOK {
		t.Errorf("got %d %s, want 200", got.status, got.body)
	}
}

func TestServer_ServesRanges(t *testing.T) {
	t.Parallel()
	s := setup(t)
	send(t, s.upload(t, "a", "0123456789"), "0123456789")
	got := send(t, s.download(t, "a", "a"), "", func(r *http.Request) { r.Header.Set("Range", "bytes=2-4") })
	if got.status != http.StatusPartialContent || got.body != "234" {
		t.Errorf("got %d %q, want 206 234", got.status, got.body)
	}
}

func TestServer_MissingObject(t *testing.T) {
	t.Parallel()
	s := setup(t)
	if got := send(t, s.download(t, "rooms/1/a", "a"), ""); got.status != http.StatusNotFound || got.code() != "NoSuchKey" {
		t.Errorf("got %d %s, want 404 NoSuchKey", got.status, got.body)
	}
}

// A page uploads with PUT and headers of its own, for which its browser asks first.
func TestServer_LetsPagesOfAnyOriginIn(t *testing.T) {
	t.Parallel()
	s := setup(t)
	req := s.upload(t, "a", "hello")
	preflight := objects.Request{Method: http.MethodOptions, URL: req.URL, Header: http.Header{
		"Origin":                         {"http://localhost:5173"},
		"Access-Control-Request-Method":  {"PUT"},
		"Access-Control-Request-Headers": {"content-type,if-none-match"},
	}}
	got := send(t, preflight, "")
	for header, want := range map[string]string{
		"Access-Control-Allow-Origin":  "*",
		"Access-Control-Allow-Methods": "GET, HEAD, PUT",
		"Access-Control-Allow-Headers": "content-type,if-none-match",
	} {
		if got := got.header.Get(header); got != want {
			t.Errorf("preflight: got %s: %s, want %s", header, got, want)
		}
	}
	if got.status != http.StatusOK {
		t.Errorf("preflight: got %d, want 200", got.status)
	}
	for name, got := range map[string]answer{
		"upload":  send(t, req, "hello"),
		"refusal": send(t, req, "HELLO!"),
	} {
		if origin, exposed := got.header.Get("Access-Control-Allow-Origin"), got.header.Get("Access-Control-Expose-Headers"); origin != "*" || exposed != "*" {
			t.Errorf("%s: got origin %q and headers %q, want * and *", name, origin, exposed)
		}
	}
}

func TestNew_RefusesABadBucket(t *testing.T) {
	t.Parallel()
	if _, err := newServer(t.TempDir(), "Not A Bucket"); err == nil {
		t.Error("got no error for a bucket that cannot be")
	}
	if _, err := newServer(strings.Repeat("x", 300), bucket); err == nil {
		t.Error("got no error for a folder that cannot be")
	}
}

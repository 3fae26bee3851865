package rooms_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	s3 "gavel/local/objects"
	"gavel/shared/objects"
	"gavel/shared/rooms"
)

// bucket is a running store of files and the requests to it, signed and answered by the same clock.
type bucket struct{ store *objects.Store }

func newBucket(t *testing.T, now func() time.Time) *bucket {
	t.Helper()
	const name, region, prefix = "files", "local", "/s3"
	server, err := s3.New(s3.Options{
		Dir: t.TempDir(), Prefix: prefix, Bucket: name, Region: region,
		AccessKey: "files", SecretKey: "files-secret", Now: now,
	})
	if err != nil {
		t.Fatal(err)
	}
	listener := httptest.NewServer(server)
	t.Cleanup(listener.Close)
	return &bucket{objects.New(objects.Options{
		Bucket: name, Region: region, Endpoint: listener.URL + prefix, Credentials: credentials("files"), HTTP: listener.Client(), Now: now,
	})}
}

// send makes a presigned request and gives the answer.
func send(t *testing.T, r objects.Request, body []byte) (status int, header http.Header, content []byte) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), r.Method, r.URL, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header = r.Header.Clone()
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if content, err = io.ReadAll(resp.Body); err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, resp.Header, content
}

// announce announces a file and gives its id and the request to send it with.
func (w *world) announce(t *testing.T, user, room string, a rooms.Attachment) (string, objects.Request) {
	t.Helper()
	id, request, err := w.UploadURL(t.Context(), user, room, a)
	if err != nil {
		t.Fatalf("upload URL: %v", err)
	}
	return id, request
}

// upload announces a file and sends it.
func (w *world) upload(t *testing.T, user, room, content string) (fileID string) {
	t.Helper()
	id, request := w.announce(t, user, room, rooms.Attachment{Name: "notes.txt", Size: int64(len(content)), ContentType: "text/plain"})
	if status, _, answer := send(t, request, []byte(content)); status != http.StatusOK {
		t.Fatalf("upload: got %d %s, want 200", status, answer)
	}
	return id
}

package objects_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"gavel/shared/objects"
)

func TestDelete_SortsAnswers(t *testing.T) {
	t.Parallel()
	plain := errors.New("neither")
	for name, tt := range map[string]struct {
		statuses []int
		want     error
		received int32
	}{
		"as S3 says it":          {[]int{204}, nil, 1},
		"as others do":           {[]int{200}, nil, 1},
		"not there":              {[]int{404}, nil, 1},
		"forbidden":              {[]int{403}, plain, 1},
		"in another region":      {[]int{301}, plain, 1},
		"once down":              {[]int{500, 204}, nil, 2},
		"asked to slow down":     {[]int{503, 429, 204}, nil, 3},
		"down":                   {[]int{500}, objects.ErrUnavailable, 3},
		"down, and then refused": {[]int{503, 403}, plain, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store, received := against(t, answering(tt.statuses...))
			err := store.Delete(t.Context(), "rooms/1/secret-name")
			switch {
			case errors.Is(tt.want, plain):
				if err == nil || errors.Is(err, objects.ErrUnavailable) {
					t.Errorf("got %v, want an error that does not pass", err)
				}
			case !errors.Is(err, tt.want):
				t.Errorf("got %v, want %v", err, tt.want)
			}
			if err != nil && (strings.Contains(err.Error(), "secret-name") || !strings.Contains(err.Error(), "REQ1")) {
				t.Errorf("got %v, want the request id and not the key", err)
			}
			if got := received.Load(); got != tt.received {
				t.Errorf("S3 got %d requests, want %d", got, tt.received)
			}
		})
	}
}

func TestDelete_SignsOneRequestForOneObject(t *testing.T) {
	t.Parallel()
	seen := make(chan *http.Request, 1)
	store, _ := against(t, func(w http.ResponseWriter, r *http.Request) {
		seen <- r
		w.WriteHeader(http.StatusNoContent)
	})
	if err := store.Delete(t.Context(), "rooms/1/ä b"); err != nil {
		t.Errorf("got %v, want no error", err)
	}
	r := <-seen
	if got, want := r.Method+" "+r.RequestURI, "DELETE /base/gavel-files/rooms/1/%C3%A4%20b"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	want := "AWS4-HMAC-SHA256 Credential=AKIDLOCAL/20260301/eu-central-1/s3/aws4_request, SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature="
	if got := r.Header.Get("Authorization"); !strings.HasPrefix(got, want) {
		t.Errorf("got %s, want %s…", got, want)
	}
	if err := store.Delete(t.Context(), "a/../b"); !errors.Is(err, objects.ErrInvalid) {
		t.Errorf("a key that goes up: got %v, want %v", err, objects.ErrInvalid)
	}
}

// Only who may sign can delete: a request for something else is none for a deletion.
func TestDelete_NeedsItsOwnSignature(t *testing.T) {
	t.Parallel()
	store := onLocal(t)
	put, err := store.UploadURL(t.Context(), objects.Upload{Key: "a", Size: 1, ContentType: "text/plain", Expires: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	send(t, put, "x")
	put.Method = http.MethodDelete
	if status, _, _ := send(t, put, ""); status != http.StatusForbidden {
		t.Errorf("a deletion with an upload's request: got %d, want 403", status)
	}
	if _, err := store.Stat(t.Context(), "a"); err != nil {
		t.Errorf("Stat: got %v, want it there", err)
	}
}

package objects_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"gavel/shared/config"
	"gavel/shared/objects"
)

// against gives a store whose S3 is handmade, and counts what it gets.
func against(t *testing.T, handler http.HandlerFunc) (*objects.Store, *atomic.Int32) {
	t.Helper()
	var received atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		received.Add(1)
		handler(w, r)
	}))
	t.Cleanup(server.Close)
	return offline(func(o *objects.Options) { o.Endpoint = server.URL + "/base" }), &received
}

// answering gives each status once and then the last one forever.
func answering(statuses ...int) http.HandlerFunc {
	var next atomic.Int32
	return func(w http.ResponseWriter, _ *http.Request) {
		i := min(int(next.Add(1)), len(statuses)) - 1
		w.Header().Set("Content-Length", "7")
		w.Header().Set("Content-Type", "text/plain")
		w.Header().Set("X-Amz-Request-Id", "REQ1")
		w.WriteHeader(statuses[i])
	}
}

// S3 does not say to HEAD what is not there, the object or the bucket.
func TestStat_TellsAMissingBucketFromAMissingObject(t *testing.T) {
	t.Parallel()
	for code, missing := range map[string]bool{"NoSuchBucket": true, "NoSuchKey": false, "": false} {
		store, received := against(t, func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusNotFound)
			if r.Method == http.MethodGet {
				_, _ = io.WriteString(w, "<Error><Code>"+code+"</Code></Error>")
			}
		})
		_, err := store.Stat(t.Context(), "room/attachment/file")
		unusable, ok := errors.AsType[*config.Unusable](err)
		if ok != missing || ok && !strings.HasSuffix(unusable.What, "(GAVEL_FILES_BUCKET) is not there") || !ok && !errors.Is(err, objects.ErrNotFound) {
			t.Errorf("%s: got %v, want it told", code, err)
		}
		if got := received.Load(); got != 2 {
			t.Errorf("%s: got %d requests, want 2", code, got)
		}
	}
}

func TestStat_SortsAnswers(t *testing.T) {
	t.Parallel()
	plain := errors.New("neither")
	for name, tt := range map[string]struct {
		statuses []int
		want     error
		received int32
	}{
		"there":                     {[]int{200}, nil, 1},
		"not there":                 {[]int{404}, objects.ErrNotFound, 2}, // as the bucket may be what is not
		"forbidden":                 {[]int{403}, plain, 1},
		"in another region":         {[]int{301}, plain, 1},
		"not understood":            {[]int{400}, plain, 1},
		"without contents":          {[]int{204}, plain, 1},
		"once down":                 {[]int{500, 200}, nil, 2},
		"once down, then not there": {[]int{503, 404}, objects.ErrNotFound, 3},
		"twice asked to slow down":  {[]int{429, 503, 200}, nil, 3},
		"down":                      {[]int{500}, objects.ErrUnavailable, 3},
		"asked to slow down":        {[]int{429}, objects.ErrUnavailable, 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store, received := against(t, answering(tt.statuses...))
			got, err := store.Stat(t.Context(), "rooms/1/a")
			switch {
			case tt.want == nil:
				if want := (objects.Info{Size: 7, ContentType: "text/plain"}); err != nil || got != want {
					t.Errorf("got %+v, %v, want %+v", got, err, want)
				}
			case errors.Is(tt.want, plain):
				if err == nil || errors.Is(err, objects.ErrNotFound) || errors.Is(err, objects.ErrUnavailable) {
					t.Errorf("got %v, want an error of neither kind", err)
				}
			case !errors.Is(err, tt.want):
				t.Errorf("got %v, want %v", err, tt.want)
			}
			if got := received.Load(); got != tt.received {
				t.Errorf("S3 got %d requests, want %d", got, tt.received)
			}
		})
	}
}

func TestStat_SaysWhichRequestFailed(t *testing.T) {
	t.Parallel()
	for _, status := range []int{403, 500} {
		store, _ := against(t, answering(status))
		_, err := store.Stat(t.Context(), "rooms/1/secret-name")
		if got := err.Error(); !strings.Contains(got, "REQ1") || !strings.Contains(got, strconv.Itoa(status)) {
			t.Errorf("got %s, want status %d and request REQ1", got, status)
		}
		if got := err.Error(); strings.Contains(got, "secret-name") || strings.Contains(got, keys.AccessKeyID) {
			t.Errorf("got %s, want neither the URL nor the key", got)
		}
	}
}

func TestStat_SignsEachRequest(t *testing.T) {
	t.Parallel()
	seen := make(chan *http.Request, 1)
	store, _ := against(t, func(_ http.ResponseWriter, r *http.Request) { seen <- r })
	if _, err := store.Stat(t.Context(), "rooms/1/ä b"); err == nil || errors.Is(err, objects.ErrUnavailable) {
		t.Errorf("got %v for an answer without a length, want an error that does not pass", err)
	}
	r := <-seen
	if got, want := r.Method+" "+r.RequestURI, "HEAD /base/gavel-files/rooms/1/%C3%A4%20b"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	want := "AWS4-HMAC-SHA256 Credential=AKIDLOCAL/20260301/eu-central-1/s3/aws4_request, SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature="
	if got := r.Header.Get("Authorization"); !strings.HasPrefix(got, want) {
		t.Errorf("got %s, want %s…", got, want)
	}
}

func TestStat_ResetConnection(t *testing.T) {
	t.Parallel()
	store, received := against(t, func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		_ = conn.(*net.TCPConn).SetLinger(0)
		_ = conn.Close()
	})
	_, err := store.Stat(t.Context(), "rooms/1/secret-name")
	if !errors.Is(err, objects.ErrUnavailable) || strings.Contains(err.Error(), "secret-name") {
		t.Errorf("got %v, want %v without the URL", err, objects.ErrUnavailable)
	}
	// net/http repeats what breaks on a connection that was used before.
	if got := received.Load(); got < 3 {
		t.Errorf("S3 got %d requests, want 3", got)
	}
}

func TestStat_NobodyThere(t *testing.T) {
	t.Parallel()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = listener.Close()
	store := offline(func(o *objects.Options) { o.Endpoint = "http://" + listener.Addr().String() })
	if _, err := store.Stat(t.Context(), "a"); !errors.Is(err, objects.ErrUnavailable) {
		t.Errorf("got %v, want %v", err, objects.ErrUnavailable)
	}
}

func TestStat_EndsWithItsContext(t *testing.T) {
	t.Parallel()
	store, received := against(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	_, err := store.Stat(ctx, "a")
	if !errors.Is(err, objects.ErrUnavailable) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want %v and %v", err, objects.ErrUnavailable, context.DeadlineExceeded)
	}
	if got := received.Load(); got != 1 {
		t.Errorf("S3 got %d requests, want 1", got)
	}
}

// silent is an S3 that takes connections and says nothing.
type silent struct{ asked int }

func (s *silent) Do(r *http.Request) (*http.Response, error) {
	s.asked++
	<-r.Context().Done()
	return nil, r.Context().Err()
}

// In a bubble, whose clock goes on only when all in it wait.
func TestStat_GivesUpOnSilence(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s3 := &silent{}
		store := offline(func(o *objects.Options) { o.HTTP = s3 })
		start := time.Now()
		_, err := store.Stat(t.Context(), "a")
		if !errors.Is(err, objects.ErrUnavailable) || s3.asked != 3 {
			t.Errorf("got %v after %d requests, want %v after 3", err, s3.asked, objects.ErrUnavailable)
		}
		if got := time.Since(start); got < 9075*time.Millisecond || got > 9150*time.Millisecond {
			t.Errorf("took %v, want three times 3 s and two pauses", got)
		}
	})
}

func TestStat_RefusesKeysThatNobodyUploads(t *testing.T) {
	t.Parallel()
	if _, err := offline().Stat(t.Context(), "a//b"); !errors.Is(err, objects.ErrInvalid) {
		t.Errorf("got %v, want %v", err, objects.ErrInvalid)
	}
}

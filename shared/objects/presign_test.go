package objects_test

import (
	"context"
	"errors"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"gavel/shared/objects"
)

var (
	photo   = objects.Upload{Key: "rooms/1/photo", Size: 12345, ContentType: "image/png", Expires: 90 * time.Second}
	minutes = objects.Download{Key: "rooms/1/minutes", Name: "minutes.txt", Expires: 90 * time.Second}
)

func uploadURL(t *testing.T, s *objects.Store, u objects.Upload) (objects.Request, *url.URL) {
	t.Helper()
	req, err := s.UploadURL(t.Context(), u)
	if err != nil {
		t.Fatal(err)
	}
	target, err := url.Parse(req.URL)
	if err != nil {
		t.Fatal(err)
	}
	return req, target
}

func TestUploadURL_BindsWhatIsUploaded(t *testing.T) {
	t.Parallel()
	req, target := uploadURL(t, offline(), photo)
	for name, want := range map[string]string{
		"X-Amz-Algorithm":     "AWS4-HMAC-SHA256",
		"X-Amz-Credential":    "AKIDLOCAL/20260301/eu-central-1/s3/aws4_request",
		"X-Amz-Date":          "20260301T120000Z",
		"X-Amz-Expires":       "90",
		"X-Amz-SignedHeaders": "content-length;content-type;host;if-none-match",
	} {
		if got := target.Query().Get(name); got != want {
			t.Errorf("got %s=%s, want %s", name, got, want)
		}
	}
	want := map[string][]string{"Content-Length": {"12345"}, "Content-Type": {"image/png"}, "If-None-Match": {"*"}}
	if got := map[string][]string(req.Header); !reflect.DeepEqual(got, want) {
		t.Errorf("got headers %v, want %v", got, want)
	}
	if got, want := req.Expires, noon.Add(90*time.Second); req.Method != "PUT" || !got.Equal(want) {
		t.Errorf("got %s until %v, want PUT until %v", req.Method, got, want)
	}
	if target.Query().Has("X-Amz-Security-Token") {
		t.Errorf("got %s, want no session token", req.URL)
	}
}

func TestDownloadURL_NamesTheFile(t *testing.T) {
	t.Parallel()
	req, err := offline().DownloadURL(t.Context(), minutes)
	if err != nil {
		t.Fatal(err)
	}
	target, err := url.Parse(req.URL)
	if err != nil {
		t.Fatal(err)
	}
	query := target.Query()
	if got, want := query.Get("response-content-disposition"), `attachment; filename="minutes.txt"; filename*=UTF-8''minutes.txt`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if query.Has("response-content-type") {
		t.Errorf("got %s, want the content type of the upload", req.URL)
	}
	if got, want := query.Get("X-Amz-SignedHeaders"), "host"; req.Method != "GET" || got != want || req.Header == nil || len(req.Header) != 0 {
		t.Errorf("got %s with headers %v, signed %s, want GET with no more than %s", req.Method, req.Header, got, want)
	}
}

func TestStore_AddressesTheBucket(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ bucket, endpoint, want string }{
		{"gavel-files", "", "https://gavel-files.s3.eu-central-1.amazonaws.com/rooms/1/photo"},
		{"files.example.org", "", "https://s3.eu-central-1.amazonaws.com/files.example.org/rooms/1/photo"},
		{"gavel-files", "http://127.0.0.1:9000", "http://127.0.0.1:9000/gavel-files/rooms/1/photo"},
		{"gavel-files", "http://127.0.0.1:3000/local/s3/", "http://127.0.0.1:3000/local/s3/gavel-files/rooms/1/photo"},
		{"gavel-files", "http://[::1]:3000/local/s3", "http://[::1]:3000/local/s3/gavel-files/rooms/1/photo"},
	} {
		store := offline(func(o *objects.Options) { o.Bucket, o.Endpoint = tt.bucket, tt.endpoint })
		_, target := uploadURL(t, store, photo)
		target.RawQuery = ""
		if got := target.String(); got != tt.want {
			t.Errorf("bucket %s, endpoint %q: got %s, want %s", tt.bucket, tt.endpoint, got, tt.want)
		}
	}
}

func TestStore_EscapesKeysOnce(t *testing.T) {
	t.Parallel()
	upload := photo
	upload.Key = "a b/ü+%2F~'(!)"
	_, target := uploadURL(t, offline(), upload)
	if got, want := target.EscapedPath(), "/a%20b/%C3%BC%2B%252F~%27%28%21%29"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// The credentials of a Lambda are temporary.
func TestStore_TemporaryCredentials(t *testing.T) {
	t.Parallel()
	credentials := keys
	credentials.SessionToken = "session+token/=="
	store := func() *objects.Store { return offline(func(o *objects.Options) { o.Credentials = as(credentials) }) }
	_, plain := uploadURL(t, offline(), photo)
	_, target := uploadURL(t, store(), photo)
	if got, want := target.Query().Get("X-Amz-Security-Token"), credentials.SessionToken; got != want {
		t.Errorf("got session token %q, want %q", got, want)
	}
	if target.Query().Get("X-Amz-Signature") == plain.Query().Get("X-Amz-Signature") {
		t.Error("got the same signature with and without a session token")
	}

	credentials.CanExpire, credentials.Expires = true, noon.Add(time.Minute)
	if req, _ := uploadURL(t, store(), photo); !req.Expires.Equal(credentials.Expires) {
		t.Errorf("got expiry %v, want that of the credentials, %v", req.Expires, credentials.Expires)
	}
	credentials.Expires = noon.Add(time.Hour)
	if req, _ := uploadURL(t, store(), photo); !req.Expires.Equal(noon.Add(90 * time.Second)) {
		t.Errorf("got expiry %v, want that of the request", req.Expires)
	}
}

func TestStore_ExpiresInWholeSeconds(t *testing.T) {
	t.Parallel()
	store := offline(func(o *objects.Options) { o.Now = func() time.Time { return noon.Add(999 * time.Millisecond) } })
	upload := photo
	upload.Expires = 1999 * time.Millisecond
	req, target := uploadURL(t, store, upload)
	if got, want := target.Query().Get("X-Amz-Expires"), "1"; got != want || !req.Expires.Equal(noon.Add(time.Second)) {
		t.Errorf("got %s s, until %v, want %s s, until %v", got, req.Expires, want, noon.Add(time.Second))
	}
}

func TestUploadURL_RefusesWhatS3Would(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*objects.Upload){
		"no bytes":                   func(u *objects.Upload) { u.Size = 0 },
		"less than no bytes":         func(u *objects.Upload) { u.Size = -1 },
		"more than 5 GiB":            func(u *objects.Upload) { u.Size = 5<<30 + 1 },
		"no content type":            func(u *objects.Upload) { u.ContentType = "" },
		"half a content type":        func(u *objects.Upload) { u.ContentType = "image" },
		"a content type and more":    func(u *objects.Upload) { u.ContentType = "image/png; charset" },
		"a content type of 2 lines":  func(u *objects.Upload) { u.ContentType = "image/png\r\nX-Amz-Acl: public-read" },
		"a content type with a tab":  func(u *objects.Upload) { u.ContentType = "image/png;\tx=y" },
		"a content type in Greek":    func(u *objects.Upload) { u.ContentType = `image/png; x="ω"` },
		"a content type with a NUL":  func(u *objects.Upload) { u.ContentType = "image/png\x00" },
		"an endless content type":    func(u *objects.Upload) { u.ContentType = "image/" + strings.Repeat("x", 250) },
		"no time":                    func(u *objects.Upload) { u.Expires = 0 },
		"less than a second":         func(u *objects.Upload) { u.Expires = time.Second - 1 },
		"more than a week":           func(u *objects.Upload) { u.Expires = 7*24*time.Hour + 1 },
		"no key":                     func(u *objects.Upload) { u.Key = "" },
		"a key over 1024 bytes":      func(u *objects.Upload) { u.Key = strings.Repeat("é", 512) + "x" },
		"a key with an empty part":   func(u *objects.Upload) { u.Key = "a//b" },
		"a key with a slash ahead":   func(u *objects.Upload) { u.Key = "/a" },
		"a key with a slash behind":  func(u *objects.Upload) { u.Key = "a/" },
		"a key that goes up":         func(u *objects.Upload) { u.Key = "a/../b" },
		"a key that stays":           func(u *objects.Upload) { u.Key = "a/./b" },
		"a key that is nowhere":      func(u *objects.Upload) { u.Key = "." },
		"a key with a line break":    func(u *objects.Upload) { u.Key = "a\nb" },
		"a key with broken UTF-8":    func(u *objects.Upload) { u.Key = "a\xffb" },
		"several at once, all named": func(u *objects.Upload) { u.Key, u.Size, u.ContentType, u.Expires = "", 0, "", 0 },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			upload := photo
			change(&upload)
			req, err := offline().UploadURL(t.Context(), upload)
			if !errors.Is(err, objects.ErrInvalid) || req.URL != "" {
				t.Errorf("got %q, %v, want %v", req.URL, err, objects.ErrInvalid)
			}
		})
	}
}

func TestUploadURL_TakesTheLimits(t *testing.T) {
	t.Parallel()
	for name, u := range map[string]objects.Upload{
		"least": {Key: "a", Size: 1, ContentType: "a/b", Expires: time.Second},
		"most": {
			Key: strings.Repeat("é", 512), Size: 5 << 30, ContentType: "image/" + strings.Repeat("x", 249), Expires: 7 * 24 * time.Hour,
		},
	} {
		if _, err := offline().UploadURL(t.Context(), u); err != nil {
			t.Errorf("%s: got %v, want no error", name, err)
		}
	}
}

func TestDownloadURL_RefusesWhatS3Would(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*objects.Download){
		"a key that goes up":        func(d *objects.Download) { d.Key = "../a" },
		"more than a week":          func(d *objects.Download) { d.Expires = 8 * 24 * time.Hour },
		"a content type of 2 lines": func(d *objects.Download) { d.ContentType = "text/plain\r\nSet-Cookie: a=b" },
	} {
		download := minutes
		change(&download)
		if req, err := offline().DownloadURL(t.Context(), download); !errors.Is(err, objects.ErrInvalid) || req.URL != "" {
			t.Errorf("%s: got %q, %v, want %v", name, req.URL, err, objects.ErrInvalid)
		}
	}
}

func TestStore_NeedsCredentials(t *testing.T) {
	t.Parallel()
	broken := errors.New("no role")
	for name, tt := range map[string]struct {
		provider aws.CredentialsProvider
		want     error
	}{
		"none to be had": {aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return aws.Credentials{}, broken }), broken},
		"empty ones":     {as(aws.Credentials{}), nil},
		"half of them":   {as(aws.Credentials{AccessKeyID: "AKIDLOCAL"}), nil},
	} {
		store := offline(func(o *objects.Options) { o.Credentials = tt.provider })
		_, uploadErr := store.UploadURL(t.Context(), photo)
		_, downloadErr := store.DownloadURL(t.Context(), minutes)
		_, statErr := store.Stat(t.Context(), photo.Key)
		for _, err := range []error{uploadErr, downloadErr, statErr} {
			if err == nil || tt.want != nil && !errors.Is(err, tt.want) || errors.Is(err, objects.ErrUnavailable) {
				t.Errorf("%s: got %v, want %v", name, err, tt.want)
			}
		}
	}
}

func TestStore_BadEndpoint(t *testing.T) {
	t.Parallel()
	store := offline(func(o *objects.Options) { o.Endpoint = "http://user:hunter2@[::1" })
	_, uploadErr := store.UploadURL(t.Context(), photo)
	_, downloadErr := store.DownloadURL(t.Context(), minutes)
	_, statErr := store.Stat(t.Context(), photo.Key)
	for _, err := range []error{uploadErr, downloadErr, statErr} {
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("got %v, want an error without the endpoint", err)
		}
	}
}

package objects_test

import (
	"context"
	"encoding/xml"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	s3 "gavel/local/objects"
	"gavel/shared/objects"
)

const (
	prefix = "/local/s3"
	bucket = "gavel-files"
	region = "eu-central-1"
)

// site is a mounted server, its clock, and a store that signs for it by the same clock.
type site struct {
	*objects.Store
	url   string
	clock *atomic.Int64 // Unix seconds
}

func setup(t *testing.T) site {
	t.Helper()
	return setupIn(t, t.TempDir())
}

func setupIn(t *testing.T, dir string) site {
	t.Helper()
	s := site{clock: &atomic.Int64{}}
	s.clock.Store(time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC).Unix())
	server, err := s3.New(s3.Options{
		Dir: dir, Prefix: prefix, Bucket: bucket, Region: region, AccessKey: "local", SecretKey: "local-secret", Now: s.now,
	})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle(prefix+"/", server)
	listener := httptest.NewServer(mux)
	t.Cleanup(listener.Close)
	s.url = listener.URL + prefix
	s.Store = s.as("local", "local-secret", region)
	return s
}

func (s site) now() time.Time { return time.Unix(s.clock.Load(), 0) }

// as is a store with other credentials.
func (s site) as(accessKey, secretKey, region string) *objects.Store {
	return objects.New(objects.Options{
		Bucket: bucket, Region: region, Endpoint: s.url, Now: s.now,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: accessKey, SecretAccessKey: secretKey}, nil
		}),
	})
}

func (s site) upload(t *testing.T, key, body string) objects.Request {
	t.Helper()
	req, err := s.UploadURL(t.Context(), objects.Upload{Key: key, Size: int64(len(body)), ContentType: "text/plain", Expires: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	return req
}

func (s site) download(t *testing.T, key, name string) objects.Request {
	t.Helper()
	req, err := s.DownloadURL(t.Context(), objects.Download{Key: key, Name: name, Expires: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	return req
}

// answer is what came back, read.
type answer struct {
	status int
	header http.Header
	body   string
}

// code is of S3's error document.
func (a answer) code() string {
	var document struct{ Code string }
	if err := xml.Unmarshal([]byte(a.body), &document); err != nil {
		return ""
	}
	return document.Code
}

func send(t *testing.T, req objects.Request, body string, change ...func(*http.Request)) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), req.Method, req.URL, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header = req.Header.Clone()
	for _, f := range change {
		f(r)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	content, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{resp.StatusCode, resp.Header, string(content)}
}

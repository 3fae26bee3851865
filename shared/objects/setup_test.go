package objects_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"gavel/local/moto"
	s3 "gavel/local/objects"
	"gavel/shared/clock"
	"gavel/shared/objects"
)

const region = "eu-central-1"

var (
	noon = time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC)
	keys = aws.Credentials{AccessKeyID: "AKIDLOCAL", SecretAccessKey: "local-secret"}
)

func as(credentials aws.Credentials) aws.CredentialsProvider {
	return aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return credentials, nil })
}

// offline is a store that only presigns.
func offline(change ...func(*objects.Options)) *objects.Store {
	opt := objects.Options{
		Bucket: "gavel-files", Region: region, Credentials: as(keys), Now: func() time.Time { return noon },
	}
	for _, f := range change {
		f(&opt)
	}
	return objects.New(opt)
}

// onLocal is on a server that checks signatures.
func onLocal(t *testing.T) *objects.Store {
	t.Helper()
	server, err := s3.New(s3.Options{
		Dir: t.TempDir(), Prefix: "/local/s3", Bucket: "gavel-files", Region: region,
		AccessKey: keys.AccessKeyID, SecretKey: keys.SecretAccessKey,
	})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/local/s3/", server)
	listener := httptest.NewServer(mux)
	t.Cleanup(listener.Close)
	return offline(func(o *objects.Options) { o.Endpoint, o.Now = listener.URL+"/local/s3/", clock.Now })
}

// onMoto is on a server that is not ours. It makes a bucket; moto takes any credentials, but none at all only for what is public.
func onMoto(t *testing.T) *objects.Store {
	t.Helper()
	endpoint, bucket := moto.Start(t), moto.Prefix(t)
	status, _, body := send(t, objects.Request{
		Method: http.MethodPut, URL: endpoint + "/" + bucket, Header: http.Header{"Authorization": {
			"AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0",
		}},
	}, "")
	if status != http.StatusOK {
		t.Fatalf("make a bucket: got %d %s, want 200", status, body)
	}
	return offline(func(o *objects.Options) {
		o.Endpoint, o.Bucket, o.Region, o.Now = endpoint, bucket, "us-east-1", clock.Now
	})
}

func send(t *testing.T, req objects.Request, body string) (status int, header http.Header, content string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), req.Method, req.URL, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header = req.Header.Clone()
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	read, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, resp.Header, string(read)
}

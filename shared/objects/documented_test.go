package objects

import (
	"context"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// The example of https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html with the credentials that
// are printed there. Its host is one that New would not choose, so this goes in below.
func TestPresign_AgreesWithTheDocumentation(t *testing.T) {
	t.Parallel()
	store := New(Options{
		Region: "us-east-1",
		Now:    func() time.Time { return time.Date(2013, time.May, 24, 0, 0, 0, 0, time.UTC) },
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{
				AccessKeyID: "AKIAIOSFODNN7EXAMPLE", SecretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
			}, nil
		}),
	})
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://examplebucket.s3.amazonaws.com/test.txt", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	presigned, err := store.presign(t.Context(), req, 24*time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	target, err := url.Parse(presigned.URL)
	if err != nil {
		t.Fatal(err)
	}
	got, want := target.Query().Get("X-Amz-Signature"), "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
	if got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

package objects

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// The examples of AWS's documentation, with the credentials it prints. Their host names the bucket.
const (
	exampleAccessKey = "AKIAIOSFODNN7EXAMPLE"
	exampleSecretKey = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
	exampleURL       = "https://examplebucket.s3.amazonaws.com/test.txt"
)

var exampleTime = time.Date(2013, time.May, 24, 0, 0, 0, 0, time.UTC)

func exampleVerifier(now time.Time) verifier {
	return verifier{
		accessKey: exampleAccessKey, secretKey: exampleSecretKey, region: "us-east-1",
		now: func() time.Time { return now },
	}
}

// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html#query-string-auth-v4-signing-example
func presignedExample() *http.Request {
	return httptest.NewRequest(http.MethodGet, exampleURL+
		"?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"+
		"&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"+
		"&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404", http.NoBody)
}

// https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html, "Example: GET Object"
func signedExample() *http.Request {
	r := httptest.NewRequest(http.MethodGet, exampleURL, http.NoBody)
	r.Header.Set("Range", "bytes=0-9")
	r.Header.Set("X-Amz-Date", "20130524T000000Z")
	r.Header.Set("X-Amz-Content-Sha256", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"+
		"SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,"+
		"Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41")
	return r
}

func TestVerify_AgreesWithTheDocumentation(t *testing.T) {
	t.Parallel()
	for name, r := range map[string]*http.Request{"presigned": presignedExample(), "signed": signedExample()} {
		if got := exampleVerifier(exampleTime).verify(r); got != nil {
			t.Errorf("%s: got %+v, want no fault", name, got)
		}
	}
}

func TestVerify_KnowsTheTime(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		request *http.Request
		after   time.Duration
		want    string // code and message's beginning, empty for no fault
	}{
		"presigned, just in time": {presignedExample(), 24*time.Hour - time.Second, ""},
		"presigned, expired":      {presignedExample(), 24 * time.Hour, "Request has expired"},
		"presigned, slightly off": {presignedExample(), -15 * time.Minute, ""},
		"presigned, not yet":      {presignedExample(), -15*time.Minute - time.Second, "Request is not yet valid"},
		"signed, slightly off":    {signedExample(), -15 * time.Minute, ""},
		"signed, early":           {signedExample(), -15*time.Minute - time.Second, "The difference between the request time and the current time is too large."},
		"signed, slightly late":   {signedExample(), 15 * time.Minute, ""},
		"signed, late":            {signedExample(), 15*time.Minute + time.Second, "The difference between the request time and the current time is too large."},
	} {
		got := exampleVerifier(exampleTime.Add(tt.after)).verify(tt.request)
		if (got == nil) != (tt.want == "") || got != nil && (got.message != tt.want || got.status != http.StatusForbidden) {
			t.Errorf("%s: got %+v, want 403 %q", name, got, tt.want)
		}
	}
}

// Without its host, a request that was meant for this server could be signed for another one.
func TestVerify_WantsTheHostSigned(t *testing.T) {
	t.Parallel()
	r := signedExample()
	c, refused := readHeader(r.Header)
	if refused != nil {
		t.Fatalf("got %+v, want no fault", refused)
	}
	c.signedHeaders = []string{"x-amz-content-sha256", "x-amz-date"}
	signature := sign(exampleSecretKey, c.scope(), stringToSign(c, canonicalRequest(r, nil, c)))
	r.Header.Set("Authorization", fmt.Sprintf("AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=x-amz-content-sha256;x-amz-date, Signature=%x",
		exampleAccessKey, c.scope(), signature))
	if got := exampleVerifier(exampleTime).verify(r); got == nil || got.code != "AccessDenied" {
		t.Errorf("got %+v, want AccessDenied", got)
	}
}

func TestCanonicalQuery_SortsByName(t *testing.T) {
	t.Parallel()
	query := map[string][]string{"a-b": {"1"}, "a": {"z", "+ /"}, "ä": {"~"}, "X-Amz-Signature": {"0"}}
	got, want := canonicalQuery(query), "%C3%A4=~&a=%2B%20%2F&a=z&a-b=1"
	if got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

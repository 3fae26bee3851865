package objects_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	s3 "gavel/local/objects"
	"gavel/shared/objects"
)

func newServer(dir, bucket string) (*s3.Server, error) {
	return s3.New(s3.Options{Dir: dir, Bucket: bucket, Region: region, AccessKey: "local", SecretKey: "local-secret"})
}

func header(name, value string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set(name, value) }
}

func query(name, value string) func(*http.Request) {
	return func(r *http.Request) {
		values := r.URL.Query()
		values.Set(name, value)
		r.URL.RawQuery = values.Encode()
	}
}

// Of each signed thing there is a case in which it differs.
func TestServer_RefusesTamperedUploads(t *testing.T) {
	t.Parallel()
	const refused = "SignatureDoesNotMatch"
	s := setup(t)
	for name, tt := range map[string]struct {
		change func(*http.Request)
		status int
		code   string
	}{
		"another length":         {func(r *http.Request) { r.ContentLength, r.Body = 4, io.NopCloser(strings.NewReader("hell")) }, 403, refused},
		"no length":              {func(r *http.Request) { r.ContentLength = -1 }, 403, refused},
		"another type":           {header("Content-Type", "text/html"), 403, refused},
		"no type":                {func(r *http.Request) { r.Header.Del("Content-Type") }, 403, refused},
		"overwriting":            {func(r *http.Request) { r.Header.Del("If-None-Match") }, 403, refused},
		"another condition":      {header("If-None-Match", `"x"`), 403, refused},
		"another key":            {func(r *http.Request) { r.URL.Path += "b"; r.URL.RawPath = "" }, 403, refused},
		"another method":         {func(r *http.Request) { r.Method = http.MethodGet }, 403, refused},
		"another host":           {func(r *http.Request) { r.Host = "localhost" }, 403, refused},
		"a longer life":          {query("X-Amz-Expires", "3600"), 403, refused},
		"a later date":           {query("X-Amz-Date", "20260301T120500Z"), 403, refused},
		"one more parameter":     {query("response-content-type", "text/html"), 403, refused},
		"another signature":      {query("X-Amz-Signature", strings.Repeat("0", 64)), 403, refused},
		"half a signature":       {query("X-Amz-Signature", "00"), 403, refused},
		"no hexadecimal":         {query("X-Amz-Signature", "x"), 403, refused},
		"fewer signed headers":   {query("X-Amz-SignedHeaders", "host"), 403, refused},
		"a header of S3's":       {header("X-Amz-Acl", "public-read"), 403, "AccessDenied"},
		"unsigned":               {func(r *http.Request) { r.URL.RawQuery = "" }, 403, "AccessDenied"},
		"two ways to sign":       {header("Authorization", "AWS4-HMAC-SHA256 x"), 400, "InvalidArgument"},
		"another access key":     {query("X-Amz-Credential", "other/20260301/eu-central-1/s3/aws4_request"), 403, "InvalidAccessKeyId"},
		"another service":        {query("X-Amz-Credential", "local/20260301/eu-central-1/iam/aws4_request"), 400, "AuthorizationQueryParametersError"},
		"another day":            {query("X-Amz-Credential", "local/20260302/eu-central-1/s3/aws4_request"), 400, "AuthorizationQueryParametersError"},
		"half a credential":      {query("X-Amz-Credential", "local"), 400, "AuthorizationQueryParametersError"},
		"another algorithm":      {query("X-Amz-Algorithm", "AWS4-ECDSA-P256-SHA256"), 400, "AuthorizationQueryParametersError"},
		"a date that is none":    {query("X-Amz-Date", "today"), 400, "AuthorizationQueryParametersError"},
		"a life that is none":    {query("X-Amz-Expires", "0"), 400, "AuthorizationQueryParametersError"},
		"a life of eight days":   {query("X-Amz-Expires", "691200"), 400, "AuthorizationQueryParametersError"},
		"a query that is broken": {func(r *http.Request) { r.URL.RawQuery += "&a=%zz" }, 400, "InvalidURI"},
		"a deletion":             {func(r *http.Request) { r.Method = http.MethodDelete }, 403, refused},
		"another method of S3's": {func(r *http.Request) { r.Method = http.MethodPost }, 403, "AccessDenied"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			key := "rooms/" + name
			got := send(t, s.upload(t, key, "hello"), "hello", tt.change)
			if got.status != tt.status || tt.change != nil && got.body != "" && got.code() != tt.code {
				t.Errorf("got %d %s, want %d %s", got.status, got.body, tt.status, tt.code)
			}
			if got := send(t, s.download(t, key, "a"), ""); got.status != http.StatusNotFound {
				t.Errorf("afterwards: got %d %s, want 404", got.status, got.body)
			}
		})
	}
}

func TestServer_RefusesOtherKeys(t *testing.T) {
	t.Parallel()
	s := setup(t)
	for name, tt := range map[string]struct {
		store *objects.Store
		code  string
	}{
		"another secret key": {s.as("local", "other", region), "SignatureDoesNotMatch"},
		"another access key": {s.as("other", "local-secret", region), "InvalidAccessKeyId"},
		"another region":     {s.as("local", "local-secret", "us-east-1"), "AuthorizationQueryParametersError"},
	} {
		other := site{Store: tt.store}
		if got := send(t, other.upload(t, "a", "hello"), "hello"); got.code() != tt.code {
			t.Errorf("%s: got %d %s, want %s", name, got.status, got.body, tt.code)
		}
		if _, err := other.Stat(t.Context(), "a"); err == nil {
			t.Errorf("%s: Stat: got no error", name)
		}
	}
}

func TestServer_RefusesExpiredRequests(t *testing.T) {
	t.Parallel()
	s := setup(t)
	req := s.upload(t, "a", "hello")
	s.clock.Add(60)
	got := send(t, req, "hello")
	if got.status != http.StatusForbidden || !strings.Contains(got.body, "Request has expired") {
		t.Errorf("got %d %s, want 403 Request has expired", got.status, got.body)
	}
}

// What the store could do with other requests is not for those who have a presigned one, nor for a page that guesses.
func TestServer_RefusesWhatIsNoObject(t *testing.T) {
	t.Parallel()
	s := setup(t)
	signed := s.download(t, "a", "a").URL
	_, parameters, _ := strings.Cut(signed, "?")
	for name, target := range map[string]string{
		"all buckets":       s.url + "/",
		"the bucket":        s.url + "/" + bucket + "?list-type=2",
		"the bucket's root": s.url + "/" + bucket + "/?" + parameters,
		"another bucket":    s.url + "/other/a?" + parameters,
	} {
		for _, method := range []string{http.MethodGet, http.MethodPut, http.MethodPost, http.MethodDelete} {
			got := send(t, objects.Request{Method: method, URL: target}, "")
			if got.status != http.StatusForbidden || got.code() != "AccessDenied" {
				t.Errorf("%s %s: got %d %s, want 403 AccessDenied", method, name, got.status, got.body)
			}
		}
	}
}

// A signature is good for what it says, but there are things that no signature gets here.
func TestServer_RefusesSignedRequestsForMore(t *testing.T) {
	t.Parallel()
	s := setup(t)
	for name, tt := range map[string]struct {
		method, key, query string
		length             int64
		code               string
	}{
		"a key that leaves the folder":   {method: "GET", key: "../../meta", code: "InvalidURI"},
		"a key that leaves it and comes": {method: "GET", key: "a/../b", code: "InvalidURI"},
		"a key with an empty part":       {method: "GET", key: "a//b", code: "InvalidURI"},
		"a key that is a folder":         {method: "GET", key: "a/", code: "InvalidURI"},
		"the object's rights":            {method: "GET", key: "a", query: "acl=", code: "AccessDenied"},
		"a version":                      {method: "GET", key: "a", query: "versionId=1", code: "AccessDenied"},
		"a part":                         {method: "PUT", key: "a", query: "partNumber=1&uploadId=2", length: 5, code: "AccessDenied"},
		"deletion of a version":          {method: "DELETE", key: "a", query: "versionId=1", code: "AccessDenied"},
		"a body without a length":        {method: "PUT", key: "a", length: -1, code: "MissingContentLength"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := "/" + bucket + "/"
			req := s.sign(t, tt.method, s.url+path+tt.key+"?X-Amz-Expires=60&"+tt.query)
			// Escaped it is the same for the signature, but not for http.ServeMux, which would resolve it.
			req.URL = strings.Replace(req.URL, path+tt.key, path+url.PathEscape(tt.key), 1)
			got := send(t, req, "hello", func(r *http.Request) { r.ContentLength = tt.length })
			if got.code() != tt.code {
				t.Errorf("got %d %s, want %s", got.status, got.body, tt.code)
			}
		})
	}
}

func TestServer_CopiesNothing(t *testing.T) {
	t.Parallel()
	s := setup(t)
	send(t, s.upload(t, "a", "hello"), "hello")
	req := s.sign(t, http.MethodPut, s.url+"/"+bucket+"/b?X-Amz-Expires=60", "X-Amz-Copy-Source", "/"+bucket+"/a")
	send(t, req, "other")
	if got := send(t, s.download(t, "b", "b"), ""); got.body != "other" {
		t.Errorf("got %d %q, want what was sent", got.status, got.body)
	}
}

// The name that AWS's own clients give a request is taken; it changes nothing.
func TestServer_TakesRequestsOfAWSClients(t *testing.T) {
	t.Parallel()
	s := setup(t)
	send(t, s.upload(t, "a", "hello"), "hello")
	req := s.sign(t, http.MethodGet, s.url+"/"+bucket+"/a?X-Amz-Expires=60&x-id=GetObject")
	if got := send(t, req, ""); got.status != http.StatusOK || got.body != "hello" {
		t.Errorf("got %d %q, want 200 hello", got.status, got.body)
	}
}

func TestServer_ReadsHeaderSignatures(t *testing.T) {
	t.Parallel()
	const emptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	s := setup(t)
	send(t, s.upload(t, "a", "hello"), "hello")
	for name, tt := range map[string]struct {
		method string
		change func(*http.Request)
		status int
	}{
		"a signed one":          {http.MethodHead, func(*http.Request) {}, 200},
		"a signed GET":          {http.MethodGet, func(*http.Request) {}, 200},
		"a signed PUT":          {http.MethodPut, func(*http.Request) {}, 403},
		"a signed DELETE":       {http.MethodDelete, func(r *http.Request) { r.URL.Path = r.URL.Path + "b" }, 403},
		"another date":          {http.MethodHead, header("X-Amz-Date", "20260301T120001Z"), 403},
		"another hash":          {http.MethodHead, header("X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD"), 403},
		"no hash":               {http.MethodHead, func(r *http.Request) { r.Header.Del("X-Amz-Content-Sha256") }, 400},
		"another header":        {http.MethodHead, header("X-Amz-Meta-A", "b"), 403},
		"another key":           {http.MethodHead, func(r *http.Request) { r.URL.Path += "b" }, 403},
		"another authorization": {http.MethodHead, header("Authorization", "Basic bG9jYWw6bG9jYWw="), 400},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := http.NewRequestWithContext(t.Context(), tt.method, s.url+"/"+bucket+"/a", http.NoBody)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("X-Amz-Content-Sha256", emptyHash)
			if err := v4.NewSigner(escapedOnce).SignHTTP(t.Context(), key, r, emptyHash, "s3", region, s.now()); err != nil {
				t.Fatal(err)
			}
			req := objects.Request{Method: r.Method, URL: r.URL.String(), Header: r.Header}
			if got := send(t, req, "", tt.change); got.status != tt.status {
				t.Errorf("got %d %s, want %d", got.status, got.body, tt.status)
			}
		})
	}
}

var key = aws.Credentials{AccessKeyID: "local", SecretAccessKey: "local-secret"}

func escapedOnce(o *v4.SignerOptions) { o.DisableURIPathEscaping = true }

// sign presigns what objects.Store would not.
func (s site) sign(t *testing.T, method, target string, headers ...string) objects.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, target, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	signed, header, err := v4.NewSigner(escapedOnce).PresignHTTP(t.Context(), key, r, "UNSIGNED-PAYLOAD", "s3", region, s.now())
	if err != nil {
		t.Fatal(err)
	}
	header.Del("Host")
	return objects.Request{Method: method, URL: signed, Header: header}
}

// Package objects hands out presigned requests to files in one S3 bucket, so that the bytes go between S3 and the
// user without passing through a function, asks S3 what was uploaded, and deletes what nobody needs.
//
// Presigned requests are made without a call to S3. Only the SDK's signer is linked and not its client for S3
// (service/s3), which would add 2.4 MB to a Lambda, and to its start, for the sake of HEAD and DELETE.
package objects

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go/encoding/httpbinding"

	"gavel/shared/clock"
)

// The ways in which a Store fails; see its methods.
var (
	ErrInvalid     = errors.New("S3 would refuse the request") // which field is at fault follows
	ErrNotFound    = errors.New("no such object")
	ErrUnavailable = errors.New("S3 did not answer")
)

// Options say which bucket to use and as whom. All but Endpoint, HTTP and Now are required.
type Options struct {
	Bucket string
	Region string
	// Endpoint is the base URL of another S3 than the region's own, with or without a path. The bucket is then the next
	// part of the path. Empty means https://<bucket>.s3.<region>.amazonaws.com.
	Endpoint    string
	Credentials aws.CredentialsProvider
	HTTP        aws.HTTPClient   // for Stat and Delete; nil for the SDK's own
	Now         func() time.Time // nil for clock.Now
}

// Store makes presigned requests to the objects of one bucket. Make it with New; it is safe for concurrent use.
type Store struct {
	base        string // of the objects' URLs, without a slash at its end
	bucket      string
	region      string
	credentials aws.CredentialsProvider
	http        aws.HTTPClient
	now         func() time.Time
	signer      *v4.Signer
}

// New makes a Store. It calls nobody: a bad endpoint or bucket shows when the Store is used.
func New(opt Options) *Store {
	if opt.HTTP == nil {
		opt.HTTP = awshttp.NewBuildableClient()
	}
	if opt.Now == nil {
		opt.Now = clock.Now
	}
	return &Store{
		base: base(opt), bucket: opt.Bucket, region: opt.Region, credentials: opt.Credentials, http: opt.HTTP, now: opt.Now,
		// Every other AWS service signs the path escaped a second time, S3 signs it as it is sent.
		signer: v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true }),
	}
}

// base gives the bucket's URL (https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html).
func base(opt Options) string {
	switch {
	case opt.Endpoint != "":
		return strings.TrimRight(opt.Endpoint, "/") + "/" + opt.Bucket
	case strings.Contains(opt.Bucket, "."): // S3's certificate, *.s3.<region>.amazonaws.com, is not good for it
		return "https://s3." + opt.Region + ".amazonaws.com/" + opt.Bucket
	}
	return "https://" + opt.Bucket + ".s3." + opt.Region + ".amazonaws.com"
}

// request makes an unsigned request to an object. Its path is written as S3 escapes it, so that what is signed is what
// is sent (https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html, UriEncode).
func (s *Store) request(ctx context.Context, method, key string) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, method, s.base+"/"+httpbinding.EscapePath(key, false), nil)
	if err != nil {
		return nil, fmt.Errorf("the S3 endpoint: %w", withoutURL(err))
	}
	return req, nil
}

func (s *Store) retrieve(ctx context.Context) (aws.Credentials, error) {
	credentials, err := s.credentials.Retrieve(ctx)
	if err == nil && !credentials.HasKeys() {
		err = errors.New("there are none")
	}
	if err != nil {
		return aws.Credentials{}, fmt.Errorf("credentials for S3: %w", err)
	}
	return credentials, nil
}

// withoutURL keeps what went wrong and leaves out where: URLs of objects do not belong in logs.
func withoutURL(err error) error {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		return wrapped.Err
	}
	return err
}

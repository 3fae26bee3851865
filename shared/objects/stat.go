package objects

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"gavel/shared/config"
)

// Info is what S3 knows of an object.
type Info struct {
	Size        int64 // bytes
	ContentType string
}

// Stat asks S3 about an object (https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html). It returns
//   - ErrNotFound where there is none;
//   - ErrUnavailable for 429, 5xx, no answer in time and a broken connection, after some attempts and not later than ctx
//     ends, and then also the context's error;
//   - ErrInvalid for a key that UploadURL would not take;
//   - any other error for what an operator has to mend, a *config.Unusable among them.
//
// A bucket that is not there looks like a missing object, as S3 does not explain its answers to HEAD. So a missing one is asked
// for once more, with GET.
//
// 403 is one of the last. It is also what S3 says of a missing object to whoever may not list the bucket, so a function
// that calls Stat is to be granted s3:ListBucket on the bucket besides s3:GetObject on the objects.
func (s *Store) Stat(ctx context.Context, key string) (Info, error) {
	var info Info
	err := s.insist(ctx, http.MethodHead, key, func(resp *http.Response) (err error) {
		info, err = s.read(resp)
		return err
	})
	if errors.Is(err, ErrNotFound) {
		return Info{}, s.missing(ctx, key)
	}
	return info, err
}

// missing says why an object is: a *config.Unusable for a bucket that is not there, else ErrNotFound.
func (s *Store) missing(ctx context.Context, key string) error {
	err := s.call(ctx, http.MethodGet, key, func(resp *http.Response) error {
		if resp.StatusCode == http.StatusNotFound && noBucket(resp) {
			return s.refusal(resp, "")
		}
		return ErrNotFound
	})
	if unusable, ok := errors.AsType[*config.Unusable](err); ok {
		return unusable
	}
	return ErrNotFound
}

// read sorts an answer. S3 explains none to HEAD; its request id is what AWS's support asks for.
func (s *Store) read(resp *http.Response) (Info, error) {
	switch id := requestID(resp); {
	case resp.StatusCode == http.StatusNotFound:
		return Info{}, ErrNotFound
	case resp.StatusCode != http.StatusOK:
		return Info{}, s.refusal(resp, "s3:GetObject, or s3:ListBucket")
	case resp.ContentLength < 0:
		return Info{}, fmt.Errorf("S3's answer has no length, request id %.64q", id)
	}
	return Info{Size: resp.ContentLength, ContentType: resp.Header.Get("Content-Type")}, nil
}

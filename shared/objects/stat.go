package objects

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"gavel/shared/backoff"
)

const (
	attempts       = 3
	attemptTimeout = 3 * time.Second
	firstPause     = 50 * time.Millisecond
	longestPause   = 100 * time.Millisecond

	// emptyHash is the SHA-256 of no body, without which S3 takes no signature.
	emptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
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
//   - any other error for what an operator has to mend.
//
// 403 is one of the last. It is also what S3 says of a missing object to whoever may not list the bucket, so a function
// that calls Stat is to be granted s3:ListBucket on the bucket besides s3:GetObject on the objects.
func (s *Store) Stat(ctx context.Context, key string) (Info, error) {
	if err := checkKey(key); err != nil {
		return Info{}, err
	}
	for attempt := 1; ; attempt++ {
		info, err := s.head(ctx, key)
		if attempt == attempts || !errors.Is(err, ErrUnavailable) || backoff.Wait(ctx, backoff.Pause(attempt, firstPause, longestPause)) != nil {
			return info, err
		}
	}
}

func (s *Store) head(ctx context.Context, key string) (Info, error) {
	ctx, cancel := context.WithTimeout(ctx, attemptTimeout)
	defer cancel()
	req, err := s.request(ctx, http.MethodHead, key)
	if err != nil {
		return Info{}, err
	}
	credentials, err := s.retrieve(ctx)
	if err != nil {
		return Info{}, err
	}
	req.Header.Set("X-Amz-Content-Sha256", emptyHash)
	if err := s.signer.SignHTTP(ctx, credentials, req, emptyHash, "s3", s.region, s.now()); err != nil {
		return Info{}, fmt.Errorf("sign: %w", err)
	}
	resp, err := s.http.Do(req)
	if err != nil {
		return Info{}, fmt.Errorf("%w: %w", ErrUnavailable, withoutURL(err))
	}
	defer resp.Body.Close()
	return read(resp)
}

// read sorts an answer. S3 explains none to HEAD; its request id is what AWS's support asks for.
func read(resp *http.Response) (Info, error) {
	status, id := resp.StatusCode, resp.Header.Get("X-Amz-Request-Id")
	switch {
	case status == http.StatusNotFound:
		return Info{}, ErrNotFound
	case status == http.StatusTooManyRequests || status >= http.StatusInternalServerError:
		return Info{}, fmt.Errorf("%w: HTTP %d, request id %.64q", ErrUnavailable, status, id)
	case status != http.StatusOK:
		return Info{}, fmt.Errorf("S3 refused: HTTP %d, request id %.64q", status, id)
	case resp.ContentLength < 0:
		return Info{}, fmt.Errorf("S3's answer has no length, request id %.64q", id)
	}
	return Info{Size: resp.ContentLength, ContentType: resp.Header.Get("Content-Type")}, nil
}

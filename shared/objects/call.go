package objects

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"gavel/shared/backoff"
	"gavel/shared/config"
)

const (
	attempts       = 3
	attemptTimeout = 3 * time.Second
	firstPause     = 50 * time.Millisecond
	longestPause   = 100 * time.Millisecond

	longestFault = 4 << 10 // bytes of an error document that are looked at

	// emptyHash is the SHA-256 of no body, without which S3 takes no signature.
	emptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
)

// insist makes a request that can be repeated, until S3 has answered it or the attempts are used up.
func (s *Store) insist(ctx context.Context, method, key string, read func(*http.Response) error) error {
	if err := checkKey(key); err != nil {
		return err
	}
	for attempt := 1; ; attempt++ {
		err := s.call(ctx, method, key, read)
		if attempt == attempts || !errors.Is(err, ErrUnavailable) || backoff.Wait(ctx, backoff.Pause(attempt, firstPause, longestPause)) != nil {
			return err
		}
	}
}

func (s *Store) call(ctx context.Context, method, key string, read func(*http.Response) error) error {
	ctx, cancel := context.WithTimeout(ctx, attemptTimeout)
	defer cancel()
	req, err := s.request(ctx, method, key)
	if err != nil {
		return err
	}
	credentials, err := s.retrieve(ctx)
	if err != nil {
		return err
	}
	req.Header.Set("X-Amz-Content-Sha256", emptyHash)
	if err := s.signer.SignHTTP(ctx, credentials, req, emptyHash, "s3", s.region, s.now()); err != nil {
		return fmt.Errorf("sign: %w", err)
	}
	resp, err := s.http.Do(req)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnavailable, withoutURL(err))
	}
	defer resp.Body.Close()
	return read(resp)
}

// requestID is what AWS's support asks for.
func requestID(resp *http.Response) string { return resp.Header.Get("X-Amz-Request-Id") }

// refusal tells an S3 that may answer later from one that will not before somebody mends something: that is a *config.Unusable
// where it is plain what.
func (s *Store) refusal(resp *http.Response, permission string) error {
	status, id := resp.StatusCode, requestID(resp)
	if status == http.StatusTooManyRequests || status >= http.StatusInternalServerError {
		return fmt.Errorf("%w: HTTP %d, request id %.64q", ErrUnavailable, status, id)
	}
	refused := fmt.Errorf("S3 refused: HTTP %d, request id %.64q", status, id)
	bucket := fmt.Sprintf("the bucket %s (GAVEL_FILES_BUCKET)", s.bucket)
	switch status {
	case http.StatusMovedPermanently:
		return &config.Unusable{What: bucket + " is in another region", Cause: refused}
	case http.StatusForbidden:
		return &config.Unusable{What: "this function may not use " + bucket + ": it lacks the permission " + permission, Cause: refused}
	case http.StatusNotFound:
		return &config.Unusable{What: bucket + " is not there", Cause: refused}
	}
	return refused
}

// noBucket says whether an answer with 404 is about the bucket
// (https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html).
func noBucket(resp *http.Response) bool {
	body, _ := io.ReadAll(io.LimitReader(resp.Body, longestFault))
	return bytes.Contains(body, []byte("<Code>NoSuchBucket</Code>"))
}

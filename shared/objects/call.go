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

// refusal tells an S3 that may answer later from one that will not.
func refusal(resp *http.Response) error {
	status, id := resp.StatusCode, requestID(resp)
	if status == http.StatusTooManyRequests || status >= http.StatusInternalServerError {
		return fmt.Errorf("%w: HTTP %d, request id %.64q", ErrUnavailable, status, id)
	}
	return fmt.Errorf("S3 refused: HTTP %d, request id %.64q", status, id)
}

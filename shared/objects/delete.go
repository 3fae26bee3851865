package objects

import (
	"context"
	"net/http"
)

// Delete removes an object (https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObject.html). One that is not there
// is no error, so that it can be repeated. It returns
//   - ErrUnavailable and ErrInvalid as Stat does;
//   - any other error for what an operator has to mend: the function is to be granted s3:DeleteObject.
//
// In a bucket with versioning a removed object is kept as an old version, for as long as its lifecycle rules say.
func (s *Store) Delete(ctx context.Context, key string) error {
	return s.insist(ctx, http.MethodDelete, key, func(resp *http.Response) error {
		switch resp.StatusCode {
		case http.StatusNoContent, http.StatusOK: // S3 says the first, others the second
			return nil
		case http.StatusNotFound: // or this
			if !noBucket(resp) {
				return nil
			}
		}
		return s.refusal(resp, "s3:DeleteObject")
	})
}

package objects

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// unsignedPayload stands for the body's hash, which nobody knows when a request is presigned.
const unsignedPayload = "UNSIGNED-PAYLOAD"

// Upload is the object that someone is to upload.
type Upload struct {
	Key         string
	Size        int64 // bytes
	ContentType string
	Expires     time.Duration // in whole seconds
}

// UploadURL gives a PUT that uploads one object, of exactly this key, size and content type. S3 answers 403 where one
// of them differs, and 412 if the object is already there: an upload never overwrites
// (https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html).
//
// It returns ErrInvalid for what S3 would not take: see MaxKey, MaxSize, MaxExpires.
func (s *Store) UploadURL(ctx context.Context, u Upload) (Request, error) {
	if err := u.check(); err != nil {
		return Request{}, err
	}
	req, err := s.request(ctx, http.MethodPut, u.Key)
	if err != nil {
		return Request{}, err
	}
	req.ContentLength = u.Size
	req.Header.Set("Content-Type", u.ContentType)
	req.Header.Set("If-None-Match", "*")
	return s.presign(ctx, req, u.Expires)
}

// Download is the object that someone is to download.
type Download struct {
	Key  string
	Name string // what the file is to be called there: any text, see Disposition
	// ContentType is what S3 is to call it; empty for what it was uploaded as.
	ContentType string
	Expires     time.Duration // in whole seconds
}

// DownloadURL gives a GET that downloads one object as a file; a browser saves it and does not show it. Whether the
// object is there S3 tells whoever sends the request, with 404.
//
// It returns ErrInvalid for what S3 would not take: see MaxKey, MaxExpires.
func (s *Store) DownloadURL(ctx context.Context, d Download) (Request, error) {
	if err := d.check(); err != nil {
		return Request{}, err
	}
	req, err := s.request(ctx, http.MethodGet, d.Key)
	if err != nil {
		return Request{}, err
	}
	// https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html#API_GetObject_RequestSyntax
	query := req.URL.Query()
	query.Set("response-content-disposition", Disposition(d.Name))
	if d.ContentType != "" {
		query.Set("response-content-type", d.ContentType)
	}
	req.URL.RawQuery = query.Encode()
	return s.presign(ctx, req, d.Expires)
}

// presign signs all that the request has in its query
// (https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html).
func (s *Store) presign(ctx context.Context, req *http.Request, life time.Duration) (Request, error) {
	credentials, err := s.retrieve(ctx)
	if err != nil {
		return Request{}, err
	}
	query := req.URL.Query()
	query.Set("X-Amz-Expires", strconv.FormatInt(int64(life/time.Second), 10))
	req.URL.RawQuery = query.Encode()
	now := s.now().UTC().Truncate(time.Second) // as the signature has it
	target, header, err := s.signer.PresignHTTP(ctx, credentials, req, unsignedPayload, "s3", s.region, now)
	if err != nil {
		return Request{}, fmt.Errorf("presign: %w", err)
	}
	header.Del("Host") // part of the URL
	expires := now.Add(life.Truncate(time.Second))
	// S3 refuses what was signed with temporary credentials once these have expired. A Lambda does not know when its
	// own do.
	if credentials.CanExpire && credentials.Expires.Before(expires) {
		expires = credentials.Expires.UTC()
	}
	return Request{Method: req.Method, URL: target, Header: header, Expires: expires}, nil
}

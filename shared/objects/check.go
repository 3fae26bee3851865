package objects

import (
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"strings"
	"time"
	"unicode"
)

// The limits of S3.
const (
	MaxKey  = 1024    // bytes: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html
	MaxSize = 5 << 30 // bytes in one PUT: https://docs.aws.amazon.com/AmazonS3/latest/userguide/upload-objects.html
	// MaxExpires is from https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html.
	MaxExpires = 7 * 24 * time.Hour
)

// maxContentType is longer than any that exists: RFC 6838 has 127 bytes for either half of a name.
const maxContentType = 255

func (u Upload) check() error {
	return errors.Join(checkKey(u.Key), checkSize(u.Size), checkContentType(u.ContentType), checkExpires(u.Expires))
}

func (d Download) check() error {
	err := errors.Join(checkKey(d.Key), checkExpires(d.Expires))
	if d.ContentType != "" {
		err = errors.Join(err, checkContentType(d.ContentType))
	}
	return err
}

// checkKey takes fewer keys than S3 does. Browsers resolve "..", proxies and http.ServeMux merge slashes, and either
// breaks the signature; where a store keeps objects as files, a//b is a/b as well.
func checkKey(key string) error {
	if len(key) > MaxKey || key == "." || !fs.ValidPath(key) || strings.ContainsFunc(key, unicode.IsControl) {
		return fmt.Errorf("%w: key: expected parts of readable text between single slashes, %d bytes in all", ErrInvalid, MaxKey)
	}
	return nil
}

// checkSize refuses empty files as well: the signer leaves out a length of 0, and S3 would take any.
func checkSize(size int64) error {
	if size < 1 || size > MaxSize {
		return fmt.Errorf("%w: size: expected 1 to %d bytes", ErrInvalid, int64(MaxSize))
	}
	return nil
}

// checkContentType takes what can stand in a header.
func checkContentType(contentType string) error {
	unsafe := func(r rune) bool { return r < ' ' || r > '~' }
	kind, _, err := mime.ParseMediaType(contentType)
	if err != nil || !strings.Contains(kind, "/") || len(contentType) > maxContentType || strings.ContainsFunc(contentType, unsafe) {
		return fmt.Errorf("%w: content type: expected one such as text/plain; charset=utf-8", ErrInvalid)
	}
	return nil
}

func checkExpires(life time.Duration) error {
	if life < time.Second || life > MaxExpires {
		return fmt.Errorf("%w: expires: expected 1 second to 7 days", ErrInvalid)
	}
	return nil
}

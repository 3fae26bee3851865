// Package objects is the S3 of `make run`: one bucket, kept in a folder, whose objects can be read and written with
// presigned requests.
//
// It answers as S3 does where clients can tell: it checks signatures, with an implementation of its own of
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html, and with them whatever of length, type
// and conditions a request was signed for. Storing is gofakes3's, which checks nothing.
//
// It takes GET, HEAD, PUT and DELETE of single objects and refuses everything else. Objects are files named like their keys, so
// it has the limits of the file system: there is no object a/b beside an object a.
package objects

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3afero"

	"gavel/shared/clock"
)

// Options say where the objects are and who may reach them. All but Prefix and Now are required.
type Options struct {
	Dir    string // the folder that keeps the objects; made if it is missing
	Prefix string // the path under which the server is mounted, such as /local/s3
	Bucket string
	Region string
	// AccessKey and SecretKey are the only credentials that the server knows.
	AccessKey string
	SecretKey string
	Now       func() time.Time // nil for clock.Now
}

// Server is the S3. Make it with New. It serves requests whose paths are as they were signed, with the prefix.
type Server struct {
	root     string // of the paths of objects
	bucket   string
	incoming string
	check    verifier
	store    http.Handler
}

// New makes a server with its one bucket. What was in the folder before is there again.
func New(opt Options) (*Server, error) {
	if opt.Now == nil {
		opt.Now = clock.Now
	}
	incoming := filepath.Join(opt.Dir, "incoming")
	if err := os.RemoveAll(incoming); err != nil { // of a server that was killed
		return nil, fmt.Errorf("local S3: %w", err)
	}
	if err := os.MkdirAll(incoming, 0o750); err != nil {
		return nil, fmt.Errorf("local S3: %w", err)
	}
	backend, err := open(opt.Bucket, opt.Dir)
	if err != nil {
		return nil, fmt.Errorf("local S3: %w", err)
	}
	return &Server{
		root:     strings.TrimRight(opt.Prefix, "/") + "/" + opt.Bucket + "/",
		bucket:   opt.Bucket,
		incoming: incoming,
		check:    verifier{accessKey: opt.AccessKey, secretKey: opt.SecretKey, region: opt.Region, now: opt.Now},
		// The verifier has looked at the time already.
		store: gofakes3.New(backend, gofakes3.WithTimeSkewLimit(0)).Server(),
	}, nil
}

// open keeps what a file system cannot say of an object, such as its content type, in a folder beside the objects.
func open(bucket, dir string) (gofakes3.Backend, error) {
	files, err := s3afero.FsPath(filepath.Join(dir, "files"), s3afero.FsPathCreateAll)
	if err != nil {
		return nil, err
	}
	meta, err := s3afero.FsPath(filepath.Join(dir, "meta"), s3afero.FsPathCreateAll)
	if err != nil {
		return nil, err
	}
	return s3afero.SingleBucket(bucket, files, meta)
}

// ServeHTTP answers a request of a browser's page of any origin, or of any other client.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	allowOrigins(w, r)
	if r.Method == http.MethodOptions { // comes unsigned: https://fetch.spec.whatwg.org/#cors-preflight-fetch
		return
	}
	if refused := s.serve(w, r); refused != nil {
		refused.write(w, r)
	}
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) *fault {
	key, ok := strings.CutPrefix(r.URL.Path, s.root)
	if !ok || key == "" || !isServed(r.Method) {
		return accessDenied("Access Denied")
	}
	if refused := s.check.verify(r); refused != nil {
		return refused
	}
	if _, err := filepath.Localize(key); err != nil {
		return &fault{http.StatusBadRequest, "InvalidURI", "This store keeps objects as files and cannot name one like this key."}
	}
	if r.Method == http.MethodPut {
		return s.upload(w, r, key)
	}
	return s.pass(w, r, key)
}

func isServed(method string) bool {
	return method == http.MethodGet || method == http.MethodHead || method == http.MethodPut || method == http.MethodDelete
}

// allowOrigins lets pages of any origin send any header and read any of the answer's.
func allowOrigins(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Access-Control-Expose-Headers", "*")
	if r.Method == http.MethodOptions {
		h.Set("Access-Control-Allow-Methods", "GET, HEAD, PUT")
		h.Set("Access-Control-Allow-Headers", r.Header.Get("Access-Control-Request-Headers"))
	}
}

package permissions

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"regexp"
	"slices"
	"sync"
	"time"
)

// Recorder passes requests on to AWS services, or to what plays them, and notes whose they are and what they ask for. It
// is safe for concurrent use.
type Recorder struct {
	mu    sync.Mutex
	calls map[string][]Call // by access key
	fault []error           // requests that were not understood
	front map[string]string // the addresses, by what is behind them
}

// InFrontOf gives the address at which requests to an upstream are noted. It serves until the process ends.
func (r *Recorder) InFrontOf(upstream string) (string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if at, ok := r.front[upstream]; ok {
		return at, nil
	}
	for _, at := range r.front {
		if at == upstream { // is noted already
			return at, nil
		}
	}
	behind, err := url.Parse(upstream)
	if err != nil {
		return "", err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	proxy := &httputil.ReverseProxy{
		Rewrite:        func(p *httputil.ProxyRequest) { p.SetURL(behind) },
		ModifyResponse: r.answered,
		// Who asks is to see a broken connection where there is one.
		ErrorHandler: func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) },
	}
	server := &http.Server{Handler: r.noting(proxy), ReadHeaderTimeout: time.Minute}
	go func() { _ = server.Serve(listener) }()
	if r.front == nil {
		r.front = map[string]string{}
	}
	r.front[upstream] = "http://" + listener.Addr().String()
	return r.front[upstream], nil
}

// Calls gives what the holder of an access key asked for until now, and an error if some of that was not understood,
// whoever asked.
func (r *Recorder) Calls(accessKey string) ([]Call, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.fault) > 0 {
		return nil, r.fault[0]
	}
	return slices.Clone(r.calls[accessKey]), nil
}

// mostBody is more than any request to the services may have, in bytes.
const mostBody = 20 << 20

func (r *Recorder) noting(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, req.Body, mostBody))
		if err != nil {
			http.Error(w, "unreadable body", http.StatusBadRequest)
			return
		}
		req.Body = io.NopCloser(bytes.NewReader(body))
		r.note(req, body)
		next.ServeHTTP(w, req)
	})
}

func (r *Recorder) note(req *http.Request, body []byte) {
	who, service, ok := signer(req)
	r.mu.Lock()
	defer r.mu.Unlock()
	if !ok {
		r.fault = append(r.fault, fmt.Errorf("%s %s is not signed", req.Method, req.URL.Path))
		return
	}
	calls, err := read(service, req, body)
	if err != nil {
		r.fault = append(r.fault, fmt.Errorf("%s %s of %s: %w", req.Method, req.URL.Path, who, err))
		return
	}
	r.add(who, calls...)
}

// answered notes what only an answer shows: that S3 says 404 of a file takes the right to list the bucket
// (https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html).
func (r *Recorder) answered(resp *http.Response) error {
	who, service, ok := signer(resp.Request)
	if ok && service == "s3" && resp.StatusCode == http.StatusNotFound && resp.Request.Method != http.MethodPut {
		bucket, _ := place(resp.Request.URL.Path)
		r.mu.Lock()
		defer r.mu.Unlock()
		r.add(who, Call{Action: "s3:ListBucket", Resource: "arn:aws:s3:::" + bucket})
	}
	return nil
}

func (r *Recorder) add(who string, calls ...Call) {
	if r.calls == nil {
		r.calls = map[string][]Call{}
	}
	r.calls[who] = append(r.calls[who], calls...)
}

// credential is the beginning of a signature, in a header or in a query
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-signing-elements.html).
var credential = regexp.MustCompile(`^(?:AWS4-HMAC-SHA256 Credential=)?([^/]+)/\d{8}/[^/]+/([^/]+)/aws4_request`)

// signer gives the access key that a request is signed with, and the service that it is for.
func signer(req *http.Request) (accessKey, service string, ok bool) {
	text := req.Header.Get("Authorization")
	if text == "" {
		text = req.URL.Query().Get("X-Amz-Credential")
	}
	parts := credential.FindStringSubmatch(text)
	if parts == nil {
		return "", "", false
	}
	return parts[1], parts[2], true
}

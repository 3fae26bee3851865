package api

import (
	"fmt"
	"log/slog"
	"mime"
	"net/http"
	"runtime/debug"
	"strings"

	"gavel/shared/logs"
	"gavel/shared/problem"
)

// Handler serves the operations of mux, to which it adds what answers for paths that are none of
// theirs; call it once for a mux. Whatever happens the caller gets an answer in our form:
// also for a route that does not exist, a method it does not have, a panic.
// The request's context carries the request id (see logs.WithRequestID).
func Handler(mux *http.ServeMux) http.Handler {
	return logged(headed(recovered(routed(mux))))
}

// Unable answers every request with a problem, and with what all answers have: for what cannot do its work.
func Unable(p problem.Problem) http.Handler {
	return logged(headed(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		own := p // which gets the request's id
		Write(w, r, &own)
	})))
}

// headed sets the headers that every answer has. Answers hold tokens and personal data, so
// nothing is kept by a cache unless an operation says otherwise.
func headed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("Cache-Control", "no-store")
		header.Set("X-Content-Type-Options", "nosniff")
		if id := logs.RequestID(r.Context()); id != "" {
			header.Set("X-Request-Id", id)
		}
		next.ServeHTTP(w, r)
	})
}

// recovered keeps a panic from ending the process. The value is not sent to the caller, and only
// its type is logged: it may be made of the request.
func recovered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if value := recover(); value != nil {
				slog.ErrorContext(r.Context(), "panic", "type", fmt.Sprintf("%T", value), "stack", string(debug.Stack()))
				Write(w, r, internal(http.StatusInternalServerError))
			}
		}()
		next.ServeHTTP(w, r)
	})
}

// routed keeps the mux from answering in a form of its own.
func routed(mux *http.ServeMux) http.Handler {
	mux.Handle(anyPath, unrouted(mux))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.EscapedPath(), "//") {
			Write(w, r, noSuchRoute())
			return
		}
		keepDots(r)
		plainType(r.Header)
		mux.ServeHTTP(w, r)
	})
}

// anyPath is the pattern of whatever no operation takes.
const anyPath = "/"

// unrouted answers 405 where the operations of the path have other methods, else 404.
func unrouted(mux *http.ServeMux) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		p := noSuchRoute()
		if methods := methodsOf(mux, r); len(methods) > 0 {
			p = problem.New(http.StatusMethodNotAllowed, problem.MethodNotAllowed, "this path is not served with "+r.Method)
			p.Allow = strings.Join(methods, ", ")
		}
		Write(w, r, p)
	}
}

func methodsOf(mux *http.ServeMux, r *http.Request) []string {
	var methods []string
	for _, method := range []string{"DELETE", "GET", "HEAD", "PATCH", "POST", "PUT"} {
		other := r.WithContext(r.Context())
		other.Method = method
		if _, pattern := mux.Handler(other); pattern != anyPath {
			methods = append(methods, method)
		}
	}
	return methods
}

// plainType brings the one media type we take into the form the library looks for: names have no
// case, and spaces may stand around the parameters (RFC 9110, section 8.3.1).
func plainType(header http.Header) {
	given := header.Get("Content-Type")
	if given == jsonType {
		return
	}
	if name, _, err := mime.ParseMediaType(given); err == nil && name == jsonType {
		header.Set("Content-Type", jsonType)
	}
}

func noSuchRoute() *problem.Problem {
	return problem.New(http.StatusNotFound, problem.NotFound, "there is no such path; GET /openapi.json lists them")
}

// keepDots makes "." and ".." plain values of their path segment. The mux would resolve them as
// directories and send the caller to another operation.
func keepDots(r *http.Request) {
	path := r.URL.EscapedPath()
	if !strings.Contains(path, "/.") {
		return
	}
	segments := strings.Split(path, "/")
	for i, segment := range segments {
		if segment == "." || segment == ".." {
			segments[i] = strings.ReplaceAll(segment, ".", "%2E")
		}
	}
	r.URL.RawPath = strings.Join(segments, "/")
}

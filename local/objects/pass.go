package objects

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
)

// pass hands a request to the store, with nothing in it that would ask for more than one object: the store also knows
// versions, parts and copies.
func (s *Server) pass(w http.ResponseWriter, r *http.Request, key string) *fault {
	query, refused := responseOverrides(r.URL.Query())
	if refused != nil {
		return refused
	}
	inner := r.Clone(r.Context())
	inner.URL = &url.URL{Path: "/" + s.bucket + "/" + key, RawQuery: query.Encode()}
	inner.Header = http.Header{}
	for _, name := range []string{
		"Content-Type", "Content-Length", "Content-Md5", "Range",
		"If-Match", "If-None-Match", "If-Modified-Since",
	} {
		if values := r.Header.Values(name); len(values) > 0 {
			inner.Header[name] = values
		}
	}
	s.store.ServeHTTP(w, inner)
	return nil
}

// responseOverrides gives the parameters with which a GET says what headers its answer is to have. All others but the
// signature's, and the name that AWS's clients give their request, ask for another operation, such as ?acl.
func responseOverrides(all url.Values) (url.Values, *fault) {
	kept := url.Values{}
	for name, values := range all {
		switch {
		case strings.HasPrefix(name, "response-"):
			kept[name] = values
		case name != "x-id" && !strings.HasPrefix(name, "X-Amz-"):
			return nil, accessDenied("Access Denied")
		}
	}
	return kept, nil
}

// upload stores a body once all of it is here: the store would keep the first half of one that breaks off, and let
// nobody repeat it.
func (s *Server) upload(w http.ResponseWriter, r *http.Request, key string) *fault {
	file, err := os.CreateTemp(s.incoming, "")
	if err != nil {
		return internal(err)
	}
	defer os.Remove(file.Name())
	defer file.Close()
	if _, err := io.Copy(file, r.Body); errors.Is(err, io.ErrUnexpectedEOF) {
		return &fault{http.StatusBadRequest, "IncompleteBody", "You did not provide the number of bytes specified by the Content-Length HTTP header."}
	} else if err != nil {
		return internal(err)
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return internal(err)
	}
	r.Body = io.NopCloser(file)
	return s.pass(w, r, key)
}

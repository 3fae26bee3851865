package veeting

import (
	"net/http"
	"net/url"
	"strings"
)

// escapedPath is the path as it came in. URL.EscapedPath alone would re-encode a path it finds badly
// encoded, and turn %2F into a slash on the way.
func escapedPath(u *url.URL) string {
	if u.RawPath != "" {
		return u.RawPath
	}
	return u.EscapedPath()
}

// splitPath returns the decoded segments of the path; there is always at least one. No value of the API needs
// percent-encoding to be a segment, so one with a slash inside is no such path.
func splitPath(u *url.URL) ([]string, error) {
	path := escapedPath(u)
	if path != u.EscapedPath() {
		return nil, &refusal{status: http.StatusBadRequest, code: codeInvalid, message: "the path is badly encoded"}
	}
	segments := strings.Split(strings.TrimPrefix(path, "/"), "/")
	for i, raw := range segments {
		segment, err := url.PathUnescape(raw)
		if err != nil || strings.Contains(segment, "/") {
			return nil, errNoSuchPath
		}
		segments[i] = segment
	}
	return segments, nil
}

// matchPath holds segments against a pattern such as "meeting/*", in which "*" stands for one value that is not empty.
// It returns the values, or nil when the pattern does not fit.
func matchPath(segments []string, pattern string) []string {
	parts := strings.Split(pattern, "/")
	if len(parts) != len(segments) {
		return nil
	}
	values := []string{}
	for i, part := range parts {
		switch {
		case part == "*" && segments[i] != "":
			values = append(values, segments[i])
		case part != segments[i]:
			return nil
		}
	}
	return values
}

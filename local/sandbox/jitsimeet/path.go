package jitsimeet

import (
	"net/http"
	"net/url"
	"strings"
)

// ErrNoSuchPath refuses a path that means nothing.
var ErrNoSuchPath = Refuse(http.StatusNotFound, "not_found", "no such path")

// EscapedPath is the path as it came in. URL.EscapedPath alone would re-encode a path it finds badly
// encoded, and turn %2F into a slash on the way.
func EscapedPath(u *url.URL) string {
	if u.RawPath != "" {
		return u.RawPath
	}
	return u.EscapedPath()
}

// SplitPath returns the segments of the path, still encoded. There is always at least one.
func SplitPath(u *url.URL) ([]string, error) {
	path := EscapedPath(u)
	if path != u.EscapedPath() {
		return nil, Refuse(http.StatusBadRequest, "bad_request", "the path holds characters that must be percent-encoded")
	}
	segments := strings.Split(strings.TrimPrefix(path, "/"), "/")
	for _, s := range segments {
		// Proxies resolve plain dot segments before a server sees them (RFC 3986, 5.2.4).
		if s == "." || s == ".." {
			return nil, ErrNoSuchPath
		}
	}
	return segments, nil
}

// DecodeSegment decodes one segment, once. An empty one is no such path.
func DecodeSegment(segment string) (string, error) {
	text, err := url.PathUnescape(segment)
	if err != nil || text == "" {
		return "", ErrNoSuchPath
	}
	return text, nil
}

// MatchPath holds segments against a pattern of the same form, in which "*" stands for one decoded
// value. It returns the values, or nil when the pattern does not fit.
func MatchPath(segments []string, pattern string) []string {
	parts := strings.Split(pattern, "/")
	if len(parts) != len(segments) {
		return nil
	}
	values := []string{}
	for i, part := range parts {
		if part != "*" {
			if part != segments[i] {
				return nil
			}
			continue
		}
		value, err := DecodeSegment(segments[i])
		if err != nil {
			return nil
		}
		values = append(values, value)
	}
	return values
}

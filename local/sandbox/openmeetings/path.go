package openmeetings

import (
	"net/http"
	"net/url"
	"strings"
)

var errNoSuchPath = page(http.StatusNotFound, "no such path")

// escapedPath is the path as it came in. URL.EscapedPath alone would re-encode a path it finds badly
// encoded, and turn %2F into a slash on the way.
func escapedPath(u *url.URL) string {
	if u.RawPath != "" {
		return u.RawPath
	}
	return u.EscapedPath()
}

// splitPath returns the decoded segments of the path; there is always at least one. Tomcat answers an encoded slash or
// backslash with 400 before the application sees it (https://tomcat.apache.org/tomcat-11.0-doc/config/http.html,
// encodedSolidusHandling); CXF cuts what it takes for a matrix parameter off.
func splitPath(u *url.URL) ([]string, error) {
	path := escapedPath(u)
	lower := strings.ToLower(path)
	if path != u.EscapedPath() || strings.Contains(lower, "%2f") || strings.Contains(lower, "%5c") || strings.Contains(lower, "%00") {
		return []string{""}, page(http.StatusBadRequest, "the path holds an encoded slash or an invalid character")
	}
	raw := strings.Split(strings.TrimPrefix(path, "/"), "/")
	if last := len(raw) - 1; last > 0 && raw[last] == "" { // a slash at the end is as good as none
		raw = raw[:last]
	}
	segments := make([]string, 0, len(raw))
	for _, r := range raw {
		segment, err := decodeSegment(r)
		if err != nil {
			return []string{""}, err
		}
		segments = append(segments, segment)
	}
	return segments, nil
}

// decodeSegment decodes one segment, once. Empty and dot segments would make another path of it.
func decodeSegment(raw string) (string, error) {
	text, err := url.PathUnescape(raw)
	if err != nil {
		return "", page(http.StatusBadRequest, "the path is badly encoded")
	}
	text, _, _ = strings.Cut(text, ";")
	if text == "" || text == "." || text == ".." {
		return "", errNoSuchPath
	}
	return text, nil
}

// matchPath holds segments against a pattern such as "room/kick/*", in which "*" stands for one value. It returns the
// values, or nil when the pattern does not fit.
func matchPath(segments []string, pattern string) []string {
	parts := strings.Split(pattern, "/")
	if len(parts) != len(segments) {
		return nil
	}
	values := []string{}
	for i, part := range parts {
		switch {
		case part == "*":
			values = append(values, segments[i])
		case part != segments[i]:
			return nil
		}
	}
	return values
}

package openmeetings

import (
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
)

// maxBodyBytes caps request bodies other than uploads, as Tomcat's maxPostSize does.
const maxBodyBytes = 2 << 20

// params are the parameters of a query or a form. Of those given twice the first one counts.
type params map[string]string

// parseParams reads a=b&c=d, in which a plus sign is a space.
func parseParams(encoded string) (params, error) {
	all := params{}
	for pair := range strings.SplitSeq(encoded, "&") {
		name, value, _ := strings.Cut(pair, "=")
		name, nameErr := url.QueryUnescape(name)
		value, valueErr := url.QueryUnescape(value)
		if nameErr != nil || valueErr != nil {
			return all, page(http.StatusBadRequest, "a parameter is badly encoded")
		}
		if _, twice := all[name]; !twice && name != "" {
			all[name] = value
		}
	}
	return all, nil
}

func mediaType(h http.Header) string {
	kind, _, _ := mime.ParseMediaType(h.Get("Content-Type"))
	return kind
}

// readForm reads the fields of an encoded form. Every other body has none, JSON above all.
func readForm(h http.Header, body []byte) (params, error) {
	if mediaType(h) != "application/x-www-form-urlencoded" {
		return params{}, nil
	}
	return parseParams(string(body))
}

// readBody returns the body, also as far as it got when it is refused.
func readBody(r *http.Request, limit int64) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(r.Body, limit+1))
	if err != nil {
		return body, page(http.StatusBadRequest, "the body could not be read")
	}
	if int64(len(body)) > limit {
		return body, page(http.StatusRequestEntityTooLarge, "the body is too large")
	}
	return body, nil
}

// acceptsJSON says whether an Accept header lets the services answer.
func acceptsJSON(h http.Header) bool {
	all := strings.Join(h.Values("Accept"), ",")
	if strings.TrimSpace(all) == "" {
		return true
	}
	for part := range strings.SplitSeq(all, ",") {
		kind, parameters, err := mime.ParseMediaType(part)
		if err != nil || strings.Trim(parameters["q"], "0.") == "" && parameters["q"] != "" {
			continue
		}
		if kind == jsonType || kind == "application/*" || kind == "*/*" {
			return true
		}
	}
	return false
}

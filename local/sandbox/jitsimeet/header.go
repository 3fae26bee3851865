package jitsimeet

import (
	"net/http"
	"strings"
)

// AuthScheme is the part of the Authorization header that is no secret. A header of one word may be a
// bare token, so it has none.
func AuthScheme(h http.Header) string {
	scheme, _, found := strings.Cut(h.Get("Authorization"), " ")
	if !found || len(scheme) > 20 {
		return ""
	}
	return scheme
}

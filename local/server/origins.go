package server

import (
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// allowedOrigins is the setting with the origins whose pages may call from a browser, with commas between them: what the
// template has in the parameter AllowedOrigins.
const allowedOrigins = "GAVEL_ALLOWED_ORIGINS"

// crossOrigin is what pages of other origins may send and see: the template's CorsConfiguration.
type crossOrigin struct{ methods, headers, exposed string }

var (
	apiFromPages = crossOrigin{
		methods: "DELETE,GET,PATCH,POST,PUT",
		headers: "Authorization,Content-Type,Idempotency-Key,X-Api-Key,X-Reason,X-User-Email,X-User-Id",
		exposed: "Idempotency-Replayed,Retry-After,X-Request-Id",
	}
	filesFromPages = crossOrigin{methods: "PUT,GET,HEAD", headers: "*", exposed: "ETag"}
)

// crossOrigin answers a browser's preflight requests, and lets pages of the origins that were named see answers, as API
// Gateway and S3 do. Of others it knows nothing.
func (s *Server) crossOrigin(rule crossOrigin, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		origin := r.Header.Get("Origin")
		if origin == "" || !slices.Contains(s.origins, origin) && !slices.Contains(s.origins, "*") {
			next.ServeHTTP(w, r)
			return
		}
		header := w.Header()
		header.Set("Access-Control-Allow-Origin", origin)
		header.Add("Vary", "Origin")
		if r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != "" {
			header.Set("Access-Control-Allow-Methods", rule.methods)
			header.Set("Access-Control-Allow-Headers", rule.headers)
			header.Set("Access-Control-Max-Age", "3600")
			w.WriteHeader(http.StatusNoContent)
			return
		}
		header.Set("Access-Control-Expose-Headers", rule.exposed)
		next.ServeHTTP(w, r)
	})
}

// originForm is that of the parameter AllowedOrigins, and of what browsers send, who write hosts in small letters.
var originForm = regexp.MustCompile(`^(\*|https?://[^\sA-Z/?#,*]+(,https?://[^\sA-Z/?#,*]+)*)$`)

func originsOf(setting string) ([]string, error) {
	if setting == "" {
		return nil, nil
	}
	if !originForm.MatchString(setting) {
		return nil, errors.New(allowedOrigins + " is no list of origins such as https://app.example.org, in small letters, with no slash at the end " +
			"and commas without blanks between them, or *")
	}
	return strings.Split(setting, ","), nil
}

package objects

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const (
	algorithm  = "AWS4-HMAC-SHA256"
	timeFormat = "20060102T150405Z"
	maxExpires = 7 * 24 * time.Hour
)

// claim is what a request says of its own signature.
type claim struct {
	accessKey     string
	scopeParts    []string
	date          time.Time
	expires       time.Duration // 0 if it was signed in its headers
	signedHeaders []string
	payloadHash   string
	signature     string
	errorCode     string // for a claim that cannot be
}

func (c claim) scope() string { return strings.Join(c.scopeParts, "/") }

func (c claim) malformed(why string) *fault {
	return &fault{http.StatusBadRequest, c.errorCode, "The authorization is malformed: " + why + "."}
}

func read(r *http.Request, query url.Values) (claim, *fault) {
	switch {
	case query.Has("X-Amz-Signature") && r.Header.Get("Authorization") != "":
		return claim{}, &fault{http.StatusBadRequest, "InvalidArgument", "Only one auth mechanism allowed."}
	case query.Has("X-Amz-Signature"):
		return readQuery(query)
	case r.Header.Get("Authorization") == "":
		return claim{}, accessDenied("Access Denied")
	case r.Method == http.MethodPut: // whose signature has the body's hash in it, which is not checked here
		return claim{}, accessDenied("This store takes presigned uploads only")
	}
	return readHeader(r.Header)
}

// readQuery reads https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html.
func readQuery(query url.Values) (claim, *fault) {
	c := claim{
		signedHeaders: strings.Split(query.Get("X-Amz-SignedHeaders"), ";"),
		payloadHash:   "UNSIGNED-PAYLOAD",
		signature:     query.Get("X-Amz-Signature"),
		errorCode:     "AuthorizationQueryParametersError",
	}
	seconds, err := strconv.Atoi(query.Get("X-Amz-Expires"))
	if err != nil || seconds < 1 || seconds > int(maxExpires/time.Second) {
		return c, c.malformed("X-Amz-Expires must be a number of seconds up to 604800")
	}
	c.expires = time.Duration(seconds) * time.Second
	return c.with(query.Get("X-Amz-Algorithm"), query.Get("X-Amz-Credential"), query.Get("X-Amz-Date"))
}

// readHeader reads https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-auth-using-authorization-header.html.
func readHeader(header http.Header) (claim, *fault) {
	name, rest, _ := strings.Cut(header.Get("Authorization"), " ")
	fields := map[string]string{}
	for field := range strings.SplitSeq(rest, ",") {
		key, value, _ := strings.Cut(strings.TrimSpace(field), "=")
		fields[key] = value
	}
	c := claim{
		signedHeaders: strings.Split(fields["SignedHeaders"], ";"),
		payloadHash:   header.Get("X-Amz-Content-Sha256"),
		signature:     fields["Signature"],
		errorCode:     "AuthorizationHeaderMalformed",
	}
	if c.payloadHash == "" {
		return c, &fault{http.StatusBadRequest, "InvalidRequest", "Missing required header for this request: x-amz-content-sha256"}
	}
	return c.with(name, fields["Credential"], header.Get("X-Amz-Date"))
}

func (c claim) with(name, credential, date string) (claim, *fault) {
	if name != algorithm {
		return c, c.malformed("the algorithm is not " + algorithm)
	}
	var err error
	if c.date, err = time.Parse(timeFormat, date); err != nil {
		return c, c.malformed("X-Amz-Date must be in the ISO8601 long format")
	}
	parts := strings.Split(credential, "/")
	c.accessKey, c.scopeParts = parts[0], parts[1:]
	return c, nil
}

func (c claim) checkTime(now time.Time) *fault {
	age := now.Sub(c.date)
	switch {
	case c.expires == 0 && age.Abs() > maxSkew:
		message := "The difference between the request time and the current time is too large."
		return &fault{http.StatusForbidden, "RequestTimeTooSkewed", message}
	case age < -maxSkew:
		return accessDenied("Request is not yet valid")
	case c.expires != 0 && age >= c.expires:
		return accessDenied("Request has expired")
	}
	return nil
}

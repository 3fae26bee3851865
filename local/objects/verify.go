package objects

import (
	"crypto/hmac"
	"encoding/hex"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

const maxSkew = 15 * time.Minute // https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html, RequestTimeTooSkewed

// verifier checks Signature Version 4 as S3 does, for the one key it knows. It shares nothing with the SDK's signer, so
// that the two check each other.
type verifier struct {
	accessKey, secretKey, region string
	now                          func() time.Time
}

// verify returns nil for a request that was signed with the known key, for now and for what it is.
func (v verifier) verify(r *http.Request) *fault {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return &fault{http.StatusBadRequest, "InvalidURI", "Couldn't parse the specified URI."}
	}
	claim, refused := read(r, query)
	if refused != nil {
		return refused
	}
	if refused := v.checkScope(claim); refused != nil {
		return refused
	}
	if refused := claim.checkTime(v.now()); refused != nil {
		return refused
	}
	want := sign(v.secretKey, claim.scope(), stringToSign(claim, canonicalRequest(r, query, claim)))
	got, err := hex.DecodeString(claim.signature)
	if err != nil || !hmac.Equal(got, want) {
		return &fault{http.StatusForbidden, "SignatureDoesNotMatch", "The request signature we calculated does not match " +
			"the signature you provided. Check your key and signing method."}
	}
	return checkSigned(r, claim)
}

func (v verifier) checkScope(c claim) *fault {
	if c.accessKey != v.accessKey {
		return &fault{http.StatusForbidden, "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records."}
	}
	day := c.date.Format("20060102")
	if !slices.Equal(c.scopeParts, []string{day, v.region, "s3", "aws4_request"}) {
		return c.malformed("the credential scope is not <date>/" + v.region + "/s3/aws4_request")
	}
	return nil
}

// checkSigned refuses what the signature leaves open: the server a request is for, and headers that S3 acts on.
func checkSigned(r *http.Request, c claim) *fault {
	if !slices.Contains(c.signedHeaders, "host") {
		return accessDenied("There were headers present in the request which were not signed")
	}
	for name := range r.Header {
		name = strings.ToLower(name)
		if strings.HasPrefix(name, "x-amz-") && !slices.Contains(c.signedHeaders, name) {
			return accessDenied("There were headers present in the request which were not signed")
		}
	}
	return nil
}

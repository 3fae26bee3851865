package jaas

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
)

// SignatureHeader is the header that carries the signature of an event.
const SignatureHeader = "X-Jaas-Signature"

// SignatureTolerance is how far the time of signing may be from ours, either way. JaaS leaves it to the receiver;
// five minutes is what others take.
const SignatureTolerance = 5 * time.Minute

// The reasons for which VerifyWebhook refuses an event.
var (
	ErrSignatureForm = errors.New("expected " + SignatureHeader + " to hold one t and at least one v1, as in t=1632490060,v1=…")
	ErrSignature     = errors.New("no signature is that of this body with the webhook's secret")
	ErrSignatureTime = errors.New("the body was signed too long ago, or by a clock that is ahead")
)

// The documented header has two parts and 60 bytes. These bounds leave room for a rotation and for schemes to come,
// and keep a hostile header from costing more than that.
const (
	maxSignatureBytes = 2048
	maxSignatureParts = 16
)

// VerifyWebhook says whether JaaS sent the body: header is the whole value of SignatureHeader, body the bytes as they
// arrived, secrets those in use, more than one while a secret is rotated. It returns nil, or ErrSignatureForm,
// ErrSignature or ErrSignatureTime; the last one means that the signature itself is right.
//
// JaaS delivers at least once, and whoever overheard an event can deliver it again within SignatureTolerance: ignore
// an Event.ID that was seen before. https://developer.8x8.com/jaas/docs/webhooks-signatures
func VerifyWebhook(header string, body []byte, secrets []WebhookSecret, now time.Time) error {
	given, err := parseSignature(header)
	if err != nil {
		return err
	}
	signed := false
	for _, secret := range secrets { // all of them: the time tells nobody which it was
		signed = given.isBy(secret, body) || signed
	}
	if !signed {
		return ErrSignature
	}
	if now.Sub(given.at).Abs() > SignatureTolerance {
		return ErrSignatureTime
	}
	return nil
}

// signature is the header taken apart.
type signature struct {
	t  string // as written, because it is part of what is signed
	at time.Time
	v1 []string
}

func parseSignature(header string) (signature, error) {
	if len(header) > maxSignatureBytes || strings.Count(header, ",") >= maxSignatureParts {
		return signature{}, ErrSignatureForm
	}
	var s signature
	for part := range strings.SplitSeq(header, ",") {
		// Base64 may end in "=", so only the first one separates.
		scheme, value, _ := strings.Cut(strings.Trim(part, " \t"), "=")
		switch scheme {
		case "t":
			if s.t != "" {
				return signature{}, ErrSignatureForm
			}
			s.t = value
		case "v1":
			s.v1 = append(s.v1, value)
		}
	}
	// 40 bits reach into the year 36812 and stay within what time.Time can subtract.
	seconds, err := strconv.ParseUint(s.t, 10, 40)
	if err != nil || len(s.v1) == 0 {
		return signature{}, ErrSignatureForm
	}
	s.at = time.Unix(int64(seconds), 0)
	return s, nil
}

// isBy says whether one of the signatures was made with this secret. They are compared as text: a decoder would let
// several spellings of one signature pass. The zero secret has signed nothing, as anyone could have used it.
func (s signature) isBy(secret WebhookSecret, body []byte) bool {
	if secret.text == "" {
		return false
	}
	want := []byte(secret.sign(s.t, body))
	return slices.ContainsFunc(s.v1, func(got string) bool { return hmac.Equal([]byte(got), want) })
}

// sign gives the signature of a body that is sent at t, Unix seconds in digits.
func (s WebhookSecret) sign(t string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(s.text))
	mac.Write([]byte(t + "."))
	mac.Write(body)
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

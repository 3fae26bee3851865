package jaas_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"gavel/shared/jaas"
)

// The test vector of https://developer.8x8.com/jaas/docs/webhooks-signatures.
const (
	vectorSecret    = "whsec_9635df66714a4cf088ee9d0979dd3bf6"
	vectorSignature = "xlzqEojlh4qb21sQpXYsWgyK8x9HVpz+RQldsv18rV0="
	vectorHeader    = "t=1632490060,v1=" + vectorSignature
	vectorApp       = "vpaas-magic-cookie-96f0941768964ab380ed0fbada7a502f"
	vectorBody      = `{"eventType":"PARTICIPANT_JOINED","sessionId":"9a441d60-ceaf-4eba-b0a8-a7d940a76e1b","timestamp":1632490058278,"fqn":"vpaas-magic-cookie-96f0941768964ab380ed0fbada7a502f/sampleappromanticshiftsstripas","idempotencyKey":"9e9e7420-562d-4659-8e22-44b9b22aaa49","customerId":"96f0941768964ab380ed0fbada7a502f","appId":"vpaas-magic-cookie-96f0941768964ab380ed0fbada7a502f","data":{"avatar":"","name":"Test User","id":"auth0|5f903d7a77f3b4006eb8e67d","participantJid":"fc1ea14a-9bca-4218-a563-8c627e803d56@8x8.vc","moderator":true,"email":"test.user@company.com"}}`
)

// signing is the moment at which the vector was signed.
var signing = time.Unix(1632490060, 0)

func webhookSecret(text string) jaas.WebhookSecret { return must(jaas.ParseWebhookSecret(text)) }

func vectorSecrets() []jaas.WebhookSecret {
	return []jaas.WebhookSecret{webhookSecret(vectorSecret)}
}

// signedBy gives the signature of the vector's body with any key, from which a header is made.
func signedBy(key, t string) string {
	mac := hmac.New(sha256.New, []byte(key))
	fmt.Fprintf(mac, "%s.%s", t, vectorBody)
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

func TestVerifyWebhook_RefusesHeadersOfAnotherForm(t *testing.T) {
	t.Parallel()
	const v1 = "v1=" + vectorSignature
	for name, header := range map[string]string{
		"nothing":               "",
		"blanks":                "  ",
		"commas":                ",,,",
		"no t":                  v1,
		"no v1":                 "t=1632490060",
		"another scheme alone":  "t=1632490060,v0=" + vectorSignature,
		"no separators":         "t1632490060,v1" + vectorSignature,
		"t twice":               "t=1632490060,t=1632490060," + v1,
		"the header twice":      vectorHeader + "," + vectorHeader,
		"t empty":               "t=," + v1,
		"t not a number":        "t=now," + v1,
		"t with a sign":         "t=+1632490060," + v1,
		"t below zero":          "t=-1632490060," + v1,
		"t with a fraction":     "t=1632490060.0," + v1,
		"t in hex":              "t=0x614dd28c," + v1,
		"t with a blank inside": "t= 1632490060," + v1,
		"t in other digits":     "t=١٦٣٢٤٩٠٠٦٠," + v1,
		"t beyond all dates":    "t=1099511627776," + v1,
		"t beyond all numbers":  "t=99999999999999999999," + v1,
		"names in capitals":     "T=1632490060,V1=" + vectorSignature,
		"semicolons":            "t=1632490060;" + v1,
		"too long":              vectorHeader + ",v0=" + strings.Repeat("a", 2048),
		"too many parts":        vectorHeader + strings.Repeat(",v0=", 15),
	} {
		err := jaas.VerifyWebhook(header, []byte(vectorBody), vectorSecrets(), signing)
		if !errors.Is(err, jaas.ErrSignatureForm) {
			t.Errorf("%s: got %v, want %v", name, err, jaas.ErrSignatureForm)
		}
	}
}

func TestVerifyWebhook_RefusesForgeries(t *testing.T) {
	t.Parallel()
	const withoutPrefix = "9635df66714a4cf088ee9d0979dd3bf6"
	raw := must(base64.StdEncoding.DecodeString(vectorSignature))
	spelled := func(encoded string) string { return "t=1632490060,v1=" + encoded }
	for name, header := range map[string]string{
		"v1 empty":                       spelled(""),
		"one letter else":                spelled("y" + vectorSignature[1:]),
		"the last bits else":             spelled(strings.TrimSuffix(vectorSignature, "0=") + "1="),
		"cut off":                        spelled(vectorSignature[:40]),
		"no padding":                     spelled(strings.TrimSuffix(vectorSignature, "=")),
		"too much padding":               spelled(vectorSignature + "="),
		"the alphabet of URLs":           spelled(base64.URLEncoding.EncodeToString(raw)),
		"hex":                            spelled(hex.EncodeToString(raw)),
		"not base64":                     spelled("!!!"),
		"quoted":                         spelled(`"` + vectorSignature + `"`),
		"blank inside":                   spelled(" " + vectorSignature),
		"t is another":                   "t=1632490061,v1=" + vectorSignature,
		"t has a zero more":              "t=01632490060,v1=" + vectorSignature,
		"right, but of another scheme":   "t=1632490060,v1=" + strings.Repeat("a", 44) + ",v2=" + vectorSignature,
		"key without its prefix":         spelled(signedBy(withoutPrefix, "1632490060")),
		"key decoded":                    spelled(signedBy(string(must(hex.DecodeString(withoutPrefix))), "1632490060")),
		"no key at all":                  spelled(signedBy("", "1632490060")),
		"another key":                    spelled(signedBy("whsec_00000000000000000000000000000000", "1632490060")),
		"another key, and long ago":      "t=1,v1=" + signedBy("whsec_0", "1"),
		"as many wrong ones as may come": "t=1632490060" + strings.Repeat(",v1=a", 15),
	} {
		err := jaas.VerifyWebhook(header, []byte(vectorBody), vectorSecrets(), signing)
		if !errors.Is(err, jaas.ErrSignature) {
			t.Errorf("%s: got %v, want %v", name, err, jaas.ErrSignature)
		}
	}
}

func TestVerifyWebhook_RefusesAnotherBody(t *testing.T) {
	t.Parallel()
	var tree map[string]any
	if err := json.Unmarshal([]byte(vectorBody), &tree); err != nil {
		t.Fatal(err)
	}
	for name, body := range map[string]string{
		"none":                "",
		"one letter else":     strings.Replace(vectorBody, `"moderator":true`, `"moderator":True`, 1),
		"a line end behind":   vectorBody + "\n",
		"a blank in front":    " " + vectorBody,
		"parsed and re-made":  string(must(json.Marshal(tree))),
		"t moved into it":     "." + vectorBody,
		"base64, as AWS does": base64.StdEncoding.EncodeToString([]byte(vectorBody)),
	} {
		err := jaas.VerifyWebhook(vectorHeader, []byte(body), vectorSecrets(), signing)
		if !errors.Is(err, jaas.ErrSignature) {
			t.Errorf("%s: got %v, want %v", name, err, jaas.ErrSignature)
		}
	}
}

// A secret that nobody set must not be one that anybody can use.
func TestVerifyWebhook_RefusesEverythingWithoutASecret(t *testing.T) {
	t.Parallel()
	header := "t=1632490060,v1=" + signedBy("", "1632490060")
	for _, secrets := range [][]jaas.WebhookSecret{nil, {}, {{}}, {{}, webhookSecret(vectorSecret)}} {
		if err := jaas.VerifyWebhook(header, []byte(vectorBody), secrets, signing); !errors.Is(err, jaas.ErrSignature) {
			t.Errorf("%d secrets: got %v, want %v", len(secrets), err, jaas.ErrSignature)
		}
	}
}

func TestVerifyWebhook_LooksAtTheTimeOfSigning(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		since time.Duration // from the signing until it arrives
		want  error
	}{
		{"at once", 0, nil},
		{"just in time", jaas.SignatureTolerance, nil},
		{"a moment too late", jaas.SignatureTolerance + time.Nanosecond, jaas.ErrSignatureTime},
		{"years later", 5 * 365 * 24 * time.Hour, jaas.ErrSignatureTime},
		{"by a clock slightly ahead", -jaas.SignatureTolerance, nil},
		{"by a clock ahead", -jaas.SignatureTolerance - time.Nanosecond, jaas.ErrSignatureTime},
		{"years ahead", -5 * 365 * 24 * time.Hour, jaas.ErrSignatureTime},
	} {
		got := jaas.VerifyWebhook(vectorHeader, []byte(vectorBody), vectorSecrets(), signing.Add(tc.since))
		if !errors.Is(got, tc.want) {
			t.Errorf("%s: got %v, want %v", tc.name, got, tc.want)
		}
	}
	if got, want := jaas.SignatureTolerance, 300*time.Second; got != want {
		t.Errorf("tolerance: got %v, want %v", got, want)
	}
}

// The largest t there is must not come round to the present.
func TestVerifyWebhook_HasNoTimeThatOverflows(t *testing.T) {
	t.Parallel()
	for _, seconds := range []uint64{0, 1<<40 - 1} {
		at := strconv.FormatUint(seconds, 10)
		header := "t=" + at + ",v1=" + signedBy(vectorSecret, at)
		if err := jaas.VerifyWebhook(header, []byte(vectorBody), vectorSecrets(), signing); !errors.Is(err, jaas.ErrSignatureTime) {
			t.Errorf("t=%s: got %v, want %v", at, err, jaas.ErrSignatureTime)
		}
	}
}

func TestVerifyWebhook_TakesWhatJaaSMaySend(t *testing.T) {
	t.Parallel()
	const (
		at    = "t=1632490060"
		right = "v1=" + vectorSignature
		wrong = "v1=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
	)
	for name, header := range map[string]string{
		"the vector":                   vectorHeader,
		"parts in another order":       right + "," + at,
		"blanks between the parts":     at + ", " + right,
		"blanks and tabs all around":   " \t" + at + " ,\t" + right + " ",
		"two signatures, first right":  at + "," + right + "," + wrong,
		"two signatures, second right": at + "," + wrong + "," + right,
		"t in between":                 wrong + "," + at + "," + right,
		"schemes to come":              "v0=x," + at + ",v2=a=b==," + right + ",flag,=",
		"empty parts":                  "," + at + ",," + right + ",",
		"as many parts as may come":    at + "," + right + strings.Repeat(",v0=", 14),
	} {
		if err := jaas.VerifyWebhook(header, []byte(vectorBody), vectorSecrets(), signing); err != nil {
			t.Errorf("%s: got %v, want none", name, err)
		}
	}
}

func TestVerifyWebhook_TakesEitherSecretOfARotation(t *testing.T) {
	t.Parallel()
	before, after := webhookSecret(vectorSecret), webhookSecret("whsec_after-that")
	for name, key := range map[string]string{"before": vectorSecret, "after": "whsec_after-that"} {
		header := "t=1632490060,v1=" + signedBy(key, "1632490060")
		for _, secrets := range [][]jaas.WebhookSecret{{before, after}, {after, before}} {
			if err := jaas.VerifyWebhook(header, []byte(vectorBody), secrets, signing); err != nil {
				t.Errorf("signed with the secret %s: got %v, want none", name, err)
			}
		}
	}
	gone := []jaas.WebhookSecret{after}
	if err := jaas.VerifyWebhook(vectorHeader, []byte(vectorBody), gone, signing); !errors.Is(err, jaas.ErrSignature) {
		t.Errorf("once the old secret is gone: got %v, want %v", err, jaas.ErrSignature)
	}
}

func TestVerifyWebhook_TakesBodiesThatAreNoText(t *testing.T) {
	t.Parallel()
	body := []byte("\x00\xff,=.\r\n")
	mac := hmac.New(sha256.New, []byte(vectorSecret))
	mac.Write(append([]byte("1632490060."), body...))
	header := "t=1632490060,v1=" + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	given := bytes.Clone(body)
	if err := jaas.VerifyWebhook(header, given, vectorSecrets(), signing); err != nil {
		t.Errorf("got %v, want none", err)
	}
	if !bytes.Equal(given, body) {
		t.Errorf("got the body changed to %q, want %q", given, body)
	}
}

// The sample event carries the vector, so what holds here holds for the function.
func TestVerifyWebhook_TakesTheSampleEvent(t *testing.T) {
	t.Parallel()
	var event struct {
		Headers        map[string]string
		PathParameters map[string]string
		Body           string
		RequestContext struct{ TimeEpoch int64 }
	}
	text := must(os.ReadFile(filepath.Join("..", "..", "events", "jaas", "webhook.json")))
	if err := json.Unmarshal(text, &event); err != nil {
		t.Fatal(err)
	}
	header, now := event.Headers[strings.ToLower(jaas.SignatureHeader)], time.UnixMilli(event.RequestContext.TimeEpoch)
	if err := jaas.VerifyWebhook(header, []byte(event.Body), vectorSecrets(), now); err != nil {
		t.Errorf("got %v, want none", err)
	}
	if got := must(jaas.ParseEvent([]byte(event.Body))); string(got.AppID) != event.PathParameters["appId"] {
		t.Errorf("got AppID %s in the body, want that of the path", got.AppID)
	}
}

func ExampleVerifyWebhook() {
	secret, err := jaas.ParseWebhookSecret("whsec_9635df66714a4cf088ee9d0979dd3bf6")
	if err != nil {
		fmt.Println(err)
	}
	body := []byte(vectorBody)
	arrived := time.Unix(1632490062, 0)
	fmt.Println(jaas.VerifyWebhook(vectorHeader, body, []jaas.WebhookSecret{secret}, arrived))

	event, err := jaas.ParseEvent(body)
	fmt.Println(event.Type, event.Room, event.At.Format(time.RFC3339Nano), err)
	who, ok, err := event.Participant()
	fmt.Println(who.UserID, who.ID, who.Moderator, ok, err)
	// Output:
	// <nil>
	// PARTICIPANT_JOINED sampleappromanticshiftsstripas 2021-09-24T13:27:38.278Z <nil>
	// auth0|5f903d7a77f3b4006eb8e67d fc1ea14a true true <nil>
}

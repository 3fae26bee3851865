package jaas_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"gavel/shared/jaas"
)

func TestParseWebhookSecret_RefusesWhatWouldVerifyNothing(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"nothing":            "",
		"blanks":             " \n",
		"the prefix alone":   "whsec_",
		"without the prefix": vectorSecret[len("whsec_"):],
		"prefix in capitals": strings.ToUpper(vectorSecret),
		"two of them":        vectorSecret + " " + vectorSecret,
		"on two lines":       vectorSecret[:20] + "\n" + vectorSecret[20:],
		"with its name":      "webhookSecret=" + vectorSecret,
		"an ellipsis in it":  vectorSecret[:20] + "…",
		"a delete":           vectorSecret + "\x7f",
		"not UTF-8":          vectorSecret + "\xff",
	} {
		secret, err := jaas.ParseWebhookSecret(text)
		if !errors.Is(err, jaas.ErrWebhookSecret) || secret != (jaas.WebhookSecret{}) {
			t.Errorf("%s: got %v, want none and %v", name, err, jaas.ErrWebhookSecret)
		}
	}
}

func TestParseWebhookSecret_ForgivesWhatIsAroundIt(t *testing.T) {
	t.Parallel()
	want := webhookSecret(vectorSecret)
	for _, text := range []string{vectorSecret + "\n", " \t" + vectorSecret + " ", `"` + vectorSecret + `"`, "'" + vectorSecret + "'\r\n"} {
		if got, err := jaas.ParseWebhookSecret(text); err != nil || got != want {
			t.Errorf("%q: got %v, want the secret alone", text, err)
		}
	}
}

func TestWebhookSecret_PrintsAsAPlaceholder(t *testing.T) {
	t.Parallel()
	secret := webhookSecret(vectorSecret)
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("", "secret", secret)
	in := struct{ Secret jaas.WebhookSecret }{secret}
	for _, text := range []string{
		fmt.Sprint(secret), fmt.Sprintf("%v %+v %#v %s %q", in, in, in, in, in), log.String(), string(must(json.Marshal(in))),
	} {
		if strings.Contains(text, "whsec_") || !strings.Contains(text, "[secret]") {
			t.Errorf("got %s, want a placeholder", text)
		}
	}
}

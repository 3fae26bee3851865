package secrets_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"gavel/shared/secrets"
)

func TestRaw_HidesItself(t *testing.T) {
	t.Parallel()
	raw := secrets.NewRaw("v1", []byte(hush))
	holder := struct {
		Raw     secrets.Raw
		Pointer *secrets.Raw
		List    []secrets.Raw
	}{raw, &raw, []secrets.Raw{raw}}
	if got := slog.AnyValue(raw).Resolve(); got.Kind() != slog.KindString || got.String() != "[secret]" {
		t.Errorf("as an attribute: got %s, want a placeholder before any handler sees it", got)
	}
	for _, value := range []any{raw, &raw, holder, &holder, map[string]any{"raw": raw}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X"} {
			hidden(t, fmt.Sprintf("%T as %s", value, verb), fmt.Sprintf(verb, value))
		}
		encoded, err := json.Marshal(value)
		if err != nil || !bytes.Contains(encoded, []byte(`"[secret]"`)) {
			t.Errorf("%T as JSON: got %s, %v, want a placeholder", value, encoded, err)
		}
		hidden(t, fmt.Sprintf("%T as JSON", value), string(encoded))

		var log bytes.Buffer
		for _, handler := range []slog.Handler{slog.NewJSONHandler(&log, nil), slog.NewTextHandler(&log, nil)} {
			slog.New(handler).With("with", value).Info("read", "raw", value, slog.Group("group", "raw", value))
		}
		hidden(t, fmt.Sprintf("%T in the log", value), log.String())
	}
	if got := string(raw.Bytes()); got != hush {
		t.Errorf("Bytes: got %q, want %q", got, hush)
	}
}

// hidden looks for the content, also as a list of bytes, in hexadecimal or in base64.
func hidden(t *testing.T, how, text string) {
	t.Helper()
	for _, form := range []string{hush, "104 117 115 104", "68757368", "0x68, 0x75", "aHVzaC"} {
		if strings.Contains(text, form) {
			t.Errorf("%s: got %s, want the content hidden", how, text)
			return
		}
	}
}

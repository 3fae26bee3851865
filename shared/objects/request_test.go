package objects_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"gavel/shared/objects"
)

func TestRequest_HidesItself(t *testing.T) {
	t.Parallel()
	req := objects.Request{Method: "PUT", URL: "https://s3.test/a?X-Amz-Signature=0123", Header: http.Header{"Content-Type": {"text/secret"}}}
	within := struct{ Upload objects.Request }{req}
	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Info("done", "request", req, "within", within)
	asJSON, err := json.Marshal(within)
	if err != nil {
		t.Fatal(err)
	}
	for name, got := range map[string]string{
		"string": req.String() + req.LogValue().String(),
		"%v":     fmt.Sprintf("%v %+v %s %#v", req, within, req, within),
		"%q":     fmt.Sprintf("%q %x", req, req),
		"slog":   log.String(),
		"JSON":   string(asJSON),
	} {
		for _, secret := range []string{"X-Amz-Signature", "0123", "s3.test", "text/secret"} {
			if strings.Contains(got, secret) {
				t.Errorf("%s: got %s, want it without %s", name, got, secret)
			}
		}
	}
}

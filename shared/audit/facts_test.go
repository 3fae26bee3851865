package audit_test

import (
	"errors"
	"fmt"
	"maps"
	"testing"

	"gavel/shared/audit"
	"gavel/shared/httpclient"
)

// What a provider's client says of a failure is what an event needs.
func TestFacts_OfAProvidersError(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		err  httpclient.Error
		want map[string]string
	}{
		{httpclient.Error{Kind: httpclient.Busy, Status: 503, Body: "hush", Message: "hush"}, map[string]string{"problem": "busy", "status": "503"}},
		{httpclient.Error{Kind: httpclient.Timeout}, map[string]string{"problem": "timeout"}},
	} {
		facts, ok := errors.AsType[audit.Facts](fmt.Errorf("wrapped: %w", &tt.err))
		if !ok || !maps.Equal(facts.Facts(), tt.want) {
			t.Errorf("got %v, want %v", facts, tt.want)
		}
	}
}

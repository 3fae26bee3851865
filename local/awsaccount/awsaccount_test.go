package awsaccount_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sts"

	"gavel/local/awsaccount"
)

// TestLoad is one test, as the environment is the process's.
func TestLoad(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, name := range []string{"AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL"} {
		t.Setenv(name, "")
	}
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	t.Setenv("AWS_CONFIG_FILE", write("config", "[profile p]\nregion = eu-west-1\n"))
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", write("credentials", "[p]\naws_access_key_id = AKID\naws_secret_access_key = hush4711\n"))

	for _, c := range []struct{ region, profile, want string }{
		{"", "", "no AWS region is set"},
		{"eu-central-1", "", "there are no AWS credentials"},
		{"eu-central-1", "nobody", "no such AWS profile"},
	} {
		if _, err := awsaccount.Load(t.Context(), c.region, c.profile); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: got %v", c, err)
		}
	}
	loaded, err := awsaccount.Load(t.Context(), "", "p")
	if err != nil || loaded.Region != "eu-west-1" {
		t.Errorf("got %q and %v, want the profile's region", loaded.Region, err)
	}
	if loaded, err = awsaccount.Load(t.Context(), "us-east-1", "p"); err != nil || loaded.Region != "us-east-1" {
		t.Errorf("got %q and %v, want the region that was given", loaded.Region, err)
	}
	t.Setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
	if loaded, err = awsaccount.Load(t.Context(), "us-east-1", "p"); err != nil || loaded.BaseEndpoint == nil || *loaded.BaseEndpoint != "http://127.0.0.1:1" {
		t.Errorf("got %v, want the endpoint that is set", err)
	}

	// A service that takes the call and never answers.
	held := make(chan struct{})
	silent := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-held }))
	defer silent.Close()
	defer close(held)
	t.Setenv("AWS_ENDPOINT_URL", silent.URL)
	if loaded, err = awsaccount.LoadImpatiently(t.Context(), "us-east-1", "p", 50*time.Millisecond); err != nil {
		t.Fatal(err)
	}
	answered := make(chan error, 1)
	go func() {
		_, err := sts.NewFromConfig(loaded).GetCallerIdentity(t.Context(), nil)
		answered <- err
	}()
	select {
	case err := <-answered:
		if err = awsaccount.Explain("sts:GetCallerIdentity", "itself", err); !strings.Contains(err.Error(), "AWS did not answer") {
			t.Errorf("got %v, want no answer", err)
		}
	case <-time.After(30 * time.Second):
		t.Error("got a client that waits for ever")
	}
}

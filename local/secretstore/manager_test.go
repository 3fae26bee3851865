package secretstore_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"gavel/local/moto"
	"gavel/local/secretstore"
)

const hush = "hush-hush"

func account(endpoint string) aws.Config {
	return aws.Config{
		Region: "eu-central-1", BaseEndpoint: &endpoint,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AKID", SecretAccessKey: hush}, nil
		}),
	}
}

func TestManager_MakesATaggedSecretAndThenVersionsOfIt(t *testing.T) {
	t.Parallel()
	cloud, prefix := account(moto.Start(t)), moto.Prefix(t)
	store := secretstore.NewManager(secretstore.ManagerOptions{AWS: cloud, Prefix: prefix})
	if content, err := store.Read(t.Context(), "jitsi"); content != nil || err != nil {
		t.Fatalf("got %s and %v, want nothing", content, err)
	}
	for _, want := range []string{`{"a":1}`, `{"a":2}`} {
		if err := store.Write(t.Context(), "jitsi", []byte(want)); err != nil {
			t.Fatal(err)
		}
		if content, err := store.Read(t.Context(), "jitsi"); string(content) != want || err != nil {
			t.Errorf("got %s and %v, want %s", content, err, want)
		}
	}
	client := secretsmanager.NewFromConfig(cloud)
	out, err := client.DescribeSecret(t.Context(), &secretsmanager.DescribeSecretInput{SecretId: aws.String(prefix + "/jitsi")})
	if err != nil {
		t.Fatal(err)
	}
	if len(out.Tags) != 1 || *out.Tags[0].Key != secretstore.Tag || *out.Tags[0].Value != secretstore.TagValue {
		t.Errorf("got tags %v", out.Tags)
	}
	old, err := client.GetSecretValue(t.Context(), &secretsmanager.GetSecretValueInput{SecretId: out.Name, VersionStage: aws.String("AWSPREVIOUS")})
	if err != nil || *old.SecretString != `{"a":1}` {
		t.Errorf("got %v before, want the first version", err)
	}
}

// TestManager_FailsOnlyWhereNothingIsWritten has the caller refused one action: who is told of an error throws a new key away.
func TestManager_FailsOnlyWhereNothingIsWritten(t *testing.T) {
	t.Parallel()
	endpoint, prefix := moto.Start(t), moto.Prefix(t)
	emulator, err := url.Parse(endpoint)
	if err != nil {
		t.Fatal(err)
	}
	store := secretstore.NewManager(secretstore.ManagerOptions{AWS: account(endpoint), Prefix: prefix})
	if err := store.Write(t.Context(), "api-keys", []byte(`{"a":1}`)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ action, kmsKey string }{
		{"TagResource", ""}, {"PutSecretValue", ""}, {"UpdateSecret", "arn:aws:kms:eu-central-1:123456789012:key/first"},
	} {
		proxy := httputil.NewSingleHostReverseProxy(emulator)
		served := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("X-Amz-Target") != "secretsmanager."+c.action {
				proxy.ServeHTTP(w, r)
				return
			}
			w.Header().Set("Content-Type", "application/x-amz-json-1.1")
			w.WriteHeader(http.StatusBadRequest)
			_, _ = w.Write([]byte(`{"__type": "AccessDeniedException"}`))
		}))
		t.Cleanup(served.Close)
		refused := secretstore.NewManager(secretstore.ManagerOptions{AWS: account(served.URL), Prefix: prefix, KMSKey: c.kmsKey})
		err := refused.Write(t.Context(), "api-keys", []byte(`{"a":2}`))
		if err == nil || !strings.Contains(err.Error(), "secretsmanager:"+c.action) {
			t.Errorf("without %s: got %v, want an error that names it", c.action, err)
		}
		if content, err := store.Read(t.Context(), "api-keys"); string(content) != `{"a":1}` || err != nil {
			t.Errorf("without %s: got %s and %v, want the secret as it was", c.action, content, err)
		}
	}
}

func TestManager_UsesTheKeyItIsGiven(t *testing.T) {
	t.Parallel()
	cloud, prefix := account(moto.Start(t)), moto.Prefix(t)
	const first, second = "arn:aws:kms:eu-central-1:123456789012:key/first", "arn:aws:kms:eu-central-1:123456789012:key/second"
	client := secretsmanager.NewFromConfig(cloud)
	for _, c := range []struct{ given, want string }{{first, first}, {"", first}, {second, second}} {
		store := secretstore.NewManager(secretstore.ManagerOptions{AWS: cloud, Prefix: prefix, KMSKey: c.given})
		if err := store.Write(t.Context(), "jitsi", []byte(`{"for":"`+c.given+`"}`)); err != nil {
			t.Fatal(err)
		}
		out, err := client.DescribeSecret(t.Context(), &secretsmanager.DescribeSecretInput{SecretId: aws.String(prefix + "/jitsi")})
		if err != nil || aws.ToString(out.KmsKeyId) != c.want {
			t.Errorf("given %q: got key %q and %v, want %q", c.given, aws.ToString(out.KmsKeyId), err, c.want)
		}
	}
}

func TestManager_SaysOfAWSWhatToDo(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]string{
		"AccessDeniedException": "may not do secretsmanager:GetSecretValue on the secret gavel/jitsi", "InvalidRequestException": "restore-secret",
		"UnrecognizedClientException": "clock", "ExpiredTokenException": "log in again", "DecryptionFailure": "KMS key", "Odd": "AWS answered Odd",
	} {
		served := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/x-amz-json-1.1")
			w.WriteHeader(http.StatusBadRequest)
			_, _ = w.Write([]byte(`{"__type": "` + code + `", "message": "User: arn:aws:iam::123456789012:user/ada is not ` + hush + `"}`))
		}))
		t.Cleanup(served.Close)
		store := secretstore.NewManager(secretstore.ManagerOptions{AWS: account(served.URL), Prefix: "gavel"})
		_, readErr := store.Read(t.Context(), "jitsi")
		writeErr := store.Write(t.Context(), "jitsi", []byte(`{"x": "`+hush+`"}`))
		for _, err := range []error{readErr, writeErr} {
			if err == nil || strings.Contains(err.Error(), hush) || strings.Contains(err.Error(), "ada") {
				t.Errorf("%s: got %v, want words without what AWS said", code, err)
			}
		}
		if readErr != nil && !strings.Contains(readErr.Error(), want) {
			t.Errorf("%s: got %v, want %q in it", code, readErr, want)
		}
	}
}

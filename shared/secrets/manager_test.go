package secrets_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"gavel/local/moto"
	"gavel/shared/secrets"
)

// account is an AWS account with Secrets Manager, and a Manager that reads below a prefix of its own.
type account struct {
	*secretsmanager.Client
	manager *secrets.Manager
	prefix  string
}

func newAccount(t *testing.T) account {
	t.Helper()
	endpoint, prefix := moto.Start(t), moto.Prefix(t)
	return account{
		Client: secretsmanager.New(secretsmanager.Options{
			Region: "eu-central-1", BaseEndpoint: aws.String(endpoint), Credentials: aws.CredentialsProviderFunc(staticCredentials),
		}),
		manager: secrets.NewManager(secrets.ManagerOptions{
			Prefix: prefix, Region: "eu-central-1", Endpoint: endpoint, Credentials: aws.CredentialsProviderFunc(staticCredentials),
		}),
		prefix: prefix,
	}
}

func (a account) id(name string) *string { return aws.String(a.prefix + "/" + name) }

// create makes a secret and returns its version.
func (a account) create(t *testing.T, name, content string) (version string) {
	t.Helper()
	out, err := a.CreateSecret(t.Context(), &secretsmanager.CreateSecretInput{Name: a.id(name), SecretString: &content})
	if err != nil {
		t.Fatal(err)
	}
	return *out.VersionId
}

// put writes a new version, with the given labels or else AWSCURRENT, and returns it.
func (a account) put(t *testing.T, name, content string, labels ...string) (version string) {
	t.Helper()
	out, err := a.PutSecretValue(t.Context(), &secretsmanager.PutSecretValueInput{
		SecretId: a.id(name), SecretString: &content, VersionStages: labels,
	})
	if err != nil {
		t.Fatal(err)
	}
	return *out.VersionId
}

func (a account) read(t *testing.T, name string) secrets.Raw {
	t.Helper()
	raw, err := a.manager.Read(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func (a account) readFails(t *testing.T, name, want string) {
	t.Helper()
	_, err := a.manager.Read(t.Context(), name)
	if got := known(t, err, a.prefix+"/"+name); got.Reason != want || got.Passing || got.Cause == nil {
		t.Errorf("got %q, passing %t, cause %v, want %q for good, with a cause", got.Reason, got.Passing, got.Cause, want)
	}
}

func TestManager_MissingSecret(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	a.create(t, "jaas/b", hush)
	a.readFails(t, "jaas/a", "it does not exist")
	if got, want := a.manager.FullName("jaas/a"), a.prefix+"/jaas/a"; got != want {
		t.Errorf("FullName: got %q, want %q", got, want)
	}
}

func TestManager_SecretWithoutAVersion(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	if _, err := a.CreateSecret(t.Context(), &secretsmanager.CreateSecretInput{Name: a.id("jaas/a")}); err != nil {
		t.Fatal(err)
	}
	a.readFails(t, "jaas/a", "it does not exist")
}

func TestManager_SecretMarkedForDeletion(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	a.create(t, "jaas/a", hush)
	if _, err := a.DeleteSecret(t.Context(), &secretsmanager.DeleteSecretInput{SecretId: a.id("jaas/a")}); err != nil {
		t.Fatal(err)
	}
	a.readFails(t, "jaas/a", "it is marked for deletion or has no current version")
	if _, err := a.RestoreSecret(t.Context(), &secretsmanager.RestoreSecretInput{SecretId: a.id("jaas/a")}); err != nil {
		t.Fatal(err)
	}
	if got := string(a.read(t, "jaas/a").Bytes()); got != hush {
		t.Errorf("when restored: got %q, want %q", got, hush)
	}
}

func TestManager_ReadsText(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	const content = `{"keyId":"k1","note":"Zoë \n <&>"}`
	version := a.create(t, "jaas/vpaas-magic-cookie-1", content)
	raw := a.read(t, "jaas/vpaas-magic-cookie-1")
	if string(raw.Bytes()) != content || raw.Version != version {
		t.Errorf("got %q of version %q, want %q of %q", raw.Bytes(), raw.Version, content, version)
	}
}

func TestManager_ReadsBinary(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	const content = "\x00\xff binary"
	if _, err := a.CreateSecret(t.Context(), &secretsmanager.CreateSecretInput{Name: a.id("key"), SecretBinary: []byte(content)}); err != nil {
		t.Fatal(err)
	}
	if raw := a.read(t, "key"); string(raw.Bytes()) != content || raw.Version == "" {
		t.Errorf("got %q of version %q, want %q of some version", raw.Bytes(), raw.Version, content)
	}
}

func TestManager_ReadsTheCurrentVersionOnly(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	is := func(content, version string) {
		t.Helper()
		if raw := a.read(t, "jaas/a"); string(raw.Bytes()) != content || raw.Version != version {
			t.Errorf("got %q of version %q, want %q of %q", raw.Bytes(), raw.Version, content, version)
		}
	}
	one := a.create(t, "jaas/a", "one")
	is("one", one)
	a.put(t, "jaas/a", "pending", "AWSPENDING")
	is("one", one)
	two := a.put(t, "jaas/a", "two") // one is AWSPREVIOUS now
	is("two", two)
}

func TestManager_RotationReachesTheCache(t *testing.T) {
	t.Parallel()
	a, clock := newAccount(t), newClock()
	c := secrets.NewCache(a.manager, ttl, clock.Now, parse)
	one := a.create(t, "jaas/a", "one")
	used, err := c.Get(t.Context(), "jaas/a")
	if err != nil || used.Value != "one" || used.Version != one {
		t.Fatalf("got %v, %v, want one", used, err)
	}
	if same, err := c.Refresh(t.Context(), "jaas/a", used); err != nil || same != used {
		t.Errorf("Refresh before the rotation: got %v, %v, want the same pointer", same, err)
	}

	two := a.put(t, "jaas/a", "two")
	if kept, err := c.Get(t.Context(), "jaas/a"); err != nil || kept != used {
		t.Errorf("Get within the time: got %v, %v, want the old one", kept, err)
	}
	fresh, err := c.Refresh(t.Context(), "jaas/a", used)
	if err != nil || fresh.Value != "two" || fresh.Version != two {
		t.Errorf("Refresh: got %v, %v, want two", fresh, err)
	}

	three := a.put(t, "jaas/a", "three")
	clock.Step(ttl)
	if kept, err := c.Get(t.Context(), "jaas/a"); err != nil || kept.Value != "three" || kept.Version != three {
		t.Errorf("Get after the time: got %v, %v, want three", kept, err)
	}
}

package dynamodb_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsdynamodb "github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"gavel/local/dynamodb"
)

func TestStart_SharesOneServer(t *testing.T) {
	t.Parallel()
	if got, want := dynamodb.Start(t), dynamodb.Start(t); got != want {
		t.Errorf("second Start: got %s, want %s", got, want)
	}
}

func TestTable_IsThereUntilTheTestIsOver(t *testing.T) { //nolint:tparallel // what follows the test in it is the point
	t.Parallel()
	var endpoint, name string
	t.Run("a test", func(t *testing.T) {
		endpoint, name = dynamodb.Table(t)
		other := dynamodb.CreateTable(t, endpoint)
		if got := tables(t, endpoint); !slices.Contains(got, name) || !slices.Contains(got, other) || name == other {
			t.Errorf("during the test: got tables %q, want %s and %s among them", got, name, other)
		}
	})
	if endpoint == "" {
		t.Skip("as the test above")
	}
	if got := tables(t, endpoint); slices.Contains(got, name) {
		t.Errorf("after the test: got tables %q, want no %s", got, name)
	}
}

func TestTable_ItemsExpireByE(t *testing.T) {
	t.Parallel()
	endpoint, name := dynamodb.Table(t)
	out, err := newClient(endpoint).DescribeTimeToLive(t.Context(), &awsdynamodb.DescribeTimeToLiveInput{TableName: &name})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := aws.ToString(out.TimeToLiveDescription.AttributeName), "e"; got != want {
		t.Errorf("got the attribute %q, want %q", got, want)
	}
}

// The server must not outlive its test process, not even one that is killed before it can clean up.
func TestStart_EndsWithAKilledProcess(t *testing.T) {
	t.Parallel()
	dynamodb.Start(t) // skips if there is none to be had
	helper := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestHelperHoldsServer$", "-test.v")
	helper.Env = append(os.Environ(), "GAVEL_TEST_HOLD_SERVER=1")
	if _, err := helper.StdinPipe(); err != nil { // held open for as long as this process lives
		t.Fatal(err)
	}
	stdout, err := helper.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := helper.Start(); err != nil {
		t.Fatal(err)
	}
	conn := dial(t, readEndpoint(t, stdout))

	if err := helper.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = helper.Wait() // "signal: killed"

	// The connection ends when, and only when, the server does.
	_, err = conn.Read(make([]byte, 1))
	if !errors.Is(err, io.EOF) && !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("read from the server of a killed process: got %v, want the end of the connection", err)
	}
}

// TestHelperHoldsServer is no test: another one runs it in a process of its own, to kill that.
func TestHelperHoldsServer(t *testing.T) { //nolint:paralleltest // it ends with its process
	if os.Getenv("GAVEL_TEST_HOLD_SERVER") == "" {
		t.Skip("a helper of TestStart_EndsWithAKilledProcess")
	}
	t.Logf("endpoint=%s", dynamodb.Start(t))
	_, _ = io.Copy(io.Discard, os.Stdin) // until the other process ends, or kills this one
}

func tables(t *testing.T, endpoint string) []string {
	t.Helper()
	out, err := newClient(endpoint).ListTables(t.Context(), &awsdynamodb.ListTablesInput{})
	if err != nil {
		t.Fatal(err)
	}
	return out.TableNames
}

func newClient(endpoint string) *awsdynamodb.Client {
	return awsdynamodb.New(awsdynamodb.Options{
		Region:       "us-east-1",
		BaseEndpoint: aws.String(endpoint),
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}, nil
		}),
	})
}

func readEndpoint(t *testing.T, output io.Reader) string {
	t.Helper()
	for lines := bufio.NewScanner(output); lines.Scan(); {
		if _, endpoint, found := strings.Cut(lines.Text(), "endpoint="); found {
			return endpoint
		}
	}
	t.Fatal("the helper printed no endpoint")
	return ""
}

func dial(t *testing.T, endpoint string) net.Conn {
	t.Helper()
	address, err := url.Parse(endpoint)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", address.Host)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	return conn
}

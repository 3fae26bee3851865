package functions_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"gavel/local/moto"
	"gavel/local/permissions"
)

// recorder stands in front of all AWS services that the functions of these tests use.
var recorder permissions.Recorder

// secretsKey is a key of KMS for the secrets, so that policies have their statements about it. moto cannot leave out what
// is none.
const secretsKey = "arn:aws:kms:us-east-1:123456789012:key/0000"

// deployed is the stack of template.yaml on moto, made once for all tests.
var deployed = sync.OnceValues(func() (moto.Stack, error) {
	endpoint, err := moto.Run()
	if err != nil {
		return moto.Stack{}, err
	}
	front, err := recorder.InFrontOf(endpoint)
	if err != nil {
		return moto.Stack{}, err
	}
	name := "gavel-" + strconv.Itoa(os.Getpid())
	return moto.Deploy(context.Background(), endpoint, name, filepath.Join("..", "template.yaml"), map[string]string{
		"AwsEndpointUrl": front, "SecretPrefix": name, "SecretsKmsKeyArn": secretsKey, "RoomsJaasAppId": tenant,
	})
})

// deployedStack gives it. Without Python the test is skipped.
func deployedStack(t *testing.T) moto.Stack {
	t.Helper()
	moto.Start(t)
	s, err := deployed()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// started numbers the processes of functions.
var started atomic.Int64

// recorded has the requests of a function noted and, when the test is over, held against its policies. It gives the
// settings with which that is so.
func recorded(t *testing.T, operation string, settings []string) []string {
	t.Helper()
	changed := slices.Clone(settings)
	for i, pair := range changed {
		name, value, _ := strings.Cut(pair, "=")
		if !strings.HasPrefix(name, "AWS_ENDPOINT_URL") || !strings.HasPrefix(value, "http://") {
			continue
		}
		front, err := recorder.InFrontOf(value)
		if err != nil {
			t.Fatal(err)
		}
		changed[i] = name + "=" + front
	}
	// DynamoDB Local takes letters and digits alone.
	accessKey := strings.ReplaceAll(operation, "-", "") + strconv.FormatInt(started.Add(1), 10)
	t.Cleanup(func() { mayDo(t, operation, accessKey, settings) })
	return append(changed, "AWS_ACCESS_KEY_ID="+accessKey, "AWS_SECRET_ACCESS_KEY=test", "AWS_SESSION_TOKEN=")
}

// mayDo holds what a function asked for against the policies that the template gives it.
func mayDo(t *testing.T, operation, accessKey string, settings []string) {
	t.Helper()
	calls, err := recorder.Calls(accessKey)
	if err != nil {
		t.Errorf("a request to AWS was not understood: %v", err)
	}
	if len(calls) == 0 || !hasMoto() {
		return
	}
	s, err := deployed()
	if err != nil {
		t.Fatal(err)
	}
	function := s.Functions[camelCase(operation)]
	for _, call := range calls {
		call.Resource = asDeployed(call.Resource, settings, function.Environment)
		allowed := false
		for policy, statements := range function.Policies {
			yes, err := permissions.Allowed(statements, call)
			if err != nil {
				t.Fatal(err)
			}
			if yes {
				allowed = true
				used.note(operation, policy, statements, call)
			}
		}
		if !allowed {
			t.Errorf("%s called %s on %s with %v, which its policies do not allow", operation, call.Action, call.Resource, call.Context)
		}
	}
}

// hasMoto says whether there is one. In CI there must be.
func hasMoto() bool {
	_, err := moto.Run()
	return err == nil || os.Getenv("CI") == "true"
}

// asDeployed puts the names that the template gives to things in the place of those of a test.
func asDeployed(resource string, settings []string, environment map[string]string) string {
	here := map[string]string{"GAVEL_SECRET_PREFIX": "gavel"}
	for _, pair := range settings {
		name, value, _ := strings.Cut(pair, "=")
		here[name] = value
	}
	for name, around := range map[string][2]string{
		"GAVEL_TABLE": {":table/", ""}, "GAVEL_FILES_BUCKET": {":::", ""}, "GAVEL_SECRET_PREFIX": {":secret:", "/"},
		"GAVEL_SCHEDULE_GROUP": {":schedule/", "/"}, "GAVEL_EVENT_BUS": {":event-bus/", ""}, "GAVEL_SCHEDULE_ROLE_ARN": {"", ""},
	} {
		if value := here[name]; value != "" {
			resource = strings.Replace(resource, around[0]+value+around[1], around[0]+environment[name]+around[1], 1)
		}
	}
	return resource
}

// usage is which actions of which policies the functions made use of, and on which partitions.
type usage struct {
	mu   sync.Mutex
	seen map[string]bool // by operation and policy, and by permission
}

var used = usage{seen: map[string]bool{}}

func (u *usage) note(operation, policy string, statements []permissions.Statement, call permissions.Call) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.seen[operation+" "+policy] = true
	for _, granted := range granted(statements) {
		asked := func(key string) bool { return strings.HasPrefix(key, strings.TrimSuffix(granted.partitions, "*")) }
		keys := call.Context["dynamodb:LeadingKeys"]
		if strings.EqualFold(granted.action, call.Action) && (granted.partitions == "" || slices.ContainsFunc(keys, asked)) {
			u.seen[granted.of(policy)] = true
		}
	}
}

// permission is an action, and where it is one on items of the table the partitions that one pattern names.
type permission struct{ action, partitions string }

func (p permission) of(policy string) string {
	if p.partitions == "" {
		return p.action + " of " + policy
	}
	return p.action + " of " + policy + " on " + p.partitions
}

func granted(statements []permissions.Statement) []permission {
	var all []permission
	for _, statement := range statements {
		patterns := statement.Condition["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]
		if len(patterns) == 0 {
			patterns = permissions.Texts{""}
		}
		for _, action := range statement.Action {
			for _, pattern := range patterns {
				all = append(all, permission{action, pattern})
			}
		}
	}
	return all
}

// notSeen are permissions that no test can see used.
var notSeen = map[string]string{
	"kms:Decrypt":               "Secrets Manager makes that call with the function's right",
	"sqs:SendMessage":           "Lambda makes that call with the function's right",
	"dynamodb:DescribeStream":   "likewise",
	"dynamodb:GetRecords":       "likewise",
	"dynamodb:GetShardIterator": "likewise",
	"dynamodb:ListStreams":      "likewise",
	"logs:CreateLogStream":      "likewise",
	"logs:PutLogEvents":         "likewise",
	"s3:DeleteObject":           "a file is removed a day after it was announced",
}

// report says which permissions no test needed. It means something only after all of them, and in CI it is an error then: a
// permission that nothing needs is one too many.
func (u *usage) report(out io.Writer) error {
	if run := flag.Lookup("test.run"); run.Value.String() != "" || !hasMoto() {
		return nil
	}
	s, err := deployed()
	if err != nil {
		return err
	}
	idle := map[string]bool{}
	for id, function := range s.Functions {
		for policy, statements := range function.Policies {
			for _, p := range granted(statements) {
				if notSeen[p.action] != "" {
					continue
				}
				if !u.seen[p.of(policy)] {
					idle["by any function: "+p.of(policy)] = true
				}
				if !u.ofFunction(id, policy) {
					idle["by "+id+": "+policy] = true
				}
			}
		}
	}
	for _, line := range slices.Sorted(maps.Keys(idle)) {
		_, _ = fmt.Fprintln(out, "not needed in these tests", line)
	}
	if len(idle) > 0 && os.Getenv("CI") == "true" {
		return errIdle
	}
	return nil
}

var errIdle = errors.New("there are permissions that no test needs")

func (u *usage) ofFunction(id, policy string) bool {
	for seen := range u.seen {
		if operation, rest, _ := strings.Cut(seen, " "); rest == policy && camelCase(operation) == id {
			return true
		}
	}
	return false
}

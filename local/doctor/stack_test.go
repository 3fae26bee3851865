package main

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/http/httputil"
	neturl "net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	ddb "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"

	"gavel/local/moto"
	"gavel/local/permissions"
	"gavel/local/secretstore"
	"gavel/shared/auth"
	"gavel/shared/jaas"
	"gavel/shared/jitsi"
	"gavel/shared/openmeetings"
	"gavel/shared/veeting"
)

// cloud is an emulated account with a stack in it. The emulator has no CloudFormation here, so that what the doctor asks of it is
// answered as its reference shows; the table, the bucket and the secrets are the emulator's.
type cloud struct {
	*patient

	aws    aws.Config
	stack  string // also the name of its table and bucket
	state  string
	params map[string]string
	denied []string // words of requests that are refused
}

func at(endpoint string) aws.Config {
	return aws.Config{
		Region: "eu-central-1", BaseEndpoint: &endpoint,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AKID", SecretAccessKey: hush}, nil
		}),
	}
}

// newCloud makes an account in which all is as the template has it, with the API at url.
func newCloud(t *testing.T, url string, parameters map[string]string) *cloud {
	t.Helper()
	c := &cloud{patient: newPatient(t), stack: moto.Prefix(t), state: "CREATE_COMPLETE", params: map[string]string{}}
	c.params["SecretPrefix"], c.params["JaasBaseUrl"], c.params["ApiUrl"] = c.stack, url, url
	maps.Copy(c.params, parameters)
	emulator, err := neturl.Parse(moto.Start(t))
	if err != nil {
		t.Fatal(err)
	}
	c.aws = at(plain(t, c.front(httputil.NewSingleHostReverseProxy(emulator))))
	c.cloud = func(context.Context, string, string) (aws.Config, error) { return c.aws, nil }
	_, err = c.dynamo().CreateTable(t.Context(), &dynamodb.CreateTableInput{
		TableName: &c.stack, BillingMode: ddb.BillingModePayPerRequest, DeletionProtectionEnabled: aws.Bool(true),
		AttributeDefinitions: []ddb.AttributeDefinition{{AttributeName: aws.String("pk"), AttributeType: ddb.ScalarAttributeTypeS}},
		KeySchema:            []ddb.KeySchemaElement{{AttributeName: aws.String("pk"), KeyType: ddb.KeyTypeHash}},
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.s3().CreateBucket(t.Context(), &s3.CreateBucketInput{
		Bucket: &c.stack, CreateBucketConfiguration: &s3types.CreateBucketConfiguration{LocationConstraint: "eu-central-1"},
	})
	if err != nil {
		t.Fatal(err)
	}
	c.setTimeToLive("e")
	c.setRecovery(true)
	c.block(true)
	return c
}

// front answers for CloudFormation, refuses what is denied, and passes the rest on. AWS names people when it refuses.
func (c *cloud) front(emulator http.Handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		target := r.Header.Get("X-Amz-Target")
		asked := target + " " + r.URL.RawQuery + " " + r.Header.Get("Authorization")
		denied := slices.ContainsFunc(c.denied, func(word string) bool { return strings.Contains(asked, word) })
		switch {
		case denied && target != "":
			w.WriteHeader(http.StatusBadRequest)
			_, _ = w.Write([]byte(`{"__type": "AccessDeniedException", "message": "user/` + hush + ` may not"}`))
		case denied && strings.Contains(asked, "/s3/"):
			w.WriteHeader(http.StatusForbidden)
			_, _ = w.Write([]byte(`<Error><Code>AccessDenied</Code><Message>user/` + hush + ` may not</Message></Error>`))
		case denied:
			w.WriteHeader(http.StatusForbidden)
			_, _ = w.Write([]byte(`<ErrorResponse><Error><Code>AccessDenied</Code><Message>user/` + hush + ` may not</Message></Error></ErrorResponse>`))
		case strings.Contains(asked, "/cloudformation/"):
			c.cloudformation(w, r)
		default:
			emulator.ServeHTTP(w, r)
		}
	}
}

// cloudformation answers DescribeStacks and ListStackResources
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html).
func (c *cloud) cloudformation(w http.ResponseWriter, r *http.Request) {
	if r.FormValue("StackName") != c.stack {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = fmt.Fprint(w, `<ErrorResponse><Error><Code>ValidationError</Code><Message>Stack with id none does not exist</Message></Error></ErrorResponse>`)
		return
	}
	if r.FormValue("Action") == "ListStackResources" {
		_, _ = fmt.Fprint(w, `<ListStackResourcesResponse><ListStackResourcesResult><StackResourceSummaries><member>
			<ResourceType>AWS::IAM::Role</ResourceType><LogicalResourceId>SystemAuthorizerRole</LogicalResourceId>
			<PhysicalResourceId>role</PhysicalResourceId><ResourceStatus>CREATE_COMPLETE</ResourceStatus>
			</member></StackResourceSummaries></ListStackResourcesResult></ListStackResourcesResponse>`)
		return
	}
	var parameters strings.Builder
	for name, value := range c.params {
		fmt.Fprintf(&parameters, "<member><ParameterKey>%s</ParameterKey><ParameterValue>%s</ParameterValue></member>", name, value)
	}
	_, _ = fmt.Fprintf(w, `<DescribeStacksResponse><DescribeStacksResult><Stacks><member>
		<StackName>%[1]s</StackName><StackStatus>%[2]s</StackStatus><Parameters>%[3]s</Parameters><Outputs>
		<member><OutputKey>ApiUrl</OutputKey><OutputValue>%[4]s</OutputValue></member>
		<member><OutputKey>StateTable</OutputKey><OutputValue>%[1]s</OutputValue></member>
		<member><OutputKey>FilesBucket</OutputKey><OutputValue>%[1]s</OutputValue></member>
		</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`, c.stack, c.state, parameters.String(), c.params["ApiUrl"])
}

func (c *cloud) setTimeToLive(attribute string) {
	c.t.Helper()
	_, err := c.dynamo().UpdateTimeToLive(c.t.Context(), &dynamodb.UpdateTimeToLiveInput{
		TableName:               &c.stack,
		TimeToLiveSpecification: &ddb.TimeToLiveSpecification{AttributeName: &attribute, Enabled: aws.Bool(true)},
	})
	if err != nil {
		c.t.Fatal(err)
	}
}

func (c *cloud) block(policy bool) {
	c.t.Helper()
	_, err := c.s3().PutPublicAccessBlock(c.t.Context(), &s3.PutPublicAccessBlockInput{
		Bucket: &c.stack,
		PublicAccessBlockConfiguration: &s3types.PublicAccessBlockConfiguration{
			BlockPublicAcls: aws.Bool(true), IgnorePublicAcls: aws.Bool(true), BlockPublicPolicy: &policy, RestrictPublicBuckets: &policy,
		},
	})
	if err != nil {
		c.t.Fatal(err)
	}
}

func (c *cloud) setRecovery(on bool) {
	c.t.Helper()
	_, err := c.dynamo().UpdateContinuousBackups(c.t.Context(), &dynamodb.UpdateContinuousBackupsInput{
		TableName: &c.stack, PointInTimeRecoverySpecification: &ddb.PointInTimeRecoverySpecification{PointInTimeRecoveryEnabled: &on},
	})
	if err != nil {
		c.t.Fatal(err)
	}
}

func (c *cloud) dynamo() *dynamodb.Client { return dynamodb.NewFromConfig(c.aws) }

func (c *cloud) s3() *s3.Client {
	return s3.NewFromConfig(c.aws, func(o *s3.Options) { o.UsePathStyle = true })
}

func (c *cloud) put(name string, content any, kmsKey string) {
	c.t.Helper()
	store := secretstore.NewManager(secretstore.ManagerOptions{AWS: c.aws, Prefix: c.stack, KMSKey: kmsKey})
	if err := store.Write(c.t.Context(), name, raw(c.t, content).Bytes()); err != nil {
		c.t.Fatal(err)
	}
}

func (c *cloud) args() []string { return []string{"-stack", c.stack} }

func TestStack_ThatIsWell(t *testing.T) {
	t.Parallel()
	url := newPatient(t).running("")
	c := newCloud(t, url.URL()+"/local/sandbox/jaas/v1/_jaas", map[string]string{"ApiUrl": url.URL()})
	c.hidden = append(c.hidden, url.Info().APIKey)
	_, entry := auth.NewAPIKey("crm", []string{"jaas"})
	c.put("api-keys", auth.APIKeyList{Keys: []auth.APIKeyEntry{entry}}, "")
	c.put("openmeetings", account(url.URL()+"/local/sandbox/openmeetings"), "")
	_, printed := c.sees(c.args()...)
	for _, want := range []string{
		"ok AWS credentials: good for account 123456789012, in eu-central-1", "ok clock: within 10 s of that of AWS", "ok stack: " + c.stack + " is CREATE_COMPLETE",
		"ok table: ", "ok table's time to live: it is on", "ok table's point-in-time recovery: it is on", "ok bucket: …closed to the public",
		"warn alarms: they ring in the console alone",
		"ok secrets: there are 2 below " + c.stack + "/", "ok API key crm", "ok secret openmeetings", "skip permissions: what the functions may do cannot be seen",
		"ok API: 127.0.0.1", "ok API without a key", "ok OpenMeetings",
	} {
		if !hasLine(printed, want) {
			t.Errorf("got\n%s\nwant a line with %q", printed, want)
		}
	}
}

func TestStack_ThatIsNotThere(t *testing.T) {
	t.Parallel()
	c := newCloud(t, "http://127.0.0.1:1", nil)
	c.ill([]string{"-stack", "none"}, "fix stack: there is no stack none in this account and region")
	c.denied = []string{"/cloudformation/"}
	c.ill(c.args(), "fix stack: these credentials may not do cloudformation:DescribeStacks")
	newPatient(t).ill([]string{"-stack", "gavel"}, "fix AWS credentials: no AWS here")
}

func TestStack_WithoutSecrets(t *testing.T) {
	t.Parallel()
	c := newCloud(t, "http://127.0.0.1:1", nil)
	c.ill(c.args(), "fix secrets: there are none below "+c.stack+"/")
	stack := c.stack
	c.stack += "-x"
	c.put("api-keys", auth.APIKeyList{}, "")
	c.stack = stack
	c.ill(c.args(), "fix secrets: there are none below "+c.stack+"/, which is the stack's SecretPrefix, but there is ")
}

// Where a parameter says that rooms meet somewhere, the secret of that place is not left out on purpose.
func TestStack_WhoseRoomsHaveNowhereToMeet(t *testing.T) {
	t.Parallel()
	c := newCloud(t, "http://127.0.0.1:1", map[string]string{"RoomsJaasAppId": appID, "RoomsVeetingUser": "organizer@example.org"})
	c.put("openmeetings", account("http://127.0.0.1:1"), "")
	c.ill(c.args(), "fix rooms on JaaS: they are to meet in the tenant "+appID+"…no secret of it", "fix rooms on Veeting: …no secret of Veeting")
	c.put("jaas/"+appID, everything(t, "")["jaas/"+appID], "")
	for _, level := range []string{"instance", "account"} {
		c.put("veeting", map[string]string{"baseUrl": "http://127.0.0.1:1", "apiKey": hush, "level": level}, "")
		want := map[string]string{"instance": "fix rooms on Veeting: the secret has no joinUrl", "account": "fix rooms on Veeting: …a key of an account"}[level]
		if _, printed := c.sees(c.args()...); !hasLine(printed, want) || hasLine(printed, "fix rooms on JaaS") {
			t.Errorf("%s: got\n%s\nwant %q, and nothing of JaaS", level, printed, want)
		}
	}
	path := c.secrets(map[string]any{"openmeetings": account("http://127.0.0.1:1")})
	c.env["GAVEL_ROOMS_JAAS_APP_ID"], c.env["GAVEL_ROOMS_VEETING_USER"] = appID, "organizer@example.org"
	c.ill([]string{"-secrets", path, "-offline"}, "fix rooms on JaaS", "fix rooms on Veeting")
}

func TestStack_WithAKeyThatTheFunctionsMayNotUse(t *testing.T) {
	t.Parallel()
	const key = "arn:aws:kms:eu-central-1:123456789012:key/0123"
	c := newCloud(t, "http://127.0.0.1:1", nil)
	c.put("openmeetings", account("http://127.0.0.1:1"), key)
	c.ill(c.args(), "fix secret openmeetings: it is encrypted with a KMS key", "fix api-keys: there are none", "fix OpenMeetings: 127.0.0.1:1")
	c = newCloud(t, "http://127.0.0.1:1", map[string]string{"SecretsKmsKeyArn": key, "AlarmTopicArn": "arn:aws:sns:eu-central-1:123456789012:ops"})
	c.put("openmeetings", account("http://127.0.0.1:1"), key)
	if _, printed := c.sees(c.args()...); hasLine(printed, "fix secret openmeetings") || hasLine(printed, "warn alarms") {
		t.Errorf("got\n%s\nwant nothing about the key, nor about alarms", printed)
	}
}

func TestStack_WhoseStateIsNotSafe(t *testing.T) {
	t.Parallel()
	c := newCloud(t, "http://127.0.0.1:1", nil)
	c.block(false)
	c.setRecovery(false)
	_, err := c.dynamo().UpdateTable(t.Context(), &dynamodb.UpdateTableInput{TableName: &c.stack, DeletionProtectionEnabled: aws.Bool(false)})
	if err != nil {
		t.Fatal(err)
	}
	c.setTimeToLive("other")
	c.ill(c.args(), "warn table: …deletion protection", "fix table's time to live", "fix table's point-in-time recovery", "fix bucket: …can be made public")
	if _, err := c.s3().DeletePublicAccessBlock(t.Context(), &s3.DeletePublicAccessBlockInput{Bucket: &c.stack}); err != nil {
		t.Fatal(err)
	}
	c.ill(c.args(), "fix bucket: …can be made public")
	if _, err := c.dynamo().DeleteTable(t.Context(), &dynamodb.DeleteTableInput{TableName: &c.stack}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.s3().DeleteBucket(t.Context(), &s3.DeleteBucketInput{Bucket: &c.stack}); err != nil {
		t.Fatal(err)
	}
	c.ill(c.args(), "fix table: …is not there", "fix bucket: …is not there")
}

func TestStack_ThatThisCallerMayNotSee(t *testing.T) {
	t.Parallel()
	c := newCloud(t, "http://127.0.0.1:1", nil)
	_, entry := auth.NewAPIKey("crm", []string{"jaas"})
	c.put("api-keys", auth.APIKeyList{Keys: []auth.APIKeyEntry{entry}}, "")
	c.denied = []string{"DynamoDB", "publicAccessBlock", "secretsmanager.ListSecrets", "/iam/"}
	c.ill(c.args(), "skip table: these credentials may not do dynamodb:DescribeTable", "skip bucket: these credentials may not do s3:GetBucketPublicAccessBlock",
		"skip secrets: these credentials may not do secretsmanager:ListSecrets", "skip permissions: …iam:SimulatePrincipalPolicy")
	c.denied = []string{"secretsmanager.GetSecretValue"}
	c.ill(c.args(), "skip secret api-keys: these credentials may not do secretsmanager:GetSecretValue")
	c.denied = []string{"/sts/"}
	c.ill(c.args(), "fix AWS credentials")
}

// TestStack_PermissionsOfTheFunctions has IAM answer as its reference shows; the emulator has no simulation.
func TestStack_PermissionsOfTheFunctions(t *testing.T) {
	t.Parallel()
	for decision, want := range map[string]string{
		"<EvalDecision>allowed</EvalDecision>":      "ok permission of SystemAuthorizer: secretsmanager:GetSecretValue",
		"<EvalDecision>implicitDeny</EvalDecision>": "fix permission of SystemAuthorizer: it may not do secretsmanager:GetSecretValue: the template's policy",
		"<EvalDecision>explicitDeny</EvalDecision>": "fix permission of SystemAuthorizer: …a policy forbids it",
		"<EvalDecision>implicitDeny</EvalDecision><OrganizationsDecisionDetail><AllowedByOrganizations>false</AllowedByOrganizations></OrganizationsDecisionDetail>":                         "fix permission of SystemAuthorizer: …the organization",
		"<EvalDecision>implicitDeny</EvalDecision><PermissionsBoundaryDecisionDetail><AllowedByPermissionsBoundary>false</AllowedByPermissionsBoundary></PermissionsBoundaryDecisionDetail>": "fix permission of SystemAuthorizer: …boundary",
	} {
		asked := make(chan string, 1)
		url := plain(t, func(w http.ResponseWriter, r *http.Request) {
			_ = r.ParseForm()
			asked <- r.Form.Get("PolicySourceArn") + " " + r.Form.Get("ActionNames.member.1") + " " + r.Form.Get("ResourceArns.member.1")
			_, _ = fmt.Fprintf(w, `<SimulatePrincipalPolicyResponse><SimulatePrincipalPolicyResult><EvaluationResults><member>
				<EvalActionName>a</EvalActionName>%s</member></EvaluationResults></SimulatePrincipalPolicyResult></SimulatePrincipalPolicyResponse>`, decision)
		})
		var out strings.Builder
		d := &doctor{surroundings: surroundings{now: time.Now}, report: report{out: &out}, seen: map[string]bool{}}
		d.configure(map[string]string{"SecretPrefix": "team/gavel"})
		d.lookAtRoles(t.Context(), &deployment{
			aws: at(url), account: "123456789012", partition: "aws", roles: map[string]string{"SystemAuthorizerRole": "gavel-Role-1"},
		})
		if !hasLine(out.String(), want) {
			t.Errorf("got %s, want %q", out.String(), want)
		}
		if got, want := <-asked, "arn:aws:iam::123456789012:role/gavel-Role-1 secretsmanager:GetSecretValue "+
			"arn:aws:secretsmanager:eu-central-1:123456789012:secret:team/gavel/api-keys-AbCdEf"; got != want {
			t.Errorf("got %s asked, want %s", got, want)
		}
	}
}

// TestNeeds_AreWhatTheTemplateGives is of a deployment in which all is well: IAM must not be said to forbid anything.
func TestNeeds_AreWhatTheTemplateGives(t *testing.T) {
	t.Parallel()
	prefix := moto.Prefix(t)
	stack, err := moto.Deploy(t.Context(), moto.Start(t), prefix, filepath.Join("..", "..", "template.yaml"), map[string]string{
		"SecretPrefix": prefix, "SecretsKmsKeyArn": "arn:aws:kms:us-east-1:123456789012:key/0000", // moto cannot leave out what is none
	})
	if err != nil {
		t.Fatal(err)
	}
	account := aws.Config{Region: "us-east-1"}
	d := &doctor{found: holdings{
		jaas: map[jaas.AppID]jaas.Secret{appID: {}}, names: []string{jitsi.Provider, openmeetings.Provider, veeting.Provider},
	}}
	d.settings.SecretPrefix = prefix
	needs := d.needs(&deployment{aws: account, account: "123456789012", partition: "aws", outputs: map[string]string{
		"StateTable": stack.Resources["StateTable"], "FilesBucket": stack.Resources["FilesBucket"],
	}})
	if len(needs) != 8 {
		t.Fatalf("got %d needs, want 8: %v", len(needs), needs)
	}
	for _, n := range needs {
		statements := slices.Concat(slices.Collect(maps.Values(stack.Functions[n.function].Policies))...)
		if allowed, err := permissions.Allowed(statements, permissions.Call{Action: n.action, Resource: n.resource}); err != nil || !allowed {
			t.Errorf("%s, %s on %s: got %t and %v, want it allowed", n.function, n.action, n.resource, allowed, err)
		}
	}
}

func TestConfigure_NamesParameters(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	d := &doctor{report: report{out: &out}}
	d.configure(map[string]string{"JaasBaseUrl": "http://jaas.example.org", "OidcIssuer": "https://issuer.example.org"})
	for _, want := range []string{"fix parameter JaasBaseUrl: it must be https", "fix parameter OidcAudience: it is needed"} {
		if !hasLine(out.String(), want) {
			t.Errorf("got %s, want %q", out.String(), want)
		}
	}
}

func TestStack_InAStateThatIsNone(t *testing.T) {
	t.Parallel()
	c := newCloud(t, "http://127.0.0.1:1", nil)
	for state, want := range map[string]string{
		"ROLLBACK_COMPLETE": "fix stack: " + c.stack + " is ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_COMPLETE": "warn stack: the last deployment of " + c.stack + " failed",
		"UPDATE_IN_PROGRESS": "warn stack: " + c.stack + " is being changed", "UPDATE_ROLLBACK_FAILED": "fix stack: ", "DELETE_COMPLETE": "fix stack: ",
	} {
		c.state = state
		c.ill(c.args(), want)
	}
	c.state, c.params["ApiUrl"] = "CREATE_COMPLETE", ""
	c.ill(c.args(), "fix stack: "+c.stack+" has no output ApiUrl")
}

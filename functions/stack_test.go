package functions_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"gavel/local/server"
	"gavel/local/stack"
)

// deploys are the parameters that leave a provider out, and the group of its functions.
var deploys = map[string]string{
	"DeployJaas": "Jaas", "DeployJitsi": "Jitsi", "DeployOpenMeetings": "Openmeetings", "DeployVeeting": "Veeting",
}

// choice is a set of parameters and the stack that comes of it.
type choice struct {
	given map[string]string
	stack.Stack
}

var (
	stacksOnce sync.Once
	allStacks  []choice
)

// stacks gives the stacks of all choices of providers, the first of which has all. Half of them have whatever else is
// optional.
func stacks(t *testing.T) []choice {
	t.Helper()
	stacksOnce.Do(func() {
		names := slices.Sorted(maps.Keys(deploys))
		var sets []map[string]string
		for bits := range 1 << len(names) {
			given := map[string]string{}
			for i, name := range names {
				given[name] = fmt.Sprint(bits>>i&1 == 0)
			}
			if bits%2 == 0 {
				given["AllowedOrigins"] = "https://app.example.org,https://www.example.org"
				given["SecretsKmsKeyArn"] = "arn:aws:kms:eu-central-1:123456789012:key/1"
				given["AlarmTopicArn"] = "arn:aws:sns:eu-central-1:123456789012:alarms"
				given["LogLevel"] = "DEBUG"
			}
			sets = append(sets, given)
		}
		for i, s := range stack.Resolve(t, filepath.Join("..", "template.yaml"), sets...) {
			allStacks = append(allStacks, choice{sets[i], s})
		}
	})
	if len(allStacks) == 0 {
		t.Skip("the template was not transformed")
	}
	return allStacks
}

func (c choice) has(parameter string) bool { return c.given[parameter] == "true" }

// of gives the resources of a type.
func (c choice) of(kind string) map[string]stack.Resource {
	found := map[string]stack.Resource{}
	for name, r := range c.Resources {
		if r.Type == kind {
			found[name] = r
		}
	}
	return found
}

// at gives what stands under names in nested objects, nil for nothing.
func at(value any, names ...string) any {
	for _, name := range names {
		object, _ := value.(map[string]any)
		value = object[name]
	}
	return value
}

func list(value any) []any {
	if many, ok := value.([]any); ok {
		return many
	}
	if value == nil {
		return nil
	}
	return []any{value}
}

// A provider that is left out leaves nothing behind, and the rest is as it was.
func TestStack_HasOnlyTheProvidersThatWereChosen(t *testing.T) {
	t.Parallel()
	all := stacks(t)[0]
	for _, c := range stacks(t) {
		if len(c.Broken) != 0 {
			t.Errorf("%v: got the rules broken: %v", c.given, c.Broken)
		}
		routes, _ := at(c.Resources["Api"].Properties, "Body", "paths").(map[string]any)
		for parameter, group := range deploys {
			for name := range all.of("AWS::Lambda::Function") {
				if _, made := c.Resources[name]; strings.HasPrefix(name, group) && made != c.has(parameter) {
					t.Errorf("%v: got %s made: %t", c.given, name, made)
				}
			}
			for _, name := range []string{group + "Logs", group + "Faults"} {
				if _, made := c.Resources[name]; made != c.has(parameter) {
					t.Errorf("%v: got %s made: %t", c.given, name, made)
				}
			}
			served := false
			for path := range routes {
				provider := strings.ToLower(group)
				served = served || strings.HasPrefix(path, "/"+provider+"/") || strings.HasPrefix(path, "/webhooks/"+provider)
			}
			if served != c.has(parameter) {
				t.Errorf("%v: got routes of %s: %t", c.given, group, served)
			}
			if text := everything(t, c); !c.has(parameter) && strings.Contains(text, "/"+strings.ToLower(group)+"-??????") {
				t.Errorf("%v: got a permission for the secret of %s left", c.given, group)
			}
		}
		for name := range all.of("AWS::Lambda::Function") {
			_, made := c.Resources[name]
			if group := strings.HasPrefix(name, "System") || strings.HasPrefix(name, "Rooms"); group && !made {
				t.Errorf("%v: got no %s", c.given, name)
			}
		}
	}
}

func everything(t *testing.T, c choice) string {
	t.Helper()
	text, err := json.Marshal(c.Stack)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestStack_ParametersThatContradictAreRefused(t *testing.T) {
	t.Parallel()
	for i, s := range stack.Resolve(t, filepath.Join("..", "template.yaml"),
		map[string]string{"OidcIssuer": "https://id.example.org"},
		map[string]string{"DeployJaas": "false", "RoomsJaasAppId": "vpaas-magic-cookie-0123456789abcdef0123456789abcdef"},
		map[string]string{"DeployVeeting": "false", "RoomsVeetingUser": "ada@example.org"},
	) {
		if len(s.Broken) != 1 {
			t.Errorf("set %d: got %v, want one rule broken", i+1, s.Broken)
		}
	}
}

// The quotas of CloudFormation (500 resources), of a role (10 policies), of an HTTP API (300 routes) and of a log group's
// dashboard leave room for more.
func TestStack_KeepsQuotas(t *testing.T) {
	t.Parallel()
	all := stacks(t)[0]
	if got := len(all.Resources); got > 450 {
		t.Errorf("got %d resources, want 450 at most", got)
	}
	routes := 0
	for _, methods := range at(all.Resources["Api"].Properties, "Body", "paths").(map[string]any) {
		routes += len(methods.(map[string]any))
	}
	if routes > 250 || routes < 90 {
		t.Errorf("got %d routes, want 250 at most, and all of them", routes)
	}
	for name, role := range all.of("AWS::IAM::Role") {
		if got := len(list(at(role.Properties, "ManagedPolicyArns"))); got > 10 {
			t.Errorf("%s: got %d policies, of which a role takes 10", name, got)
		}
	}
}

// unbounded are the actions that the template grants on more than one thing by a pattern, and the patterns it may use:
// what is made while it runs has no name before.
var unbounded = map[string][]string{
	"secretsmanager:GetSecretValue": {
		"secret:gavel/api-keys-??????", "secret:gavel/jaas/*-??????", "secret:gavel/jitsi-??????", "secret:gavel/openmeetings-??????", "secret:gavel/veeting-??????",
	},
	"scheduler:CreateSchedule": {"schedule/ScheduleGroup/end-*"}, "scheduler:UpdateSchedule": {"schedule/ScheduleGroup/end-*"},
	"s3:PutObject": {"FilesBucket.Arn/*/attachment/*"}, "s3:GetObject": {"FilesBucket.Arn/*/attachment/*"}, "s3:DeleteObject": {"FilesBucket.Arn/*/attachment/*"},
}

// No permission is for any action, for anything, or for things of others.
func TestStack_PermissionsNameWhatTheyAreFor(t *testing.T) {
	t.Parallel()
	for _, c := range stacks(t) {
		seen := 0
		for name, r := range c.Resources {
			for _, document := range documents(r) {
				for _, statement := range list(at(document, "Statement")) {
					if at(statement, "Effect") == "Allow" {
						seen++
						checkStatement(t, name, statement)
					}
				}
			}
		}
		if seen < 15 {
			t.Errorf("got %d statements, want those of all policies", seen)
		}
	}
}

// documents are the policies that grant a role something.
func documents(r stack.Resource) []any {
	var found []any
	if r.Type == "AWS::IAM::ManagedPolicy" {
		found = append(found, at(r.Properties, "PolicyDocument"))
	}
	for _, inline := range list(at(r.Properties, "Policies")) {
		found = append(found, at(inline, "PolicyDocument"))
	}
	return found
}

func checkStatement(t *testing.T, name string, statement any) {
	t.Helper()
	actions, things := list(at(statement, "Action")), list(at(statement, "Resource"))
	if len(actions) == 0 || len(things) == 0 || at(statement, "NotAction") != nil || at(statement, "NotResource") != nil {
		t.Errorf("%s: got %v, want actions and resources named", name, statement)
	}
	for _, action := range actions {
		action := action.(string)
		if strings.ContainsAny(action, "*?") {
			t.Errorf("%s: got the action %s, want none by a pattern", name, action)
		}
		for _, thing := range things {
			thing := thing.(string)
			if strings.ContainsAny(thing, "*?") && !slices.ContainsFunc(unbounded[action], func(p string) bool { return strings.HasSuffix(thing, p) }) {
				t.Errorf("%s: got %s on %s, want it on one thing, or on those of one prefix", name, action, thing)
			}
			if strings.HasPrefix(thing, "arn:") && !strings.Contains(thing, ":123456789012:") {
				t.Errorf("%s: got %s on %s, want it in one account", name, action, thing)
			}
		}
	}
}

// grants are what a function's main makes and with it needs: one of the policies, or one of them in turn where several are
// listed.
var grants = map[string][]string{
	"jaas.Configured(":         {"ReadJaasSecrets"},
	"jitsi.Configured(":        {"ReadJitsiSecret"},
	"openmeetings.Configured(": {"ReadOpenMeetingsSecret"},
	"veeting.Configured(":      {"ReadVeetingSecret"},
	"bindings.Configured(":     {"ReadMeetingSecrets", "ReadJitsiSecret", "ReadOpenMeetingsSecret", "ReadVeetingSecret"},
	"f.KeepAnswers(":           {"KeepAnswers"},
	"f.KeepEvents(":            {"KeepEvents"},
	"schedule.Configured(":     {"ScheduleEnds"},
	"objects.Configured(":      {"UploadFiles", "ReadFiles", "DeleteFiles"},
	"events.Configured(":       {"PublishEvents"},
	"dynamo.Configured(": {
		"ReadState", "QueryState", "WriteState", "QueryEvents", "QueryAudit", "ReadBans", "QueryBans", "KeepBans", "KeepInbox", "KeepRoster",
		"KeepAliases",
	},
	"bans.Configured(":  {"ReadBans"},
	"bans.New(":         {"ReadBans", "QueryBans", "KeepBans"},
	"inbox.New(":        {"KeepInbox", "QueryEvents"},
	"roster.New(":       {"KeepRoster", "QueryState"},
	"audit.Configured(": {"KeepEvents", "WriteState", "QueryAudit"},
	".Authorize()":      {"ReadApiKeys"},
}

// wholeState are the policies for all partitions of the table.
var wholeState = []string{"ReadState", "QueryState", "WriteState"}

// Each function may do what its main makes ready for, and nothing else; one that is open to senders of webhooks sees a part of
// the state.
func TestStack_FunctionsMayDoWhatTheyMake(t *testing.T) {
	t.Parallel()
	all := stacks(t)[0]
	for _, folder := range names(t, filepath.Join("*", "*", "main.go"), filepath.Dir) {
		main, err := os.ReadFile(filepath.Join(strings.Replace(folder, "-", "/", 1), "main.go"))
		if err != nil {
			t.Fatal(err)
		}
		may := ownPolicies(t, all, camelCase(folder))
		allowed := map[string]bool{}
		for made, needs := range grants {
			if !strings.Contains(string(main), made) {
				continue
			}
			if !slices.ContainsFunc(needs, func(policy string) bool { return may[policy] }) {
				t.Errorf("%s: got %v, want one of %v for %s", folder, may, needs, made)
			}
			for _, policy := range needs {
				allowed[policy] = true
			}
		}
		for policy := range may {
			if !allowed[policy] {
				t.Errorf("%s: got %s, which its main makes nothing for", folder, policy)
			}
			if strings.HasSuffix(folder, "-webhook") && slices.Contains(wholeState, policy) {
				t.Errorf("%s: got %s, which is for all of the state, but anybody may call it", folder, policy)
			}
		}
	}
}

// ownPolicies are those of the template that a function's role has.
func ownPolicies(t *testing.T, c choice, function string) map[string]bool {
	t.Helper()
	role, ok := c.Resources[function+"Role"]
	if !ok {
		t.Errorf("got no role of %s", function)
	}
	for _, inline := range list(at(role.Properties, "Policies")) { // SAM's, for what an asynchronous call could not do
		for _, statement := range list(at(inline, "PolicyDocument", "Statement")) {
			if at(statement, "Action") != "sqs:SendMessage" {
				t.Errorf("%s: got %v beside the policies that have a name", function, statement)
			}
		}
	}
	may := map[string]bool{}
	for _, arn := range list(at(role.Properties, "ManagedPolicyArns")) {
		name, _ := arn.(string)
		switch _, made := c.Resources[name]; {
		case made:
			may[name] = true
		case !strings.HasPrefix(name, "arn:aws:iam::aws:policy/"):
			t.Errorf("%s: got the policy %s, which is none", function, name)
		case !slices.Contains(attachedBySAM(function), name[strings.LastIndex(name, "/")+1:]):
			t.Errorf("%s: got the policy %s of AWS", function, name)
		}
	}
	return may
}

// attachedBySAM are AWS's own policies that a function's role has for logs, traces and, for the one that has it, a stream.
func attachedBySAM(function string) []string {
	attached := []string{"AWSLambdaBasicExecutionRole", "AWSXrayWriteOnlyAccess"}
	if function == "SystemPublish" {
		attached = append(attached, "AWSLambdaDynamoDBExecutionRole")
	}
	return attached
}

// Every function runs on arm64, is traced, has the memory it was measured with, and less time than the API waits.
func TestStack_Functions(t *testing.T) {
	t.Parallel()
	all := stacks(t)[0]
	for name, f := range all.of("AWS::Lambda::Function") {
		memory, _ := at(f.Properties, "MemorySize").(float64)
		timeout, _ := at(f.Properties, "Timeout").(float64)
		if !slices.Equal(list(at(f.Properties, "Architectures")), []any{"arm64"}) || at(f.Properties, "TracingConfig", "Mode") != "Active" ||
			memory != 256 && memory != 512 {
			t.Errorf("%s: got %v, want arm64, traces, and 256 MB, or 512 for what works more", name, f.Properties)
		}
		if _, called := all.Resources[name+"CallPermission"]; called && timeout >= 30 {
			t.Errorf("%s: got %v s, but the HTTP API waits 30 s", name, timeout)
		}
	}
}

// What is kept survives a mistake, and is open to nobody.
func TestStack_StateIsKept(t *testing.T) {
	t.Parallel()
	for _, c := range stacks(t) {
		table, bucket := c.Resources["StateTable"], c.Resources["FilesBucket"]
		for name, r := range map[string]stack.Resource{"table": table, "bucket": bucket} {
			if r.DeletionPolicy != "Retain" || r.UpdateReplacePolicy != "Retain" {
				t.Errorf("the %s would go with the stack", name)
			}
		}
		if at(table.Properties, "DeletionProtectionEnabled") != true || at(table.Properties, "TimeToLiveSpecification", "Enabled") != true ||
			at(table.Properties, "PointInTimeRecoverySpecification", "PointInTimeRecoveryEnabled") != true ||
			at(table.Properties, "SSESpecification", "SSEEnabled") != true {
			t.Errorf("got the table %v", table.Properties)
		}
		for _, switched := range []string{"BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"} {
			if at(bucket.Properties, "PublicAccessBlockConfiguration", switched) != true {
				t.Errorf("got the bucket without %s", switched)
			}
		}
		if at(bucket.Properties, "BucketEncryption") == nil || at(bucket.Properties, "LifecycleConfiguration") == nil {
			t.Errorf("got the bucket %v", bucket.Properties)
		}
	}
}

// Pages of other origins may call from a browser only when they were named, and never with cookies.
func TestStack_Origins(t *testing.T) {
	t.Parallel()
	for _, c := range stacks(t) {
		var want any
		if origins := c.given["AllowedOrigins"]; origins != "" {
			want = strings.Split(origins, ",")
		}
		api := at(c.Resources["Api"].Properties, "Body", "x-amazon-apigateway-cors")
		if got := at(api, "allowOrigins"); fmt.Sprint(got) != fmt.Sprint(want) || at(api, "allowCredentials") != nil {
			t.Errorf("%v: got %v at the API, want %v", c.given, api, want)
		}
		rules := list(at(c.Resources["FilesBucket"].Properties, "CorsConfiguration", "CorsRules"))
		if len(rules) == 0 != (want == nil) || want != nil && fmt.Sprint(at(rules[0], "AllowedOrigins")) != fmt.Sprint(want) {
			t.Errorf("%v: got %v at the bucket, want %v", c.given, rules, want)
		}
		if want == nil {
			continue
		}
		if allowed := fmt.Sprint(at(api, "allowHeaders")); allowed != fmt.Sprint(requestHeaders(t)) {
			t.Errorf("got the headers %s, want those that operations read: %v", allowed, requestHeaders(t))
		}
	}
}

// The local server lets pages send the same headers as the API does.
func TestLocalServer_AllowsTheSameHeaders(t *testing.T) {
	t.Parallel()
	settings := map[string]string{"PORT": "0", "GAVEL_DATA_DIR": t.TempDir(), "GAVEL_ALLOWED_ORIGINS": "*"}
	s, err := server.Start(t.Context(), server.Options{Getenv: func(name string) string { return settings[name] }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	request, err := http.NewRequestWithContext(t.Context(), http.MethodOptions, s.URL()+"/room", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Origin", "https://app.example.org")
	request.Header.Set("Access-Control-Request-Method", http.MethodPost)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	if got, want := response.Header.Get("Access-Control-Allow-Headers"), strings.Join(requestHeaders(t), ","); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// requestHeaders are those that the OpenAPI document knows of callers with credentials.
func requestHeaders(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "docs", "openapi.json"))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{"Authorization": true, "Content-Type": true, "X-Api-Key": true}
	var document struct {
		Components struct {
			Parameters map[string]struct{ Name, In string }
		}
		Paths map[string]map[string]struct {
			Security   []any
			Parameters []struct{ Name, In string }
		}
	}
	if err := json.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}
	for _, p := range document.Components.Parameters {
		found[p.Name] = true
	}
	for _, methods := range document.Paths {
		for _, operation := range methods {
			for _, p := range operation.Parameters {
				if p.In == "header" && len(operation.Security) > 0 {
					found[p.Name] = true
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// Routes are throttled; those that are open and in every stack take less. A route that a stack may be without has no limit of its
// own: API Gateway keeps it when the route goes, and refuses the stage from then on.
func TestStack_Throttling(t *testing.T) {
	t.Parallel()
	for _, c := range stacks(t) {
		stage := slices.Collect(maps.Values(c.of("AWS::ApiGatewayV2::Stage")))[0]
		rate, _ := at(stage.Properties, "DefaultRouteSettings", "ThrottlingRateLimit").(float64)
		burst, _ := at(stage.Properties, "DefaultRouteSettings", "ThrottlingBurstLimit").(float64)
		if rate <= 0 || burst <= 0 {
			t.Errorf("%v: got %v calls a second and %v at once, want a limit for every route", c.given, rate, burst)
		}
		limited, _ := at(stage.Properties, "RouteSettings").(map[string]any)
		want := openEverywhere(t)
		if got := slices.Sorted(maps.Keys(limited)); !slices.Equal(got, want) {
			t.Errorf("%v: got limits for %v, want them for %v", c.given, got, want)
		}
		for route, limits := range limited {
			if got, _ := at(limits, "ThrottlingRateLimit").(float64); got <= 0 || got >= rate {
				t.Errorf("%v: %s: got %v calls a second, want fewer than the %v of others", c.given, route, got, rate)
			}
		}
	}
}

// openEverywhere are the routes that take no credentials and are in every stack.
func openEverywhere(t *testing.T) []string {
	t.Helper()
	in := map[string]int{}
	for _, c := range stacks(t) {
		for path, methods := range at(c.Resources["Api"].Properties, "Body", "paths").(map[string]any) {
			for method, operation := range methods.(map[string]any) {
				if !strings.Contains(fmt.Sprint(at(operation, "security")), "Credentials") {
					in[strings.ToUpper(method)+" "+path]++
				}
			}
		}
	}
	maps.DeleteFunc(in, func(_ string, stacksWithIt int) bool { return stacksWithIt < len(stacks(t)) })
	return slices.Sorted(maps.Keys(in))
}

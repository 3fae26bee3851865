package functions_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"gavel/local/permissions"
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
		map[string]string{"OidcAudience": "gavel"},
		map[string]string{"OidcJwksUrl": "https://id.example.org/keys"},
		map[string]string{"DeployJaas": "false", "RoomsJaasAppId": "vpaas-magic-cookie-0123456789abcdef0123456789abcdef"},
		map[string]string{"DeployVeeting": "false", "RoomsVeetingUser": "ada@example.org"},
	) {
		if len(s.Broken) != 1 {
			t.Errorf("set %d: got %v, want one rule broken", i+1, s.Broken)
		}
	}
}

// What lies in a queue is for somebody to look at, who finds it among the outputs.
func TestStack_TellsOfEveryQueue(t *testing.T) {
	t.Parallel()
	for _, c := range stacks(t) {
		told := slices.Collect(maps.Values(c.Outputs))
		for queue := range c.of("AWS::SQS::Queue") {
			if !slices.Contains(told, queue) {
				t.Errorf("%v: got no output with the queue %s", c.given, queue)
			}
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
	"dynamodb:ListStreams":     {"StateTable.Arn/stream/*"},
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

// needs are the policies that a function needs, by what its main calls: each of them, and no others.
var needs = map[string][]string{
	"jaas.Configured(":         {"ReadJaasSecrets"},
	"jitsi.Configured(":        {"ReadJitsiSecret"},
	"openmeetings.Configured(": {"ReadOpenMeetingsSecret"},
	"veeting.Configured(":      {"ReadVeetingSecret"},
	"f.KeepAnswers(":           {"KeepAnswers"},
	"f.KeepEvents(":            {"KeepEvents"},
	"bans.Configured(":         {"ReadBans"},
	"schedule.Configured(":     {"ScheduleEnds"},
	".Authorize()":             {"ReadApiKeys"},

	"roomsapi.RegisterCreate(":            {"BookRooms", "ReadJitsiSecret", "ReadOpenMeetingsSecret", "ReadVeetingSecret"},
	"roomsapi.RegisterUpdate(":            {"ReadRooms", "ChangeRooms", "ReadVeetingSecret"},
	"roomsapi.RegisterEnd(":               {"ReadRooms", "ReadTasks", "ChangeRooms", "ReadMeetingSecrets"},
	"roomsapi.RegisterAddParticipant(":    {"InviteParticipants"},
	"roomsapi.RegisterRemoveParticipant(": {"RemoveParticipants", "ReadRoster", "ReadMeetingSecrets"},
	"roomsapi.RegisterListBans(":          {"ReadRooms", "QueryRoomBans"},
	"roomsapi.RegisterLiftBan(":           {"LiftRoomBans"},
	"roomsapi.RegisterGrantAdmin(":        {"ReadRooms", "ChangeParticipants"},
	"roomsapi.RegisterRevokeAdmin(":       {"ReadRooms", "ChangeParticipants"},
	"roomsapi.RegisterList(":              {"ReadRooms", "QueryOwnRooms"},
	"roomsapi.RegisterGet(":               {"ReadRooms"},
	"roomsapi.RegisterListParticipants(":  {"ReadRooms", "QueryParticipants"},
	"roomsapi.RegisterUpdateProfile(":     {"ReadRooms", "CheckRooms", "ChangeParticipants"},
	"roomsapi.RegisterListChat(":          {"ReadRooms", "QueryChat"},
	"roomsapi.RegisterSendChat(":          {"CheckRooms", "SendMessages", "ReadFiles"},
	"roomsapi.RegisterUploadURL(":         {"ReadRooms", "CheckRooms", "AnnounceFiles", "UploadFiles"},
	"roomsapi.RegisterDownloadURL(":       {"ReadRooms", "UseFiles", "ReadFiles"},
	"roomsapi.RegisterJoin(":              {"KeepEvents", "ReadRooms", "ReadAliases", "ReadBans", "ReadMeetingSecrets"},

	"jobs.EndRoom(": {"FinishRooms", "ReadMeetingSecrets"},
	"jobs.Cleanup(": {"FinishRooms", "SweepTasks", "ReadRoster", "DeleteFiles", "ReadMeetingSecrets"},
	"jobs.Publish(": {"PublishEvents"},

	"systemapi.RegisterListAudit(":        {"QueryAudit"},
	"jaasapi.RegisterBanUser(":            {"WriteBans", "ReadAliases", "ReadRoster", "QueryWhereabouts"},
	"jaasapi.RegisterListBans(":           {"QueryTenantBans"},
	"jaasapi.RegisterLiftBan(":            {"LiftBans", "KeepAliases"},
	"jaasapi.RegisterKickParticipant(":    {"ReadRoster", "ReadAliases"},
	"jaasapi.RegisterListParticipants(":   {"ReadRoster"},
	"jaasapi.RegisterWebhook(":            {"KeepInbox", "KeepRoster", "ReadBans"},
	"jitsiapi.RegisterWebhook(":           {"KeepInbox", "KeepRoster", "ReadBans"},
	"jitsiapi.RegisterCreateReservation(": {"ReadRooms"},
	"jitsiapi.RegisterGetReservation(":    {"ReadRooms"},
	"veetingapi.RegisterWebhook(":         {"KeepInbox"},
	"api.RegisterListEvents(":             {"QueryEvents"},
}

// Each function may do what its main makes ready for, and nothing else.
func TestStack_FunctionsMayDoWhatTheyMake(t *testing.T) {
	t.Parallel()
	all := stacks(t)[0]
	called := map[string]bool{}
	for _, folder := range names(t, filepath.Join("*", "*", "main.go"), filepath.Dir) {
		main, err := os.ReadFile(filepath.Join(strings.Replace(folder, "-", "/", 1), "main.go"))
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]bool{}
		for call, policies := range needs {
			if strings.Contains(string(main), call) {
				called[call] = true
				for _, policy := range policies {
					want[policy] = true
				}
			}
		}
		if got := ownPolicies(t, all, camelCase(folder)); !maps.Equal(got, want) {
			t.Errorf("%s: got the policies %v, want %v", folder, slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want)))
		}
		if strings.Contains(string(main), "dynamo.") && !mayUseTable(t, all, camelCase(folder)) {
			t.Errorf("%s: got nothing that it may do with the table", folder)
		}
	}
	if len(called) != len(needs) {
		t.Errorf("got calls of main for %d of %d entries, want each in some function", len(called), len(needs))
	}
}

// ownPolicies are those of the template that a function's role has.
func ownPolicies(t *testing.T, c choice, function string) map[string]bool {
	t.Helper()
	role, ok := c.Resources[function+"Role"]
	if !ok {
		t.Errorf("got no role of %s", function)
	}
	for _, inline := range list(at(role.Properties, "Policies")) {
		for _, statement := range list(at(inline, "PolicyDocument", "Statement")) {
			if !withItsRight(function, statement) {
				t.Errorf("%s: got %v beside the policies that have a name", function, statement)
			}
		}
	}
	may, ofAWS := map[string]bool{}, []string{}
	for _, arn := range list(at(role.Properties, "ManagedPolicyArns")) {
		name, _ := arn.(string)
		switch _, made := c.Resources[name]; {
		case made:
			may[name] = true
		case !strings.HasPrefix(name, "arn:aws:iam::aws:policy/"):
			t.Errorf("%s: got the policy %s, which is none", function, name)
		default:
			ofAWS = append(ofAWS, name[strings.LastIndex(name, "/")+1:])
		}
	}
	if slices.Sort(ofAWS); !slices.Equal(ofAWS, attached(function)) {
		t.Errorf("%s: got the policies %v of AWS, want %v", function, ofAWS, attached(function))
	}
	return may
}

// withItsRight says whether a statement that has no name is about what Lambda does with the right of a function: it keeps what
// an asynchronous call could not do, and of the one that has its own role it reads the stream and writes the log.
func withItsRight(function string, statement any) bool {
	asked := fmt.Sprint(at(statement, "Action")) + " on " + fmt.Sprint(at(statement, "Resource"))
	if function != "SystemPublish" {
		return asked == "sqs:SendMessage on DeadLetters.Arn"
	}
	return slices.Contains([]string{
		"sqs:SendMessage on EventDeadLetters.Arn",
		"[dynamodb:DescribeStream dynamodb:GetRecords dynamodb:GetShardIterator] on StateTable.StreamArn",
		"dynamodb:ListStreams on StateTable.Arn/stream/*",
		"[logs:CreateLogStream logs:PutLogEvents] on SystemLogs.Arn",
	}, asked)
}

// attached are AWS's own policies that a function's role has for logs and traces.
func attached(function string) []string {
	if function == "SystemPublish" {
		return []string{"AWSXrayWriteOnlyAccess"}
	}
	return []string{"AWSLambdaBasicExecutionRole", "AWSXrayWriteOnlyAccess"}
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

// kinds are what the keys of partitions begin with. A pattern for them ends behind a kind, or behind a part that narrows it.
var kinds = regexp.MustCompile(`^(sweep|(room|chat|user|due|bans|audit|sessions|present|guest|events|idempotency)#([a-z]+#)?\*)$`)

// onItems are the actions that the table's policies may name: none can be asked for without naming a partition. A condition of
// ForAllValues would hold for others, such as Scan.
var onItems = []string{
	"dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query", "dynamodb:ConditionCheckItem", "dynamodb:PutItem", "dynamodb:DeleteItem",
}

// No statement is for the whole table.
func TestStack_PoliciesNameThePartitions(t *testing.T) {
	t.Parallel()
	for _, c := range stacks(t) {
		seen := 0
		for name, r := range c.Resources {
			for _, document := range documents(r) {
				for _, statement := range list(at(document, "Statement")) {
					if slices.Contains(list(at(statement, "Resource")), any("StateTable.Arn")) {
						seen++
						checkPartitions(t, name, statement)
					}
				}
			}
		}
		if seen < 30 {
			t.Errorf("got %d statements about the table, want those of all policies", seen)
		}
	}
}

// checkPartitions looks at one statement about the table. A policy that is named for reading has no other actions.
func checkPartitions(t *testing.T, name string, statement any) {
	t.Helper()
	condition, _ := at(statement, "Condition").(map[string]any)
	keys, _ := at(condition, "ForAllValues:StringLike").(map[string]any)
	patterns := list(keys["dynamodb:LeadingKeys"])
	if len(condition) != 1 || len(keys) != 1 || len(patterns) == 0 || len(list(at(statement, "Resource"))) != 1 {
		t.Errorf("%s: got %v, want partitions named, and the table alone", name, statement)
	}
	for _, pattern := range patterns {
		if !kinds.MatchString(pattern.(string)) {
			t.Errorf("%s: got partitions like %s, want those of one kind", name, pattern)
		}
	}
	reads := strings.HasPrefix(name, "Read") || strings.HasPrefix(name, "Query") || strings.HasPrefix(name, "Check")
	for _, action := range list(at(statement, "Action")) {
		at := slices.Index(onItems, action.(string))
		if writes := at >= len(onItems)-2; at < 0 || reads && writes {
			t.Errorf("%s: got %s, want one of %v, and none that writes where the name says so", name, action, onItems)
		}
	}
}

// statementsOf are those of all policies of a function's role that stand in the template.
func statementsOf(t *testing.T, c choice, function string) []permissions.Statement {
	t.Helper()
	role := c.Resources[function+"Role"]
	all := documents(role)
	for _, arn := range list(at(role.Properties, "ManagedPolicyArns")) {
		name, _ := arn.(string)
		all = append(all, documents(c.Resources[name])...)
	}
	var statements []permissions.Statement
	for _, document := range all {
		text, err := json.Marshal(list(at(document, "Statement")))
		if err != nil {
			t.Fatal(err)
		}
		var some []permissions.Statement
		if err := json.Unmarshal(text, &some); err != nil {
			t.Fatal(err)
		}
		statements = append(statements, some...)
	}
	return statements
}

// may says whether statements let somebody do something with items of partitions.
func may(t *testing.T, statements []permissions.Statement, action string, partitions ...string) bool {
	t.Helper()
	allowed, err := permissions.Allowed(statements, permissions.Call{
		Action: "dynamodb:" + action, Resource: "StateTable.Arn", Context: map[string][]string{"dynamodb:LeadingKeys": partitions},
	})
	if err != nil {
		t.Fatal(err)
	}
	return allowed
}

func mayUseTable(t *testing.T, c choice, function string) bool {
	t.Helper()
	return slices.ContainsFunc(statementsOf(t, c, function), func(s permissions.Statement) bool {
		return slices.Contains(s.Resource, "StateTable.Arn")
	})
}

// What only few may do, and what nobody may: above all, what was done stays written.
func TestStack_WhoMayDoWhatToTheTable(t *testing.T) {
	t.Parallel()
	all := stacks(t)[0]
	of := map[string][]permissions.Statement{}
	for function := range all.of("AWS::Lambda::Function") {
		of[function] = statementsOf(t, all, function)
	}
	changing := []string{
		"RoomsAddParticipant", "RoomsCreate", "RoomsDownloadUrl", "RoomsEnd", "RoomsGrantAdmin", "RoomsRemoveParticipant", "RoomsRevokeAdmin",
		"RoomsSendChat", "RoomsUpdate", "RoomsUpdateProfile", "RoomsUploadUrl", "SystemCleanup", "SystemEndRoom",
	}
	for asked, want := range map[string][]string{
		"DeleteItem audit#actor#x#20260101": nil, "DeleteItem audit#room#x": nil, "BatchWriteItem audit#room#x": nil, "UpdateItem audit#room#x": nil,
		"GetItem audit#room#x": nil, "BatchGetItem audit#room#x": nil, "Query audit#room#x": {"SystemListAudit"},
		"Scan ": nil, "PartiQLSelect ": nil, "PartiQLDelete ": nil, "DeleteTable ": nil, "UpdateItem room#x": nil, "BatchWriteItem room#x": nil,
		"PutItem room#x": changing, "DeleteItem room#x": {"RoomsRemoveParticipant", "SystemCleanup"},
		"DeleteItem user#x": {"RoomsRemoveParticipant", "SystemCleanup", "SystemEndRoom"},
		"PutItem chat#x":    {"RoomsSendChat"}, "DeleteItem chat#x": nil, "Query chat#x": {"RoomsListChat"}, "BatchGetItem chat#x": {"RoomsSendChat"},
		"PutItem bans#jaas#x": {"JaasBanUser", "RoomsRemoveParticipant"}, "PutItem bans#room#x": {"RoomsRemoveParticipant"},
		"DeleteItem bans#jaas#x": {"JaasLiftBan"}, "DeleteItem bans#room#x": {"RoomsAddParticipant", "RoomsLiftBan"},
		"Query bans#jaas#x": {"JaasListBans"}, "Query bans#room#x": {"RoomsListBans"},
		"PutItem events#x": {"JaasWebhook", "JitsiWebhook", "VeetingWebhook"}, "DeleteItem events#x": nil, "GetItem events#x": nil,
		"PutItem present#x": {"JaasWebhook", "JitsiWebhook"}, "DeleteItem present#x": {"JaasWebhook", "JitsiWebhook"}, "DeleteItem guest#x": nil,
		"Query due#x": {"SystemCleanup"}, "PutItem sweep": {"SystemCleanup"},
	} {
		action, partition, _ := strings.Cut(asked, " ")
		var partitions []string // none for what names none
		if partition != "" {
			partitions = []string{partition}
		}
		var got []string
		for _, function := range slices.Sorted(maps.Keys(of)) {
			if may(t, of[function], action, partitions...) {
				got = append(got, function)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: got it allowed to %v, want %v", asked, got, want)
		}
	}
}

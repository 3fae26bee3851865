package functions_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"gavel/docs"
	"gavel/shared/config"
)

// An operation has one name in four places: its folder, its event, its resource in the template
// and, if it has a route, the OpenAPI document.
func TestOneNameEverywhere(t *testing.T) {
	t.Parallel()
	folders := names(t, filepath.Join("*", "*", "main.go"), filepath.Dir)
	events := names(t, filepath.Join("..", "events", "*", "*.json"), func(path string) string {
		return strings.TrimSuffix(path, ".json")
	})
	if !slices.Equal(folders, events) {
		t.Errorf("folders and events differ:\n%v\n%v", folders, events)
	}
	functions := templateFunctions(t)
	logical := make([]string, 0, len(folders))
	for _, folder := range folders {
		id := camelCase(folder)
		logical = append(logical, id)
		want := "functions/" + strings.Replace(folder, "-", "/", 1) + "/"
		if got := functions[id].Properties.CodeURI; got != want {
			t.Errorf("template: CodeUri of %s is %q, want %q", id, got, want)
		}
	}
	slices.Sort(logical)
	if got := slices.Sorted(maps.Keys(functions)); !slices.Equal(got, logical) {
		t.Errorf("folders and functions of the template differ:\n%v\n%v", logical, got)
	}
}

// The routes in the template are those of the OpenAPI document.
func TestTemplateHasTheRoutesOfTheDocument(t *testing.T) {
	t.Parallel()
	var document struct {
		Paths map[string]map[string]struct {
			OperationID string                `json:"operationId"`
			Security    []map[string][]string `json:"security"`
		} `json:"paths"`
	}
	text, err := os.ReadFile(filepath.Join("..", "docs", "openapi.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}
	described := map[string]string{}
	for path, methods := range document.Paths {
		for method, op := range methods {
			open := ""
			if len(op.Security) == 0 {
				open = " open"
			}
			described[camelCase(op.OperationID)] = strings.ToUpper(method) + " " + path + open
		}
	}
	deployed := map[string]string{}
	for id, function := range templateFunctions(t) {
		for name, event := range function.Properties.Events {
			if event.Type != "HttpApi" { // something that AWS does by itself
				continue
			}
			if call := function.Properties.Events["Call"]; name != "Call" { // by another method
				if event.Properties.Path != call.Properties.Path || event.Properties.Auth != call.Properties.Auth {
					t.Errorf("%s: got %s differ from Call in more than its method", id, name)
				}
				continue
			}
			open := ""
			if event.Properties.Auth.Authorizer == "NONE" {
				open = " open"
			}
			deployed[id] = event.Properties.Method + " " + event.Properties.Path + open
		}
	}
	if !maps.Equal(described, deployed) {
		t.Errorf("routes differ:\ndocument %v\ntemplate %v", described, deployed)
	}
}

// Every function writes to the log group of its group, which does not keep its lines for ever.
func TestEachFunctionLogsToItsGroup(t *testing.T) {
	t.Parallel()
	resources, functions := templateResources(t), templateFunctions(t)
	for _, folder := range names(t, filepath.Join("*", "*", "main.go"), filepath.Dir) {
		group, _, _ := strings.Cut(folder, "-")
		want := camelCase(group) + "Logs"
		if got := functions[camelCase(folder)].Properties.LoggingConfig.LogGroup; got != want {
			t.Errorf("%s: got log group %s, want %s", folder, got, want)
		}
		if logs := resources[want]; logs.Type != "AWS::Logs::LogGroup" || logs.Properties.RetentionInDays == "" {
			t.Errorf("%s: log group %q is none of the template, or has no retention", folder, want)
		}
	}
}

// A function keeps answers under an Idempotency-Key, and may, exactly if its operation takes one.
func TestWhoTakesAKeyKeepsAnswers(t *testing.T) {
	t.Parallel()
	keyed := map[string]bool{}
	for id, op := range inDocument(t) {
		keyed[id] = op.takesKey()
	}
	functions := templateFunctions(t)
	for _, folder := range names(t, filepath.Join("*", "*", "main.go"), filepath.Dir) {
		keeps(t, functions, folder, "KeepAnswers", keyed[folder])
	}
	maps.DeleteFunc(keyed, func(_ string, is bool) bool { return !is })
	if len(keyed) < 30 {
		t.Errorf("got %d operations, want all POST operations of callers with credentials", len(keyed))
	}
}

// A function keeps events, and may, exactly if its operation is a command to a meeting system: it changes something, and
// needs a scope. Those of rooms keep theirs with the rooms; only joining changes nothing else, and so has no policy for more.
func TestWhoseOperationIsACommandKeepsEvents(t *testing.T) {
	t.Parallel()
	commands := map[string]bool{}
	for id, op := range inDocument(t) {
		if op.method != "get" && len(op.Security) > 0 && !strings.HasPrefix(id, "rooms-") {
			commands[id] = true
		}
	}
	commands["jaas-webhook"], commands["jitsi-webhook"] = true, true // which kick who is banned
	functions := templateFunctions(t)
	for _, folder := range names(t, filepath.Join("*", "*", "main.go"), filepath.Dir) {
		if folder != "rooms-join" {
			keeps(t, functions, folder, "KeepEvents", commands[folder])
		}
	}
	if got := functions["RoomsJoin"].Properties.Policies; !slices.Contains(got, "KeepEvents") {
		t.Errorf("got %v for RoomsJoin, want KeepEvents", got)
	}
	if len(commands) < 40 {
		t.Errorf("got %d operations, want all commands", len(commands))
	}
}

// keeps says whether a function calls what makes it keep something, and has the policy of the same name.
func keeps(t *testing.T, functions map[string]templateResource, folder, what string, want bool) {
	t.Helper()
	main, err := os.ReadFile(filepath.Join(strings.Replace(folder, "-", "/", 1), "main.go"))
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Contains(string(main), "f."+what+"("); got != want {
		t.Errorf("%s: got %t, want %t: whether main calls %s", folder, got, want, what)
	}
	if got := slices.Contains(functions[camelCase(folder)].Properties.Policies, what); got != want {
		t.Errorf("%s: got %t, want %t: whether it has the policy %s", folder, got, want, what)
	}
}

// describedOperation is what the OpenAPI document says of one.
type describedOperation struct {
	OperationID string                `json:"operationId"`
	Security    []map[string][]string `json:"security"`
	Parameters  []struct {
		Ref string `json:"$ref"`
	} `json:"parameters"`

	method string
}

// takesKey says whether callers can send an Idempotency-Key.
func (op describedOperation) takesKey() bool {
	for _, p := range op.Parameters {
		if p.Ref == "#/components/parameters/IdempotencyKey" {
			return true
		}
	}
	return false
}

// inDocument gives the operations of the OpenAPI document by their ids.
func inDocument(t *testing.T) map[string]describedOperation {
	t.Helper()
	var document struct {
		Paths map[string]map[string]describedOperation `json:"paths"`
	}
	if err := json.Unmarshal(docs.OpenAPI, &document); err != nil {
		t.Fatal(err)
	}
	all := map[string]describedOperation{}
	for _, methods := range document.Paths {
		for method, op := range methods {
			op.method = method
			all[op.OperationID] = op
		}
	}
	return all
}

type templateResource struct {
	Type       string `yaml:"Type"`
	Properties struct {
		CodeURI         string   `yaml:"CodeUri"`
		RetentionInDays string   `yaml:"RetentionInDays"`
		Policies        policies `yaml:"Policies"`
		LoggingConfig   struct {
			LogGroup string `yaml:"LogGroup"`
		} `yaml:"LoggingConfig"`
		Events map[string]struct {
			Type       string `yaml:"Type"`
			Properties struct {
				Method string `yaml:"Method"`
				Path   string `yaml:"Path"`
				Auth   struct {
					Authorizer string `yaml:"Authorizer"`
				} `yaml:"Auth"`
			} `yaml:"Properties"`
		} `yaml:"Events"`
	} `yaml:"Properties"`
}

// policies are the names of those that a function refers to.
type policies []string

// UnmarshalYAML passes over policies that are written out where they stand.
func (p *policies) UnmarshalYAML(node *yaml.Node) error {
	for _, item := range node.Content {
		if item.Tag == "!Ref" {
			*p = append(*p, item.Value)
		}
	}
	return nil
}

func templateFunctions(t *testing.T) map[string]templateResource {
	t.Helper()
	functions := templateResources(t)
	maps.DeleteFunc(functions, func(_ string, r templateResource) bool {
		return r.Type != "AWS::Serverless::Function"
	})
	return functions
}

func templateResources(t *testing.T) map[string]templateResource {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "template.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var template struct {
		Resources map[string]templateResource `yaml:"Resources"`
	}
	if err := yaml.Unmarshal(text, &template); err != nil {
		t.Fatal(err)
	}
	return template.Resources
}

// names gives the operation ids in the paths that match: group/name, joined by a hyphen.
func names(t *testing.T, pattern string, trim func(string) string) []string {
	t.Helper()
	paths, err := filepath.Glob(pattern)
	if err != nil || len(paths) == 0 {
		t.Fatalf("nothing matches %s: %v", pattern, err)
	}
	ids := make([]string, 0, len(paths))
	for _, path := range paths {
		path = trim(path)
		ids = append(ids, filepath.Base(filepath.Dir(path))+"-"+filepath.Base(path))
	}
	slices.Sort(ids)
	return ids
}

// camelCase makes a logical id of an operation id: jaas-ban-user becomes JaasBanUser.
func camelCase(id string) string {
	var out strings.Builder
	for word := range strings.SplitSeq(id, "-") {
		out.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	return out.String()
}

// Only system-cleanup may delete files, and nothing but files of rooms.
func TestTemplate_WhoMayDeleteFiles(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("..", "template.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	_, cleanup, _ := strings.Cut(string(text), "\n  SystemCleanup:\n")
	cleanup, _, _ = strings.Cut(cleanup, "\n\n")
	if got := strings.Count(string(text), "!Ref DeleteFiles"); got != 1 || !strings.Contains(cleanup, "!Ref DeleteFiles") {
		t.Errorf("got DeleteFiles granted %d times, want it once, to SystemCleanup", got)
	}
	_, granted, _ := strings.Cut(string(text), "Action: s3:DeleteObject\n")
	granted, _, _ = strings.Cut(granted, "\n")
	if got, want := strings.TrimSpace(granted), "Resource: !Sub ${FilesBucket.Arn}/*/attachment/*"; got != want || strings.Count(string(text), "s3:DeleteObject") != 1 {
		t.Errorf("got it granted on %q, want %q, in one place", got, want)
	}
}

// parameterRules are what CloudFormation holds the value of a parameter against.
type parameterRules struct {
	AllowedPattern string `yaml:"AllowedPattern"`
	MaxLength      int    `yaml:"MaxLength"`
}

func parametersOf(t *testing.T) map[string]parameterRules {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "template.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var template struct {
		Parameters map[string]parameterRules `yaml:"Parameters"`
	}
	if err := yaml.Unmarshal(text, &template); err != nil {
		t.Fatal(err)
	}
	return template.Parameters
}

// What a parameter lets through, a function does not turn down: else the stack is made, and every call is answered with 503.
func TestTemplate_ParametersTakeWhatFunctionsTake(t *testing.T) {
	t.Parallel()
	parameters := parametersOf(t)
	long := strings.Repeat("x", 440)
	urls := []string{
		"https://login.example.org/x", "https://login.example.org:8443/a%20b/c", "http://login.example.org", "https://login.example.org?p=1",
		"https://login.example.org#p", "login.example.org", "https:// x", "https://ada:hush@login.example.org", "https://login.example.org:x",
		"https://:443", "https://%zz", "https://login.example.org/%zz", `https://login.example.org\x`,
	}
	for parameter, tried := range map[string]struct {
		setting string
		values  []string
	}{
		"SecretPrefix":     {"GAVEL_SECRET_PREFIX", []string{"gavel", "team/gavel", long, long + "x", "a b", "gavel/ü", "a//b"}},
		"JaasBaseUrl":      {"GAVEL_JAAS_BASE_URL", urls},
		"OidcIssuer":       {"GAVEL_OIDC_ISSUER", urls},
		"OidcJwksUrl":      {"GAVEL_OIDC_JWKS_URL", urls},
		"JaasDomain":       {"GAVEL_JAAS_DOMAIN", []string{"8x8.vc", "8x8.vc/x", "https://8x8.vc", "8x8 .vc", "8x8.vc?x"}},
		"RoomsJaasAppId":   {"GAVEL_ROOMS_JAAS_APP_ID", []string{tenant, tenant + "0", strings.ToUpper(tenant), "x"}},
		"RoomsVeetingUser": {"GAVEL_ROOMS_VEETING_USER", []string{"a@b", strings.Repeat("a", 252) + "@b", strings.Repeat("a", 253) + "@b", "0123456789abcdef01234567", "a b@c", "x"}},
		"UpstreamTimeout":  {"GAVEL_UPSTREAM_TIMEOUT", []string{"1s", "20s", "never", "0s", "1m"}},
	} {
		p := parameters[parameter]
		pattern := regexp.MustCompile(p.AllowedPattern)
		let := 0
		for _, value := range tried.values {
			if !pattern.MatchString(value) || p.MaxLength > 0 && len(value) > p.MaxLength {
				continue
			}
			let++
			if _, err := config.Load(func(name string) string {
				return map[string]string{tried.setting: value, "GAVEL_OIDC_AUDIENCE": "gavel"}[name]
			}); err != nil {
				t.Errorf("%s: %q is let through, and then: %v", parameter, value, err)
			}
		}
		if let == 0 || let == len(tried.values) {
			t.Errorf("%s: got %d of %d let through, want those that are good", parameter, let, len(tried.values))
		}
	}
}

// The issuers that there are have paths, slashes at their ends, ports and escapes.
func TestTemplate_ParametersTakeURLsThatThereAre(t *testing.T) {
	t.Parallel()
	parameters := parametersOf(t)
	issuers := []string{
		"", "https://gavel.eu.auth0.com/", "https://login.example.org", "https://login.example.org:8443/realms/gavel", "https://login.example.org/realms/my%20realm",
		"https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Ab0cD1eF2", "https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0",
		"https://accounts.google.com", "https://gavel.okta.com/oauth2/default", "https://login.example.org/~gavel/a+b;c=d,e@f:(g)/",
		"https://login.example.org/realms/gavel/protocol/openid-connect/certs", "https://gavel.eu.auth0.com/.well-known/jwks.json",
	}
	for parameter, urls := range map[string][]string{
		"JaasBaseUrl": {"https://8x8.vc/v1/_jaas", "https://stage.8x8.vc/v1/_jaas", "https://jaas.example.org", "https://jaas.example.org:8443/a%20b"},
		"OidcIssuer":  issuers, "OidcJwksUrl": issuers,
	} {
		pattern := regexp.MustCompile(parameters[parameter].AllowedPattern)
		for _, url := range urls {
			if !pattern.MatchString(url) {
				t.Errorf("%s: %q is turned away", parameter, url)
			}
		}
	}
}

// Every parameter says what it is for and what it may be, every output what it is.
func TestTemplate_DescribesParametersAndOutputs(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("..", "template.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var template struct {
		Parameters map[string]map[string]any `yaml:"Parameters"`
		Outputs    map[string]map[string]any `yaml:"Outputs"`
	}
	if err := yaml.Unmarshal(text, &template); err != nil {
		t.Fatal(err)
	}
	for name, parameter := range template.Parameters {
		bounded := parameter["AllowedPattern"] != nil && parameter["ConstraintDescription"] != nil ||
			parameter["AllowedValues"] != nil || parameter["MinValue"] != nil && parameter["MaxValue"] != nil
		if parameter["Description"] == nil || parameter["Default"] == nil || !bounded {
			t.Errorf("%s: got %v, want a description, a default, and what it may be in words", name, parameter)
		}
	}
	for name, output := range template.Outputs {
		if output["Description"] == nil {
			t.Errorf("%s: got no description", name)
		}
	}
	if len(template.Parameters) < 20 || len(template.Outputs) < 15 {
		t.Errorf("got %d parameters and %d outputs", len(template.Parameters), len(template.Outputs))
	}
}

package main

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	cfn "github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	sm "github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"gavel/local/awsaccount"
	"gavel/shared/auth"
	"gavel/shared/config"
	"gavel/shared/secrets"
)

// deployment is a stack in an account.
type deployment struct {
	aws                 aws.Config
	account, partition  string
	parameters, outputs map[string]string
	roles               map[string]string // names of the functions' roles by logical id
}

// examineStack looks at a deployment: the stack, what is kept, who may do what, and the secrets with the meeting systems.
func (d *doctor) examineStack(ctx context.Context, want request) {
	loaded, err := d.aws(ctx, want.region, want.profile)
	if err != nil {
		d.fix("AWS credentials", "%s", err)
		return
	}
	s := &deployment{aws: loaded}
	if !d.identify(ctx, s) || !d.readStack(ctx, s, want.stack) {
		return
	}
	d.configure(s.parameters)
	d.url = strings.TrimRight(s.outputs["ApiUrl"], "/")
	d.lookAtTable(ctx, s)
	d.lookAtBucket(ctx, s)
	if s.parameters["AlarmTopicArn"] == "" {
		d.warn("alarms", "they ring in the console alone: deploy with AlarmTopicArn, the ARN of an SNS topic that somebody is subscribed to")
	}
	d.lookAtStackSecrets(ctx, s)
	d.lookAtRoles(ctx, s)
	if d.settings.OIDCIssuer != "" {
		d.askIssuer(ctx)
	} else {
		d.skip("access tokens", "the stack has no OidcIssuer: rooms, which people call with access tokens, cannot be used")
	}
	d.examineSystems(ctx)
}

// identify asks in whose account this is, and what time it is there.
func (d *doctor) identify(ctx context.Context, s *deployment) bool {
	sent := d.now()
	out, err := sts.NewFromConfig(s.aws).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		d.fix("AWS credentials", "%s", awsaccount.Explain("sts:GetCallerIdentity", "itself", err))
		return false
	}
	if there, ok := middleware.GetServerTime(out.ResultMetadata); ok {
		d.clock("AWS", there.UTC().Format(httpTime), sent)
	}
	s.account, s.partition = aws.ToString(out.Account), "aws"
	if parts := strings.Split(aws.ToString(out.Arn), ":"); len(parts) > 1 && parts[1] != "" {
		s.partition = parts[1]
	}
	d.ok("AWS credentials", "good for account %s, in %s", s.account, s.aws.Region) // not whose: it may be a person's name
	return true
}

// httpTime is http.TimeFormat.
const httpTime = "Mon, 02 Jan 2006 15:04:05 GMT"

func (d *doctor) readStack(ctx context.Context, s *deployment, name string) bool {
	const what = "stack"
	client := cloudformation.NewFromConfig(s.aws)
	out, err := client.DescribeStacks(ctx, &cloudformation.DescribeStacksInput{StackName: &name})
	if err != nil || len(out.Stacks) == 0 {
		d.noStack(name, err)
		return false
	}
	stack := out.Stacks[0]
	s.parameters, s.outputs = map[string]string{}, map[string]string{}
	for _, p := range stack.Parameters {
		s.parameters[aws.ToString(p.ParameterKey)] = aws.ToString(p.ParameterValue)
	}
	for _, o := range stack.Outputs {
		s.outputs[aws.ToString(o.OutputKey)] = aws.ToString(o.OutputValue)
	}
	if !d.lookAtState(name, string(stack.StackStatus)) {
		return false
	}
	if s.outputs["ApiUrl"] == "" {
		d.fix(what, "%s has no output ApiUrl, so it is not a stack of Gavel's template", name)
		return false
	}
	d.listRoles(ctx, client, s, name)
	return true
}

func (d *doctor) lookAtState(name, state string) (usable bool) {
	const what = "stack"
	switch {
	case strings.HasPrefix(state, "UPDATE_ROLLBACK_COMPLETE"):
		d.warn(what, "the last deployment of %s failed and was taken back (%s); what ran before does so still", name, state)
	case strings.HasSuffix(state, "_IN_PROGRESS"):
		d.warn(what, "%s is being changed (%s): look again when that is done", name, state)
	case strings.HasSuffix(state, "ROLLBACK_COMPLETE"), strings.HasSuffix(state, "_FAILED"), strings.HasPrefix(state, "DELETE"):
		d.fix(what, "%s is %s: the events of the stack say what failed (sam deploy prints them); a stack that never came up has to be deleted first",
			name, state)
		return false
	default:
		d.ok(what, "%s is %s", name, state)
	}
	return true
}

func (d *doctor) noStack(name string, err error) {
	switch {
	case err == nil, isValidation(err): // CloudFormation says "does not exist" so
		d.fix("stack", "there is no stack %s in this account and region: is the name right (sam deploy asks for it), and the -region?", name)
	default:
		d.fix("stack", "%s", awsaccount.Explain("cloudformation:DescribeStacks", "the stack "+name, err))
	}
}

func (d *doctor) listRoles(ctx context.Context, client *cloudformation.Client, s *deployment, name string) {
	s.roles = map[string]string{}
	pages := cloudformation.NewListStackResourcesPaginator(client, &cloudformation.ListStackResourcesInput{StackName: &name})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			d.skip("permissions", "%s", awsaccount.Explain("cloudformation:ListStackResources", "the stack", err))
			return
		}
		for _, r := range page.StackResourceSummaries {
			if aws.ToString(r.ResourceType) == "AWS::IAM::Role" && r.ResourceStatus != cfn.ResourceStatusDeleteComplete {
				s.roles[aws.ToString(r.LogicalResourceId)] = aws.ToString(r.PhysicalResourceId)
			}
		}
	}
}

// configure takes the settings that the functions have, in place of this machine's.
func (d *doctor) configure(parameters map[string]string) {
	names := map[string]string{
		"GAVEL_SECRET_PREFIX": "SecretPrefix", "GAVEL_JAAS_BASE_URL": "JaasBaseUrl", "GAVEL_JAAS_DOMAIN": "JaasDomain",
		"GAVEL_OIDC_ISSUER": "OidcIssuer", "GAVEL_OIDC_AUDIENCE": "OidcAudience", "GAVEL_OIDC_JWKS_URL": "OidcJwksUrl",
		"GAVEL_UPSTREAM_TIMEOUT": "UpstreamTimeout", "GAVEL_ROOMS_JAAS_APP_ID": "RoomsJaasAppId", "GAVEL_ROOMS_VEETING_USER": "RoomsVeetingUser",
	}
	var err error
	d.settings, err = config.Load(func(name string) string { return parameters[names[name]] })
	if faults, ok := errors.AsType[*config.Error](err); ok {
		for _, fault := range faults.Faults {
			setting, rest, _ := strings.Cut(fault, " ")
			d.fix("parameter "+names[setting], "it %s", rest)
		}
	}
}

// lookAtStackSecrets finds the secrets below the stack's prefix, and looks at each.
func (d *doctor) lookAtStackSecrets(ctx context.Context, s *deployment) {
	const what = "secrets"
	client := secretsmanager.NewFromConfig(s.aws)
	prefix := d.settings.SecretPrefix + "/"
	d.source = secrets.NewManager(secrets.ManagerOptions{
		Prefix: d.settings.SecretPrefix, Region: s.aws.Region, Credentials: s.aws.Credentials, HTTP: s.aws.HTTPClient,
		Endpoint: aws.ToString(client.Options().BaseEndpoint),
	})
	found, err := listSecrets(ctx, client, prefix)
	if err != nil {
		d.skip(what, "%s; what the API says of them is below, with GAVEL_API_KEY set", awsaccount.Explain("secretsmanager:ListSecrets", "the secrets", err))
		return
	}
	if len(found) == 0 {
		d.noSecrets(ctx, client, prefix)
		return
	}
	d.ok(what, "there are %d below %s", len(found), prefix)
	for _, name := range slices.Sorted(maps.Keys(found)) {
		d.encryptedFor("secret "+name, found[name], s.parameters["SecretsKmsKeyArn"])
	}
	d.examineSecrets(ctx, slices.Collect(maps.Keys(found)))
	d.lookAtRooms(d.settings.RoomsJaaSAppID, d.settings.RoomsVeetingUser)
	if !d.found.has(auth.APIKeysSecret) {
		d.fix(auth.APIKeysSecret, "there are none, so that nobody gets in with a key: make secret ARGS='api-keys -name crm -scopes jaas -to crm.key -aws -prefix %s'",
			d.settings.SecretPrefix)
	}
}

// listSecrets gives the secrets whose names begin so, by the rest of the name.
func listSecrets(ctx context.Context, client *secretsmanager.Client, prefix string) (map[string]sm.SecretListEntry, error) {
	found := map[string]sm.SecretListEntry{}
	in := &secretsmanager.ListSecretsInput{}
	if prefix != "" {
		in.Filters = []sm.Filter{{Key: sm.FilterNameStringTypeName, Values: []string{prefix}}}
	}
	pages := secretsmanager.NewListSecretsPaginator(client, in)
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, entry := range page.SecretList {
			// The filter does not mind capitals, and GetSecretValue does.
			if name, ok := strings.CutPrefix(aws.ToString(entry.Name), prefix); ok && entry.DeletedDate == nil {
				found[name] = entry
			}
		}
	}
	return found, nil
}

// noSecrets looks for them elsewhere: below another prefix than the stack's.
func (d *doctor) noSecrets(ctx context.Context, client *secretsmanager.Client, prefix string) {
	if all, err := listSecrets(ctx, client, ""); err == nil {
		for _, name := range slices.Sorted(maps.Keys(all)) {
			if other, ok := strings.CutSuffix(name, "/"+auth.APIKeysSecret); ok {
				d.fix("secrets", "there are none below %s, which is the stack's SecretPrefix, but there is %s: deploy with SecretPrefix=%s, or write them again with -prefix %s",
					prefix, name, other, strings.TrimSuffix(prefix, "/"))
				return
			}
		}
	}
	d.fix("secrets", "there are none below %s in this region: put them in with make secret ARGS='… -aws -prefix %s', as in the README",
		prefix, strings.TrimSuffix(prefix, "/"))
}

// encryptedFor says whether the functions may decrypt a secret: with the AWS managed key they may, with another one if the stack was
// told of it.
func (d *doctor) encryptedFor(what string, entry sm.SecretListEntry, told string) {
	key := aws.ToString(entry.KmsKeyId)
	if key == "" || strings.HasSuffix(key, "alias/aws/secretsmanager") || key == told || told != "" && strings.HasSuffix(told, "/"+key) {
		return
	}
	d.fix(what, "it is encrypted with a KMS key of your own that the stack does not know: deploy with SecretsKmsKeyArn, "+
		"so that the functions may decrypt it")
}

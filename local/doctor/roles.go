package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"gavel/local/awsaccount"
	"gavel/shared/auth"
	"gavel/shared/jitsi"
	"gavel/shared/openmeetings"
	"gavel/shared/veeting"
)

// need is something that a function cannot do without.
type need struct {
	function string // logical id; SAM calls its role so, too, with Role behind it
	action   string
	resource string
}

func (d *doctor) needs(s *deployment) []need {
	secret := func(name string) string {
		// Secrets Manager puts six characters behind a name
		// (https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_iam-permissions.html).
		return fmt.Sprintf("arn:%s:secretsmanager:%s:%s:secret:%s/%s-AbCdEf", s.partition, s.aws.Region, s.account, d.settings.SecretPrefix, name)
	}
	const read = "secretsmanager:GetSecretValue"
	needs := []need{{"SystemAuthorizer", read, secret(auth.APIKeysSecret)}}
	for appID := range d.found.jaas {
		needs = append(needs, need{"JaasDestroyRoom", read, secret("jaas/" + string(appID))})
		break // the policy is one for all tenants
	}
	for _, provider := range []struct{ name, function string }{
		{jitsi.Provider, "JitsiEndRoom"}, {openmeetings.Provider, "OpenmeetingsCreateEntry"}, {veeting.Provider, "VeetingScheduleMeeting"},
	} {
		if d.found.has(provider.name) {
			needs = append(needs, need{provider.function, read, secret(provider.name)})
		}
	}
	if table := s.outputs["StateTable"]; table != "" {
		arn := fmt.Sprintf("arn:%s:dynamodb:%s:%s:table/%s", s.partition, s.aws.Region, s.account, table)
		needs = append(needs, need{"RoomsCreate", "dynamodb:PutItem", arn}, need{"RoomsGet", "dynamodb:BatchGetItem", arn})
	}
	if bucket := s.outputs["FilesBucket"]; bucket != "" {
		needs = append(needs, need{"RoomsDownloadUrl", "s3:GetObject", fmt.Sprintf("arn:%s:s3:::%s/any/attachment/any", s.partition, bucket)})
	}
	return needs
}

// lookAtRoles asks IAM whether the functions may do what they have to: policies of the account or of the organization may stand
// against what the template gives them
// (https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html).
func (d *doctor) lookAtRoles(ctx context.Context, s *deployment) {
	client, asked := iam.NewFromConfig(s.aws), 0
	for _, n := range d.needs(s) {
		what := "permission of " + n.function
		role, known := s.roles[n.function+"Role"]
		if !known {
			continue // not deployed, or with a role from elsewhere
		}
		asked++
		out, err := client.SimulatePrincipalPolicy(ctx, &iam.SimulatePrincipalPolicyInput{
			PolicySourceArn: aws.String(fmt.Sprintf("arn:%s:iam::%s:role/%s", s.partition, s.account, role)),
			ActionNames:     []string{n.action}, ResourceArns: []string{n.resource},
		})
		switch {
		case err != nil:
			d.skip("permissions", "what the functions may do cannot be seen: %s", awsaccount.Explain("iam:SimulatePrincipalPolicy", "their roles", err))
			return
		case len(out.EvaluationResults) == 0:
			d.skip(what, "IAM says nothing")
		case out.EvaluationResults[0].EvalDecision == types.PolicyEvaluationDecisionTypeAllowed:
			d.ok(what, "%s", n.action)
		default:
			d.fix(what, "it may not do %s: %s", n.action, denial(out.EvaluationResults[0]))
		}
	}
	if asked == 0 {
		d.skip("permissions", "the functions' roles are not of this stack, or cannot be listed")
	}
}

func denial(result types.EvaluationResult) string {
	switch {
	case result.OrganizationsDecisionDetail != nil && !result.OrganizationsDecisionDetail.AllowedByOrganizations:
		return "a policy of the organization forbids it; ask whoever keeps that"
	case result.PermissionsBoundaryDecisionDetail != nil && !result.PermissionsBoundaryDecisionDetail.AllowedByPermissionsBoundary:
		return "the permissions boundary of the role forbids it"
	case strings.EqualFold(string(result.EvalDecision), string(types.PolicyEvaluationDecisionTypeExplicitDeny)):
		return "a policy forbids it"
	}
	return "the template's policy is not on the role, or was made for another SecretPrefix: deploy again"
}

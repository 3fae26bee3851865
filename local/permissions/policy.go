// Package permissions notes which AWS calls functions make, and holds them against the policies they are deployed with.
//
// A Recorder stands in front of an emulated service. It knows a function by the access key that its requests are signed
// with, and reads from each request what IAM would be asked: an action, a resource and the values of condition keys.
// Policies are decided on as IAM does as far as Gavel's policies go; what is beyond that is an error and not a yes
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html).
package permissions

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Call is what IAM is asked about one request, or about a part of it.
type Call struct {
	Action   string              // e.g. dynamodb:GetItem
	Resource string              // an ARN
	Context  map[string][]string // condition keys with their values
}

// Statement is one of a policy (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html).
type Statement struct {
	Effect    string
	Action    Texts
	Resource  Texts
	Condition map[string]map[string]Texts
}

// Texts are one text or several, as policies write them.
type Texts []string

// UnmarshalJSON takes a text or a list of texts.
func (t *Texts) UnmarshalJSON(text []byte) error {
	var one string
	if err := json.Unmarshal(text, &one); err == nil {
		*t = Texts{one}
		return nil
	}
	var many []string
	err := json.Unmarshal(text, &many)
	*t = many
	return err
}

// Allowed says whether the statements of all policies together let a call through: one allows it, and none denies it.
func Allowed(statements []Statement, c Call) (bool, error) {
	allowed := false
	for _, s := range statements {
		applies, err := s.Applies(c)
		if err != nil {
			return false, err
		}
		if applies && s.Effect != "Allow" {
			return false, nil
		}
		allowed = allowed || applies
	}
	return allowed, nil
}

// Applies says whether a call is what a statement is about.
func (s Statement) Applies(c Call) (bool, error) {
	if !matchesAny(s.Action, c.Action, true) || !matchesAny(s.Resource, c.Resource, false) {
		return false, nil
	}
	for operator, keys := range s.Condition {
		for key, wanted := range keys {
			holds, err := holds(operator, c.Context[key], wanted)
			if err != nil || !holds {
				return false, err
			}
		}
	}
	return true, nil
}

// holds decides one condition (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_multi-key-or-value-context-keys.html).
func holds(operator string, values, wanted []string) (bool, error) {
	fits := func(value string) bool { return slices.Contains(wanted, value) }
	if strings.HasSuffix(operator, "StringLike") {
		fits = func(value string) bool { return matchesAny(wanted, value, false) }
	}
	switch operator {
	case "StringEquals", "StringLike":
		return len(values) == 1 && fits(values[0]), nil
	case "ForAllValues:StringEquals", "ForAllValues:StringLike": // which hold for no values, too
		return !slices.ContainsFunc(values, func(value string) bool { return !fits(value) }), nil
	}
	return false, fmt.Errorf("a condition with %s, which is not understood here", operator)
}

// matchesAny knows the wildcards of policies: * for any text, ? for one character. Actions know no case.
func matchesAny(patterns []string, text string, anyCase bool) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		quoted := strings.NewReplacer(`\*`, `.*`, `\?`, `.`).Replace(regexp.QuoteMeta(pattern))
		if anyCase {
			quoted = "(?i)" + quoted
		}
		return regexp.MustCompile(`^(?s:` + quoted + `)$`).MatchString(text)
	})
}

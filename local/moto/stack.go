package moto

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"os/exec"

	"gavel/local/permissions"
)

//go:embed deploy.py
var deployScript string

// Stack is what became of a template.
type Stack struct {
	Status    string                   // CloudFormation's word
	Resources map[string]string        // physical names by logical ids
	LeftOut   map[string]string        // types by logical ids, of what moto's CloudFormation does not know
	Functions map[string]StackFunction // by logical ids
}

// StackFunction is a function of a stack.
type StackFunction struct {
	Environment map[string]string
	Policies    map[string][]permissions.Statement // by logical ids, or by their names where they are written into a role
}

// Deploy transforms a SAM template and creates a stack of it at the server, which must have been started. Names are resolved
// as CloudFormation would; the API, alarms and other things that no function asks for are left out.
func Deploy(ctx context.Context, endpoint, stack, template string, parameters map[string]string) (s Stack, err error) {
	python, err := interpreter()
	if err != nil {
		return s, err
	}
	values, err := json.Marshal(parameters)
	if err != nil {
		return s, err
	}
	deploy := exec.CommandContext(ctx, python, "-c", deployScript, endpoint, stack, template, string(values))
	var out, said bytes.Buffer
	deploy.Stdout, deploy.Stderr = &out, &said
	if err := deploy.Run(); err != nil {
		return s, fmt.Errorf("create a stack: %w\n%s", err, said.String())
	}
	if err := json.Unmarshal(out.Bytes(), &s); err != nil {
		return s, fmt.Errorf("create a stack: %w", err)
	}
	return s, nil
}

// Package stack gives tests what a deployment would create: a SAM template as SAM's own library transforms it, and as
// CloudFormation would resolve it under a set of parameters. It creates nothing.
package stack

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"os/exec"
	"testing"

	"gavel/local/moto"
)

//go:embed transform.py
var script string

// Stack is a template with all conditions, references and texts resolved. A reference to a resource is its logical id,
// and one to an attribute is Resource.Attribute.
type Stack struct {
	Resources map[string]Resource
	Outputs   map[string]string
	Broken    []string // what the rules for parameters say against them
}

// Resource is one of a stack.
type Resource struct {
	Type                                string
	Properties                          map[string]any
	DeletionPolicy, UpdateReplacePolicy string
}

// Resolve gives the stack for each set of parameters, those left out with their defaults. A reference to what is not
// created fails the test.
func Resolve(t testing.TB, template string, parameters ...map[string]string) []Stack {
	t.Helper()
	given, err := json.Marshal(parameters)
	if err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), moto.Python(t), "-c", script, template)
	var out, said bytes.Buffer
	command.Stdin, command.Stdout, command.Stderr = bytes.NewReader(given), &out, &said
	if err := command.Run(); err != nil {
		t.Fatalf("transform %s: %v\n%s", template, err, said.String())
	}
	var stacks []Stack
	if err := json.Unmarshal(out.Bytes(), &stacks); err != nil {
		t.Fatal(err)
	}
	return stacks
}

package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
)

// answer is what of a function's answer is compared.
type answer struct {
	Status int            // of an operation
	Header map[string]any // its headers
	Body   any            // its body, or all that another function answered
}

// readAnswer takes an answer apart.
func readAnswer(payload []byte) (answer, error) {
	var http struct {
		StatusCode      int
		Headers         map[string]any
		Body            string
		IsBase64Encoded bool
	}
	var all any
	if err := json.Unmarshal(payload, &all); err != nil {
		return answer{}, fmt.Errorf("the answer is no JSON: %w", err)
	}
	if err := json.Unmarshal(payload, &http); err != nil || http.StatusCode == 0 {
		return answer{Body: all}, nil //nolint:nilerr // an answer of another kind
	}
	a := answer{Status: http.StatusCode, Header: http.Headers, Body: http.Body}
	if strings.HasSuffix(fmt.Sprint(http.Headers["Content-Type"]), "json") {
		if err := json.Unmarshal([]byte(http.Body), &a.Body); err != nil {
			return answer{}, fmt.Errorf("the body is no JSON: %w", err)
		}
	}
	return a, nil
}

// varying are what may differ from one world, or moment, to another.
var varying = []struct {
	what *regexp.Regexp
	name string
}{
	{regexp.MustCompile(`eyJ[\w-]+\.[\w-]+\.[\w-]+`), "TOKEN"},
	{regexp.MustCompile(`http://[\w.]+:\d+/`), "SERVER/"},
	{regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`), "ID"},
	{regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z`), "TIME"},
	{regexp.MustCompile(`\d{8}T\d{6}Z`), "TIME"},
	{regexp.MustCompile(`X-Amz-Credential=local%2F\d{8}`), "X-Amz-Credential=local%2FDAY"},
	{regexp.MustCompile(`X-Amz-Signature=[0-9a-f]{64}`), "X-Amz-Signature=SIGNATURE"},
	{regexp.MustCompile(`gavel-(local|in-process)`), "NAME"},
	{regexp.MustCompile(`\b[0-9a-f]{24,}\b`), "ID"},
}

// alike gives a value with names in the place of what varies. A number that is a time in milliseconds is none of the
// sandboxes' ids, which are small.
func alike(value any) any {
	switch v := value.(type) {
	case string:
		for _, vary := range varying {
			v = vary.what.ReplaceAllString(v, vary.name)
		}
		return v
	case float64:
		if v > 1e12 {
			return "TIME"
		}
	case []any:
		return collect(v)
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, inner := range v {
			if out[name] = alike(inner); strings.HasSuffix(name, "cursor") { // which has an id in it
				out[name] = "CURSOR"
			}
		}
		return out
	}
	return value
}

func collect(values []any) []any {
	out := make([]any, len(values))
	for i, inner := range values {
		out[i] = alike(inner)
	}
	return out
}

// differences says in which of its parts an answer is another one.
func differences(got, want answer) []string {
	var found []string
	if got.Status != want.Status {
		found = append(found, fmt.Sprintf("status %d, want %d", got.Status, want.Status))
	}
	if !reflect.DeepEqual(alike(got.Header), alike(want.Header)) {
		found = append(found, fmt.Sprintf("headers %v, want %v", got.Header, want.Header))
	}
	if !reflect.DeepEqual(alike(got.Body), alike(want.Body)) {
		found = append(found, fmt.Sprintf("body %v, want %v", got.Body, want.Body))
	}
	return found
}

// sorted gives the keys of a map in their order.
func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

package catalog_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"gavel/docs"
	"gavel/shared/api"
	"gavel/shared/api/catalog"
	"gavel/shared/jitsi"
	"gavel/shared/secrets"
)

// object is a JSON object of the document.
type object = map[string]any

func document(t *testing.T) object {
	t.Helper()
	text, err := catalog.OpenAPI()
	if err != nil {
		t.Fatal(err)
	}
	var d object
	if err := json.Unmarshal(text, &d); err != nil {
		t.Fatal(err)
	}
	return d
}

func in(value any, path ...string) any {
	for _, name := range path {
		inner, _ := value.(object)
		value = inner[name]
	}
	return value
}

func objectIn(value any, path ...string) object {
	found, _ := in(value, path...).(object)
	return found
}

// operation is one of the document.
type operation struct {
	method, path, id string
	object
}

func operations(t *testing.T, d object) []operation {
	t.Helper()
	var found []operation
	for path, item := range objectIn(d, "paths") {
		for method, value := range item.(object) {
			if !slices.Contains([]string{"get", "put", "post", "delete", "patch"}, method) {
				t.Errorf("got the member %s in the path %s, want methods alone", method, path)
				continue
			}
			op := value.(object)
			id, _ := op["operationId"].(string)
			found = append(found, operation{method, path, id, op})
		}
	}
	if len(found) < 10 {
		t.Fatalf("got %d operations, want all of them", len(found))
	}
	return found
}

func TestOpenAPI_IsTheDocumentInDocs(t *testing.T) {
	t.Parallel()
	made, err := catalog.OpenAPI()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(made, docs.OpenAPI) {
		line := 1
		for i := range min(len(made), len(docs.OpenAPI)) {
			if made[i] != docs.OpenAPI[i] {
				break
			}
			if made[i] == '\n' {
				line++
			}
		}
		t.Errorf("docs/openapi.json is not what the operations make of it, from line %d on; run make openapi and commit it", line)
	}
}

func TestOpenAPI_IsTheSameEveryTime(t *testing.T) {
	t.Parallel()
	first, err := catalog.OpenAPI()
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if again, err := catalog.OpenAPI(); err != nil || !bytes.Equal(first, again) {
			t.Fatalf("got another document and %v, want the same bytes", err)
		}
	}
}

func TestOpenAPI_HasTheShapeOfVersion31(t *testing.T) {
	t.Parallel()
	d := document(t)
	if d["openapi"] != "3.1.0" || in(d, "info", "title") != "Gavel" || in(d, "info", "version") != api.Version {
		t.Errorf("got %v and %v, want OpenAPI 3.1.0 of Gavel %s", d["openapi"], d["info"], api.Version)
	}
	for name := range d {
		if !slices.Contains([]string{"openapi", "info", "paths", "components", "tags", "servers"}, name) {
			t.Errorf("got the member %s, want only those of OpenAPI", name)
		}
	}
	walk(d, "#", func(at string, value object) {
		// Members of OpenAPI 3.0 that 3.1 has given up for those of JSON Schema.
		for _, old := range []string{"nullable", "example"} {
			if _, there := value[old]; there && strings.Contains(at, "/schema") && !strings.HasSuffix(at, "/properties") {
				t.Errorf("got %s in %s, want the form of JSON Schema 2020-12", old, at)
			}
		}
		if pattern, is := value["pattern"].(string); is {
			if _, err := regexp.Compile(pattern); err != nil {
				t.Errorf("got the pattern %q in %s: %v", pattern, at, err)
			}
		}
	})
}

// walk visits every object of a document with the place it stands at.
func walk(value any, at string, visit func(at string, value object)) {
	switch value := value.(type) {
	case object:
		visit(at, value)
		for name, inner := range value {
			walk(inner, at+"/"+name, visit)
		}
	case []any:
		for i, inner := range value {
			walk(inner, at+"/"+strconv.Itoa(i), visit)
		}
	}
}

func TestOpenAPI_EveryReferenceLeadsSomewhereAndEverySchemaIsUsed(t *testing.T) {
	t.Parallel()
	d := document(t)
	used := map[string]bool{}
	walk(d, "#", func(at string, value object) {
		ref, is := value["$ref"].(string)
		if !is {
			return
		}
		path, local := strings.CutPrefix(ref, "#/")
		if !local || objectIn(d, strings.Split(path, "/")...) == nil {
			t.Errorf("got the reference %s in %s, which leads nowhere", ref, at)
		}
		used[ref] = true
	})
	for name, value := range objectIn(d, "components", "schemas") {
		schema := value.(object)
		if !used["#/components/schemas/"+name] {
			t.Errorf("got the schema %s, which nothing refers to", name)
		}
		for _, field := range list(schema["required"]) {
			if in(schema, "properties", field) == nil {
				t.Errorf("got %s required in %s, which has no such property", field, name)
			}
		}
	}
}

func list(value any) []string {
	values, _ := value.([]any)
	texts := make([]string, 0, len(values))
	for _, v := range values {
		text, _ := v.(string)
		texts = append(texts, text)
	}
	return texts
}

// TestOpenAPI_SchemasOfRequestsAreClosed: a field that is not known is refused, so the document
// says so.
func TestOpenAPI_SchemasOfRequestsAreClosed(t *testing.T) {
	t.Parallel()
	d := document(t)
	for _, op := range operations(t, d) {
		walk(op.object["requestBody"], op.id, func(at string, value object) {
			ref, is := value["$ref"].(string)
			if !is {
				return
			}
			schema := objectIn(d, strings.Split(strings.TrimPrefix(ref, "#/"), "/")...)
			if schema["type"] == "object" && schema["additionalProperties"] != false {
				t.Errorf("got %s open in %s, want additionalProperties false", ref, at)
			}
		})
	}
}

func TestOpenAPI_EveryOperationHasAnIDOfItsOwn(t *testing.T) {
	t.Parallel()
	form, seen := regexp.MustCompile(`^[a-z]+(-[a-z]+)+$`), map[string]bool{}
	for _, op := range operations(t, document(t)) {
		if !form.MatchString(op.id) || seen[op.id] {
			t.Errorf("got the operationId %q of %s %s, want <group>-<name>, and once", op.id, op.method, op.path)
		}
		seen[op.id] = true
		for _, member := range []string{"summary", "description"} {
			if text, _ := op.object[member].(string); text == "" {
				t.Errorf("got no %s of %s", member, op.id)
			}
		}
		if len(list(op.object["tags"])) != 1 {
			t.Errorf("got the tags %v of %s, want one", op.object["tags"], op.id)
		}
	}
}

func TestOpenAPI_EveryOperationButAFewIsGuarded(t *testing.T) {
	t.Parallel()
	d := document(t)
	schemes := objectIn(d, "components", "securitySchemes")
	if in(schemes, "apiKey", "name") != "X-Api-Key" || in(schemes, "apiKey", "in") != "header" || in(schemes, "bearer", "scheme") != "bearer" {
		t.Errorf("got the schemes %v, want an API key in X-Api-Key and a bearer token", schemes)
	}
	var open []string
	for _, op := range operations(t, d) {
		security, _ := op.object["security"].([]any)
		if len(security) == 0 {
			open = append(open, op.id)
			continue
		}
		group, _, _ := strings.Cut(op.id, "-")
		if group == "rooms" { // for people, whose place in the room says what they may do
			if want := []any{object{"bearer": []any{}}}; !reflect.DeepEqual(security, want) {
				t.Errorf("got %v for %s, want %v", security, op.id, want)
			}
			continue
		}
		for _, alternative := range security {
			for scheme, scopes := range alternative.(object) {
				if schemes[scheme] == nil || len(list(scopes)) != 1 || !strings.HasPrefix(list(scopes)[0], group) && op.id != "system-list-audit" {
					t.Errorf("got %s with %v for %s, want a scheme that is described and a scope of the group", scheme, scopes, op.id)
				}
			}
		}
	}
	slices.Sort(open)
	// The webhooks and the reservations are for whoever has their keys, which no scheme describes; public keys are public.
	want := []string{
		"jaas-webhook", "jitsi-create-reservation", "jitsi-delete-reservation", "jitsi-get-reservation", "jitsi-public-key", "jitsi-webhook",
		"system-docs", "system-health", "system-openapi", "veeting-webhook",
	}
	if !slices.Equal(open, want) {
		t.Errorf("got %q open, want %q alone", open, want)
	}
}

func TestOpenAPI_EveryErrorIsAProblemDocument(t *testing.T) {
	t.Parallel()
	d := document(t)
	for _, op := range operations(t, d) {
		responses := objectIn(op.object, "responses")
		var good int
		for status, response := range responses {
			code, err := strconv.Atoi(status)
			content := slices.Collect(maps.Keys(objectIn(response, "content")))
			switch {
			case err != nil:
				t.Errorf("got the response %q of %s, want a status", status, op.id)
			case code < 300:
				good++
				if slices.Contains(content, "application/problem+json") || len(content) != 1 {
					t.Errorf("got %q for %d of %s, want one type of success", content, code, op.id)
				}
			case !slices.Equal(content, []string{"application/problem+json"}):
				t.Errorf("got %q for %d of %s, want application/problem+json", content, code, op.id)
			case in(response, "content", "application/problem+json", "schema", "$ref") != "#/components/schemas/Problem":
				t.Errorf("got another schema for %d of %s, want Problem", code, op.id)
			}
			if text, _ := in(response, "description").(string); text == "" {
				t.Errorf("got no description for %s of %s", status, op.id)
			}
		}
		if good != 1 {
			t.Errorf("got %d successes of %s, want 1", good, op.id)
		}
		want := []string{"500"}
		if op.object["security"] != nil {
			want = append(want, "401", "403", "503")
		}
		if op.object["requestBody"] != nil {
			want = append(want, "400", "413", "415", "422")
		}
		for _, status := range want {
			if responses[status] == nil {
				t.Errorf("got no %s of %s, want it described", status, op.id)
			}
		}
	}
}

func TestOpenAPI_ParametersAreThoseOfThePath(t *testing.T) {
	t.Parallel()
	inPath := regexp.MustCompile(`\{([^}]+)\}`)
	for _, op := range operations(t, document(t)) {
		var want, got []string
		for _, match := range inPath.FindAllStringSubmatch(op.path, -1) {
			want = append(want, match[1])
		}
		parameters, _ := op.object["parameters"].([]any)
		keyed, reasoned := false, false
		for _, p := range parameters {
			if reference, is := in(p, "$ref").(string); is {
				keyed = keyed || reference == "#/components/parameters/IdempotencyKey"
				continue
			}
			name, _ := in(p, "name").(string)
			reasoned = reasoned || name == api.HeaderReason
			if in(p, "in") == "path" {
				got = append(got, name)
				if in(p, "required") != true {
					t.Errorf("got %s of %s not required, want it so: it is in the path", name, op.id)
				}
			}
			if objectIn(p, "schema") == nil {
				t.Errorf("got no schema of %s of %s", name, op.id)
			}
		}
		if want := op.method == "post" && op.object["security"] != nil; keyed != want {
			t.Errorf("got %t, want %t: whether %s takes an Idempotency-Key", keyed, want, op.id)
		}
		if want := op.object["security"] != nil; reasoned != want {
			t.Errorf("got %t, want %t: whether %s takes a reason", reasoned, want, op.id)
		}
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("got the parameters %q of %s, want %q", got, op.path, want)
		}
	}
}

// TestCatalog_ServesEveryOperationOfTheDocument asks each without credentials and without a body: a
// guarded one says 401, an open one 200, a webhook that it needs a body, one that needs a secret that it
// is missing, and none that there is no such path.
func TestCatalog_ServesEveryOperationOfTheDocument(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	nowhere := jitsi.New(jitsi.Options{Secrets: secrets.NewFile(filepath.Join(t.TempDir(), "none"), "gavel"), Now: time.Now})
	catalog.Register(api.New(mux), catalog.Services{Jitsi: nowhere})
	served := httptest.NewServer(api.Handler(mux))
	t.Cleanup(served.Close)
	for _, op := range operations(t, document(t)) {
		path := regexp.MustCompile(`\{[^}]+\}`).ReplaceAllString(op.path, "x")
		request, err := http.NewRequestWithContext(t.Context(), strings.ToUpper(op.method), served.URL+path, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		want := http.StatusUnauthorized
		if op.object["security"] == nil {
			want = http.StatusOK
		}
		switch op.id {
		case "jaas-webhook", "jitsi-create-reservation", "jitsi-webhook", "veeting-webhook":
			want = http.StatusBadRequest
		case "jitsi-get-reservation", "jitsi-delete-reservation":
			want = http.StatusServiceUnavailable
		case "jitsi-public-key":
			want = http.StatusUnprocessableEntity
		}
		if response.StatusCode != want {
			t.Errorf("got HTTP %d for %s, want %d", response.StatusCode, op.id, want)
		}
	}
}

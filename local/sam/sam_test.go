package main

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func file(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", path))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// sam local passes on only variables that a function has in the template, and says nothing of others.
func TestEnvironment_NamesVariablesOfTheTemplate(t *testing.T) {
	t.Parallel()
	env, err := environmentAt("host.docker.internal:3000", "gavel-local")
	if err != nil {
		t.Fatal(err)
	}
	template := file(t, "template.yaml")
	for name, value := range env {
		if !strings.Contains(template, " "+name+":") && !strings.Contains(template, "{"+name+":") {
			t.Errorf("%s is no variable of the template", name)
		}
		if value == "" {
			t.Errorf("%s is empty", name)
		}
	}
	for _, name := range regexp.MustCompile(`(GAVEL_(?:TABLE|\w+_BUCKET|SCHEDULE_\w+|EVENT_BUS|ROOMS_\w+|OIDC_\w+)):`).FindAllStringSubmatch(template, -1) {
		if env[name[1]] == "" {
			t.Errorf("%s of the template has no value here", name[1])
		}
	}
}

func TestEnvironmentAt_MovesAllAddressesAndNames(t *testing.T) {
	t.Parallel()
	env, err := environmentAt("127.0.0.1:40001", "other")
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range env {
		if strings.Contains(value, ":3000") || strings.Contains(value, machineName) || strings.Contains(value, "gavel-local") {
			t.Errorf("%s is %s, as in the file", name, value)
		}
	}
	if got, want := env["GAVEL_OIDC_ISSUER"], "http://127.0.0.1:40001/local/oidc"; got != want {
		t.Errorf("got the issuer %s, want %s", got, want)
	}
}

func TestSamconfig_SetsParametersThatThereAre(t *testing.T) {
	t.Parallel()
	parameters, _, _ := strings.Cut(file(t, "template.yaml"), "\nRules:\n")
	config := file(t, "samconfig.toml")
	for _, line := range regexp.MustCompile(`(?m)^parameter_overrides = "(.*)"$`).FindAllStringSubmatch(config, -1) {
		for pair := range strings.FieldsSeq(line[1]) {
			name, _, _ := strings.Cut(pair, "=")
			if !strings.Contains(parameters, "\n  "+name+":\n") {
				t.Errorf("%s is no parameter of the template", name)
			}
		}
	}
	for _, name := range []string{"default", "staging", "prod"} {
		for _, of := range []string{"global", "deploy"} {
			if !strings.Contains(config, "\n["+name+"."+of+".parameters]\n") {
				t.Errorf("samconfig.toml lacks %s for %s", of, name)
			}
		}
	}
}

func TestGroups_HaveEveryEventOnce(t *testing.T) {
	t.Parallel()
	samples, err := groups(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, s := range slices.Concat(samples...) {
		all = append(all, s.operation)
	}
	for _, operation := range story {
		if !slices.Contains(all, operation) {
			t.Errorf("%s of the story has no event", operation)
		}
	}
	paths, err := filepath.Glob(filepath.Join("..", "..", "events", "*", "*.json"))
	slices.Sort(all)
	if err != nil || len(paths) != len(all) || len(slices.Compact(all)) != len(paths) {
		t.Errorf("got %d events, want each of the %d once: %v", len(all), len(paths), err)
	}
}

// Whoever tries the sample events one by one can go on after each: group 1 is that of Gavel's own account, which may do nothing
// without it.
func TestEvents_LeaveTheSandboxItsAccount(t *testing.T) {
	t.Parallel()
	if event := file(t, "events/openmeetings/delete-group.json"); strings.Contains(event, "/groups/1") || strings.Contains(event, `"groupId": "1"`) {
		t.Error("the sample deletes group 1, want another one")
	}
}

func TestDifferences(t *testing.T) {
	t.Parallel()
	const (
		room      = `{"id":"01937c4e-7a10-7cc3-98c5-1f0a2b3c4d5e","name":"Stand-up","start_time":"2026-11-22T09:00:00Z"}`
		otherRoom = `{"id":"01937c4f-0b3a-7d21-8e4c-2a6b8c0d1e3f","name":"Stand-up","start_time":"2026-11-22T09:00:01.5Z"}`
	)
	for name, tt := range map[string]struct {
		got, want answer
		equal     bool
	}{
		"ids and times":    {operation(t, 201, room), operation(t, 201, otherRoom), true},
		"another name":     {operation(t, 201, room), operation(t, 201, strings.Replace(room, "Stand-up", "Review", 1)), false},
		"another status":   {operation(t, 201, room), operation(t, 200, room), false},
		"a field less":     {operation(t, 201, room), operation(t, 201, `{"name":"Stand-up"}`), false},
		"an id and a time": {operation(t, 200, `{"id":"01937c4e-7a10-7cc3-98c5-1f0a2b3c4d5e"}`), operation(t, 200, `{"id":"2026-11-22T09:00:00Z"}`), false},
		"small numbers":    {operation(t, 200, `{"count":2}`), operation(t, 200, `{"count":3}`), false},
		"addresses":        {operation(t, 200, `{"url":"http://host.docker.internal:3000/a"}`), operation(t, 200, `{"url":"http://127.0.0.1:4/a"}`), true},
		"paths":            {operation(t, 200, `{"url":"http://host.docker.internal:3000/a"}`), operation(t, 200, `{"url":"http://127.0.0.1:4/b"}`), false},
		"of a job":         {plain(t, `null`), plain(t, `null`), true},
		"nothing":          {answer{}, operation(t, 200, room), false},
	} {
		if found := differences(tt.got, tt.want); (len(found) == 0) != tt.equal {
			t.Errorf("%s: got %q, want equal: %t", name, found, tt.equal)
		}
	}
	if _, err := readAnswer([]byte(`no JSON`)); err == nil {
		t.Error("got no error for an answer that is no JSON")
	}
	if got := logicalID("rooms-add-participant"); got != "RoomsAddParticipant" {
		t.Errorf("got %s", got)
	}
}

func operation(t *testing.T, status int, body string) answer {
	t.Helper()
	a := plain(t, body)
	return answer{Status: status, Header: map[string]any{"Content-Type": "application/json"}, Body: a.Body}
}

func plain(t *testing.T, text string) answer {
	t.Helper()
	a, err := readAnswer([]byte(text))
	if err != nil || !reflect.DeepEqual(a, answer{Body: a.Body}) {
		t.Fatalf("got %+v, %v", a, err)
	}
	return a
}

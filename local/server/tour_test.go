package server_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The tour of the README, pasted block by block into one shell.
func TestTourOfTheReadme(t *testing.T) {
	t.Parallel()
	for _, tool := range []string{"sh", "curl", "sed"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("needs %s", tool)
		}
	}
	readme, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, tour, _ := strings.Cut(string(readme), "\n## A tour\n")
	tour, _, _ = strings.Cut(tour, "\n## ")
	c := setup(t, nil)
	script := strings.ReplaceAll(shellBlocks(tour), "http://127.0.0.1:3000", c.URL())
	out, err := exec.CommandContext(t.Context(), "sh", "-c", script).CombinedOutput()
	if err != nil {
		t.Errorf("the tour failed: %v", err)
	}
	text := string(out)
	for _, want := range []string{
		`"joinUrl":"https://8x8.vc/`, `"participantId":`, `{"outcome":"requested"}`, `{"outcome":"kicked"}`,
		`"participantId":`, `{"outcome":"banned"`, `"error":"user is banned"`, `"code":"banned"`, `{"outcome":"hung_up"}`, `{"outcome":"destroyed"}`,
		`{"outcome":"not_found"}`, `"action":"DIAL_OUT_PARTICIPANT"`, `"location":"body.phoneNo"`, `"location":"body.when"`,
		`{"rooms":[{"id":`, `"status":404`, `"participantId":`, `"username":"Bea"`, `"text":"Here are my notes 📎"`, `"name":"notes.txt"`, `hello`,
		`"code":"last_admin"`, `{"action":"ban","outcome":"banned"}`, `{"action":"destroy","outcome":"destroyed"}`, `"code":"room_ended"`,
		`"operation":"jaas-destroy-room"`, `"reason":"everybody has left"`, `"type":"conference.closed","actor":{"kind":"user","name":"ada"}`,
		`"role":"moderator","plugins":{"token_affiliation":"owner"`, `"role":"participant"`, `{"outcome":"kicked"}`, `{"outcome":"destroyed"}`,
		`"firstname":"John"`, `"moderator":true`, `"externalId":"uniqueId1"`, `{"outcome":"kicked"}`, `"error":"invalid_hash"`, `{"outcome":"ended","inside":0}`,
		`"participantMeetingId":"`, `{"outcome":"closed"}`,
	} {
		at := strings.Index(text, want)
		if at < 0 {
			t.Fatalf("the output lacks %s, or has it too early:\n%s", want, out)
		}
		text = text[at+len(want):]
	}
}

func shellBlocks(markdown string) string {
	var script strings.Builder
	inside := false
	for line := range strings.Lines(markdown) {
		switch {
		case strings.HasPrefix(line, "```sh"):
			inside = true
		case strings.HasPrefix(line, "```"):
			inside = false
		case inside:
			script.WriteString(line)
		}
	}
	return script.String()
}

package functions_test

import (
	"net/http"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"

	"gavel/local/moto"
	"gavel/local/runtimeapi"
)

// webhookSecret is what the tenant's events are signed with.
const webhookSecret = "whsec_0123456789abcdef"

// newDeployedCloud is the stack of template.yaml: each function has the variables that stand there, with the names that
// CloudFormation gave to things, and in the place of JaaS's address that of the sandbox.
func newDeployedCloud(t *testing.T) *cloud {
	t.Helper()
	s := deployedStack(t)
	if s.Status != "CREATE_COMPLETE" || len(s.Functions) != len(templateFunctions(t)) {
		t.Fatalf("got a stack in status %s with %d functions, want it complete with all", s.Status, len(s.Functions))
	}
	c := &cloud{
		endpoint: moto.Start(t), functions: map[string]*runtimeapi.Process{},
		group:   s.Functions["RoomsCreate"].Environment["GAVEL_SCHEDULE_GROUP"],
		target:  "arn:aws:lambda:" + region + ":123456789012:function:" + s.Resources["SystemEndRoom"],
		role:    "arn:aws:iam::123456789012:role/" + s.Resources["EndRoomScheduleRole"],
		letters: "arn:aws:sqs:" + region + ":123456789012:" + path.Base(s.Resources["DeadLetters"]),
	}
	c.scheduler = scheduler.New(scheduler.Options{Region: region, BaseEndpoint: aws.String(c.endpoint), Credentials: anybody})
	c.shareTenant(t, s.Functions["RoomsCreate"].Environment["GAVEL_SECRET_PREFIX"])
	c.settings = []string{"AWS_REGION=" + region}
	c.set = func(operation string) []string {
		return append(pairs(s.Functions[camelCase(operation)].Environment),
			"GAVEL_JAAS_BASE_URL="+c.sandbox.Info().Sandboxes["jaas"].BaseURL)
	}
	return c
}

// TestDeployedStack_Tour goes from a room's beginning to its end with the built functions, as they are wired in the template.
func TestDeployedStack_Tour(t *testing.T) {
	t.Parallel()
	c := newDeployedCloud(t)
	end := time.Date(2099, 1, 5, 10, 30, 0, 0, time.UTC)
	room := c.call(t, "rooms-create", "", http.StatusCreated, with(`{"name":"Stand-up","provider":"jaas","end_time":"2099-01-05T10:30:00Z"}`)).ID
	c.scheduled(t, room, end)
	if got := c.call(t, "rooms-add-participant", room, http.StatusOK); !slices.Contains(got.Added, fourth) {
		t.Errorf("got %+v, want the fourth invited", got)
	}
	c.enterAs(t, room, caller, "moderator")
	c.told(t, room, c.enterAs(t, room, fourth, "participant"))
	c.call(t, "rooms-update-profile", room, http.StatusOK)
	c.talk(t, room)
	if got := c.feed(t, "jaas-dial-out", inPath("room", room), inHeader("idempotency-key", "tour-1")); got["outcome"] != "requested" {
		t.Errorf("got %v, want the phone called", got)
	}
	removed := c.call(t, "rooms-remove-participant", room, http.StatusOK)
	if did := removed.did(); did != "ban banned, kick kicked" {
		t.Errorf("got %q done at JaaS, want the fourth banned and kicked", did)
	}
	c.call(t, "rooms-join", room, http.StatusNotFound, by(fourth))
	ended := c.call(t, "rooms-end", room, http.StatusOK, with(""))
	if did := ended.did(); ended.Status != "ended" || did != "destroy destroyed" {
		t.Errorf("got %v and %q done at JaaS, want the meeting destroyed", ended.Status, did)
	}
	c.call(t, "rooms-join", room, http.StatusConflict)
	c.remembered(t, room)
	c.swept(t)
	c.quiet(t)
}

// did says what was done at a meeting system.
func (b body) did() string {
	var all []string
	for _, action := range b.AtProvider.Actions {
		all = append(all, action.Action+" "+action.Outcome)
	}
	return strings.Join(all, ", ")
}

// feed gives a function outside of the rooms its event, and gives the answer.
func (c *cloud) feed(t *testing.T, operation string, edits ...edit) map[string]any {
	t.Helper()
	s := &story{processes: map[string]*runtimeapi.Process{operation: c.function(t, operation)}}
	s.group, operation, _ = strings.Cut(operation, "-")
	return s.feed(t, operation, http.StatusOK, edits...)
}

// told has JaaS tell that somebody is inside.
func (c *cloud) told(t *testing.T, room string, s seat) {
	t.Helper()
	got := c.feed(t, "jaas-webhook", inPath("appId", tenant),
		inBody("vpaas-magic-cookie-96f0941768964ab380ed0fbada7a502f", tenant), inBody("sampleappromanticshiftsstripas", room),
		inBody("fc1ea14a-9bca-4218-a563-8c627e803d56@8x8.vc", s.ParticipantJid), inBody("9e9e7420-562d-4659-8e22-44b9b22aaa49", room),
		signedWith(webhookSecret))
	if got["outcome"] != "kept" {
		t.Errorf("got %v, want the event kept", got)
	}
	people, _ := c.feed(t, "jaas-list-participants", inPath("room", room))["participants"].([]any)
	if len(people) != 1 {
		t.Errorf("got %v inside, want the one JaaS told of", people)
	}
}

// remembered looks whether what was done can be listed.
func (c *cloud) remembered(t *testing.T, room string) {
	t.Helper()
	events, _ := c.feed(t, "system-list-audit", func(event map[string]any) {
		event["rawQueryString"], event["queryStringParameters"] = "room="+room, map[string]any{"room": room}
	})["events"].([]any)
	var types []string
	for _, event := range events {
		types = append(types, event.(map[string]any)["type"].(string))
	}
	for _, want := range []string{"room.created", "participant.removed", "room.ended"} {
		if !slices.Contains(types, want) {
			t.Errorf("got the events %v, want %s among them", types, want)
		}
	}
}

// swept has two meetings that nobody ends closed, one by its schedule and one by the cleanup.
func (c *cloud) swept(t *testing.T) {
	t.Helper()
	soon := with(`{"name":"Stand-up","provider":"jaas","end_time":"` + time.Now().Add(4*time.Second).Format(time.RFC3339) + `"}`)
	scheduled := c.call(t, "rooms-create", "", http.StatusCreated, soon).ID
	swept := c.call(t, "rooms-create", "", http.StatusCreated, soon).ID
	c.enter(t, scheduled)
	c.enter(t, swept)
	c.until(t, "system-end-room", []byte(`{"room_id":"`+scheduled+`"}`), scheduled)
	c.until(t, "system-cleanup", event(t, "system-cleanup"), swept)
}

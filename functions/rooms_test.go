package functions_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/scheduler/types"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"gavel/local/dynamodb"
	"gavel/local/moto"
	"gavel/local/runtimeapi"
	"gavel/local/server"
	"gavel/local/testkey"
)

const (
	sampleRoom = "01937c4e-7a10-7cc3-98c5-1f0a2b3c4d5e" // the room of the events
	sampleFile = "01937c4f-0b3a-7d21-8e4c-2a6b8c0d1e3f"

	// The people of the events; the first is who calls.
	caller, second, fourth = "auth0|5f903d7a77f3b4006eb8e67a", "auth0|5f903d7a77f3b4006eb8e67b", "auth0|5f903d7a77f3b4006eb8e67d"

	region     = "us-east-1" // where tables are made
	endRoomARN = "arn:aws:lambda:us-east-1:123456789012:function:end-room"
	roleARN    = "arn:aws:iam::123456789012:role/schedules"
	lettersARN = "arn:aws:sqs:us-east-1:123456789012:dead-letters"
)

// cloud is what the rooms functions find around them: moto in place of AWS, and the sandbox in place of JaaS.
type cloud struct {
	settings  []string
	endpoint  string // of moto
	scheduler *scheduler.Client
	group     string
	sandbox   *server.Server
	functions map[string]*runtimeapi.Process

	// What schedules call, as whom, and where they leave what they could not deliver.
	target, role, letters string
	// set are settings that one function has to itself, by its operation.
	set func(operation string) []string
}

// engines are the implementations of DynamoDB's API that there are, by what gives a URL and an empty table.
func engines() map[string]func(*testing.T) (string, string) {
	return map[string]func(*testing.T) (string, string){
		"moto": func(t *testing.T) (string, string) {
			t.Helper()
			endpoint := moto.Start(t)
			return endpoint, dynamodb.CreateTable(t, endpoint)
		},
		"DynamoDB Local": func(t *testing.T) (string, string) {
			t.Helper()
			return dynamodb.Table(t)
		},
	}
}

func newCloud(t *testing.T, engine func(*testing.T) (string, string)) *cloud {
	t.Helper()
	c := &cloud{
		endpoint: moto.Start(t), group: moto.Prefix(t), functions: map[string]*runtimeapi.Process{},
		target: endRoomARN, role: roleARN, letters: lettersARN, set: func(string) []string { return nil },
	}
	database, table := engine(t)
	c.scheduler = scheduler.New(scheduler.Options{Region: region, BaseEndpoint: aws.String(c.endpoint), Credentials: anybody})
	if _, err := c.scheduler.CreateScheduleGroup(t.Context(), &scheduler.CreateScheduleGroupInput{Name: &c.group}); err != nil {
		t.Fatal(err)
	}
	c.makeBucket(t)
	c.shareTenant(t, c.group)
	c.settings = []string{
		"AWS_REGION=" + region,
		"AWS_ENDPOINT_URL=" + c.endpoint,
		"AWS_ENDPOINT_URL_DYNAMODB=" + database,
		"GAVEL_SECRET_PREFIX=" + c.group,
		"GAVEL_TABLE=" + table,
		"GAVEL_FILES_BUCKET=" + c.group,
		"GAVEL_SCHEDULE_GROUP=" + c.group,
		"GAVEL_SCHEDULE_TARGET_ARN=" + endRoomARN,
		"GAVEL_SCHEDULE_ROLE_ARN=" + roleARN,
		"GAVEL_SCHEDULE_DEAD_LETTER_ARN=" + lettersARN,
		"GAVEL_ROOMS_JAAS_APP_ID=" + tenant,
		"GAVEL_JAAS_BASE_URL=" + c.sandbox.Info().Sandboxes["jaas"].BaseURL,
	}
	return c
}

// anybody are credentials, of which moto takes any.
var anybody = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
	return aws.Credentials{AccessKeyID: "local", SecretAccessKey: "local"}, nil
})

// makeBucket writes the request by hand: nothing else needs a client for S3. moto reads the service from the signature
// and does not check it.
func (c *cloud) makeBucket(t *testing.T) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPut, c.endpoint+"/"+c.group, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "AWS4-HMAC-SHA256 "+
		"Credential=local/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0")
	if status, said := do(t, request); status != http.StatusOK {
		t.Fatalf("make a bucket: %d %s", status, said)
	}
}

// shareTenant gives the sandbox and the functions the secret of the same tenant.
func (c *cloud) shareTenant(t *testing.T, prefix string) {
	t.Helper()
	name := "jaas/" + tenant
	content := map[string]string{"keyId": "4f4910", "privateKey": testkey.PEM(t), "webhookSecret": webhookSecret}
	text, err := json.Marshal(content)
	if err != nil {
		t.Fatal(err)
	}
	store := secretsmanager.New(secretsmanager.Options{Region: region, BaseEndpoint: aws.String(c.endpoint), Credentials: anybody})
	_, err = store.CreateSecret(t.Context(), &secretsmanager.CreateSecretInput{
		Name: aws.String(prefix + "/" + name), SecretString: aws.String(string(text)),
	})
	if err != nil {
		t.Fatal(err)
	}
	file, err := json.Marshal(map[string]any{name: content})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "secrets.json")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	settings := map[string]string{"PORT": "0", "GAVEL_DATA_DIR": t.TempDir(), "GAVEL_SECRETS_FILE": path}
	c.sandbox, err = server.Start(t.Context(), server.Options{Getenv: func(name string) string { return settings[name] }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.sandbox.Close() })
}

func do(t *testing.T, request *http.Request) (int, string) {
	t.Helper()
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(text)
}

// function gives the running function of an operation.
func (c *cloud) function(t *testing.T, operation string) *runtimeapi.Process {
	t.Helper()
	if c.functions[operation] == nil {
		c.functions[operation] = run(t, operation, slices.Concat(c.settings, c.set(operation)))
	}
	return c.functions[operation]
}

// body is any answer of the rooms functions, as far as these tests go.
type body struct {
	ID           string
	Code         string
	Detail       string
	Name         string
	Text         string
	Status       any // of a room, or of an answer that is a problem
	Role         string
	URL          string
	Method       string
	Removed      string
	Headers      map[string]string
	Added        []string
	Already      []string  `json:"already_in"`
	EndTime      time.Time `json:"end_time"`
	FileID       string    `json:"file_id"`
	Count        int       `json:"participant_count"`
	Admin        bool
	Username     string
	Participants []struct{ Admin bool }
	Rooms        []struct{ ID, Status string }
	Messages     []struct{ Text string }
	AtProvider   struct {
		Complete bool
		Actions  []struct{ Action, Outcome string }
	} `json:"at_provider"`
}

// call invokes the function of an operation with its event, for a room of the test's own.
func (c *cloud) call(t *testing.T, operation, room string, status int, edits ...func(map[string]any)) body {
	t.Helper()
	sent := bytes.ReplaceAll(event(t, operation), []byte(sampleRoom), []byte(room))
	for _, edit := range edits {
		sent = edited(t, sent, edit)
	}
	got := invoke(t, c.function(t, operation), sent)
	var read body
	if err := json.Unmarshal([]byte(got.Body), &read); err != nil || got.StatusCode != status {
		t.Fatalf("%s: got %d %s, %v, want %d", operation, got.StatusCode, got.Body, err, status)
	}
	return read
}

// with puts another body into an event.
func with(body string) func(map[string]any) {
	return func(event map[string]any) { event["body"] = body }
}

// TestRoomsFunctions_Story goes through all events of the rooms with the built functions.
func TestRoomsFunctions_Story(t *testing.T) {
	t.Parallel()
	for name, engine := range engines() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t, engine)
			room := c.call(t, "rooms-create", "", http.StatusCreated)
			if room.Status != "booked" || room.Count != 3 || room.Role != "admin" {
				t.Errorf("got %+v, want the room of the event", room)
			}
			c.scheduled(t, room.ID, time.Date(2099, 1, 5, 10, 30, 0, 0, time.UTC))
			c.people(t, room.ID)
			c.talk(t, room.ID)
			changed := c.call(t, "rooms-update", room.ID, http.StatusOK)
			if changed.Name != "Stand-up, longer" {
				t.Errorf("got %+v, want the name of the event", changed)
			}
			c.scheduled(t, room.ID, time.Date(2099, 1, 5, 10, 45, 0, 0, time.UTC))
			if got := c.call(t, "rooms-join", room.ID, http.StatusConflict); got.Code != "room_not_started" {
				t.Errorf("got %+v, want room_not_started", got)
			}
			ended := c.call(t, "rooms-end", room.ID, http.StatusOK)
			c.scheduled(t, room.ID, ended.EndTime)
			c.meet(t)
			c.quiet(t)
		})
	}
}

// people invites, promotes and removes.
func (c *cloud) people(t *testing.T, room string) {
	t.Helper()
	added := c.call(t, "rooms-add-participant", room, http.StatusOK)
	if !slices.Equal(added.Added, []string{fourth}) || len(added.Already) != 1 {
		t.Errorf("got %+v, want the fourth added and the third known", added)
	}
	if got := c.call(t, "rooms-grant-admin", room, http.StatusOK); !got.Admin {
		t.Errorf("got %+v, want an admin", got)
	}
	if got := c.call(t, "rooms-revoke-admin", room, http.StatusOK); got.Admin {
		t.Errorf("got %+v, want no admin any more", got)
	}
	if got := c.call(t, "rooms-remove-participant", room, http.StatusOK); got.Removed != fourth {
		t.Errorf("got %+v, want the fourth removed", got)
	}
	if got := c.call(t, "rooms-update-profile", room, http.StatusOK); got.Username != "Ada" {
		t.Errorf("got %+v, want the name of the event", got)
	}
	if got := c.call(t, "rooms-list-participants", room, http.StatusOK); len(got.Participants) != 3 {
		t.Errorf("got %+v, want three participants", got)
	}
	if got := c.call(t, "rooms-get", room, http.StatusOK); got.ID != room || got.Count != 3 {
		t.Errorf("got %+v, want the room with three participants", got)
	}
	for _, operation := range []string{"rooms-get", "rooms-list-chat", "rooms-join"} {
		if got := c.call(t, operation, room, http.StatusNotFound, by("auth0|stranger")); got.Code != "not_found" {
			t.Errorf("%s: got %+v, want not_found for a stranger", operation, got)
		}
	}
	c.oddID(t, room)
}

// by has somebody call.
func by(who string) edit {
	return func(event map[string]any) {
		event["requestContext"].(map[string]any)["authorizer"].(map[string]any)["lambda"].(map[string]any)["name"] = who
	}
}

// oddID promotes somebody whose id is syntax in a path. HTTP APIs hand over the path decoded, and the id as it is.
func (c *cloud) oddID(t *testing.T, room string) {
	t.Helper()
	const id = "auth0|5f90/x y%2F"
	c.call(t, "rooms-add-participant", room, http.StatusOK, with(`{"participant_ids":["`+id+`"]}`))
	c.call(t, "rooms-grant-admin", room, http.StatusOK, func(event map[string]any) {
		event["pathParameters"].(map[string]any)["participant_id"] = id
		event["rawPath"] = strings.ReplaceAll(event["rawPath"].(string), second, id)
	})
	removed := c.call(t, "rooms-remove-participant", room, http.StatusOK, func(event map[string]any) {
		event["rawQueryString"] = "participant_id=auth0%7C5f90%2Fx+y%252F"
		event["queryStringParameters"] = map[string]any{"participant_id": id}
	})
	if removed.Removed != id {
		t.Errorf("got %q removed, want %q", removed.Removed, id)
	}
}

// talk writes into the chat and exchanges a file, through a bucket of moto's.
func (c *cloud) talk(t *testing.T, room string) {
	t.Helper()
	if got := c.call(t, "rooms-send-chat", room, http.StatusCreated); got.Text == "" || got.Name != "Ada" {
		t.Errorf("got %+v, want the message of the event by Ada", got)
	}
	upload := c.call(t, "rooms-upload-url", room, http.StatusOK)
	ofFile := func(event map[string]any) {
		event["rawQueryString"] = strings.ReplaceAll(event["rawQueryString"].(string), sampleFile, upload.FileID)
		event["queryStringParameters"] = map[string]any{"file_id": upload.FileID}
	}
	if got := c.call(t, "rooms-download-url", room, http.StatusConflict, ofFile); got.Code != "file_not_uploaded" {
		t.Errorf("got %+v, want file_not_uploaded", got)
	}
	content := strings.Repeat("x", 52311) // bytes, as the event announces
	if status, said := send(t, upload, content); status != http.StatusOK {
		t.Errorf("upload: got %d %s, want 200", status, said)
	}
	sent := c.call(t, "rooms-send-chat", room, http.StatusCreated, with(`{"attachment":{"file_id":"`+upload.FileID+`"}}`))
	if sent.ID == "" {
		t.Errorf("got %+v, want a message with the file", sent)
	}
	download := c.call(t, "rooms-download-url", room, http.StatusOK, ofFile)
	if status, got := send(t, download, ""); status != http.StatusOK || got != content {
		t.Errorf("download: got %d and %d bytes, want 200 and %d", status, len(got), len(content))
	}
	if got := c.call(t, "rooms-list-chat", room, http.StatusOK); len(got.Messages) != 2 || got.Messages[0].Text == "" {
		t.Errorf("got %+v, want two messages, the one of the event first", got)
	}
}

// send sends the request that an answer describes.
func send(t *testing.T, b body, content string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), b.Method, b.URL, strings.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range b.Headers {
		request.Header.Set(name, value)
	}
	return do(t, request)
}

// scheduled checks what EventBridge Scheduler was told of a room's end.
func (c *cloud) scheduled(t *testing.T, room string, at time.Time) {
	t.Helper()
	got, err := c.scheduler.GetSchedule(t.Context(), &scheduler.GetScheduleInput{GroupName: &c.group, Name: aws.String("end-" + room)})
	if err != nil {
		t.Errorf("the end of the room is not scheduled: %v", err)
		return
	}
	for name, is := range map[string][2]any{
		"expression":   {*got.ScheduleExpression, at.UTC().Format("at(2006-01-02T15:04:05)")},
		"time zone":    {*got.ScheduleExpressionTimezone, "UTC"},
		"after it":     {got.ActionAfterCompletion, types.ActionAfterCompletionDelete},
		"target":       {*got.Target.Arn, c.target},
		"role":         {*got.Target.RoleArn, c.role},
		"input":        {*got.Target.Input, `{"room_id":"` + room + `"}`},
		"dead letters": {*got.Target.DeadLetterConfig.Arn, c.letters},
	} {
		if is[0] != is[1] {
			t.Errorf("schedule, %s: got %v, want %v", name, is[0], is[1])
		}
	}
}

// meet has somebody inside three meetings that end in three ways: by an admin, by its schedule, and by the sweep.
func (c *cloud) meet(t *testing.T) {
	t.Helper()
	now := with(`{"name":"Stand-up","provider":"jaas"}`)
	ended := c.call(t, "rooms-create", "", http.StatusCreated, now)
	c.enter(t, ended.ID)
	over := c.call(t, "rooms-end", ended.ID, http.StatusOK, with(""))
	if over.Status != "ended" || !over.AtProvider.Complete || over.AtProvider.Actions[0].Outcome != "destroyed" {
		t.Errorf("got %+v, want the meeting destroyed", over)
	}
	soon := with(`{"name":"Stand-up","provider":"jaas","end_time":"` + time.Now().Add(4*time.Second).Format(time.RFC3339) + `"}`)
	scheduled := c.call(t, "rooms-create", "", http.StatusCreated, soon)
	swept := c.call(t, "rooms-create", "", http.StatusCreated, soon)
	c.enter(t, scheduled.ID)
	c.enter(t, swept.ID)
	// Too early it does nothing. Then it does what is due, and again nothing.
	inTime := bytes.ReplaceAll(event(t, "system-end-room"), []byte(sampleRoom), []byte(scheduled.ID))
	c.until(t, "system-end-room", inTime, scheduled.ID)
	c.until(t, "system-cleanup", event(t, "system-cleanup"), swept.ID)
	c.job(t, "system-end-room", inTime)
	for status, want := range map[string]int{"ended": 3, "started": 0, "booked": 1} {
		got := c.call(t, "rooms-list", "", http.StatusOK, func(event map[string]any) {
			event["rawQueryString"] = "status=" + status
			event["queryStringParameters"] = map[string]any{"status": status}
		})
		if len(got.Rooms) != want {
			t.Errorf("got %+v with the status %s, want %d rooms", got.Rooms, status, want)
		}
	}
}

// enter joins a room's meeting as the caller and goes in.
func (c *cloud) enter(t *testing.T, room string) {
	t.Helper()
	c.enterAs(t, room, caller, "moderator")
}

// seat is somebody's place in a meeting of the sandbox.
type seat struct{ UserID, ParticipantID, ParticipantJid string }

// enterAs joins a room's meeting as somebody and goes in.
func (c *cloud) enterAs(t *testing.T, room, who, role string) (s seat) {
	t.Helper()
	joined := c.call(t, "rooms-join", room, http.StatusOK, by(who))
	_, token, found := strings.Cut(joined.URL, "#jwt=")
	if !found || joined.Role != role {
		t.Fatalf("got the role %s and a link of %d bytes, want that of a %s with a token", joined.Role, len(joined.URL), role)
	}
	at := strings.NewReplacer("{appId}", tenant, "{room}", room).Replace(c.sandbox.Info().Sandboxes["jaas"].RoomURL)
	call(t, c.sandbox, at, `{"jwt":"`+token+`"}`, &s)
	if s.UserID != who {
		t.Errorf("got a seat for %q, want one for %q", s.UserID, who)
	}
	return s
}

// until invokes a job again and again until the meeting of a room is over.
func (c *cloud) until(t *testing.T, operation string, event []byte, room string) {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for !c.isDestroyed(t, room) {
		if time.Now().After(deadline) {
			t.Fatalf("%s: the meeting of the room goes on\n%s", operation, c.function(t, operation).Logs())
		}
		c.job(t, operation, event)
	}
}

// job invokes a function that answers nothing.
func (c *cloud) job(t *testing.T, operation string, event []byte) {
	t.Helper()
	process := c.function(t, operation)
	result, err := process.Invoke(t.Context(), event)
	if err != nil || result.FunctionError != nil || string(result.Payload) != "null" {
		t.Fatalf("%s: got %s, %v, %v, want null\n%s", operation, result.Payload, result.FunctionError, err, process.Logs())
	}
}

// isDestroyed says whether JaaS was told to end the meeting of a room while somebody was inside.
func (c *cloud) isDestroyed(t *testing.T, room string) bool {
	t.Helper()
	for _, exchange := range c.sandbox.Exchanges() {
		text, err := json.Marshal(exchange.Body)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(text, []byte(room+"@")) && bytes.Contains(text, []byte("DESTROY")) && exchange.Answer.Status == http.StatusOK {
			return true
		}
	}
	return false
}

// quiet ends all functions and looks for what they may not have logged.
func (c *cloud) quiet(t *testing.T) {
	t.Helper()
	for operation, process := range c.functions {
		if err := process.Close(); err != nil { // and with it everything was written
			t.Fatal(err)
		}
		logs := process.Logs()
		for _, secret := range []string{"5f903d7a", "eyJ", "X-Amz-", "notes.pdf", "Good morning", "Stand-up", "Ada", "PRIVATE KEY"} {
			if strings.Contains(logs, secret) {
				t.Errorf("%s: the log holds %q:\n%s", operation, secret, logs)
			}
		}
		if !strings.Contains(logs, `"operation":"`+operation+`"`) || strings.Contains(logs, `"level":"ERROR"`) {
			t.Errorf("%s: got the log\n%s\nwant a line of the operation and no error", operation, logs)
		}
		if slices.Contains([]string{"system-cleanup", "system-end-room"}, operation) && !hasMetrics(logs, operation) {
			t.Errorf("%s: got the log\n%s\nwant each of its lines with metrics", operation, logs)
		}
	}
}

// hasMetrics says whether each run of a job wrote one line that CloudWatch takes metrics from, and one of them counts a
// room.
func hasMetrics(logs, operation string) bool {
	finished := 0
	for text := range strings.Lines(logs) {
		var line struct {
			Msg, Operation                                                         string
			RoomsFinished, FilesRemoved, TasksGivenUp, TasksLeft, OldestDueSeconds *int
			AWS                                                                    struct {
				Timestamp         int64
				CloudWatchMetrics []struct {
					Namespace  string
					Dimensions [][]string
					Metrics    []struct{ Name, Unit string }
				}
			} `json:"_aws"`
		}
		if json.Unmarshal([]byte(text), &line) != nil || line.Msg != "request" {
			continue
		}
		if line.Operation != operation || line.RoomsFinished == nil || line.FilesRemoved == nil || line.TasksGivenUp == nil ||
			line.TasksLeft == nil || line.OldestDueSeconds == nil || line.AWS.Timestamp == 0 || len(line.AWS.CloudWatchMetrics) != 1 ||
			!strings.HasPrefix(line.AWS.CloudWatchMetrics[0].Namespace, "Gavel") || len(line.AWS.CloudWatchMetrics[0].Metrics) != 8 {
			return false
		}
		finished += *line.RoomsFinished
	}
	return finished > 0
}

// TestRoomsFunctions_WithoutTheirSettings name what is missing, each of them what it needs.
func TestRoomsFunctions_WithoutTheirSettings(t *testing.T) {
	t.Parallel()
	all := map[string][]string{"GAVEL_TABLE": names(t, filepath.Join("rooms", "*", "main.go"), filepath.Dir)}
	all["GAVEL_FILES_BUCKET"] = []string{"rooms-upload-url", "rooms-download-url", "rooms-send-chat"}
	all["GAVEL_SCHEDULE_TARGET_ARN"] = []string{"rooms-create", "rooms-update", "rooms-end"}
	complete := map[string]string{
		"GAVEL_TABLE": "rooms", "GAVEL_FILES_BUCKET": "files", "GAVEL_SCHEDULE_GROUP": "ends",
		"GAVEL_SCHEDULE_TARGET_ARN": endRoomARN, "GAVEL_SCHEDULE_ROLE_ARN": roleARN,
	}
	for missing, operations := range all {
		for _, operation := range operations {
			t.Run(operation+" without "+missing, func(t *testing.T) {
				t.Parallel()
				settings := maps.Clone(complete)
				delete(settings, missing)
				got := invoke(t, run(t, operation, pairs(settings)), event(t, operation))
				if got.StatusCode != http.StatusServiceUnavailable || !strings.Contains(got.Body, `"not_configured"`) ||
					!strings.Contains(got.Body, missing+" is not set") || strings.Count(got.Body, "is not set") != 1 {
					t.Errorf("got %d %s, want 503 not_configured that names %s alone", got.StatusCode, got.Body, missing)
				}
			})
		}
	}
}

func pairs(settings map[string]string) []string {
	var list []string
	for name, value := range settings {
		list = append(list, name+"="+value)
	}
	return list
}

func TestJobs_WithoutATableFail(t *testing.T) {
	t.Parallel()
	for _, operation := range []string{"system-end-room", "system-cleanup"} {
		result, err := run(t, operation, nil).Invoke(t.Context(), event(t, operation))
		if err != nil || result.FunctionError == nil || !strings.Contains(result.FunctionError.Message, "GAVEL_TABLE") {
			t.Errorf("%s: got %s, %v, %v, want a failure that names GAVEL_TABLE", operation, result.Payload, result.FunctionError, err)
		}
	}
}

func TestEndRoom_OfNoRoom(t *testing.T) {
	t.Parallel()
	c := newCloud(t, engines()["moto"])
	for sent, fails := range map[string]bool{
		string(event(t, "system-end-room")): false, // a room that is not there, or not any more
		`{}`:                                true,
		`{"room_id":"x"}`:                   true,
		`{"room_id":7}`:                     true,
		`[]`:                                true,
	} {
		result, err := c.function(t, "system-end-room").Invoke(t.Context(), []byte(sent))
		if err != nil || (result.FunctionError != nil) != fails {
			t.Errorf("%s: got %s, %v, %v, want a failure: %s", sent, result.Payload, result.FunctionError, err, strconv.FormatBool(fails))
		}
	}
}

// TestRoomsFunctions_WithoutAStore is about a database that is not there: the caller is told to come again.
func TestRoomsFunctions_WithoutAStore(t *testing.T) {
	t.Parallel()
	process := run(t, "rooms-get", []string{"AWS_ENDPOINT_URL=http://127.0.0.1:9", "GAVEL_TABLE=rooms"})
	got := invoke(t, process, event(t, "rooms-get"))
	if got.StatusCode != http.StatusServiceUnavailable || !strings.Contains(got.Body, `"unavailable"`) || got.Headers["Retry-After"] == "" {
		t.Errorf("got %d %s %v, want 503 unavailable with Retry-After", got.StatusCode, got.Body, got.Headers)
	}
}

// TestPublish_PutsTheEventsOnTheBus runs the built function with its event, twice as when Lambda delivers it again.
func TestPublish_PutsTheEventsOnTheBus(t *testing.T) {
	t.Parallel()
	endpoint, name := moto.Start(t), moto.Prefix(t)
	bus := eventbridge.New(eventbridge.Options{Region: region, BaseEndpoint: aws.String(endpoint), Credentials: anybody})
	if _, err := bus.CreateEventBus(t.Context(), &eventbridge.CreateEventBusInput{Name: &name}); err != nil {
		t.Fatal(err)
	}
	process := run(t, "system-publish", []string{"AWS_REGION=" + region, "AWS_ENDPOINT_URL=" + endpoint, "GAVEL_EVENT_BUS=" + name})
	for range 2 {
		result, err := process.Invoke(t.Context(), event(t, "system-publish"))
		if err != nil || result.FunctionError != nil || string(result.Payload) != `{"batchItemFailures":[]}` {
			t.Errorf("got %s, %v, %v, want no failures\n%s", result.Payload, result.FunctionError, err, process.Logs())
		}
	}
	if err := process.Close(); err != nil { // and with it everything was written
		t.Fatal(err)
	}
	if logs := process.Logs(); !strings.Contains(logs, `"eventsPublished":2`) || strings.Contains(logs, "5f903d7a") {
		t.Errorf("got the log\n%s\nwant the number of events and nobody's id", logs)
	}
}

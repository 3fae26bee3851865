package schedule_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"gavel/shared/config"
	"gavel/shared/schedule"
)

func TestConfigured_AsksAsTheSettingsSay(t *testing.T) {
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIDENVIRONMENT")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "made up")
	t.Setenv("AWS_SESSION_TOKEN", "session")
	var header http.Header
	var body struct {
		GroupName string
		Target    struct {
			Arn, RoleArn     string
			DeadLetterConfig struct{ Arn string }
		}
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header = r.Header
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			t.Error(err)
		}
		done(w, r)
	}))
	t.Cleanup(server.Close)

	s := schedule.Configured(config.Config{
		ScheduleGroup: "the group", ScheduleTargetARN: "the target", ScheduleRoleARN: "the role",
		ScheduleDeadLetterARN: "the queue", ScheduleEndpoint: server.URL, AWSRegion: "eu-west-1",
	})
	if err := s.SetEnd(t.Context(), room, end); err != nil {
		t.Fatal(err)
	}
	for want, got := range map[string]string{
		"the group": body.GroupName, "the target": body.Target.Arn, "the role": body.Target.RoleArn,
		"the queue": body.Target.DeadLetterConfig.Arn, "session": header.Get("X-Amz-Security-Token"),
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if got, want := header.Get("Authorization"), "/eu-west-1/scheduler/aws4_request"; !strings.Contains(got, want) || !strings.Contains(got, "AKIDENVIRONMENT") {
		t.Errorf("got Authorization %s, want AKIDENVIRONMENT and %s in it", got, want)
	}
}

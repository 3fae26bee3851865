package schedule_test

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/scheduler/types"

	"gavel/local/moto"
	"gavel/shared/schedule"
)

// account is an AWS account with a group for schedules, and a Scheduler that sets them there.
type account struct {
	*scheduler.Client
	scheduler *schedule.Scheduler
	group     string
}

func newAccount(t *testing.T) account {
	t.Helper()
	opt := options()
	opt.Endpoint, opt.Group = moto.Start(t), moto.Prefix(t)
	client := scheduler.New(scheduler.Options{
		Region: opt.Region, BaseEndpoint: aws.String(opt.Endpoint), Credentials: opt.Credentials,
	})
	if _, err := client.CreateScheduleGroup(t.Context(), &scheduler.CreateScheduleGroupInput{Name: &opt.Group}); err != nil {
		t.Fatal(err)
	}
	return account{Client: client, scheduler: schedule.New(opt), group: opt.Group}
}

// set sets the end of the room to a time and returns the schedule.
func (a account) set(t *testing.T, room string, at time.Time) *scheduler.GetScheduleOutput {
	t.Helper()
	if err := a.scheduler.SetEnd(t.Context(), room, at); err != nil {
		t.Fatal(err)
	}
	out, err := a.GetSchedule(t.Context(), &scheduler.GetScheduleInput{GroupName: &a.group, Name: aws.String("end-" + room)})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func (a account) schedules(t *testing.T) []types.ScheduleSummary {
	t.Helper()
	out, err := a.ListSchedules(t.Context(), &scheduler.ListSchedulesInput{GroupName: &a.group})
	if err != nil {
		t.Fatal(err)
	}
	return out.Schedules
}

// end is far enough ahead for the clock of any machine.
var end = time.Date(2099, time.January, 5, 10, 30, 0, 0, time.UTC)

func TestSetEnd_Sets(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	got := a.set(t, room, end)
	target := got.Target
	for name, is := range map[string][2]any{
		"expression":   {*got.ScheduleExpression, "at(2099-01-05T10:30:00)"},
		"time zone":    {*got.ScheduleExpressionTimezone, "UTC"},
		"window":       {got.FlexibleTimeWindow.Mode, types.FlexibleTimeWindowModeOff},
		"after it":     {got.ActionAfterCompletion, types.ActionAfterCompletionDelete},
		"state":        {got.State, types.ScheduleStateEnabled},
		"target":       {*target.Arn, options().TargetARN},
		"role":         {*target.RoleArn, options().RoleARN},
		"input":        {*target.Input, `{"room_id":"` + room + `"}`},
		"tries":        {*target.RetryPolicy.MaximumRetryAttempts, int32(5)},
		"age":          {*target.RetryPolicy.MaximumEventAgeInSeconds, int32(3600)},
		"dead letters": {*target.DeadLetterConfig.Arn, options().DeadLetterARN},
	} {
		if is[0] != is[1] {
			t.Errorf("%s: got %v, want %v", name, is[0], is[1])
		}
	}
}

func TestSetEnd_ASecondTimeReplaces(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	a.set(t, room, end)
	got := a.set(t, room, end.Add(time.Hour))
	if got, want := *got.ScheduleExpression, "at(2099-01-05T11:30:00)"; got != want {
		t.Errorf("got expression %s, want %s", got, want)
	}
	if got := a.schedules(t); len(got) != 1 {
		t.Errorf("got %d schedules, want 1", len(got))
	}
}

func TestSetEnd_OfOneRoomLeavesOthersAlone(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	const other = "01937c4e-7a10-7cc3-98c5-1f0a2b3c4d5f"
	a.set(t, room, end)
	a.set(t, other, end.Add(time.Hour))
	got := a.set(t, room, end.Add(time.Minute))
	if got, want := *got.ScheduleExpression, "at(2099-01-05T10:31:00)"; got != want {
		t.Errorf("got expression %s, want %s", got, want)
	}
	if got := a.schedules(t); len(got) != 2 {
		t.Errorf("got %d schedules, want 2", len(got))
	}
}

func TestSetEnd_AfterItHasRun(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	a.set(t, room, end)
	if _, err := a.DeleteSchedule(t.Context(), &scheduler.DeleteScheduleInput{
		GroupName: &a.group, Name: aws.String("end-" + room),
	}); err != nil {
		t.Fatal(err)
	}
	a.set(t, room, end)
	if got := a.schedules(t); len(got) != 1 {
		t.Errorf("got %d schedules, want 1", len(got))
	}
}

// Many at once: one of them is there in the end, whole.
func TestSetEnd_AtTheSameTime(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	errs := make(chan error)
	for i := range 8 {
		go func() { errs <- a.scheduler.SetEnd(t.Context(), room, end.Add(time.Duration(i)*time.Hour)) }()
	}
	for range 8 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	if got := a.schedules(t); len(got) != 1 {
		t.Errorf("got %d schedules, want 1", len(got))
	}
}

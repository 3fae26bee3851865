// Package schedule has a function invoked once, at a time, for the end of a room. EventBridge
// Scheduler does that with a one-time schedule for each room.
package schedule

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/scheduler/types"

	"gavel/shared/awsenv"
	"gavel/shared/awsretry"
	"gavel/shared/clock"
)

// Options say what is to be invoked, where EventBridge Scheduler is and as whom to ask it.
type Options struct {
	Group         string // name of the group that the schedules lie in
	TargetARN     string // the function to invoke
	RoleARN       string // the role in which EventBridge Scheduler invokes it
	DeadLetterARN string // the queue for invocations that failed; empty for none
	Region        string
	Endpoint      string // empty for the region's own
	Credentials   aws.CredentialsProvider
	HTTP          aws.HTTPClient   // nil for the SDK's own
	Now           func() time.Time // nil for clock.Now
}

// Scheduler sets schedules. It is safe for concurrent use.
type Scheduler struct {
	client *scheduler.Client
	opt    Options
}

// New makes a Scheduler. The client is built from its options and not by the SDK's config
// package, which would cost each function several milliseconds of start.
func New(opt Options) *Scheduler {
	if opt.Now == nil {
		opt.Now = clock.Now
	}
	sdk := scheduler.Options{Region: opt.Region, Credentials: opt.Credentials, HTTPClient: opt.HTTP, Retryer: awsretry.New()}
	if opt.Endpoint != "" {
		sdk.BaseEndpoint = aws.String(opt.Endpoint)
	}
	return &Scheduler{client: scheduler.New(sdk), opt: opt}
}

const (
	budget = 3 * time.Second // of a SetEnd with all its tries
	rounds = 3               // of creating and updating
)

// SetEnd has the function invoked with {"room_id": roomID} at a time or within the minute that
// follows it (https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html), once and
// now and then twice. A time that has passed stands for one in a few seconds.
//
// A later call for the same room takes the place of an earlier one. Of two at the same time, it is
// not said which is the later.
//
// It takes at most 3 seconds. Its error wraps that of the SDK; whether the schedule was set is not
// known then.
func (s *Scheduler) SetEnd(ctx context.Context, roomID string, at time.Time) error {
	ctx, cancel := context.WithTimeout(ctx, budget)
	defer cancel()
	end, err := s.schedule(roomID, at)
	if err == nil {
		err = s.put(ctx, end)
	}
	if err != nil {
		if unusable := awsenv.Unusable(err, fmt.Sprintf("the schedule group %s (GAVEL_SCHEDULE_GROUP)", s.opt.Group), err); unusable != nil {
			err = unusable
		}
		return fmt.Errorf("schedule the end of a room: %w", err)
	}
	return nil
}

// put creates the schedule or updates the one there is. Since a schedule goes away by itself once
// it has run, it can be there for the creation and gone for the update.
func (s *Scheduler) put(ctx context.Context, in scheduler.CreateScheduleInput) (err error) {
	for range rounds {
		create := in // for a token of its own, which the SDK puts into it
		if _, err = s.client.CreateSchedule(ctx, &create); !is[*types.ConflictException](err) {
			return err
		}
		// An update replaces all of a schedule, so it says all that a creation does
		// (https://docs.aws.amazon.com/scheduler/latest/APIReference/API_UpdateSchedule.html).
		update := scheduler.UpdateScheduleInput(in)
		if _, err = s.client.UpdateSchedule(ctx, &update, retryConflicts); !is[*types.ResourceNotFoundException](err) {
			return err
		}
	}
	return err
}

// retryConflicts is for updates, of which a conflict says that another one is under way.
func retryConflicts(o *scheduler.Options) {
	o.Retryer = retry.AddWithErrorCodes(o.Retryer, (*types.ConflictException)(nil).ErrorCode())
}

func is[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

// event is what the function is invoked with.
type event struct {
	RoomID string `json:"room_id"`
}

// Bounds of the tries to hand the event to Lambda, which repeats a function that fails by itself.
const (
	longestTries = time.Hour
	mostTries    = 5
)

// schedule describes the schedule
// (https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html).
func (s *Scheduler) schedule(roomID string, at time.Time) (scheduler.CreateScheduleInput, error) {
	input, err := json.Marshal(event{RoomID: roomID})
	if err != nil {
		return scheduler.CreateScheduleInput{}, err
	}
	target := types.Target{
		Arn:     aws.String(s.opt.TargetARN),
		RoleArn: aws.String(s.opt.RoleARN),
		Input:   aws.String(string(input)),
		RetryPolicy: &types.RetryPolicy{
			MaximumEventAgeInSeconds: aws.Int32(int32(longestTries.Seconds())),
			MaximumRetryAttempts:     aws.Int32(mostTries),
		},
	}
	if s.opt.DeadLetterARN != "" {
		target.DeadLetterConfig = &types.DeadLetterConfig{Arn: aws.String(s.opt.DeadLetterARN)}
	}
	return scheduler.CreateScheduleInput{
		GroupName:                  aws.String(s.opt.Group),
		Name:                       aws.String("end-" + roomID),
		ScheduleExpression:         aws.String(expression(at, s.opt.Now())),
		ScheduleExpressionTimezone: aws.String("UTC"),
		FlexibleTimeWindow:         &types.FlexibleTimeWindow{Mode: types.FlexibleTimeWindowModeOff},
		ActionAfterCompletion:      types.ActionAfterCompletionDelete,
		Target:                     &target,
	}, nil
}

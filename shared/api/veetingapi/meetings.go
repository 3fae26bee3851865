package veetingapi

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"gavel/shared/api"
	"gavel/shared/veeting"
)

// MeetingClient rules meetings.
type MeetingClient interface {
	Schedule(ctx context.Context, user veeting.User, m veeting.Meeting) (veeting.Object, error)
	Update(ctx context.Context, user veeting.User, id string, m veeting.Meeting) (veeting.Object, error)
	Close(ctx context.Context, user veeting.User, id string) (veeting.Object, error)
	Delete(ctx context.Context, user veeting.User, id string) (veeting.Object, error)
}

// meetingBody is what a meeting is scheduled with. Veeting wants all of it each time; what is left out here is filled in
// as its tutorial does.
type meetingBody struct {
	Topic               string            `json:"topic" minLength:"1" maxLength:"255" example:"My Meeting Topic"`
	StartTime           time.Time         `json:"startTime" doc:"With its offset from UTC, or Z" example:"2027-04-07T11:00:00+02:00"`
	EndTime             time.Time         `json:"endTime" doc:"With its offset from UTC, or Z" example:"2027-04-07T12:00:00+02:00"`
	Duration            int               `json:"duration,omitempty" minimum:"1" maximum:"525600" doc:"In minutes; must agree with the times, from which it is taken when absent" example:"60"`
	Type                string            `json:"type,omitempty" pattern:"^[A-Za-z0-9_-]+$" maxLength:"64" default:"standard" doc:"standard is the one that Veeting documents"`
	IsRecurring         bool              `json:"isRecurring,omitempty" doc:"Only with rawRecurring"`
	IsRecorded          bool              `json:"isRecorded,omitempty"`
	IsDialin            bool              `json:"isDialin,omitempty"`
	InvitedParticipants []json.RawMessage `json:"invitedParticipants,omitempty" nullable:"false" maxItems:"500" doc:"Sent as it is: Veeting publishes no form of its elements"`
	Recurring           json.RawMessage   `json:"recurring,omitempty" doc:"Only with rawRecurring"`
	RawRecurring        bool              `json:"rawRecurring,omitempty" doc:"Says that isRecurring and recurring are to be sent as they are. Veeting publishes neither their values nor what comes of them."`
	MeetingPermissionID *string           `json:"meetingPermissionId,omitempty" maxLength:"64"`
}

// Resolve checks what the schema cannot say. Missing times are the schema's to refuse.
func (b *meetingBody) Resolve(_ huma.Context, at *huma.PathBuffer) []error {
	return append(b.checkRecurrence(at), b.checkTimes(at)...)
}

const needsRaw = "Veeting publishes nothing of recurring meetings; say rawRecurring to send what you know of them"

func (b *meetingBody) checkRecurrence(at *huma.PathBuffer) []error {
	if b.RawRecurring {
		return nil
	}
	var faults []error
	if b.IsRecurring {
		faults = append(faults, &huma.ErrorDetail{Location: at.With("isRecurring"), Message: needsRaw})
	}
	var rule map[string]json.RawMessage
	if b.Recurring != nil && (json.Unmarshal(b.Recurring, &rule) != nil || len(rule) > 0) {
		faults = append(faults, &huma.ErrorDetail{Location: at.With("recurring"), Message: needsRaw})
	}
	return faults
}

func (b *meetingBody) checkTimes(at *huma.PathBuffer) []error {
	start, end := asSent(b.StartTime), asSent(b.EndTime)
	switch {
	case start.Year() < firstYear || start.Year() > lastYear:
		return []error{&huma.ErrorDetail{Location: at.With("startTime"), Message: errYear.Error()}}
	case end.Year() > lastYear:
		return []error{&huma.ErrorDetail{Location: at.With("endTime"), Message: errYear.Error()}}
	case !end.After(start):
		return []error{&huma.ErrorDetail{Location: at.With("endTime"), Message: errEarlierEnd.Error()}}
	case end.Sub(start) > longest*time.Minute:
		return []error{&huma.ErrorDetail{Location: at.With("endTime"), Message: errLaterEnd.Error()}}
	}
	// Within a minute, so that a time with seconds can be rounded either way.
	off := end.Sub(start) - time.Duration(b.Duration)*time.Minute
	if b.Duration != 0 && (off <= -time.Minute || off >= time.Minute) {
		message := fmt.Sprintf("expected the time between startTime and endTime, %d minutes, or no duration", veeting.Minutes(start, end))
		return []error{&huma.ErrorDetail{Location: at.With("duration"), Message: message}}
	}
	return nil
}

// asSent gives a time as Veeting gets it: in UTC and to the millisecond.
func asSent(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }

func (b *meetingBody) meeting() veeting.Meeting {
	recurrence := b.Recurring
	if !b.RawRecurring {
		recurrence = nil // which is an empty one, however it was written
	}
	return veeting.Meeting{
		Topic: b.Topic, Start: b.StartTime, End: b.EndTime, Minutes: b.Duration, Type: b.Type,
		Recurring: b.IsRecurring, Recorded: b.IsRecorded, DialIn: b.IsDialin, Participants: b.InvitedParticipants,
		Recurrence: recurrence, PermissionID: b.MeetingPermissionID,
	}
}

type scheduleInput struct {
	UserHeaders
	Body meetingBody
}

// RegisterScheduleMeeting adds veeting-schedule-meeting.
func RegisterScheduleMeeting(a huma.API, client MeetingClient) {
	command(a, api.Operation{
		ID: "veeting-schedule-meeting", Method: http.MethodPost, Path: "/veeting/meetings", Scope: meetingsScope, Status: http.StatusCreated, Once: true,
		Summary:     "Schedule a meeting",
		Description: "It is sent to Veeting once; a 502 or 504 says whether the meeting may exist all the same.",
	}, func(ctx context.Context, in *scheduleInput) (*api.Output[described[meetingFields]], error) {
		made, err := client.Schedule(ctx, in.user(), in.Body.meeting())
		if err != nil {
			return nil, err
		}
		return &api.Output[described[meetingFields]]{Body: described[meetingFields](made)}, nil
	}, tellMeeting)
}

// outcome is what a command did.
type outcome string

// The outcomes of the commands.
const (
	updated outcome = "updated"
	closed  outcome = "closed"
	deleted outcome = "deleted"
)

type commandBody struct {
	Outcome outcome                  `json:"outcome" enum:"updated,closed,deleted"`
	Meeting described[meetingFields] `json:"meeting,omitempty" doc:"What Veeting says of the meeting; absent when it says nothing"`
}

func done(o outcome, meeting veeting.Object, err error) (*api.Output[commandBody], error) {
	if err != nil {
		return nil, err
	}
	return &api.Output[commandBody]{Body: commandBody{Outcome: o, Meeting: described[meetingFields](meeting)}}, nil
}

type updateInput struct {
	MeetingPath
	UserHeaders
	Body meetingBody
}

// RegisterUpdateMeeting adds veeting-update-meeting.
func RegisterUpdateMeeting(a huma.API, client MeetingClient) {
	command(a, api.Operation{
		ID: "veeting-update-meeting", Method: http.MethodPut, Path: "/veeting/meetings/{meetingId}", Scope: meetingsScope,
		Summary:     "Replace what a meeting is scheduled with",
		Description: "What is left out becomes the default, as in scheduling.",
	}, func(ctx context.Context, in *updateInput) (*api.Output[commandBody], error) {
		meeting, err := client.Update(ctx, in.user(), string(in.MeetingID), in.Body.meeting())
		return done(updated, meeting, err)
	}, tellOutcome)
}

type closeInput struct {
	MeetingPath
	UserHeaders
	api.NoBody
}

// RegisterCloseMeeting adds veeting-close-meeting.
func RegisterCloseMeeting(a huma.API, client MeetingClient) {
	command(a, api.Operation{
		ID: "veeting-close-meeting", Method: http.MethodPost, Path: "/veeting/meetings/{meetingId}/close", Scope: meetingsScope,
		Summary:     "End a meeting before its time",
		Description: "Who is inside is put out. Meetings end by themselves at their time.",
	}, func(ctx context.Context, in *closeInput) (*api.Output[commandBody], error) {
		meeting, err := client.Close(ctx, in.user(), string(in.MeetingID))
		return done(closed, meeting, err)
	}, tellOutcome)
}

type deleteInput struct {
	MeetingPath
	UserHeaders
}

// RegisterDeleteMeeting adds veeting-delete-meeting.
func RegisterDeleteMeeting(a huma.API, client MeetingClient) {
	command(a, api.Operation{
		ID: "veeting-delete-meeting", Method: http.MethodDelete, Path: "/veeting/meetings/{meetingId}", Scope: meetingsScope,
		Summary:     "Delete a meeting",
		Description: "What Veeting does with one that is going on, or was deleted already, it does not say.",
	}, func(ctx context.Context, in *deleteInput) (*api.Output[commandBody], error) {
		meeting, err := client.Delete(ctx, in.user(), string(in.MeetingID))
		return done(deleted, meeting, err)
	}, tellOutcome)
}

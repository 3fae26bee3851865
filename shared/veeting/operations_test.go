package veeting_test

import (
	"context"
	"time"

	"gavel/shared/veeting"
)

// operation is one of the client's calls, with the arguments of the tutorial's example.
type operation struct {
	name   string
	do     func(ctx context.Context, c *veeting.Client, user veeting.User) (any, error)
	line   string // method and path
	body   string // whole, as the tutorial writes it but for the blanks
	about  string // what it is about: account or meeting
	data   string // under data in the answer
	want   string // what the caller gets, as JSON
	reads  bool   // changes nothing
	nobody string // what the caller gets when there is no data
}

const (
	accountBody = `{"sendPassword":true,"accountType":"trial","adminFirstname":"Test","adminLastname":"User",` +
		`"adminEmail":"test-user@example.com","adminPreferredLanguage":"en","paidUntil":"2024-04-19T19:03:41.203Z"}`
	meetingBody = `"topic":"My Meeting Topic","startTime":"2024-04-07T09:00:00.000Z","endTime":"2024-04-07T10:00:00.000Z","duration":60,` +
		`"type":"standard","isRecurring":false,"isRecorded":false,"isDialin":false,"invitedParticipants":[],"recurring":{},"meetingPermissionId":null}`

	accountData = `{"id":"5e9459c5b863b82cefdddf4f","name":"test-user@example.com","accountType":"trial","numberOfMeetings":0,` +
		`"paidUntil":"2024-04-27T12:23:33.852Z","accountRooms":[],"defaultMeetingPermissions":null,"autoDeleteMeetingsAfterXDays":360}`
	adminData = `{"id":"5e9459c5b863b82cefdddf4e","email":"test-user@example.com","firstName":"Test","externalUserId":null,` +
		`"timezone":"Europe/Paris","additionalTimezones":[],"icsPath":"/api/v6/meeting/calender/user/a-b"}`
	meetingData = `{"id":"5e945c36b863b82cefdddf54","meetingId":"9974-7653-8886-0485","topic":"My Meeting Topic",` +
		`"duration":"60","recurring":{"frequency":null,"endsAfter":0},"icalSequence":"0","dtClosedAt":null,"isClosed":true}`
	meetingWant = `{"id":"5e945c36b863b82cefdddf54","participantMeetingId":"9974-7653-8886-0485","topic":"My Meeting Topic",` +
		`"duration":60,"recurring":{"frequency":null,"endsAfter":0},"icalSequence":0,"dtClosedAt":null,"isClosed":true}`
)

func newAccount() veeting.NewAccount {
	return veeting.NewAccount{
		SendPassword: true, AccountType: "trial", AdminFirstName: "Test", AdminLastName: "User", AdminEmail: userEmail,
		AdminPreferredLanguage: "en", PaidUntil: time.Date(2024, time.April, 19, 19, 3, 41, 203_000_000, time.UTC),
	}
}

func newMeeting() veeting.Meeting {
	return veeting.Meeting{
		Topic: "My Meeting Topic",
		Start: time.Date(2024, time.April, 7, 9, 0, 0, 0, time.UTC), End: time.Date(2024, time.April, 7, 10, 0, 0, 0, time.UTC),
	}
}

func operations() []operation {
	return []operation{
		{
			name: "create account", about: "account", line: "POST /account", body: accountBody, data: accountData, want: accountData, nobody: "{}",
			do: func(ctx context.Context, c *veeting.Client, _ veeting.User) (any, error) {
				return c.CreateAccount(ctx, newAccount())
			},
		},
		{
			name: "list admins", about: "account", line: "GET /account/admin/" + accountID, reads: true,
			data: "[" + adminData + "]", want: "[" + adminData + "]", nobody: "[]",
			do: func(ctx context.Context, c *veeting.Client, _ veeting.User) (any, error) {
				return c.ListAdmins(ctx, accountID)
			},
		},
		{
			name: "schedule", about: "meeting", line: "POST /meeting", body: "{" + meetingBody, data: meetingData, want: meetingWant, nobody: "{}",
			do: func(ctx context.Context, c *veeting.Client, user veeting.User) (any, error) {
				return c.Schedule(ctx, user, newMeeting())
			},
		},
		{
			name: "update", about: "meeting", line: "PUT /meeting/" + meetingID + "/false", body: `{"id":"` + meetingID + `",` + meetingBody,
			data: meetingData, want: meetingWant, nobody: "{}",
			do: func(ctx context.Context, c *veeting.Client, user veeting.User) (any, error) {
				return c.Update(ctx, user, meetingID, newMeeting())
			},
		},
		{
			name: "close", about: "meeting", line: "POST /meeting/close", body: `{"meetingId":"` + meetingID + `"}`, data: meetingData, want: meetingWant, nobody: "{}",
			do: func(ctx context.Context, c *veeting.Client, user veeting.User) (any, error) {
				return c.Close(ctx, user, meetingID)
			},
		},
		{
			name: "delete", about: "meeting", line: "DELETE /meeting/" + meetingID, data: meetingData, want: meetingWant, nobody: "{}",
			do: func(ctx context.Context, c *veeting.Client, user veeting.User) (any, error) {
				return c.Delete(ctx, user, meetingID)
			},
		},
	}
}

// call does the operation with a key of the instance, for the organizer where it is about a meeting.
func (o operation) call(ctx context.Context, f *fixture) (any, error) {
	return o.do(ctx, f.client, veeting.User{Email: userEmail})
}

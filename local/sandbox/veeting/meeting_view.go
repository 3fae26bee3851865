package veeting

import (
	"strconv"
	"time"
)

// meetingView is a meeting with the fields, and their order, of the tutorial. Numbers are texts where they are there.
type meetingView struct {
	ID                   string        `json:"id"`
	MeetingID            string        `json:"meetingId"`
	Topic                string        `json:"topic"`
	StartTime            string        `json:"startTime"`
	EndTime              string        `json:"endTime"`
	Type                 string        `json:"type"`
	Duration             string        `json:"duration"`
	RoomID               string        `json:"roomId"`
	IsRecurring          bool          `json:"isRecurring"`
	IsDialin             bool          `json:"isDialin"`
	IsRecorded           bool          `json:"isRecorded"`
	Recurring            recurringView `json:"recurring"`
	InvitedParticipants  []any         `json:"invitedParticipants"`
	Documents            []any         `json:"documents"`
	DialInNumbers        []any         `json:"dialInNumbers"`
	Agenda               string        `json:"agenda"`
	MeetingPermissionID  any           `json:"meetingPermissionId"`
	VideoResolution      string        `json:"videoResolution"`
	DtClosedAt           *string       `json:"dtClosedAt"`
	WhitelabelID         string        `json:"whitelabelId"`
	AccountID            string        `json:"accountId"`
	AddedByUserID        string        `json:"addedByUserId"`
	AddedByUserEmail     string        `json:"addedByUserEmail"`
	AddedByUserName      string        `json:"addedByUserName"`
	Timezone             string        `json:"timezone"`
	PrivateDataVisible   bool          `json:"privateDataVisible"`
	ICalSequence         string        `json:"icalSequence"`
	ICSToken             string        `json:"icsToken"`
	IsActive             bool          `json:"isActive"`
	IsClosed             bool          `json:"isClosed"`
	IsOpen               bool          `json:"isOpen"`
	DialInConferenceRoom any           `json:"dialInConferenceRoom"` // always null: what they are with dial-in is not public
	DialInPin            any           `json:"dialInPin"`
	SIPProxy             any           `json:"sipProxy"`
	SIPDomain            any           `json:"sipDomain"`
	IsDemo               bool          `json:"isDemo"`
	IsPromo              bool          `json:"isPromo"`
}

// recurringView is what a meeting that does not recur has.
type recurringView struct {
	FrequencyType  string `json:"frequencyType"`
	Frequency      any    `json:"frequency"`
	MonthlyPattern string `json:"monthlyPattern"`
	EndsType       string `json:"endsType"`
	EndsOn         string `json:"endsOn"`
	EndsAfter      int    `json:"endsAfter"`
}

// view shows a meeting as it is now. endsOn is the server's start: in the tutorial it is older than the account.
func (s *state) view(m *meeting, now time.Time) meetingView {
	admin := m.account.admin
	closed := m.ended(now) || !m.closedAt.IsZero()
	v := meetingView{
		ID: m.id, MeetingID: m.participantID, Topic: m.topic, StartTime: formatTime(m.start), EndTime: formatTime(m.end),
		Type: meetingType, Duration: strconv.FormatInt(m.minutes, 10), RoomID: m.account.roomID,
		IsDialin: m.dialin, IsRecorded: m.isRecorded, Recurring: recurringView{EndsOn: formatTime(s.began)},
		InvitedParticipants: []any{}, Documents: []any{}, DialInNumbers: []any{}, VideoResolution: "standard",
		WhitelabelID: s.instance, AccountID: m.account.id,
		AddedByUserID: admin.id, AddedByUserEmail: admin.email, AddedByUserName: admin.firstName + " " + admin.lastName,
		Timezone: "Europe/Zurich", PrivateDataVisible: true,
		ICalSequence: strconv.Itoa(m.sequence), ICSToken: m.icsToken,
		IsActive: !closed && !now.Before(m.start), IsClosed: closed, IsOpen: !closed,
	}
	if !m.closedAt.IsZero() {
		v.DtClosedAt = new(formatTime(m.closedAt))
	}
	return v
}

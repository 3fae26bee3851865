package veeting

import "strings"

// account is one customer of the instance. It has exactly one organizer: no public call makes another.
type account struct {
	id, roomID string
	admin      organizer
}

// organizer is a person who may schedule meetings.
type organizer struct {
	id, email, firstName, lastName, language string
	icsToken                                 string
}

// accountView is an account with the fields, and their order, of the tutorial. The counts are as there, although an
// organizer was just made.
type accountView struct {
	ID                                   string `json:"id"`
	Name                                 string `json:"name"`
	AccountType                          string `json:"accountType"`
	NumberOfMeetings                     int    `json:"numberOfMeetings"`
	NumberOfMeetingOrganizers            int    `json:"numberOfMeetingOrganizers"`
	NumberOfMeetingRooms                 int    `json:"numberOfMeetingRooms"`
	PaidUntil                            string `json:"paidUntil"`
	IceCandidatesToFilter                []any  `json:"iceCandidatesToFilter"`
	CustomDialInNumbers                  []any  `json:"customDialInNumbers"`
	AccountRooms                         []any  `json:"accountRooms"`
	DisplayStandardDialInNumbersInInvite bool   `json:"displayStandardDialInNumbersInInvite"`
	DefaultMeetingPermissions            any    `json:"defaultMeetingPermissions"`
	DefaultMeetingType                   string `json:"defaultMeetingType"`
	DefaultMeetingHasDialin              bool   `json:"defaultMeetingHasDialin"`
	DefaultMeetingHasRecording           bool   `json:"defaultMeetingHasRecording"`
	AutoExtendMeetings                   bool   `json:"autoExtendMeetings"`
	AutoDeleteMeetingsAfterXDays         int    `json:"autoDeleteMeetingsAfterXDays"`
	CanAddMeetingOrganizer               bool   `json:"canAddMeetingOrganizer"`
}

// adminView is an organizer as the list of an account's admins shows it.
type adminView struct {
	ID                  string `json:"id"`
	Email               string `json:"email"`
	FirstName           string `json:"firstName"`
	LastName            string `json:"lastName"`
	PreferredLanguage   string `json:"preferredLanguage"`
	ExternalUserID      any    `json:"externalUserId"`
	Timezone            string `json:"timezone"`
	AdditionalTimezones []any  `json:"additionalTimezones"`
	ICSToken            string `json:"icsToken"`
	ICSPath             string `json:"icsPath"`
}

const (
	accountType   = "trial"
	trialDays     = 14
	retentionDays = 360
)

// createAccount makes an account and its organizer. The server reads paidUntil but gives a trial 14 days, as in the
// tutorial, where the answer's differs from the request's.
func (c *call) createAccount() (any, error) {
	in := readObject(c.body)
	in.flag("sendPassword")
	in.word("accountType", accountType)
	admin := organizer{
		email: in.email("adminEmail"), firstName: in.text("adminFirstname"), lastName: in.text("adminLastname"),
		language: in.text("adminPreferredLanguage"),
	}
	in.moment("paidUntil")
	if err := in.done(); err != nil {
		return nil, err
	}
	if c.s.state.find(func(a *account) bool { return strings.EqualFold(a.admin.email, admin.email) }) != nil {
		return nil, refuse(codeExists, "the e-mail address is an organizer's of this instance already")
	}
	if len(c.s.state.accounts) >= maxAccounts {
		return nil, errFull
	}
	a := c.s.state.addAccount(admin, c.now)
	return accountView{
		ID: a.id, Name: a.admin.email, AccountType: accountType, NumberOfMeetingRooms: 1,
		PaidUntil:             formatTime(c.now.AddDate(0, 0, trialDays)),
		IceCandidatesToFilter: []any{}, CustomDialInNumbers: []any{}, AccountRooms: []any{},
		DisplayStandardDialInNumbersInInvite: true, DefaultMeetingType: meetingType,
		AutoDeleteMeetingsAfterXDays: retentionDays, CanAddMeetingOrganizer: true,
	}, nil
}

func (c *call) listAdmins() (any, error) {
	if err := checkID(c.values[0]); err != nil {
		return nil, err
	}
	a := c.s.state.account(c.values[0])
	if a == nil {
		return nil, refuse(codeOther, "there is no such account")
	}
	return []adminView{{
		ID: a.admin.id, Email: a.admin.email, FirstName: a.admin.firstName, LastName: a.admin.lastName,
		PreferredLanguage: a.admin.language, Timezone: "Europe/Paris", AdditionalTimezones: []any{},
		ICSToken: a.admin.icsToken, ICSPath: "/api/v6/meeting/calender/user/" + a.admin.icsToken, // spelled so
	}}, nil
}

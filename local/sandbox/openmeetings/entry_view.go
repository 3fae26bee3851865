package openmeetings

// refusal is why somebody is not let in. These codes are the sandbox's own; the real server tells people, not programs.
type refusal struct {
	Code    string `json:"error"`
	Message string `json:"message"`
	// Redirect is where a closed room sends people.
	Redirect string `json:"redirectUrl,omitempty"`
	// AskPassword says that the page has a form for it.
	AskPassword bool `json:"-"`
}

var (
	invalidHash      = refusal{Code: "invalid_hash", Message: "Invalid hash"}
	accessDenied     = refusal{Code: "access_denied", Message: "Access denied. You have no rights to enter this room."}
	roomFull         = refusal{Code: "room_full", Message: "This room is full"}
	passwordRequired = refusal{Code: "password_required", Message: "This invitation has a password", AskPassword: true}
)

// entry is who came in, and where.
type entry struct {
	ClientID       string `json:"clientId,omitempty"`
	RoomID         int64  `json:"roomId,omitempty"`
	RecordingID    int64  `json:"recordingId,omitempty"`
	UserID         int64  `json:"userId"`
	Firstname      string `json:"firstname"`
	Lastname       string `json:"lastname"`
	ExternalID     string `json:"externalId"`
	ExternalType   string `json:"externalType"`
	Moderator      bool   `json:"moderator"`
	SuperModerator bool   `json:"superModerator"`
	Language       int64  `json:"language"`
	// Title names the room or the recording.
	Title string `json:"-"`
}

// describe says who is signed in.
func (s *state) describe(b *browser) entry {
	u := row(s.users, b.user)
	externalType, _ := s.externalTypeOf(u.groups).(string)
	language := b.language
	if language == 0 {
		language = u.languageID
	}
	return entry{
		UserID: u.id, Firstname: value(u.firstname), Lastname: value(u.lastname),
		ExternalID: value(u.externalID), ExternalType: externalType, Language: knownLanguage(language),
	}
}

func value(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// knownLanguage makes English of what languages.xml does not have, and German of the German for StudIP.
func knownLanguage(id int64) int64 {
	switch {
	case id == 3:
		return 2
	case id < 1 || id > 39:
		return 1
	}
	return id
}

package jitsimeet

import (
	"errors"
	"strings"
)

// ParticipantID is a participant's short id in one session: the resource of their address in the room, which is the
// first block of the UUID that they are connected under. It is not the user id.
type ParticipantID string

// ErrParticipantID says that a text has not the form of a short id.
var ErrParticipantID = errors.New("expected a participant's short id: 8 hex digits")

// ParseParticipantID checks the form of a short id and brings it to lower case.
func ParseParticipantID(text string) (ParticipantID, error) {
	lower := strings.ToLower(text)
	if len(lower) != 8 || strings.Trim(lower, "0123456789abcdef") != "" {
		return "", ErrParticipantID
	}
	return ParticipantID(lower), nil
}

// ParticipantIDOf gives the short id of whoever is connected as <UUID>@<domain>, with or without a resource behind it
// (resourceCreator in https://github.com/jitsi/lib-jitsi-meet/blob/master/JitsiConference.js). It returns
// ErrParticipantID where there is no UUID in front.
func ParticipantIDOf(jid string) (ParticipantID, error) {
	const uuidLength = 36
	local, _, _ := strings.Cut(jid, "@")
	block, _, dashed := strings.Cut(local, "-")
	if !dashed || len(local) != uuidLength {
		return "", ErrParticipantID
	}
	return ParseParticipantID(block)
}

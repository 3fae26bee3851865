package jitsimeet

import (
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Bounds of a participant token's life. Neither JaaS nor the open-source server documents any; the longest permitted is
// ours, because tokens cannot be listed or withdrawn.
const (
	MinLifetime      = time.Second
	DefaultLifetime  = 2 * time.Hour // as the official samples
	MaxLifetime      = 24 * time.Hour
	MaxLifetimeOfAll = 2 * time.Hour // of a token for AllRooms
)

// Features lists the keys the web client takes in context.features; any other makes it refuse
// the whole token (https://developer.8x8.com/jaas/docs/api-keys-jwt and
// https://github.com/jitsi/jitsi-meet/blob/master/react/features/base/jwt/constants.ts).
func Features() []string {
	return []string{
		"livestreaming", "recording", "transcription", "sip-inbound-call", "sip-outbound-call",
		"inbound-call", "outbound-call", "file-upload", "list-visitors", "send-groupchat", "create-polls",
		"branding", "calendar", "flip", "live-translation", "lobby", "moderation", "room",
		"screen-sharing", "send-private-message",
	}
}

// User is the person a participant token is for.
type User struct {
	ID     string // the app's own id; the one to find and to ban somebody by
	Name   string
	Email  string
	Avatar string // URL
	// HiddenFromRecorder leaves the participant out of recordings and streams.
	HiddenFromRecorder bool
}

// MaxUserID is the longest user id in characters. No limit is documented.
const MaxUserID = 256

// ErrUserID says that a user id could not be banned, so no token should carry it either.
var ErrUserID = fmt.Errorf("expected an id of 1 to %d characters, not blank, not . or .., without control characters", MaxUserID)

// CheckUserID checks the app's own id of a user. "." and ".." are refused because JaaS's BAN_USER
// carries the id as a path segment, and no encoding keeps a server from resolving those two.
func CheckUserID(id string) error {
	blank := strings.TrimSpace(id) == ""
	if blank || id == "." || id == ".." || !utf8.ValidString(id) ||
		utf8.RuneCountInString(id) > MaxUserID || strings.ContainsFunc(id, unicode.IsControl) {
		return ErrUserID
	}
	return nil
}

// Participant is what a participant token says.
type Participant struct {
	// Room is the one room the token admits to; empty when Pattern is set.
	Room Room
	// Pattern admits to more than one room; empty when Room is set.
	Pattern   Pattern
	User      User
	Moderator bool
	// Features is nil for a token that says nothing of features.
	Features map[string]bool
	Lifetime time.Duration
}

// Fault is a value that would be refused and the field it is in, such as "user.id".
type Fault struct {
	Field   string
	Message string
}

// ErrParticipant says that a token was asked for with what Check finds fault with, or not with one of Room and Pattern.
var ErrParticipant = errors.New("the participant token would be refused")

// Check lists what a server, or its web client, would refuse in the token.
func (p Participant) Check() []Fault {
	var faults []Fault
	if err := CheckUserID(p.User.ID); err != nil {
		faults = append(faults, Fault{"user.id", err.Error()})
	}
	if p.User.Avatar != "" && !isWebURL(p.User.Avatar) {
		faults = append(faults, Fault{"user.avatar", "expected an http or https URL"})
	}
	known := Features()
	for _, name := range slices.Sorted(maps.Keys(p.Features)) {
		if !slices.Contains(known, name) {
			faults = append(faults, Fault{"features." + name, "not a feature of the web client, which knows " + strings.Join(known, ", ")})
		}
	}
	longest := MaxLifetime
	if p.Pattern == AllRooms {
		longest = MaxLifetimeOfAll
	}
	if p.Lifetime < MinLifetime || p.Lifetime > longest {
		faults = append(faults, Fault{"expiresInSeconds", fmt.Sprintf("expected %d to %d seconds", seconds(MinLifetime), seconds(longest))})
	}
	return faults
}

// Valid returns nil, or ErrParticipant.
func (p Participant) Valid() error {
	if len(p.Check()) > 0 || (p.Room == "") == (p.Pattern == "") {
		return ErrParticipant
	}
	return nil
}

// RoomClaim gives the claim room.
func (p Participant) RoomClaim() string {
	if p.Room != "" {
		return string(p.Room)
	}
	return string(p.Pattern)
}

// IsRegex gives context.room.regex. AllRooms is not a Lua pattern; it has its meaning with regex false.
func (p Participant) IsRegex() bool { return p.Pattern != "" && p.Pattern != AllRooms }

// FeatureClaims gives context.features, with booleans as the official samples write them, as strings: servers take both
// forms, and strings survive clients that compare with === 'true'. It is never nil.
func (p Participant) FeatureClaims() map[string]string {
	claims := make(map[string]string, len(p.Features))
	for name, on := range p.Features {
		claims[name] = BoolClaim(on)
	}
	return claims
}

// BoolClaim writes a boolean as the official samples do.
func BoolClaim(b bool) string {
	if b {
		return "true"
	}
	return "false"
}

// Token is a participant token. It is a credential: it prints as a placeholder.
type Token struct {
	JWT string
	// JoinURL opens the meeting; empty for a Pattern, which names no one room.
	JoinURL string
	Expires time.Time
}

// String hides the token.
func (t Token) String() string { return "[token]" }

// GoString hides the token.
func (t Token) GoString() string { return "[token]" }

// LogValue hides the token.
func (t Token) LogValue() slog.Value { return slog.StringValue("[token]") }

// MarshalJSON hides the token: whoever hands it out says so by naming the field.
func (t Token) MarshalJSON() ([]byte, error) { return []byte(`"[token]"`), nil }

func seconds(d time.Duration) int64 { return int64(d / time.Second) }

func isWebURL(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != ""
}

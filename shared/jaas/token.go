package jaas

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Bounds of a participant token's life. JaaS documents none; the longest permitted is ours,
// because tokens cannot be listed or withdrawn one by one except with BanJWT.
const (
	MinLifetime      = time.Second
	DefaultLifetime  = 2 * time.Hour // as the official samples
	MaxLifetime      = 24 * time.Hour
	MaxLifetimeOfAll = 2 * time.Hour // of a token for AllRooms
)

// Features lists the keys JaaS's web client takes in context.features; any other makes it refuse
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
	ID     string // the app's own id; the one BanUser takes
	Name   string
	Email  string
	Avatar string // URL
	// HiddenFromRecorder leaves the participant out of recordings and streams.
	HiddenFromRecorder bool
}

// Participant is what a participant token says.
type Participant struct {
	// Room is the one room the token admits to; empty when Pattern is set.
	Room Room
	// Pattern admits to more than one room; empty when Room is set.
	Pattern   Pattern
	User      User
	Moderator bool
	Features  map[string]bool
	Lifetime  time.Duration
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

// Fault is a value JaaS would refuse and the field it is in, such as "user.id".
type Fault struct {
	Field   string
	Message string
}

// Check lists what JaaS, or its web client, would refuse in the token.
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
			faults = append(faults, Fault{"features." + name, "not a feature of JaaS; it knows " + strings.Join(known, ", ")})
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

// ErrParticipant says that CreateToken was given what Check finds fault with.
var ErrParticipant = errors.New("the participant token would be refused")

// CreateToken mints a participant token of the tenant and its join link. It returns
// ErrParticipant for what Check finds fault with, and a *secrets.Error when the key cannot be had.
func (c *Client) CreateToken(ctx context.Context, appID AppID, p Participant) (Token, error) {
	if len(p.Check()) > 0 || (p.Room == "") == (p.Pattern == "") {
		return Token{}, ErrParticipant
	}
	kept, err := c.tenant.Get(ctx, secretName(appID))
	if err != nil {
		return Token{}, err
	}
	now := c.now()
	claims := kept.Value.claims(now, p.Lifetime)
	claims["room"] = p.roomClaim()
	claims["context"] = p.context()
	signed, err := kept.Value.sign(claims)
	if err != nil {
		return Token{}, fmt.Errorf("sign a participant token: %w", err)
	}
	token := Token{JWT: signed, Expires: time.Unix(now.Add(p.Lifetime).Unix(), 0).UTC()}
	if p.Room != "" {
		token.JoinURL = c.joinURL(appID, p.Room, signed)
	}
	return token, nil
}

// joinURL puts the token in the fragment, which the web client reads first and which stays out
// of access logs and Referer headers; the documented form is ?jwt=.
func (c *Client) joinURL(appID AppID, room Room, token string) string {
	return "https://" + c.domain + "/" + string(appID) + "/" + string(room) + "#jwt=" + token
}

func (p Participant) roomClaim() string {
	if p.Room != "" {
		return string(p.Room)
	}
	return string(p.Pattern)
}

type userClaim struct {
	ID                 string `json:"id"`
	Name               string `json:"name,omitempty"`
	Email              string `json:"email,omitempty"`
	Avatar             string `json:"avatar,omitempty"`
	Moderator          string `json:"moderator"`
	HiddenFromRecorder string `json:"hidden-from-recorder"`
}

type roomContext struct {
	Regex bool `json:"regex"`
}

type contextClaim struct {
	User     userClaim         `json:"user"`
	Features map[string]string `json:"features"`
	Room     roomContext       `json:"room"`
}

// context writes booleans as the official samples do, as strings: JaaS takes both forms, and
// strings survive clients that compare with === 'true'. The features object is there even when
// empty: without it the web client refuses the token.
func (p Participant) context() contextClaim {
	features := make(map[string]string, len(p.Features))
	for name, on := range p.Features {
		features[name] = boolString(on)
	}
	return contextClaim{
		User: userClaim{
			ID: p.User.ID, Name: p.User.Name, Email: p.User.Email, Avatar: p.User.Avatar,
			Moderator:          boolString(p.Moderator),
			HiddenFromRecorder: boolString(p.User.HiddenFromRecorder),
		},
		Features: features,
		// AllRooms is not a Lua pattern; it has its meaning with regex false.
		Room: roomContext{Regex: p.Pattern != "" && p.Pattern != AllRooms},
	}
}

func boolString(b bool) string {
	if b {
		return "true"
	}
	return "false"
}

func seconds(d time.Duration) int64 { return int64(d / time.Second) }

func isWebURL(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != ""
}

// Package jaasapi holds the operations on 8x8 JaaS.
package jaasapi

import (
	"github.com/danielgtaylor/huma/v2"

	"gavel/shared/api"
	"gavel/shared/api/inboxapi"
	"gavel/shared/api/jitsimeetapi"
	"gavel/shared/jaas"
	"gavel/shared/jitsimeet"
	"gavel/shared/phone"
	"gavel/shared/roster"
)

const (
	scope = "jaas"
	tag   = "JaaS"
)

// Client is everything the operations need of a JaaS client.
type Client interface {
	TokenCreator
	UserBanner
	JWTBanner
	RoomDestroyer
	DialOuter
	HangUpper
	Kicker
	Receiver
}

var _ Client = (*jaas.Client)(nil)

// Roster is everything they need of who is in which meeting.
type Roster interface {
	Noter
	Finder
	Insider
}

var _ Roster = (*roster.Roster)(nil)

// Services are what the operations work with.
type Services struct {
	Client  Client
	Roster  Roster
	Events  inboxapi.EventLog
	Bans    BanKeeper
	Aliases interface {
		Aliases
		Retirer
	}
}

// Register adds all operations of the group.
func Register(a huma.API, s Services) {
	RegisterCreateToken(a, s.Client, s.Bans)
	RegisterBanUser(a, BanServices{Client: s.Client, Bans: s.Bans, Inside: s.Roster, Aliases: s.Aliases})
	RegisterListBans(a, s.Bans)
	RegisterLiftBan(a, s.Bans, s.Aliases)
	RegisterBanJWT(a, s.Client)
	RegisterDestroyRoom(a, s.Client)
	RegisterDialOut(a, s.Client)
	RegisterHangUp(a, s.Client)
	RegisterKickParticipant(a, s.Client, s.Roster, s.Aliases)
	RegisterListParticipants(a, s.Roster)
	RegisterWebhook(a, WebhookServices{From: s.Client, Events: s.Events, Roster: s.Roster, Bans: s.Bans})
	RegisterListEvents(a, s.Events)
}

// TenantPath is the part of the path that every operation has. Like the other embedded inputs it
// is exported because the library passes over fields of unexported ones.
type TenantPath struct {
	AppID appID `path:"appId" doc:"The tenant; the JaaS console calls it AppID" example:"vpaas-magic-cookie-0123456789abcdef0123456789abcdef"`
}

func (p TenantPath) appID() jaas.AppID { return jaas.AppID(p.AppID) }

// appID is checked where it stands, as room is.
type appID string

// Schema describes the form; it is Resolve that checks it (see api.New).
func (*appID) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Pattern: jaas.AppIDPattern}
}

// Resolve checks the tenant.
func (id *appID) Resolve(_ huma.Context, at *huma.PathBuffer) []error {
	_, err := jaas.ParseAppID(string(*id))
	return api.FaultAt(at, err)
}

// RoomPath is the path of what happens in one room.
type RoomPath struct {
	TenantPath
	Room room `path:"room" doc:"The room's bare name, without the AppID; normalised as the JaaS client does" example:"standup"`
}

func (p RoomPath) room() jitsimeet.Room { return jitsimeet.Room(p.Room) }

// room is checked and normalised where it stands, so that a fault is reported with its place and
// together with all others.
type room string

// Resolve normalises the room's name.
func (r *room) Resolve(_ huma.Context, at *huma.PathBuffer) []error {
	parsed, err := jaas.ParseRoom(string(*r))
	*r = room(parsed)
	return api.FaultAt(at, err)
}

// CallInput names a phone in a room.
type CallInput struct {
	RoomPath
	Body struct {
		PhoneNo jitsimeetapi.PhoneNo `json:"phoneNo" minLength:"1" maxLength:"64" doc:"The number with its country code; spaces, dashes, brackets and a leading 00 are taken" example:"+40747777777"`
	}
}

func (in CallInput) number() (phone.Number, error) { return phone.Parse(string(in.Body.PhoneNo)) }

// output is the answer of all commands.
type output struct {
	Body struct {
		Outcome jaas.Outcome `json:"outcome" doc:"What was found and done"`
	}
}

func answer(o jaas.Outcome, err error) (*output, error) {
	if err != nil {
		return nil, err
	}
	out := &output{}
	out.Body.Outcome = o
	return out, nil
}

package jaasapi

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"gavel/shared/api"
	"gavel/shared/api/inboxapi"
	"gavel/shared/api/jitsimeetapi"
	"gavel/shared/audit"
	"gavel/shared/auth"
	"gavel/shared/bans"
	"gavel/shared/clock"
	"gavel/shared/httpclient"
	"gavel/shared/jaas"
	"gavel/shared/jitsimeet"
	"gavel/shared/problem"
	"gavel/shared/table"
)

// UserBanner bans users.
type UserBanner interface {
	BanUser(ctx context.Context, appID jaas.AppID, userID string) (jaas.Outcome, error)
}

// JWTBanner bans single tokens.
type JWTBanner interface {
	BanJWT(ctx context.Context, appID jaas.AppID, token string) (jaas.Outcome, error)
}

type banUserInput struct {
	TenantPath
	Body struct {
		UserID  userID     `json:"userId" minLength:"1" maxLength:"256" doc:"The app's own id of the user, as in the token's context.user.id" example:"auth0|5f903d7a77f3b4006eb8e67d"`
		Reason  api.Reason `json:"reason,omitempty" minLength:"1" maxLength:"256" doc:"Why, as the list of bans tells it; that of X-Reason otherwise" example:"abuse"`
		Seconds int64      `json:"expiresInSeconds,omitempty" minimum:"1" maximum:"315360000" doc:"How long Gavel keeps to the ban; until it is lifted when absent. JaaS's own has no end"`
	}
}

// userID is checked where it stands, see room.
type userID string

// Resolve checks the id. An empty one is the schema's to refuse.
func (id *userID) Resolve(_ huma.Context, at *huma.PathBuffer) []error {
	if *id == "" {
		return nil
	}
	return api.FaultAt(at, jitsimeet.CheckUserID(string(*id)))
}

// Banner makes bans, each with the event that it completes.
type Banner interface {
	Ban(ctx context.Context, s bans.Scope, b bans.Ban, told audit.Event, ids ...string) error
}

// BanLifter lifts bans, each with the event that it completes and with the further changes.
type BanLifter interface {
	Lift(ctx context.Context, s bans.Scope, user string, told audit.Event, also func(context.Context) ([]table.Change, error)) (bool, error)
}

// BanLister lists bans.
type BanLister interface {
	All(ctx context.Context, s bans.Scope, limit int, cursor string) (bans.Page, error)
}

// BanKeeper is everything they need of the bans.
type BanKeeper interface {
	Banner
	BanLifter
	BanLister
	bans.Finder
}

var _ BanKeeper = (*bans.Keeper)(nil)

// Finder gives where somebody is.
type Finder interface {
	Presence
	Conferences(ctx context.Context, guest, prefix string) ([]string, error)
}

// Aliases gives the ids that a user goes by in meetings of rooms.
type Aliases interface {
	GuestIDs(ctx context.Context, user, provider string) ([]string, error)
}

// Retirer makes the change by which a user goes by another id there.
type Retirer interface {
	Retirement(ctx context.Context, user, provider string) ([]table.Change, error)
}

// tenant is where a ban by user id holds: JaaS knows no other.
func tenant(appID jaas.AppID) bans.Scope { return bans.In(jaas.Provider, string(appID)) }

// toldOfTenant begins the event of what somebody does to a user in all of a tenant.
func toldOfTenant(appID jaas.AppID, who auth.Principal) audit.Event {
	return audit.Event{
		Actor: audit.Actor{Kind: string(who.Kind), Name: who.Name}, Provider: jaas.Provider, Room: audit.Name(jaas.Provider, string(appID)),
		Details: map[string]string{"target": jitsimeetapi.TargetUser, "tenant": string(appID)},
	}
}

// BanServices are what jaas-ban-user works with. Where there is no state all but the Client are nil: then a ban is JaaS's alone.
type BanServices struct {
	Client interface {
		UserBanner
		Kicker
	}
	Bans    Banner
	Inside  Finder
	Aliases Aliases
}

type banUserOutput struct {
	Body struct {
		Outcome   jaas.Outcome `json:"outcome" doc:"What was done" example:"banned"`
		Kicked    int          `json:"kicked,omitempty" doc:"How many devices of the user were removed from meetings"`
		ExpiresAt time.Time    `json:"expiresAt,omitzero" doc:"When Gavel's ban ends by itself"`
	}
}

// RegisterBanUser adds jaas-ban-user.
func RegisterBanUser(a huma.API, s BanServices) {
	api.RegisterCommand(a, api.Operation{
		ID: "jaas-ban-user", Method: http.MethodPost, Path: "/jaas/{appId}/bans/users",
		Summary: "Ban a user",
		Description: "Keeps a user out of all meetings of the tenant: Gavel mints no token for them any more, also none for its rooms, JaaS is told to " +
			"turn those away that there are, and the user is removed from every meeting that JaaS's events say they are in, " +
			"as well as from each that they come into later. After a 502 or 504 the ban stands, and the rest is done by repeating the call. " +
			"Who is banned already gets the new reason and end.",
		Tag: tag, Scope: scope, Upstream: true,
	}, func(ctx context.Context, in *banUserInput) (*banUserOutput, error) {
		if in.Body.Reason != "" {
			ctx = audit.WithReason(ctx, string(in.Body.Reason))
		}
		who, err := auth.Resolve(ctx)
		if err != nil {
			return nil, err
		}
		if s.Bans == nil && in.Body.Seconds > 0 {
			return nil, problem.New(http.StatusServiceUnavailable, problem.NotConfigured, "settings: GAVEL_TABLE is not set, and without it no ban has an end")
		}
		now, told := clock.Now(), toldOfTenant(in.appID(), who)
		ban := bans.Ban{
			User: string(in.Body.UserID), Reason: audit.Reason(ctx), By: told.Actor.String(),
			At: now, Expires: bans.Until(now, time.Duration(in.Body.Seconds)*time.Second),
		}
		tellEnd(&told, ban.Expires)
		out := &banUserOutput{}
		out.Body.ExpiresAt = ban.Expires
		out.Body.Outcome, out.Body.Kicked, err = s.ban(ctx, in.appID(), ban, told)
		return out, err
	}, tellBan)
}

// ban keeps a ban first, so that what fails afterwards can be made up for: nobody gets in any more who was not inside.
func (s BanServices) ban(ctx context.Context, appID jaas.AppID, ban bans.Ban, told audit.Event) (outcome jaas.Outcome, kicked int, err error) {
	if s.Bans == nil {
		outcome, err = s.Client.BanUser(ctx, appID, ban.User)
		return outcome, 0, err
	}
	ids, err := s.Aliases.GuestIDs(ctx, ban.User, jaas.Provider)
	if err != nil {
		return "", 0, err
	}
	if err := s.Bans.Ban(ctx, tenant(appID), ban, told, ids...); err != nil {
		return "", 0, err
	}
	// One of the two services may be there without the other: what can be done is done, and the errors are told.
	var failed error
	for _, id := range ids {
		one, err := s.Client.BanUser(ctx, appID, id)
		outcome, failed = cmp.Or(outcome, one), httpclient.Join(failed, err)
	}
	for _, id := range ids {
		n, err := s.kick(ctx, appID, id)
		kicked, failed = kicked+n, httpclient.Join(failed, err)
	}
	if outcome != "" || kicked > 0 {
		failed = httpclient.PartlyDone(failed)
	}
	return outcome, kicked, failed
}

// kick removes somebody from every meeting of the tenant that they are in.
func (s BanServices) kick(ctx context.Context, appID jaas.AppID, id string) (kicked int, failed error) {
	conferences, err := s.Inside.Conferences(ctx, id, jaas.Conference(appID, ""))
	if err != nil {
		return 0, err
	}
	for _, conference := range conferences {
		_, room, _ := strings.Cut(conference, "/")
		n, err := kickUser(ctx, appID, jitsimeet.Room(room), s.Client, s.Inside, id)
		kicked, failed = kicked+n, httpclient.Join(failed, err)
	}
	return kicked, failed
}

type listBansInput struct {
	TenantPath
	inboxapi.PageQuery
}

type jaasBanBody struct {
	UserID    string    `json:"userId" example:"auth0|5f903d7a77f3b4006eb8e67d"`
	Reason    string    `json:"reason,omitempty" example:"abuse"`
	BannedBy  string    `json:"bannedBy" doc:"Whose credentials it was called with" example:"api-key:crm"`
	BannedAt  time.Time `json:"bannedAt"`
	ExpiresAt time.Time `json:"expiresAt,omitzero" doc:"Absent for a ban that is in force until it is lifted"`
}

type jaasBansBody struct {
	Bans   []jaasBanBody `json:"bans" nullable:"false" doc:"In an order that means nothing but stays"`
	Cursor string        `json:"cursor,omitempty" doc:"For the next page; absent on the last"`
}

// RegisterListBans adds jaas-list-bans.
func RegisterListBans(a huma.API, list BanLister) {
	api.Register(a, api.Operation{
		ID: "jaas-list-bans", Method: http.MethodGet, Path: "/jaas/{appId}/bans", Scope: scope, Tag: tag,
		Summary:     "List who is banned",
		Description: "The users who are banned from the tenant and whose ban is in force. JaaS itself has no such list: those that were banned there by other means are not in it, nor are banned tokens.",
		Errors:      []int{http.StatusServiceUnavailable},
	}, func(ctx context.Context, in *listBansInput) (*api.Output[jaasBansBody], error) {
		page, err := list.All(ctx, tenant(in.appID()), in.Limit, in.Cursor)
		if errors.Is(err, bans.ErrCursor) {
			return nil, inboxapi.CursorProblem(err)
		}
		if err != nil {
			return nil, err
		}
		out := &api.Output[jaasBansBody]{Body: jaasBansBody{Bans: make([]jaasBanBody, len(page.Bans)), Cursor: page.Next}}
		for i, b := range page.Bans {
			out.Body.Bans[i] = jaasBanBody{UserID: b.User, Reason: b.Reason, BannedBy: b.By, BannedAt: b.At, ExpiresAt: b.Expires}
		}
		return out, nil
	})
}

type liftBanInput struct {
	TenantPath
	UserID userID `query:"userId" required:"true" minLength:"1" maxLength:"256" doc:"The app's own id of the user" example:"auth0|5f903d7a77f3b4006eb8e67d"`
}

type liftBanBody struct {
	Outcome string `json:"outcome" enum:"lifted,not_found" doc:"not_found for somebody who is not banned"`
}

// RegisterLiftBan adds jaas-lift-ban.
func RegisterLiftBan(a huma.API, list BanLifter, aliases Retirer) {
	api.RegisterCommand(a, api.Operation{
		ID: "jaas-lift-ban", Method: http.MethodDelete, Path: "/jaas/{appId}/bans", Scope: scope, Tag: tag,
		Summary: "Lift a user's ban",
		Description: "Gavel mints tokens for the user again and removes them from no meeting any more. JaaS has no way to lift its own ban: " +
			"in meetings of rooms the user goes by another id from now on; elsewhere, if JaaS turns them away all the same, give them another userId in their tokens.",
		Errors: []int{http.StatusServiceUnavailable},
	}, func(ctx context.Context, in *liftBanInput) (*api.Output[liftBanBody], error) {
		who, err := auth.Resolve(ctx)
		if err != nil {
			return nil, err
		}
		user := string(in.UserID)
		found, err := list.Lift(ctx, tenant(in.appID()), user, toldOfTenant(in.appID(), who), func(ctx context.Context) ([]table.Change, error) {
			return aliases.Retirement(ctx, user, jaas.Provider) // JaaS goes on banning the id
		})
		out := &api.Output[liftBanBody]{}
		if out.Body.Outcome = "not_found"; found {
			out.Body.Outcome = "lifted"
		}
		return out, err
	}, tellLifted)
}

type banJWTInput struct {
	TenantPath
	Body struct {
		JWT string `json:"jwt" minLength:"1" maxLength:"32768" doc:"A participant's token"`
	}
}

// Resolve checks that the token can be one of the tenant's. The library does not look into the
// embedded parts of an input that has a Resolve of its own, so the tenant is checked here too.
func (in *banJWTInput) Resolve(ctx huma.Context, _ *huma.PathBuffer) []error {
	faults := in.AppID.Resolve(ctx, huma.NewPathBuffer([]byte("path.appId"), len("path.appId")))
	if in.Body.JWT == "" || len(faults) > 0 {
		return faults
	}
	return api.FaultAt(huma.NewPathBuffer([]byte("body.jwt"), len("body.jwt")), jaas.CheckJWT(in.appID(), in.Body.JWT))
}

// RegisterBanJWT adds jaas-ban-jwt.
func RegisterBanJWT(a huma.API, client JWTBanner) {
	api.RegisterCommand(a, api.Operation{
		ID: "jaas-ban-jwt", Method: http.MethodPost, Path: "/jaas/{appId}/bans/tokens",
		Summary:     "Ban a token",
		Description: "Keeps one participant's token from being used again.",
		Tag:         tag, Scope: scope, Upstream: true,
	}, func(ctx context.Context, in *banJWTInput) (*output, error) {
		return answer(client.BanJWT(ctx, in.appID(), in.Body.JWT))
	}, told)
}

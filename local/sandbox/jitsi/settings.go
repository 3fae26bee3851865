package jitsi

import (
	"context"
	"strings"

	"gavel/local/sandbox/jitsimeet"
)

// Settings are what the server's operator has configured, each with the option it stands for.
// https://jitsi.github.io/handbook/docs/devops-guide/token-authentication
type Settings struct {
	// Domain is the XMPP domain (muc_mapper_domain_base); default "meet.jitsi".
	Domain string
	// MUCPrefix comes before the domain in the addresses of rooms (muc_mapper_domain_prefix); default "conference".
	MUCPrefix string
	// AppIDs are the accepted issuers (asap_accepted_issuers); "*" accepts all.
	AppIDs []string
	// Audiences are the accepted audiences (asap_accepted_audiences); default "*", which accepts all.
	Audiences []string
	// Algorithm is signature_algorithm: HS256, HS384, HS512, RS256, RS384 or RS512; default RS256 with a key server,
	// else HS256.
	Algorithm string
	// AppSecret is what HS* tokens are signed with (app_secret).
	AppSecret string
	// KeyServer is the base URL of the public keys of RS* tokens (asap_key_server).
	KeyServer string
	// SystemKeyServer is the base URL of the public keys of system tokens (prosody_password_public_key_repo_url).
	// Without it, the endpoints that ask for such a token do not exist.
	SystemKeyServer string
	// AnyDomain is enable_domain_verification turned off, as it is in the docker images: sub is not looked at, and a
	// room claim that is a pattern is not taken for one.
	AnyDomain bool
	// CallbackAuthorization is the fixed Authorization header of events and reservations; empty sends none.
	CallbackAuthorization string
	// EventsURL is where event_sync sends events (api_prefix); empty sends none.
	EventsURL string
	// ReservationsURL is the reservation system (reservations_api_prefix); empty asks nobody.
	ReservationsURL string
}

// SettingsFunc returns the settings as they are now. It is asked at every request and before every try to deliver an
// event, so that a change counts at once.
type SettingsFunc func(ctx context.Context) (Settings, error)

// withDefaults fills in what the operator left out.
func (set Settings) withDefaults() Settings {
	if set.Domain == "" {
		set.Domain = "meet.jitsi"
	}
	set.Domain = jitsimeet.LowerASCII(set.Domain)
	if set.MUCPrefix == "" {
		set.MUCPrefix = "conference"
	}
	if len(set.Audiences) == 0 {
		set.Audiences = []string{"*"}
	}
	if set.Algorithm == "" {
		set.Algorithm = "HS256"
		if set.KeyServer != "" {
			set.Algorithm = "RS256"
		}
	}
	return set
}

// systemAlgorithm is what system tokens must be signed with; see [Traits.OneAlgorithm].
func (set Settings) systemAlgorithm(t Traits) string {
	if t.OneAlgorithm || strings.HasPrefix(set.Algorithm, "RS") {
		return set.Algorithm
	}
	return "RS256"
}

// Traits are differences between releases and between servers. All are off by default.
type Traits struct {
	// OldKick is /kick-participant of older releases: a missing query, a bad token and an unknown room are all answered
	// 200 with an empty body.
	// https://github.com/jitsi/jitsi-meet/blob/01a731ab4d80ba8a4a5232ed127942cb2c66384a/resources/prosody-plugins/mod_muc_kick_participant.lua
	OldKick bool
	// RoomSizeToken is enable_roomsize_token_verification: /room and /room-size want a login token that fits the room,
	// and say 403 of a room that is not there, since no token fits it.
	RoomSizeToken bool
	// NoGateway is a server without Jigasi: /invite-jigasi answers 404.
	NoGateway bool
	// AutoOwner is jicofo's enable-auto-owner: as long as nobody else is an owner, the first one in is, whatever their
	// token says.
	AutoOwner bool
	// Moderation is a server with token_moderation in place of token_affiliation. It keeps jicofo from making owners.
	Moderation bool
	// OneAlgorithm holds system tokens to signature_algorithm too, which makes all of them fail where login is HS*. So
	// says the code, as there is one option for both kinds of token; no document mentions it.
	// https://github.com/jitsi/jitsi-meet/blob/master/resources/prosody-plugins/token/util.lib.lua
	OneAlgorithm bool
}

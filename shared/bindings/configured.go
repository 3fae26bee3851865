package bindings

import (
	"gavel/shared/bans"
	"gavel/shared/clock"
	"gavel/shared/config"
	"gavel/shared/jaas"
	"gavel/shared/jitsi"
	"gavel/shared/openmeetings"
	"gavel/shared/rooms"
	"gavel/shared/roster"
	"gavel/shared/secrets"
	"gavel/shared/table"
	"gavel/shared/veeting"
)

// Clients are those of the meeting systems.
type Clients struct {
	JaaS         JaaSClient
	Jitsi        JitsiClient
	OpenMeetings OpenMeetingsClient
	Veeting      VeetingClient
}

// Configured makes the providers that the settings and the secrets make possible.
func Configured(c config.Config, source secrets.Source, store table.Store) map[string]rooms.Provider {
	return New(c, Clients{
		JaaS: jaas.Configured(c, source), Jitsi: jitsi.Configured(c, source),
		OpenMeetings: openmeetings.Configured(c, source), Veeting: veeting.Configured(c, source),
	}, store)
}

// New makes the providers of clients.
func New(c config.Config, clients Clients, store table.Store) map[string]rooms.Provider {
	present := roster.New(store, clock.Now, c.EventDays)
	return map[string]rooms.Provider{
		jaas.Provider:         &JaaS{Client: clients.JaaS, AppID: jaas.AppID(c.RoomsJaaSAppID), Present: present, Bans: bans.New(store)},
		jitsi.Provider:        &Jitsi{Client: clients.Jitsi, Present: present},
		openmeetings.Provider: &OpenMeetings{Client: clients.OpenMeetings, Now: clock.Now},
		veeting.Provider:      &Veeting{Client: clients.Veeting, Organizer: c.RoomsVeetingUser, Now: clock.Now},
	}
}

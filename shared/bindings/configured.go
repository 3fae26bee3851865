package bindings

import (
	"gavel/shared/config"
	"gavel/shared/jaas"
	"gavel/shared/rooms"
	"gavel/shared/roster"
	"gavel/shared/table"
)

// Configured makes the providers that the settings and the secrets make possible.
func Configured(c config.Config, client JaaSClient, store table.Store) map[string]rooms.Provider {
	return map[string]rooms.Provider{
		jaas.Provider: &JaaS{Client: client, AppID: jaas.AppID(c.RoomsJaaSAppID), Present: roster.New(store)},
	}
}

// Package catalog knows all operations. The local server and the OpenAPI document are made from
// it; a Lambda function registers its one operation itself and links nothing of the others.
package catalog

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"gavel/docs"
	"gavel/shared/api"
	"gavel/shared/api/inboxapi"
	"gavel/shared/api/jaasapi"
	"gavel/shared/api/jitsiapi"
	"gavel/shared/api/openmeetingsapi"
	"gavel/shared/api/roomsapi"
	"gavel/shared/api/systemapi"
	"gavel/shared/api/veetingapi"
	"gavel/shared/apipage"
	"gavel/shared/bans"
	"gavel/shared/rooms"
	"gavel/shared/roster"
)

// Services are what the operations work with.
type Services struct {
	JaaS         jaasapi.Client
	Jitsi        jitsiapi.Client
	Roster       *roster.Roster
	Bans         *bans.Keeper
	OpenMeetings openmeetingsapi.Client
	Veeting      veetingapi.Client
	Inbox        inboxapi.EventLog
	Rooms        *rooms.Service
	Audit        systemapi.AuditLog
}

// Register adds all operations.
func Register(a huma.API, s Services) {
	jaasapi.Register(a, jaasapi.Services{Client: s.JaaS, Roster: s.Roster, Events: s.Inbox, Bans: s.Bans, Aliases: s.Rooms})
	jitsiapi.Register(a, jitsiapi.Services{Client: s.Jitsi, Events: s.Inbox, Roster: s.Roster, Rooms: s.Rooms, Bans: s.Bans})
	openmeetingsapi.Register(a, s.OpenMeetings)
	veetingapi.Register(a, s.Veeting, s.Inbox)
	roomsapi.Register(a, s.Rooms)
	systemapi.RegisterHealth(a)
	systemapi.RegisterListAudit(a, s.Audit)
	systemapi.RegisterOpenAPI(a, docs.OpenAPI)
	systemapi.RegisterDocs(a, apipage.NewLazy(docs.OpenAPI))
}

// CheckScopes says that there is a scope which no operation asks for, and which there are.
func CheckScopes(scopes []string) error {
	known := Scopes()
	for _, scope := range scopes {
		if !slices.Contains(known, scope) {
			return errors.New("there is a scope that no operation asks for; there are " + strings.Join(known, ", "))
		}
	}
	return nil
}

// Scopes gives every scope that an operation asks for, in order.
func Scopes() []string {
	a := api.NewDocument()
	Register(a, Services{})
	known := map[string]bool{}
	for _, path := range a.OpenAPI().Paths {
		for _, op := range []*huma.Operation{path.Get, path.Post, path.Put, path.Patch, path.Delete} {
			if op == nil {
				continue
			}
			for _, way := range op.Security {
				for _, scope := range slices.Concat(slices.Collect(maps.Values(way))...) {
					known[scope] = true
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(known))
}

// OpenAPI makes the document of all operations, indented and ending in a line feed.
func OpenAPI() ([]byte, error) {
	a := api.NewDocument()
	Register(a, Services{})
	compact, err := a.OpenAPI().MarshalJSON()
	if err != nil {
		return nil, fmt.Errorf("make the OpenAPI document: %w", err)
	}
	var out bytes.Buffer
	if err := json.Indent(&out, compact, "", "  "); err != nil {
		return nil, fmt.Errorf("indent the OpenAPI document: %w", err)
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
}

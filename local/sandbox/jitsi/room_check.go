package jitsi

import (
	"net/http"
	"strings"

	"gavel/local/sandbox/jitsimeet"
)

// checkRoom holds a room against the claims of a verified token, as verify_room in
// https://github.com/jitsi/jitsi-meet/blob/master/resources/prosody-plugins/token/util.lib.lua
// does for everybody who joins. The name is normalised, so that lower case in ASCII is all that a claim needs.
func (set Settings) checkRoom(claims map[string]any, tenant, name string) error {
	claim, _ := claims["room"].(string)
	options, _ := jitsimeet.ClaimContext(claims)["room"].(map[string]any)
	pattern, _ := jitsimeet.Flag(options["regex"])
	if !pattern {
		claim = jitsimeet.LowerASCII(claim)
	}
	if set.AnyDomain {
		// A pattern is not looked for here: it is compared like any other name.
		full := node(tenant, name)
		if claim != "*" && claim != full && !strings.HasSuffix(full, "]"+claim) {
			return jitsimeet.Refuse(http.StatusForbidden, "room-mismatch", "the room does not match the room claim")
		}
		return nil
	}
	switch {
	case claim == "*":
	case pattern:
		if err := jitsimeet.CheckRoomPattern(claim, name); err != nil {
			return err
		}
	case claim != name:
		return jitsimeet.NotAllowed("the room does not match the room claim")
	}
	return set.checkDomain(claims, tenant)
}

// checkDomain holds sub against the tenant or, where there is none, against the domain.
func (set Settings) checkDomain(claims map[string]any, tenant string) error {
	sub, _ := claims["sub"].(string)
	sub = jitsimeet.LowerASCII(sub)
	want := tenant
	if tenant == "" {
		want = set.Domain
	}
	if sub != "*" && sub != want {
		return jitsimeet.NotAllowed("sub must be the tenant, or without one the domain, or *")
	}
	return nil
}

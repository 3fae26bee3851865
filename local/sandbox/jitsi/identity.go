package jitsi

import (
	"fmt"
	"slices"

	"gavel/local/sandbox/jitsimeet"
)

// flags are the fields of context.user that plugins read as booleans.
var flags = []string{"moderator", "affiliation", "lobby_bypass", "security_bypass", "hidden-from-recorder"}

// checkIdentity refuses a user or a group that would break what mod_presence_identity writes into everybody's presence:
// null, numbers and whatever else is no string. The real server lets such people in, and nobody sees who they are.
// https://github.com/jitsi/jitsi-meet/blob/master/resources/prosody-plugins/mod_presence_identity.lua
func checkIdentity(claims map[string]any) error {
	context := jitsimeet.ClaimContext(claims)
	if group, present := context["group"]; present {
		if _, ok := group.(string); !ok {
			return jitsimeet.NotAllowed("context.group must be a string")
		}
	}
	value, present := context["user"]
	if !present {
		return nil
	}
	user, ok := value.(map[string]any)
	if !ok {
		return jitsimeet.NotAllowed("context.user must be an object")
	}
	for name, value := range user {
		switch value.(type) {
		case string:
			continue
		case bool:
			if slices.Contains(flags, name) {
				continue
			}
		}
		return jitsimeet.NotAllowed(fmt.Sprintf("context.user: %q must be a string, or left out", name))
	}
	return nil
}

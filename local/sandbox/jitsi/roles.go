package jitsi

import "gavel/local/sandbox/jitsimeet"

// Affiliations of XMPP, as far as tokens lead to them.
const (
	owner  = "owner"
	member = "member"
)

// plugins says which affiliation each of the plugins gives that read tokens.
type plugins struct {
	TokenAffiliation string `json:"token_affiliation"`
	TokenModeration  string `json:"token_moderation"`
}

func pluginsOf(claims map[string]any) plugins {
	return plugins{TokenAffiliation: byAffiliation(claims), TokenModeration: byModeration(claims)}
}

// byAffiliation is the rule of
// https://github.com/jitsi/jitsi-meet/blob/master/resources/prosody-plugins/mod_token_affiliation.lua
func byAffiliation(claims map[string]any) string {
	user, _ := jitsimeet.ClaimContext(claims)["user"].(map[string]any)
	switch user["affiliation"] {
	case "owner", "moderator", "teacher":
		return owner
	}
	if on, _ := jitsimeet.Flag(user["moderator"]); on {
		return owner
	}
	return member
}

// byModeration is the rule of
// https://github.com/nvonahsen/jitsi-token-moderation-plugin/blob/master/mod_token_moderation.lua
func byModeration(claims map[string]any) string {
	if claims["moderator"] == true {
		return owner
	}
	return member
}

// roleOf is the role that goes with an affiliation.
func roleOf(affiliation string) string {
	if affiliation == owner {
		return "moderator"
	}
	return "participant"
}

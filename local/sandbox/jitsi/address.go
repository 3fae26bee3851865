package jitsi

import (
	"strings"

	"gavel/local/sandbox/jitsimeet"
)

// mucDomain is the host in the addresses of rooms.
func (set Settings) mucDomain() string { return set.MUCPrefix + "." + set.Domain }

// node is the part of a room's address before the "@".
func node(tenant, room string) string {
	if tenant == "" {
		return room
	}
	return "[" + tenant + "]" + room
}

// address is what Prosody knows a room by.
func (set Settings) address(tenant, room string) string {
	return node(tenant, room) + "@" + set.mucDomain()
}

// rewrite turns the address that clients know, {room}@conference.{tenant}.{domain}, into the one that Prosody knows,
// [{tenant}]{room}@conference.{domain}. Any other stays as it is, as with
// https://github.com/jitsi/jitsi-meet/blob/master/resources/prosody-plugins/mod_muc_domain_mapper.lua
func (set Settings) rewrite(jid string) string {
	room, host, found := strings.Cut(jid, "@")
	if !found || room == "" {
		return jid
	}
	host, resource, _ := strings.Cut(host, "/")
	rest, found := strings.CutPrefix(host, set.MUCPrefix+".")
	if !found {
		return jid
	}
	tenant, domain, found := strings.Cut(rest, ".")
	if !found || tenant == "" || domain != set.Domain {
		return jid
	}
	if resource != "" {
		resource = "/" + resource
	}
	return set.address(tenant, room) + resource
}

// tenantName is a tenant as it stands in addresses, from one in a URL. Dots would make it something else there.
func tenantName(text string) (string, error) {
	name := jitsimeet.LowerASCII(text)
	other := func(c rune) bool { return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyz0123456789-_", c) }
	if strings.ContainsFunc(name, other) {
		return "", jitsimeet.BadRequest("tenant may hold letters, digits, - and _ only")
	}
	return name, nil
}

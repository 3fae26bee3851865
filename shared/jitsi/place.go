package jitsi

import (
	"errors"
	"regexp"
	"strings"
	"sync"

	"gavel/shared/httpclient"
	"gavel/shared/jitsimeet"
)

// Tenant is the part of a URL between the domain and the room, https://meet.example.org/<tenant>/<room>. Empty stands for
// the one in the secret, and where there is none for rooms right below the domain.
type Tenant string

// TenantPattern is the form of a tenant as a regular expression.
const TenantPattern = "^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$"

var tenantForm = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(TenantPattern) })

// ErrTenant says that a text has not the form of a tenant.
var ErrTenant = errors.New("expected a tenant of up to 63 letters, digits, - and _, with a letter or digit in front")

// ParseTenant checks the form of a tenant, which also makes it safe in a path and in an address, and brings it to lower
// case, as the servers compare it. No dot can be in it: it becomes one label of a domain.
func ParseTenant(text string) (Tenant, error) {
	if !tenantForm().MatchString(text) {
		return "", ErrTenant
	}
	return Tenant(strings.ToLower(text)), nil
}

// Place is where a meeting is.
type Place struct {
	Tenant Tenant
	Room   jitsimeet.Room
	// Exact says that an empty tenant is none, and not the secret's.
	Exact bool
}

// Node gives the first part of the room's address as Prosody keeps it, with the tenant in brackets in front
// (mod_muc_domain_mapper). The modules call it the room's name.
func (p Place) Node() string {
	if p.Tenant == "" {
		return string(p.Room)
	}
	return "[" + string(p.Tenant) + "]" + string(p.Room)
}

// ErrNode says that a text is no name of a room as Prosody keeps it.
var ErrNode = errors.New("expected the name of a room, with its tenant in brackets in front where there is one")

// ParseNode reads what Node gives, which is exact. Names are taken as they come, in lower case.
func ParseNode(text string) (Place, error) {
	p := Place{Exact: true}
	rest := strings.ToLower(text)
	if inside, ok := strings.CutPrefix(rest, "["); ok {
		tenant, room, closed := strings.Cut(inside, "]")
		parsed, err := ParseTenant(tenant)
		if !closed || err != nil {
			return Place{}, ErrNode
		}
		p.Tenant, rest = parsed, room
	}
	room, err := jitsimeet.ParseRoom(rest)
	if err != nil || string(room) != rest {
		return Place{}, ErrNode
	}
	p.Room = room
	return p, nil
}

// at fills in the secret's tenant.
func (a *access) at(p Place) Place {
	if p.Tenant == "" && !p.Exact {
		p.Tenant = a.tenant
	}
	return p
}

// address gives the room's address, <room>@conference.<domain>, or with a tenant the one that clients see,
// <room>@conference.<tenant>.<domain>, which the modules translate (room_jid_match_rewrite in util.lib.lua).
func (a *access) address(p Place) string {
	host := a.domain
	if p.Tenant != "" {
		host = string(p.Tenant) + "." + host
	}
	return string(p.Room) + "@" + a.mucPrefix + "." + host
}

// query adds a parameter whose value is decoded once by whoever reads it.
func query(name, value string) string { return name + "=" + httpclient.EscapeSegment(value) }

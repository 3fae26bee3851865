package openmeetings

import (
	"crypto/sha256"
	"crypto/subtle"
	"slices"
	"time"
)

// Types of users. See User.java in openmeetings-db.
const (
	typeContact  = "CONTACT"
	typeExternal = "EXTERNAL"
	typeUser     = "USER"
)

func userTypes() []string { return []string{typeUser, "LDAP", "OAUTH", typeExternal, typeContact} }

func userRights() []string {
	return []string{
		rightAdmin, "GROUP_ADMIN", "ADMIN_CONFIG", "ADMIN_CONNECTIONS", "ADMIN_BACKUP", "ADMIN_LABEL",
		rightRoom, rightDashboard, rightLogin, rightSOAP,
	}
}

// user is a row of the users, with the address that belongs to it.
type user struct {
	id                         int64
	login                      string
	firstname, lastname        *string
	email, country, pictureURI *string
	zone                       string
	externalID                 *string
	kind                       string
	languageID                 int64
	rights                     []string
	groups                     []int64
	password                   []byte // its SHA-256, nil when there is none
	owner                      int64  // whose contact it is
	inserted                   time.Time
	deleted                    bool
	account                    bool // is one of Options.Accounts
	grouped                    bool // what the account said of the default group
}

func (u *user) setPassword(password string) {
	sum := sha256.Sum256([]byte(password))
	u.password = sum[:]
}

func (u *user) checkPassword(password string) bool {
	sum := sha256.Sum256([]byte(password))
	return subtle.ConstantTimeCompare(u.password, sum[:]) == 1
}

func (s *state) addUser(u *user, now time.Time) {
	u.id, u.inserted = int64(len(s.users))+1, now
	s.users = append(s.users, u)
}

// user returns a user who is not deleted, or nil.
func (s *state) user(id int64) *user {
	if u := row(s.users, id); u != nil && !u.deleted {
		return u
	}
	return nil
}

// externalUser finds a person of another system: the system's name is a group the person is in.
func (s *state) externalUser(externalType, externalID string) *user {
	for _, u := range s.users {
		if !u.deleted && u.kind == typeExternal && u.externalID != nil && *u.externalID == externalID &&
			s.inExternalGroup(u.groups, externalType) {
			return u
		}
	}
	return nil
}

// contact finds or makes the contact with an e-mail in a user's address book.
func (s *state) contact(owner *user, email, firstname, lastname string, now time.Time) *user {
	i := slices.IndexFunc(s.users, func(u *user) bool {
		return !u.deleted && u.kind == typeContact && u.owner == owner.id && u.email != nil && *u.email == email
	})
	if i >= 0 {
		return s.users[i]
	}
	u := &user{
		login: fmtID(owner.id) + "_" + email, kind: typeContact, owner: owner.id, email: &email,
		firstname: &firstname, lastname: &lastname, languageID: owner.languageID, zone: owner.zone,
	}
	s.addUser(u, now)
	return u
}

// location is where the user's clock is.
func (u *user) location() *time.Location {
	if at, err := time.LoadLocation(u.zone); err == nil && u.zone != "" && u.zone != serverZone.String() {
		return at
	}
	return serverZone
}

// shown is the user as a UserDTO, by serializer A or B; they differ in the address.
func (s *state) shown(u *user, address fields) fields {
	return fields{
		{"id", u.id},
		{"login", orNil(u.login)},
		{"firstname", opt(u.firstname)},
		{"lastname", opt(u.lastname)},
		{"rights", anyOf(u.rights)},
		{"languageId", u.languageID},
		{"address", address},
		{"timeZoneId", u.zone},
		{"externalId", opt(u.externalID)},
		{"externalType", s.externalTypeOf(u.groups)},
		{"pictureUri", opt(u.pictureURI)},
		{"type", u.kind},
	}
}

// userA shows a user in lists. The address is the entity itself, seen by JAXB.
func (s *state) userA(u *user) fields {
	return s.shown(u, fields{
		{"created", u.inserted.UnixMilli()},
		{"deleted", u.deleted},
		{"country", opt(u.country)},
		{"mail", opt(u.email)},
	})
}

// userB shows a single user. The address is the entity again, seen through its getters.
func (s *state) userB(u *user) fields {
	return s.shown(u, fields{
		{"id", u.id},
		{"inserted", fields{{"time", u.inserted.UnixMilli()}}},
		{"deleted", u.deleted},
		{"country", opt(u.country)},
		{"email", opt(u.email)},
	})
}

package openmeetings

import (
	"slices"
	"strings"
	"time"
)

// The user service, save the login and the hash.
// See UserWebService.java in openmeetings-webservice.

// userInput is a UserDTO as it comes in.
type userInput struct {
	id                                *int64
	login, password                   string
	firstname, lastname, zone         string
	rights                            []string
	languageID                        int64
	email, country                    *string
	externalID, externalType, picture *string
	kind                              string
}

// readUser reads a UserDTO, with or without its wrapper key. An address without an e-mail has an empty one.
// See UserDTO.java in openmeetings-db.
func readUser(in *input) userInput {
	if wrapped := in.object("userDTO"); wrapped != nil {
		in.close()
		in = wrapped
	}
	u := userInput{
		id: in.integer("id"), login: in.word("login"), password: in.word("password"),
		firstname: in.word("firstname"), lastname: in.word("lastname"), zone: in.word("timeZoneId"),
		rights: in.enums("rights", userRights()), externalID: in.text("externalId"), externalType: in.text("externalType"),
		picture: in.text("pictureUri"), kind: in.enum("type", userTypes()), languageID: 1,
	}
	if language := in.integer("languageId"); language != nil {
		u.languageID = *language
	}
	if address := in.object("address"); address != nil {
		address.integer("id")
		u.email, u.country = new(address.word("email")), new(address.word("country"))
		// What comes out of the server goes back in, and is not looked at.
		address.close("inserted", "updated", "deleted", "mail", "created")
	}
	in.close()
	return u
}

func listUsers(c *call) (answer, error) {
	if err := c.allow(rightSOAP); err != nil {
		return answer{}, err
	}
	users := []any{}
	for _, u := range c.s.state.users {
		if !u.deleted {
			users = append(users, c.s.state.userA(u))
		}
	}
	return many("userDTO", users), nil
}

func postUser(c *call) (answer, error) {
	dto, err := parse(c.form, "user", convertedDTO, readUser)
	if err != nil {
		return answer{}, err
	}
	if err := c.allow(rightSOAP); err != nil {
		return answer{}, err
	}
	if dto == nil {
		return answer{}, nullPointer("org.apache.openmeetings.db.dto.user.UserDTO.getExternalId", "user")
	}
	if err := c.s.state.checkNewUser(*dto, c.now); err != nil {
		return answer{}, err
	}
	u := c.s.state.newUser(*dto)
	c.s.state.addUser(u, c.now)
	return plain("userDTO", c.s.state.userB(u)), nil
}

// checkNewUser refuses in the order of the original, with the texts a client gets to see.
func (s *state) checkNewUser(dto userInput, now time.Time) error {
	weak := weakness(dto.password, dto.login, value(dto.email))
	switch {
	case dto.id != nil && s.user(*dto.id) == nil:
		return nullPointer("org.apache.openmeetings.db.entity.user.User.setLogin(String)", "u")
	case dto.external() && s.externalUser(*dto.externalType, *dto.externalID) != nil:
		return exception("User does already exist!")
	case weak != "":
		return exception(weak)
	case dto.email != nil && !validEmail(*dto.email):
		return exception(label("234", 1))
	case len([]rune(dto.login)) < minLogin:
		return exception("error.short.login")
	case dto.id != nil || s.taken(func(u *user) string { return u.login }, dto.login):
		return exception("error.login.inuse")
	case s.taken(func(u *user) string { return value(u.email) }, value(dto.email)):
		return exception("error.email.inuse")
	case s.full(now):
		return errFull
	}
	return nil
}

// taken says whether an internal user has the name; what is empty is nobody's.
func (s *state) taken(of func(*user) string, name string) bool {
	return name != "" && slices.ContainsFunc(s.users, func(u *user) bool {
		return !u.deleted && u.kind == typeUser && strings.EqualFold(of(u), name)
	})
}

func (dto userInput) external() bool { return !isEmpty(dto.externalID) && !isEmpty(dto.externalType) }

// newUser takes the rights as they are given, ADMIN too, and adds to them.
func (s *state) newUser(dto userInput) *user {
	u := &user{
		login: dto.login, firstname: &dto.firstname, lastname: &dto.lastname, email: dto.email, country: dto.country,
		pictureURI: dto.picture, zone: dto.zone, kind: dto.kind, languageID: dto.languageID,
		rights: dto.rights, groups: []int64{defaultGroup},
	}
	u.setPassword(dto.password)
	u.addRight(rightRoom)
	if dto.external() {
		u.kind, u.externalID = typeExternal, dto.externalID
		u.groups = append(u.groups, s.externalGroup(*dto.externalType).id)
	}
	if isEmpty(dto.externalID) && isEmpty(dto.externalType) {
		u.addRight(rightLogin)
		u.addRight(rightDashboard)
	}
	if u.kind == "" {
		u.kind = typeUser
	}
	return u
}

func (u *user) addRight(right string) {
	if !slices.Contains(u.rights, right) {
		u.rights = append(u.rights, right)
	}
}

func deleteUser(c *call) (answer, error) {
	id, err := c.allowID(rightAdmin)
	if err != nil {
		return answer{}, err
	}
	c.s.state.user(id).delete()
	return success("Deleted"), nil
}

func deleteExternalUser(c *call) (answer, error) {
	if err := c.allow(rightAdmin); err != nil {
		return answer{}, err
	}
	c.s.state.externalUser(c.values[0], c.values[1]).delete()
	return success("Deleted"), nil
}

// delete takes nil, too: nobody is told that there was no such user.
func (u *user) delete() {
	if u != nil {
		u.deleted, u.groups = true, nil
	}
}

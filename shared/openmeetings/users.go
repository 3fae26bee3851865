package openmeetings

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
)

// The services are those of UserWebService, https://github.com/apache/openmeetings.

// User is a user as the server has it (UserDTO). There are users of their own and external ones, who came by an entry
// link.
type User struct {
	ID           Whole      `json:"id" doc:"The server's id of the user" example:"7"`
	Login        Text       `json:"login,omitempty"`
	FirstName    Text       `json:"firstname,omitempty"`
	LastName     Text       `json:"lastname,omitempty"`
	Rights       List[Text] `json:"rights,omitempty" nullable:"false"`
	LanguageID   Whole      `json:"languageId,omitempty"`
	Address      Address    `json:"address,omitzero"`
	TimeZoneID   Text       `json:"timeZoneId,omitempty" example:"Europe/Berlin"`
	ExternalID   Text       `json:"externalId,omitempty" doc:"The person's id in the calling system"`
	ExternalType Text       `json:"externalType,omitempty" doc:"The calling system's name"`
	Type         Text       `json:"type,omitempty" doc:"USER, LDAP, OAUTH, EXTERNAL or CONTACT"`
	PictureURL   Text       `json:"pictureUri,omitempty"`
}

// Address is what of a user's address is of use.
type Address struct {
	Email   Text `json:"email,omitempty"`
	Country Text `json:"country,omitempty"`
}

// UnmarshalJSON takes mail for email: lists of users have the field's name, single users the getter's.
func (a *Address) UnmarshalJSON(data []byte) error {
	type plain Address
	both := struct {
		*plain
		ByField Text `json:"mail"`
	}{plain: (*plain)(a)}
	if err := json.Unmarshal(data, &both); err != nil {
		return err
	}
	if both.ByField != "" {
		a.Email = both.ByField
	}
	return nil
}

// Right is what an account may do.
type Right string

// The rights that an account made here can have. Those of administrators and of other programs are not among them:
// whoever can make accounts with these would be no less than the administrator, and stay it.
const (
	RightRoom      Right = "ROOM"
	RightDashboard Right = "DASHBOARD"
	RightLogin     Right = "LOGIN"
)

// NewUser is what an account is made of. The server demands a password even of external users.
type NewUser struct {
	Login        string  `json:"login"`
	Password     string  `json:"password"`
	FirstName    string  `json:"firstname,omitempty"`
	LastName     string  `json:"lastname,omitempty"`
	Rights       []Right `json:"rights,omitempty"`
	LanguageID   int64   `json:"languageId,omitempty"`
	Address      Address `json:"address"`
	TimeZoneID   string  `json:"timeZoneId,omitempty"`
	ExternalID   string  `json:"externalId,omitempty"`
	ExternalType string  `json:"externalType,omitempty"`
	PictureURL   string  `json:"pictureUri,omitempty"`
}

// ErrPassword says that the server would refuse a password.
var ErrPassword = errors.New("expected 8 characters or more, with a small letter, a capital, a digit and one of !@#$%^&*][, " +
	"and without three characters on end of the login or the e-mail address")

// partLength is how much of a login or an e-mail address a password may not repeat.
const partLength = 3

// CheckPassword checks a new password as the server does (StrongPasswordValidator, https://github.com/apache/openmeetings).
func CheckPassword(password, login, email string) error {
	has := func(set string) bool { return strings.ContainsAny(password, set) }
	if len([]rune(password)) < 8 || !has("abcdefghijklmnopqrstuvwxyz") || !has("ABCDEFGHIJKLMNOPQRSTUVWXYZ") ||
		!has("0123456789") || !has("!@#$%^&*][") || repeats(password, login) || repeats(password, email) {
		return ErrPassword
	}
	return nil
}

func repeats(password, text string) bool {
	password = strings.ToLower(password)
	letters := []rune(strings.ToLower(text))
	for i := 0; i+partLength <= len(letters); i++ {
		if strings.Contains(password, string(letters[i:i+partLength])) {
			return true
		}
	}
	return false
}

// Users gives all users (GET /user).
func (c *Client) Users(ctx context.Context) ([]User, error) {
	return list[User](ctx, c, read("user", "user").aboutPeople(), "userDTO")
}

// CreateUser makes an account (POST /user). A *Refusal with the message error.login.inuse, error.email.inuse or
// error.short.login says why not.
func (c *Client) CreateUser(ctx context.Context, u NewUser) (created User, err error) {
	cl := change("user create", http.MethodPost, "user").aboutPeople()
	if cl.form, err = jsonForm(map[string]any{"user": u, "confirm": false}); err != nil {
		return User{}, err
	}
	cl.sensitive = []string{u.Password, u.Login, string(u.Address.Email), u.ExternalID}
	created, err = made(get[User](ctx, c, cl, "userDTO"))
	if err == nil && created.ExternalType == "" {
		created.ExternalType = Text(u.ExternalType) // which is missing in the answer
	}
	return created, err
}

// DeleteUser deletes a user (DELETE /user/{id}), for which the account needs the right ADMIN. It is Deleted for one that
// does not exist, too.
func (c *Client) DeleteUser(ctx context.Context, id int64) (Outcome, error) {
	return c.outcome(ctx, Deleted, change("user delete", http.MethodDelete, "user", id))
}

// DeleteExternalUser deletes an external user (DELETE /user/{externaltype}/{externalid}) as DeleteUser does. It returns
// ErrSegment, too.
func (c *Client) DeleteExternalUser(ctx context.Context, externalType, externalID string) (Outcome, error) {
	if err := checkSegments(externalType, externalID); err != nil {
		return "", err
	}
	cl := change("user delete external", http.MethodDelete, "user", externalType, externalID)
	cl.sensitive = []string{externalID}
	return c.outcome(ctx, Deleted, cl)
}

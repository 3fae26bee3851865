package openmeetingsapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"gavel/shared/api"
	"gavel/shared/openmeetings"
)

// UserClient rules accounts.
type UserClient interface {
	Users(ctx context.Context) ([]openmeetings.User, error)
	CreateUser(ctx context.Context, u openmeetings.NewUser) (openmeetings.User, error)
	DeleteUser(ctx context.Context, id int64) (openmeetings.Outcome, error)
	DeleteExternalUser(ctx context.Context, externalType, externalID string) (openmeetings.Outcome, error)
}

func registerUsers(a huma.API, client UserClient) {
	RegisterListUsers(a, client)
	RegisterCreateUser(a, client)
	RegisterDeleteUser(a, client)
	RegisterDeleteExternalUser(a, client)
}

// RegisterListUsers adds openmeetings-list-users.
func RegisterListUsers(a huma.API, client UserClient) {
	register(a, api.Operation{
		ID: "openmeetings-list-users", Method: http.MethodGet, Path: "/openmeetings/users",
		Summary:     "List all users",
		Description: "OpenMeetings gives all at once; beyond 5 MiB the answer is a 502. The users of a group can be had in parts.",
	}, func(ctx context.Context, _ *struct{}) (*api.Output[usersBody], error) {
		users, err := client.Users(ctx)
		return answer(usersBody{users}, err)
	})
}

type createUserInput struct{ Body newUserBody }

type newUserBody struct {
	Login        string               `json:"login" minLength:"4" maxLength:"255" example:"john.doe"`
	Password     string               `json:"password" minLength:"8" maxLength:"255" doc:"With a small letter, a capital, a digit and one of !@#$%^&*][, and without three characters on end of the login or the e-mail address. External users need one, too."`
	Email        string               `json:"email" minLength:"3" maxLength:"255" format:"email" example:"john.doe@example.org"`
	FirstName    string               `json:"firstname,omitempty" maxLength:"255" example:"John"`
	LastName     string               `json:"lastname,omitempty" maxLength:"255" example:"Doe"`
	Country      string               `json:"country,omitempty" maxLength:"2" example:"DE"`
	LanguageID   int64                `json:"languageId,omitempty" minimum:"1" maximum:"2147483647" doc:"The server's id of the language, 1 for English" example:"1"`
	TimeZoneID   string               `json:"timeZoneId,omitempty" maxLength:"255" example:"Europe/Berlin"`
	ExternalID   string               `json:"externalId,omitempty" maxLength:"255" doc:"The person's id in your system; with externalType"`
	ExternalType string               `json:"externalType,omitempty" maxLength:"255" doc:"Your system's name"`
	Rights       []openmeetings.Right `json:"rights,omitempty" nullable:"false" maxItems:"3" enum:"ROOM,DASHBOARD,LOGIN" doc:"The server adds ROOM, and for users of its own DASHBOARD and LOGIN. Rights of administrators and programs cannot be given here."`
	PictureURL   string               `json:"pictureUri,omitempty" maxLength:"2048"`
}

// Resolve checks what the schema cannot say.
func (b *newUserBody) Resolve(_ huma.Context, at *huma.PathBuffer) []error {
	faults := together(at, "externalId", "externalType", b.ExternalID != "", b.ExternalType != "")
	if err := openmeetings.CheckPassword(b.Password, b.Login, b.Email); err != nil && len(b.Password) >= 8 {
		faults = append(faults, fault(at, "password", err.Error())...)
	}
	return faults
}

// RegisterCreateUser adds openmeetings-create-user.
func RegisterCreateUser(a huma.API, client UserClient) {
	command(a, api.Operation{
		ID: "openmeetings-create-user", Method: http.MethodPost, Path: "/openmeetings/users", Status: http.StatusCreated, Once: true,
		Summary:     "Make an account",
		Description: "Nobody needs one for an entry link.",
		Errors:      []int{http.StatusConflict},
	}, func(ctx context.Context, in *createUserInput) (*api.Output[openmeetings.User], error) {
		b := in.Body
		return answer(client.CreateUser(ctx, openmeetings.NewUser{
			Login: b.Login, Password: b.Password, FirstName: b.FirstName, LastName: b.LastName, Rights: b.Rights,
			LanguageID: b.LanguageID, TimeZoneID: b.TimeZoneID, ExternalID: b.ExternalID, ExternalType: b.ExternalType,
			Address:    openmeetings.Address{Email: openmeetings.Text(b.Email), Country: openmeetings.Text(b.Country)},
			PictureURL: b.PictureURL,
		}))
	}, tellUser)
}

// UserPath is the path of what happens to one user.
type UserPath struct {
	UserID int64 `path:"userId" minimum:"1" doc:"The server's id of the user" example:"7"`
}

// RegisterDeleteUser adds openmeetings-delete-user.
func RegisterDeleteUser(a huma.API, client UserClient) {
	command(a, api.Operation{
		ID: "openmeetings-delete-user", Method: http.MethodDelete, Path: "/openmeetings/users/{userId}",
		Summary:     "Delete a user",
		Description: "OpenMeetings says deleted for users that do not exist, too. Its account needs the right ADMIN.",
	}, func(ctx context.Context, in *UserPath) (*api.Output[OutcomeBody], error) {
		return outcome(client.DeleteUser(ctx, in.UserID))
	}, tellOutcome)
}

// RegisterDeleteExternalUser adds openmeetings-delete-external-user.
func RegisterDeleteExternalUser(a huma.API, client UserClient) {
	command(a, api.Operation{
		ID: "openmeetings-delete-external-user", Method: http.MethodDelete, Path: "/openmeetings/external-users",
		Summary:     "Delete a user by their ids in your system",
		Description: "OpenMeetings says deleted for users that do not exist, too. Its account needs the right ADMIN.",
	}, func(ctx context.Context, in *deleteExternalUserInput) (*api.Output[OutcomeBody], error) {
		return outcome(client.DeleteExternalUser(ctx, string(in.ExternalType), string(in.ExternalID)))
	}, tellOutcome)
}

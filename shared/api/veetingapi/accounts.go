package veetingapi

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"gavel/shared/api"
	"gavel/shared/veeting"
)

// AccountClient makes and reads accounts.
type AccountClient interface {
	CreateAccount(ctx context.Context, n veeting.NewAccount) (veeting.Object, error)
	ListAdmins(ctx context.Context, accountID string) ([]veeting.Object, error)
}

type createAccountInput struct {
	Body struct {
		SendPassword           bool         `json:"sendPassword" doc:"By its name, whether Veeting mails the organizer a password"`
		AccountType            string       `json:"accountType" minLength:"1" maxLength:"64" doc:"trial is the one that Veeting documents" example:"trial"`
		AdminFirstname         string       `json:"adminFirstname" minLength:"1" maxLength:"255" example:"Test"`
		AdminLastname          string       `json:"adminLastname" minLength:"1" maxLength:"255" example:"User"`
		AdminEmail             emailAddress `json:"adminEmail" minLength:"3" maxLength:"320" doc:"Can be used once on an instance" example:"test-user@example.com"`
		AdminPreferredLanguage string       `json:"adminPreferredLanguage,omitempty" pattern:"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$" maxLength:"35" default:"en" example:"en"`
		PaidUntil              time.Time    `json:"paidUntil" doc:"In any time zone; for a trial Veeting seems to decide by itself" example:"2027-04-19T19:03:41Z"`
	}
}

// RegisterCreateAccount adds veeting-create-account.
func RegisterCreateAccount(a huma.API, client AccountClient) {
	command(a, api.Operation{
		ID: "veeting-create-account", Method: http.MethodPost, Path: "/veeting/accounts", Scope: accountsScope, Status: http.StatusCreated, Once: true,
		Summary:     "Make an account",
		Description: "Makes an account and its first organizer. It is sent to Veeting once; a 502 or 504 says whether the account may exist all the same. Needs an instance-level key.",
	}, func(ctx context.Context, in *createAccountInput) (*api.Output[described[accountFields]], error) {
		b := in.Body
		created, err := client.CreateAccount(ctx, veeting.NewAccount{
			SendPassword: b.SendPassword, AccountType: b.AccountType, AdminFirstName: b.AdminFirstname, AdminLastName: b.AdminLastname,
			AdminEmail: string(b.AdminEmail), AdminPreferredLanguage: b.AdminPreferredLanguage, PaidUntil: b.PaidUntil,
		})
		if err != nil {
			return nil, err
		}
		return &api.Output[described[accountFields]]{Body: described[accountFields](created)}, nil
	}, tellAccount)
}

type listAdminsInput struct {
	AccountID string `path:"accountId" pattern:"^[0-9a-f]{24}$" doc:"The internal id of the account" example:"5e9459c5b863b82cefdddf4f"`
}

type adminsBody struct {
	Admins []described[adminFields] `json:"admins" nullable:"false"`
}

// RegisterListAdmins adds veeting-list-admins.
func RegisterListAdmins(a huma.API, client AccountClient) {
	register(a, api.Operation{
		ID: "veeting-list-admins", Method: http.MethodGet, Path: "/veeting/accounts/{accountId}/admins", Scope: accountsScope,
		Summary:     "List the admins of an account",
		Description: "Gives the user ids to act for. Needs an instance-level key.",
	}, func(ctx context.Context, in *listAdminsInput) (*api.Output[adminsBody], error) {
		admins, err := client.ListAdmins(ctx, in.AccountID)
		if err != nil {
			return nil, err
		}
		out := &api.Output[adminsBody]{Body: adminsBody{Admins: make([]described[adminFields], len(admins))}}
		for i, admin := range admins {
			out.Body.Admins[i] = described[adminFields](admin)
		}
		return out, nil
	})
}

package veeting

import (
	"context"
	"net/http"
	"time"

	"gavel/shared/httpclient"
)

// timeLayout is the one form of times that the tutorial shows.
const timeLayout = "2006-01-02T15:04:05.000Z"

// moment is a time in that form.
type moment time.Time

// MarshalText writes the time in UTC and milliseconds.
func (m moment) MarshalText() ([]byte, error) {
	return []byte(time.Time(m).UTC().Format(timeLayout)), nil
}

// NewAccount is what an account is made of, its first organizer included. The fields have the tutorial's order.
type NewAccount struct {
	SendPassword           bool
	AccountType            string // such as trial
	AdminFirstName         string
	AdminLastName          string
	AdminEmail             string // there can be one account with it on an instance
	AdminPreferredLanguage string
	PaidUntil              time.Time // for a trial the server seems to decide by itself
}

// CreateAccount makes an account and its first organizer (POST /account). It is sent once.
func (c *Client) CreateAccount(ctx context.Context, n NewAccount) (created Object, err error) {
	cl := change("account create", http.MethodPost, "/account", nil, struct {
		SendPassword           bool   `json:"sendPassword"`
		AccountType            string `json:"accountType"`
		AdminFirstname         string `json:"adminFirstname"`
		AdminLastname          string `json:"adminLastname"`
		AdminEmail             string `json:"adminEmail"`
		AdminPreferredLanguage string `json:"adminPreferredLanguage"`
		PaidUntil              moment `json:"paidUntil"`
	}{
		n.SendPassword, n.AccountType, n.AdminFirstName, n.AdminLastName, n.AdminEmail, n.AdminPreferredLanguage, moment(n.PaidUntil),
	})
	cl.sensitive = []string{n.AdminEmail}
	created = Object{}
	err = c.do(ctx, cl, &created)
	return created, err
}

// ListAdmins gives the admins of an account (GET /account/admin/{accountId}). Their icsPath is a credential.
func (c *Client) ListAdmins(ctx context.Context, accountID string) ([]Object, error) {
	admins := []Object{}
	err := c.do(ctx, call{
		command: "account admins", method: http.MethodGet, path: "/account/admin/" + httpclient.EscapeSegment(accountID), repeatable: true,
	}, &admins)
	return admins, err
}

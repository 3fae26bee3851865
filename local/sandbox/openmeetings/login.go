package openmeetings

import (
	"context"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// badPasswordDelay is UserDao.badPwdPenalty, 9.0.0 and later.
func badPasswordDelay() time.Duration {
	return time.Duration(6+rand.IntN(10)) * time.Second //nolint:gosec // nobody gains by guessing how long they wait
}

// login makes a sid. All failures are 200. See UserWebService.java in openmeetings-webservice.
func (s *Server) login(c *call, from params) (answer, error) {
	accounts, err := s.accounts(c.r.Context())
	if err != nil {
		return failure("error.unknown"), nil //nolint:nilerr // what the server answers to exceptions it has not thought of
	}
	a, refused, err := s.checkLogin(c, accounts, from)
	if refused && s.version == Profile91 {
		wait(c.r.Context(), s.penalty())
	}
	return a, err
}

func loginByForm(c *call) (answer, error)  { return c.s.login(c, c.form) }
func loginByQuery(c *call) (answer, error) { return c.s.login(c, c.query) }

// wait returns early when nobody waits for the answer any more.
func wait(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// checkLogin also says whether the credentials were bad, which costs time.
func (s *Server) checkLogin(c *call, accounts []Account, from params) (answer, bool, error) {
	s.state.mu.Lock()
	defer s.state.mu.Unlock()
	s.state.syncAccounts(accounts, c.now)
	u := s.state.userByLogin(from["user"])
	switch {
	case u == nil || !u.checkPassword(from["pass"]):
		return failure("error.bad.credentials"), true, nil
	case !slices.Contains(u.rights, rightLogin):
		return failure("error.notactivated"), false, nil
	case len(u.groups) == 0:
		return failure("error.nogroup"), false, nil
	}
	row, err := s.state.newSession(u.id, c.now)
	if err != nil {
		return answer{}, false, err
	}
	return successSecret("sid", row.sid), false, nil
}

// userByLogin finds an internal user by login or e-mail, in whatever case and with blanks around.
func (s *state) userByLogin(name string) *user {
	name = strings.TrimSpace(name)
	for _, u := range s.users {
		if u.deleted || u.kind != typeUser || name == "" {
			continue
		}
		if strings.EqualFold(u.login, name) || u.email != nil && strings.EqualFold(*u.email, name) {
			return u
		}
	}
	return nil
}

// syncAccounts makes the users of the accounts what the accounts say now. Those no longer listed lose everything.
func (s *state) syncAccounts(accounts []Account, now time.Time) {
	for _, u := range s.users {
		if u.account {
			u.rights, u.password, u.email = nil, nil, nil
		}
	}
	for _, a := range accounts {
		i := slices.IndexFunc(s.users, func(u *user) bool { return u.account && u.login == a.Login })
		if i < 0 {
			s.addUser(&user{account: true, login: a.Login, languageID: 1, zone: serverZone.String()}, now)
			i = len(s.users) - 1
		}
		s.users[i].become(a)
	}
}

// become gives a user what its account says. A user that was deleted stays so, and groups that the services changed
// stay changed until the account does.
func (u *user) become(a Account) {
	email := a.Email
	u.email, u.kind, u.rights = &email, a.Type, slices.Clone(a.Rights)
	if u.kind == "" {
		u.kind = typeUser
	}
	u.setPassword(a.Password)
	if a.Group == u.grouped {
		return
	}
	u.grouped = a.Group
	u.groups = slices.DeleteFunc(u.groups, func(id int64) bool { return id == defaultGroup })
	if a.Group {
		u.groups = append(u.groups, defaultGroup)
	}
}

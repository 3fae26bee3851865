package openmeetings

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// searchUsers answers a page of a group's users. Without max the page is empty.
func searchUsers(c *call) (answer, error) {
	start, startErr := c.number("start")
	limit, limitErr := c.number("max")
	if err := cmp.Or(startErr, limitErr); err != nil {
		return answer{}, err
	}
	id, err := c.allowID(rightSOAP)
	if err != nil {
		return answer{}, err
	}
	found := []*user{}
	for _, u := range c.s.state.users {
		if !u.deleted && slices.Contains(u.groups, id) {
			found = append(found, u)
		}
	}
	if err := sortUsers(found, c.query["orderby"], strings.EqualFold(c.query["asc"], "true")); err != nil {
		return answer{}, err
	}
	records := int64(len(found))
	from := min(start, records)
	result := []any{}
	for _, u := range found[from:min(from+limit, records)] {
		result = append(result, c.s.state.userA(u))
	}
	return one("userSearchResult", fields{
		{"objectName", "org.apache.openmeetings.db.entity.user.User"}, {"records", records}, {"result", result},
	}), nil
}

// number reads a parameter of Java's type int, 0 when it is not there.
func (c *call) number(name string) (int64, error) {
	text, there := c.query[name]
	if !there {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil || n < 0 {
		return 0, page(http.StatusNotFound, "parameter "+name+" is no number")
	}
	return n, nil
}

// sortUsers sorts by id when the order is no plain word.
func sortUsers(users []*user, by string, ascending bool) error {
	keys := map[string]func(a, b *user) int{
		"id":        func(a, b *user) int { return cmp.Compare(a.id, b.id) },
		"login":     func(a, b *user) int { return cmp.Compare(a.login, b.login) },
		"firstname": func(a, b *user) int { return cmp.Compare(value(a.firstname), value(b.firstname)) },
		"lastname":  func(a, b *user) int { return cmp.Compare(value(a.lastname), value(b.lastname)) },
	}
	if by == "" || strings.ContainsFunc(by, func(r rune) bool { return !strings.ContainsRune(alphanumeric, r) }) {
		by = "id"
	}
	compare, known := keys[by]
	if !known {
		return exception("Could not resolve attribute '" + by + "'")
	}
	slices.SortStableFunc(users, func(a, b *user) int {
		if ascending {
			return compare(a, b)
		}
		return compare(b, a)
	})
	return nil
}

const alphanumeric = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

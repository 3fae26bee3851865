package openmeetings

import (
	"slices"
	"strconv"
)

// defaultGroup is where new users go.
const defaultGroup int64 = 1

// group is a row of the groups. An external one stands for another system: its people, rooms and files.
type group struct {
	id                int64
	name              string
	external, deleted bool
}

func fmtID(id int64) string { return strconv.FormatInt(id, 10) }

// group returns a group that is not deleted, or nil.
func (s *state) group(id int64) *group {
	if g := row(s.groups, id); g != nil && !g.deleted {
		return g
	}
	return nil
}

func (s *state) addGroup(name string, external bool) *group {
	g := &group{id: int64(len(s.groups)) + 1, name: name, external: external}
	s.groups = append(s.groups, g)
	return g
}

// externalGroup finds or makes the group of another system.
func (s *state) externalGroup(name string) *group {
	i := slices.IndexFunc(s.groups, func(g *group) bool { return g.external && !g.deleted && g.name == name })
	if i >= 0 {
		return s.groups[i]
	}
	return s.addGroup(name, true)
}

// inExternalGroup says whether one of the groups is that of another system.
func (s *state) inExternalGroup(groups []int64, name string) bool {
	return slices.ContainsFunc(groups, func(id int64) bool {
		g := s.group(id)
		return g != nil && g.external && g.name == name
	})
}

// externalTypeOf is the name of the first external group, nil when there is none.
func (s *state) externalTypeOf(groups []int64) any {
	for _, id := range groups {
		if g := row(s.groups, id); g != nil && g.external {
			return g.name
		}
	}
	return nil
}

package veeting_test

import (
	"fmt"
	"maps"
	"strings"
)

// fields is a request body whose members can be changed.
type fields map[string]string

// with sets a member to a JSON text; an empty one takes the member out.
func (f fields) with(name, raw string) fields {
	changed := maps.Clone(f)
	changed[name] = raw
	if raw == "" {
		delete(changed, name)
	}
	return changed
}

func (f fields) String() string {
	members := []string{}
	for name, raw := range f {
		members = append(members, fmt.Sprintf("%q:%s", name, raw))
	}
	return "{" + strings.Join(members, ",") + "}"
}

func quote(text string) string { return fmt.Sprintf("%q", text) }

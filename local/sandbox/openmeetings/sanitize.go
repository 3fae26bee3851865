package openmeetings

import (
	"html"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// markup are the pieces that sanitize looks at: comments, and tags with their name and attributes.
var markup = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?s)<!--.*?(-->|$)|<(/?)([a-zA-Z][a-zA-Z0-9]*)((?:[^>"']|"[^"]*"|'[^']*')*)>`)
})

var attribute = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?s)([a-zA-Z-]+)\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+)`)
})

// sanitize leaves of a description what the policy of CalendarMapper lets through, 9.0.0 and later: common formatting
// and links. It is made for looking right, not for keeping browsers safe, as nothing shows descriptions here. The
// original also escapes characters such as @ and = in text.
func sanitize(text string) string {
	var out strings.Builder
	skip := "" // the element whose content goes too
	for len(text) > 0 {
		at := markup().FindStringSubmatchIndex(text)
		if at == nil {
			at = []int{len(text), len(text), -1, -1, 0, 0, 0, 0, 0, 0}
		}
		if skip == "" {
			out.WriteString(escapeText(text[:at[0]]))
		}
		if at[1] > at[0] && at[6] >= 0 {
			name, closing := strings.ToLower(text[at[6]:at[7]]), at[5] > at[4]
			skip = writeTag(&out, skip, name, closing, text[at[8]:at[9]])
		}
		text = text[at[1]:]
	}
	return out.String()
}

// writeTag returns the element to skip from here on.
func writeTag(out *strings.Builder, skip, name string, closing bool, attributes string) string {
	switch {
	case skip != "":
		if closing && name == skip {
			return ""
		}
		return skip
	case !closing && (name == "script" || name == "style"):
		return name
	case !slices.Contains(keptElements(), name):
		return ""
	case closing:
		out.WriteString("</" + name + ">")
		return ""
	}
	out.WriteString("<" + name)
	for _, a := range attribute().FindAllStringSubmatch(attributes, -1) {
		if value := html.UnescapeString(strings.Trim(a[2], `"'`)); keptAttribute(name, strings.ToLower(a[1]), value) {
			out.WriteString(" " + strings.ToLower(a[1]) + `="` + html.EscapeString(value) + `"`)
		}
	}
	out.WriteString(">")
	return ""
}

func escapeText(text string) string {
	return strings.NewReplacer("<", "&lt;", ">", "&gt;").Replace(text)
}

func keptElements() []string {
	return []string{
		"a", "b", "i", "font", "s", "u", "o", "sup", "sub", "ins", "del", "strong", "strike", "tt", "code", "big", "small",
		"br", "span", "em", "p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote",
	}
}

func keptAttribute(element, name, value string) bool {
	switch {
	case name == "class" || name == "style":
		return true
	case element == "font":
		return name == "size"
	case element != "a":
		return false
	case name == "target":
		return true
	}
	scheme, _, absolute := strings.Cut(strings.ToLower(strings.TrimSpace(value)), ":")
	return name == "href" && (!absolute || slices.Contains([]string{"http", "https", "mailto"}, scheme))
}

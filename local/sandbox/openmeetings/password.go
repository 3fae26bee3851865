package openmeetings

import (
	"fmt"
	"net/mail"
	"strings"
)

const (
	minPassword = 8
	minLogin    = 4
)

// weakness returns what is wrong with a password, a line each in English; "" when nothing is.
// See StrongPasswordValidator.java in openmeetings-web.
func weakness(password, login, email string) string {
	var all strings.Builder
	for _, rule := range []struct {
		key    string
		broken bool
	}{
		{"bad.password.short", len([]rune(password)) < minPassword},
		{"bad.password.lower", password == strings.ToUpper(password)},
		{"bad.password.upper", password == strings.ToLower(password)},
		{"bad.password.digit", !strings.ContainsAny(password, "0123456789")},
		{"bad.password.special", !strings.ContainsAny(password, "!@#$%^&*][")},
		{"bad.password.stop", hasPartOf(password, login) || hasPartOfEmail(password, email)},
	} {
		if rule.broken {
			all.WriteString(strings.ReplaceAll(label(rule.key, 1), "${0}", fmt.Sprint(minPassword)) + "\n")
		}
	}
	return all.String()
}

func hasPartOfEmail(password, email string) bool {
	for _, part := range strings.FieldsFunc(email, func(r rune) bool { return r == '.' || r == '@' }) {
		if hasPartOf(password, part) {
			return true
		}
	}
	return false
}

// hasPartOf looks for three letters in a row, but never for the last three: so does the original.
func hasPartOf(password, word string) bool {
	password = strings.ToLower(password)
	letters := []rune(strings.ToLower(word))
	for i := range len(letters) - 3 {
		if strings.Contains(password, string(letters[i:i+3])) {
			return true
		}
	}
	return false
}

// validEmail is an address alone, without a name, at a domain that has a dot.
func validEmail(text string) bool {
	address, err := mail.ParseAddress(text)
	if err != nil || address.Address != text {
		return false
	}
	_, domain, _ := strings.Cut(text[strings.LastIndex(text, "@"):], "@")
	return strings.Contains(strings.Trim(domain, "."), ".")
}

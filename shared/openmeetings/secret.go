package openmeetings

import "gavel/shared/secrets"

// Secret is the secret of the server, read as a Client reads it. The account stays inside.
type Secret struct{ account *account }

// ParseSecret reads the secret. Its errors say what to mend and hold nothing of the content.
func ParseSecret(raw secrets.Raw) (Secret, error) {
	parsed, err := parse(raw)
	if err != nil {
		return Secret{}, err
	}
	return Secret{parsed}, nil
}

// BaseURL gives that of the web application, without a slash at its end.
func (s Secret) BaseURL() string { return s.account.base }

// Package secretstore writes secrets where the functions read them: into the file that GAVEL_SECRETS_FILE names, or into AWS
// Secrets Manager.
package secretstore

import "context"

// Store keeps secrets by their names below the prefix, such as "jaas/<appId>". Its errors say what to mend and hold nothing of
// the content.
type Store interface {
	// Read gives the content as it is, or nil where there is no such secret.
	Read(ctx context.Context, name string) ([]byte, error)
	// Write makes the secret, or gives it a new content.
	Write(ctx context.Context, name string, content []byte) error
	// FullName gives the name under which an operator finds the secret.
	FullName(name string) string
	// Where says in words what is written to.
	Where() string
}

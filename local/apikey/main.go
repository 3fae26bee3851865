// Command apikey makes an API key. It prints the key, which is shown this once, and the entry for
// the secret gavel/api-keys, in which only its hash stands:
//
//	go run ./local/apikey -name crm -scopes jaas,openmeetings
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"gavel/shared/api/catalog"
	"gavel/shared/auth"
)

func main() {
	name := flag.String("name", "", "whose key it is, as it will appear in the logs")
	scopes := flag.String("scopes", "", "what it may do, separated by commas or spaces")
	flag.Parse()
	if err := run(os.Stdout, *name, *scopes); err != nil {
		fmt.Fprintln(os.Stderr, "apikey:", err)
		os.Exit(2)
	}
}

func run(out io.Writer, name, scopes string) error {
	list := strings.FieldsFunc(scopes, func(r rune) bool { return r == ',' || r == ' ' })
	if name == "" || len(list) == 0 {
		return errors.New("give -name and -scopes, e.g. -name crm -scopes jaas")
	}
	if err := catalog.CheckScopes(list); err != nil {
		return err
	}
	key, entry := auth.NewAPIKey(name, list)
	text, err := json.MarshalIndent(entry, "    ", "  ")
	if err != nil {
		return fmt.Errorf("encode the entry: %w", err)
	}
	_, err = fmt.Fprintf(out, `The key, to be given to %s and kept nowhere else:

    %s

Its entry, for the list {"keys": [...]} in the secret gavel/api-keys (make secret ARGS='api-keys -entry FILE …' adds it):

    %s
`, name, key, text)
	return err
}

package main

import (
	"fmt"

	"gavel/shared/secrets"
)

// worse says what of a secret that was good would not work any more. The servers keep a public key by its id, so that another key
// under the same id signs what they refuse.
func (c *change) worse(old []byte, now facts) error {
	if c.force || old == nil {
		return nil
	}
	before, err := c.kind.check(secrets.NewRaw("", old))
	if err != nil {
		return nil //nolint:nilerr // what did not work cannot become worse
	}
	for _, was := range before.keys {
		for _, is := range now.keys {
			if was.use == is.use && was.kid == is.kid && !was.public.Equal(is.public) {
				return fmt.Errorf("the private key is another one (%s instead of %s) under the same key id, and whoever has looked up the public half "+
					"goes on using the old one; give the new key an id of its own (-key-id, -system-key-id)", is.fingerprint(), was.fingerprint())
			}
		}
	}
	return nil
}

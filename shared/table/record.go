package table

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
)

// Digest makes a part of a key of a text that is too long for one, or too personal: keys become
// cursors, which travel in URLs. It has 32 letters, digits, hyphens and underscores.
func Digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return base64.RawURLEncoding.EncodeToString(sum[:24])
}

// Decode reads an item's data; of an item that is not there it makes the zero value.
func Decode[T any](item Item) (T, error) {
	var record T
	if !item.Exists() {
		return record, nil
	}
	if err := json.Unmarshal(item.Data, &record); err != nil {
		return record, fmt.Errorf("a stored %T cannot be read: %w", record, err)
	}
	return record, nil
}

package table

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"
)

// Bounds of keys, and of a Write as a whole. They are DynamoDB's, or leave room below them
// (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html).
const (
	MaxPartition = 2048    // bytes of a Key's Partition
	MaxSort      = 1024    // bytes of a Key's Sort
	MaxWriteData = 3 << 20 // bytes of Data in a Write; a transaction takes 4 MB, keys included
)

// CheckKeys says what is wrong with the keys of a Get. All engines refuse the same, with these
// errors: what works with one then works with another.
func CheckKeys(keys ...Key) error {
	if len(keys) > MaxKeys {
		return fmt.Errorf("table: %d keys in a Get, which takes %d", len(keys), MaxKeys)
	}
	for i, key := range keys {
		if err := checkKey(key); err != nil {
			return fmt.Errorf("table: key %d: %w", i, err)
		}
	}
	return nil
}

// CheckRange says what is wrong with the range of a Query.
func CheckRange(r Range) error {
	if err := checkKey(Key{Partition: r.Partition, Sort: r.Prefix}); err != nil {
		return fmt.Errorf("table: range: %w", err)
	}
	if r.Limit < 1 {
		return fmt.Errorf("table: range: limit %d", r.Limit)
	}
	if r.After == "" {
		return nil
	}
	if len(r.After) < len(r.Prefix) || r.After[:len(r.Prefix)] != r.Prefix {
		return errors.New("table: range: its beginning lies outside of it")
	}
	if err := checkText(r.After, MaxSort); err != nil {
		return fmt.Errorf("table: range: beginning: %w", err)
	}
	return nil
}

// CheckChanges says what is wrong with the changes of a Write.
func CheckChanges(changes ...Change) error {
	if len(changes) > MaxWrite {
		return fmt.Errorf("table: %d changes in a Write, which takes %d", len(changes), MaxWrite)
	}
	seen, size := make(map[Key]bool, len(changes)), 0
	for i, change := range changes {
		if err := checkChange(change); err != nil {
			return fmt.Errorf("table: change %d: %w", i, err)
		}
		if seen[change.Item.Key] {
			return fmt.Errorf("table: change %d: a second one for its key", i)
		}
		seen[change.Item.Key] = true
		size += len(change.Item.Data)
	}
	if size > MaxWriteData {
		return fmt.Errorf("table: %d bytes of data in a Write, which takes %d", size, MaxWriteData)
	}
	return nil
}

// CheckContext gives nil while the context lasts. Then it gives an error that wraps the context's,
// and ErrBusy with it when it was a deadline that passed.
func CheckContext(ctx context.Context) error {
	switch err := ctx.Err(); {
	case err == nil:
		return nil
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("%w: %w", ErrBusy, err)
	default:
		return fmt.Errorf("table: %w", err)
	}
}

func checkChange(change Change) error {
	if err := checkKey(change.Item.Key); err != nil {
		return err
	}
	switch change.Kind {
	case KindDelete:
		return nil
	case KindCheck, KindPut:
		if change.Item.Version == Any {
			return errors.New("any version will do for a Delete only")
		}
		if change.Kind == KindCheck {
			return nil
		}
		if err := checkExpiry(change.Item.Expires); err != nil {
			return err
		}
		return checkData(change.Item.Data)
	default:
		return fmt.Errorf("unknown kind %d", change.Kind)
	}
}

// checkData also looks for what JSON allows to be read but DynamoDB cannot store as text.
func checkData(data []byte) error {
	if len(data) > MaxData {
		return fmt.Errorf("%d bytes of data, more than %d", len(data), MaxData)
	}
	if !utf8.Valid(data) || !json.Valid(data) {
		return errors.New("data is not JSON")
	}
	return nil
}

func checkKey(key Key) error {
	if err := checkText(key.Partition, MaxPartition); err != nil {
		return fmt.Errorf("partition: %w", err)
	}
	if err := checkText(key.Sort, MaxSort); err != nil {
		return fmt.Errorf("sort: %w", err)
	}
	return nil
}

func checkText(text string, limit int) error {
	if text == "" {
		return errors.New("empty")
	}
	if len(text) > limit {
		return fmt.Errorf("%d bytes, more than %d", len(text), limit)
	}
	if !utf8.ValidString(text) {
		return errors.New("not UTF-8")
	}
	return nil
}

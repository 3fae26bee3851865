package embedded

import (
	"encoding/binary"
	"time"

	"gavel/shared/table"
)

// itemKey makes the key of an item, or of the beginning of a range. The partition's length stands before it, so no
// partition's keys lie among those of another, and keys of one partition are in the order of their Sort.
func itemKey(partition, sort string) []byte {
	key := make([]byte, 0, 2+len(partition)+len(sort))
	key = binary.BigEndian.AppendUint16(key, uint16(len(partition)))
	key = append(key, partition...)
	return append(key, sort...)
}

// behind gives the smallest key that is larger than all that begin with the prefix. There is one, because the first
// byte, of a length that is checked, is never 0xff.
func behind(prefix []byte) []byte {
	end := append([]byte(nil), prefix...)
	for end[len(end)-1] == 0xff {
		end = end[:len(end)-1]
	}
	end[len(end)-1]++
	return end
}

// expirySize is how many bytes a time takes.
const expirySize = 8

// expiryKey makes the key that notes when an item expires. They are in the order of time.
func expiryKey(expires time.Time, itemKey []byte) []byte {
	key := make([]byte, 0, expirySize+len(itemKey))
	key = appendExpiry(key, expires)
	return append(key, itemKey...)
}

func appendExpiry(to []byte, expires time.Time) []byte {
	return binary.BigEndian.AppendUint64(to, uint64(table.ExpirySeconds(expires)))
}

// readExpiry takes what appendExpiry made off the beginning.
func readExpiry(from []byte) (expires time.Time, rest []byte, ok bool) {
	if len(from) < expirySize {
		return time.Time{}, nil, false
	}
	expires, ok = table.ExpiryAt(int64(binary.BigEndian.Uint64(from)))
	return expires, from[expirySize:], ok
}

// expiring begins the value of an item that expires. No version is that short.
const expiring = 0

// encode makes the value of an item: the version's length, the version, the data. Before those of one that expires stand
// the byte expiring and the time.
func encode(version table.Version, item table.Item) []byte {
	value := make([]byte, 0, 1+expirySize+1+len(version)+len(item.Data))
	if !item.Expires.IsZero() {
		value = append(value, expiring)
		value = appendExpiry(value, item.Expires)
	}
	value = append(value, byte(len(version)))
	value = append(value, version...)
	return append(value, item.Data...)
}

// decode makes an item of a value, without its key; nil, which stands for no value, makes one that is not there.
func decode(value []byte) (item table.Item, ok bool) {
	if value == nil {
		return table.Item{}, true
	}
	if len(value) > 0 && value[0] == expiring {
		if item.Expires, value, ok = readExpiry(value[1:]); !ok {
			return table.Item{}, false
		}
	}
	if len(value) == 0 || len(value) <= int(value[0]) || value[0] == 0 {
		return table.Item{}, false
	}
	end := 1 + int(value[0])
	item.Version, item.Data = table.Version(value[1:end]), value[end:]
	return item, true
}

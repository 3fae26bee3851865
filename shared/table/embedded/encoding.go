package embedded

import (
	"encoding/binary"

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

// encode makes the value of an item: the version's length, the version, the data.
func encode(version table.Version, data []byte) []byte {
	value := make([]byte, 0, 1+len(version)+len(data))
	value = append(value, byte(len(version)))
	value = append(value, version...)
	return append(value, data...)
}

// decode takes a value apart; nil, which stands for no value, has the version Absent.
func decode(value []byte) (version table.Version, data []byte, ok bool) {
	if value == nil {
		return table.Absent, nil, true
	}
	if len(value) == 0 || len(value) <= int(value[0]) || value[0] == 0 {
		return "", nil, false
	}
	end := 1 + int(value[0])
	return table.Version(value[1:end]), value[end:], true
}

package secrets

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
)

// File reads secrets from one JSON file, an object of the secrets by name:
//
//	{"jaas/<appId>": {"keyId": "…", "privateKey": "…"}, "api-keys": {"keys": []}}
//
// The file is read again for every secret, so that an edit counts as a rotation.
type File struct {
	path   string
	prefix string
}

var _ Source = (*File)(nil)

// NewFile makes a File; nothing is read yet.
func NewFile(path, prefix string) *File { return &File{path: path, prefix: prefix} }

// FullName gives prefix/name, the name the secret has in Secrets Manager.
func (f *File) FullName(name string) string { return f.prefix + "/" + name }

// Read gets the secret from the file as it is now.
func (f *File) Read(_ context.Context, name string) (Raw, error) {
	all, err := f.load()
	if err != nil {
		return Raw{}, &Error{Name: f.FullName(name), Reason: err.Error()}
	}
	content, ok := all[name]
	if !ok {
		return Raw{}, &Error{Name: f.FullName(name), Reason: "it is not in the secrets file", Missing: true}
	}
	sum := sha256.Sum256(content)
	return NewRaw(hex.EncodeToString(sum[:]), content), nil
}

// Names lists the secrets of the file, in no order.
func (f *File) Names() ([]string, error) {
	all, err := f.load()
	if err != nil {
		return nil, err
	}
	names := make([]string, 0, len(all))
	for name := range all {
		names = append(names, name)
	}
	return names, nil
}

// load's errors are shown to callers: they hold neither path nor content.
func (f *File) load() (map[string]json.RawMessage, error) {
	text, err := os.ReadFile(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errors.New("the secrets file does not exist")
	}
	if err != nil {
		return nil, errors.New("the secrets file cannot be read")
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal(text, &all); err != nil {
		return nil, errors.New("the secrets file is not a JSON object")
	}
	return all, nil
}

package secretstore

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// File is a secrets file, as secrets.File reads it. It is readable by its owner alone, and is replaced as a whole: a reader sees
// the old one or the new one.
type File struct{ path string }

var _ Store = File{}

// NewFile makes a File; nothing is read yet.
func NewFile(path string) File { return File{path} }

// Where gives the path.
func (f File) Where() string { return f.path }

// FullName gives the name itself: in a file secrets stand without a prefix.
func (f File) FullName(name string) string { return name }

// Read gives the content. A file that is not there has none.
func (f File) Read(_ context.Context, name string) ([]byte, error) {
	all, err := load(f.path)
	if err != nil {
		return nil, err
	}
	return all[name], nil
}

// Write puts the secret beside the others of the file. Two writers at the same time are not kept apart.
func (f File) Write(_ context.Context, name string, content []byte) error {
	path := f.path
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target // the link stays one
	}
	all, err := load(path)
	if err != nil {
		return err
	}
	all[name] = content
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false) // the content stays as it is, but for its blanks
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(all); err != nil {
		return errors.New("the secrets file cannot be written: the content is not JSON")
	}
	return replace(path, text.Bytes())
}

func load(path string) (map[string]json.RawMessage, error) {
	all := map[string]json.RawMessage{}
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() { // a device or a pipe would be replaced by a file
		return nil, fmt.Errorf("%s is no file; name another one", path)
	}
	text, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return all, nil
	case err != nil:
		return nil, fmt.Errorf("%s cannot be read: %w", path, err)
	case len(bytes.TrimSpace(text)) == 0:
		return all, nil
	}
	if json.Unmarshal(text, &all) != nil || all == nil {
		return nil, fmt.Errorf("%s is not a JSON object of secrets by name; mend it, or name another file", path)
	}
	return all, nil
}

// replace writes beside the file and renames, so that whoever reads meanwhile, or a machine that stops, has the whole old one.
func replace(path string, text []byte) (err error) {
	temp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*") // with mode 0600
	if err != nil {
		return fmt.Errorf("cannot write beside %s: %w", path, err)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(temp.Name())
		}
	}()
	_, err = temp.Write(text)
	if err = errors.Join(err, temp.Sync(), temp.Close()); err != nil {
		return fmt.Errorf("cannot write %s: %w", path, err)
	}
	if err = os.Rename(temp.Name(), path); err != nil {
		return fmt.Errorf("cannot replace %s: %w", path, err)
	}
	return nil
}

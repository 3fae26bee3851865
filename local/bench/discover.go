package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
)

// function is one that was found in the tree.
type function struct {
	name      string // group/operation
	dir       string
	eventFile string
	event     []byte // nil if there is no sample event
}

// discover returns the functions below root/functions, in the order of their names, whose name matches only.
func discover(root string, only *regexp.Regexp) ([]function, error) {
	base := filepath.Join(root, "functions")
	var found []function
	err := filepath.WalkDir(base, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || entry.Name() != "main.go" {
			return err
		}
		name, err := filepath.Rel(base, filepath.Dir(path))
		if err != nil {
			return err
		}
		if name = filepath.ToSlash(name); !only.MatchString(name) {
			return nil
		}
		f, err := newFunction(root, name)
		found = append(found, f)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("look for functions: %w", err)
	}
	return found, nil
}

// newFunction reads the sample event that belongs to the function.
func newFunction(root, name string) (function, error) {
	f := function{
		name:      name,
		dir:       filepath.Join(root, "functions", filepath.FromSlash(name)),
		eventFile: filepath.Join(root, "events", filepath.FromSlash(name)+".json"),
	}
	event, err := os.ReadFile(f.eventFile)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return f, err
	}
	f.event = event
	return f, nil
}

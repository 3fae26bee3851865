package moto

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"gavel/local/companion"
)

// pythonVariable names the interpreter that has moto installed.
const pythonVariable = "GAVEL_TEST_PYTHON"

const setUp = "python3 -m venv .local/venv && .local/venv/bin/pip install --require-hashes -r .ci/requirements.txt"

var errNoPython = errors.New("no Python with moto; `make venv` sets one up, or by hand: " + setUp)

// interpreter returns that of this process.
func interpreter() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	return findPython(os.Getenv(pythonVariable), dir)
}

// findPython returns the interpreter: the configured one, else the one of the virtual environment at the root of the
// module that dir lies in. It returns errNoPython if there is neither; a configured one that is missing is another error.
func findPython(configured, dir string) (string, error) {
	if configured != "" {
		if err := isFile(configured); err != nil {
			return "", fmt.Errorf("%s: %w", pythonVariable, err)
		}
		return configured, nil
	}
	root, err := companion.ModuleRoot(dir)
	if err != nil {
		return "", err
	}
	python := filepath.Join(root, ".local", "venv", "bin", "python")
	if isFile(python) != nil {
		return "", errNoPython
	}
	return python, nil
}

func isFile(path string) error {
	info, err := os.Stat(path)
	if err == nil && info.IsDir() {
		return &fs.PathError{Op: "open", Path: path, Err: errors.New("is a directory")}
	}
	return err
}

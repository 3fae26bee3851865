package dynamodb

import (
	"errors"
	"fmt"
	"io/fs"
	"os/exec"
	"path/filepath"

	"gavel/local/companion"
)

// folderVariable names the folder that has DynamoDB Local's jars and native libraries.
const folderVariable = "GAVEL_TEST_DYNAMODB"

const setUp = "mvn -q -B -f .ci/dynamodb-local.pom.xml dependency:copy-dependencies -DoutputDirectory=$PWD/.local/dynamodb-local"

var errMissing = errors.New("not installed; `make dynamodb-local` does that, or by hand: " + setUp)

// program is what it takes to start DynamoDB Local.
type program struct {
	java   string // the command
	folder string // of the jars
}

// findProgram returns Java from the PATH and the configured folder, else the one below the root of the module that dir
// lies in. It returns errMissing if there is neither folder, or no Java; a configured folder that is missing is another
// error.
func findProgram(configured, dir string) (program, error) {
	folder, err := findFolder(configured, dir)
	if err != nil {
		return program{}, err
	}
	java, err := exec.LookPath("java")
	if err != nil {
		return program{}, fmt.Errorf("needs a JDK, 17 or later: %w (%w)", errMissing, err)
	}
	return program{java: java, folder: folder}, nil
}

func findFolder(configured, dir string) (string, error) {
	if configured != "" {
		if !hasJars(configured) {
			return "", fmt.Errorf("%s: no jars of DynamoDB Local: %w", folderVariable, &fs.PathError{Op: "open", Path: configured, Err: fs.ErrNotExist})
		}
		return configured, nil
	}
	root, err := companion.ModuleRoot(dir)
	if err != nil {
		return "", err
	}
	folder := filepath.Join(root, ".local", "dynamodb-local")
	if !hasJars(folder) {
		return "", errMissing
	}
	return folder, nil
}

func hasJars(folder string) bool {
	found, err := filepath.Glob(filepath.Join(folder, "DynamoDBLocal-*.jar"))
	return err == nil && len(found) > 0
}

package dynamodb

import (
	_ "embed"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"gavel/local/companion"
)

const startLimit = 2 * time.Minute // seen: three seconds

//go:embed Serve.java
var source []byte

// launch starts a server and returns once it listens. Java compiles the source itself.
func launch(p program) (*companion.Program, error) {
	dir, err := os.MkdirTemp("", "gavel-dynamodb")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }() // compiled by then
	file := filepath.Join(dir, "Serve.java")
	if err := os.WriteFile(file, source, 0o600); err != nil {
		return nil, err
	}
	return companion.Start(exec.Command(p.java,
		"-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", // half of the processor time in a run as short as that of tests
		"-Djava.library.path="+p.folder, "-cp", filepath.Join(p.folder, "*"), file), startLimit)
}

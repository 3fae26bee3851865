package main

import (
	"archive/zip"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
)

// What the functions are measured against.
const (
	barePackage  = "gavel/local/bench/bare"
	probePackage = "gavel/local/bench/probe"
)

// buildFlags are those the functions are deployed with.
var buildFlags = []string{"-tags", "lambda.norpc", "-trimpath", "-ldflags=-s -w"}

// target is a platform to build for.
type target struct{ os, arch string }

var (
	native   = target{runtime.GOOS, runtime.GOARCH}
	deployed = target{"linux", "arm64"}
)

// build compiles the package, named as seen from dir, into outDir/bootstrap and returns that path.
func build(ctx context.Context, dir, pkg, outDir string, to target) (string, error) {
	binary := filepath.Join(outDir, "bootstrap")
	args := append([]string{"build", "-o", binary}, buildFlags...)
	cmd := exec.CommandContext(ctx, "go", append(args, pkg)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+to.os, "GOARCH="+to.arch)
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build %s for %s/%s: %w\n%s", pkg, to.os, to.arch, err, out)
	}
	return binary, nil
}

// zipSize returns the size of the archive one would upload to Lambda for this binary.
func zipSize(binary string) (int64, error) {
	file, err := os.Open(binary)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	var size counter
	archive := zip.NewWriter(&size)
	entry, err := archive.CreateHeader(&zip.FileHeader{Name: "bootstrap", Method: zip.Deflate})
	if err != nil {
		return 0, err
	}
	if _, err := io.Copy(entry, file); err != nil {
		return 0, err
	}
	if err := archive.Close(); err != nil {
		return 0, err
	}
	return int64(size), nil
}

// counter is a writer that keeps the number of bytes only.
type counter int64

// Write never fails.
func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

func fileSize(path string) (int64, error) {
	info, err := os.Stat(path)
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

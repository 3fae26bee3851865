package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// run builds and measures everything, telling on progress how far it is.
func run(ctx context.Context, o options, surroundings Surroundings, progress io.Writer) (_ Report, err error) {
	functions, err := discover(o.root, o.only)
	if err != nil {
		return Report{}, err
	}
	if len(functions) == 0 {
		return Report{}, fmt.Errorf("no function to measure below %s", filepath.Join(o.root, "functions"))
	}
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return Report{}, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()

	fmt.Fprintf(progress, "building %d functions…\n", len(functions))
	b, err := prepare(ctx, o, functions, dir)
	if err != nil {
		return Report{}, err
	}
	b.surroundings = surroundings
	if err := b.measure(ctx, progress); err != nil {
		return Report{}, err
	}
	return newReport(b), nil
}

// prepare builds the bare handler and the functions into dir. A function that does not build is a broken one.
func prepare(ctx context.Context, o options, functions []function, dir string) (*bench, error) {
	bare := &subject{function: function{name: "bare", dir: o.root}}
	if err := bare.build(ctx, barePackage, filepath.Join(dir, "bare"), o.zip); err != nil {
		return nil, err
	}
	probe, err := build(ctx, o.root, probePackage, filepath.Join(dir, "probe"), native)
	if err != nil {
		return nil, err
	}
	b := &bench{bare: bare, probeBinary: probe, runs: o.runs, warm: o.warm}
	for _, f := range functions {
		s := &subject{function: f}
		s.err = s.build(ctx, ".", filepath.Join(dir, "functions", filepath.FromSlash(f.name)), o.zip)
		b.subjects = append(b.subjects, s)
	}
	return b, ctx.Err()
}

// build compiles the subject for this machine and, if its archive is asked for, for Lambda.
func (s *subject) build(ctx context.Context, pkg, outDir string, zip bool) (err error) {
	if s.binary, err = build(ctx, s.dir, pkg, filepath.Join(outDir, "native"), native); err != nil {
		return err
	}
	if s.binarySize, err = fileSize(s.binary); err != nil || !zip {
		return err
	}
	binary, err := build(ctx, s.dir, pkg, filepath.Join(outDir, "deployed"), deployed)
	if err != nil {
		return err
	}
	s.zipSize, err = zipSize(binary)
	return err
}

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	"gavel/local/companion"
	"gavel/local/moto"
	"gavel/local/server"
)

// samVariable names the SAM CLI; without it the one on the PATH is meant.
const samVariable = "SAM"

// world is where functions run: a local server of their own with its sandboxes, and names of their own in the emulator.
type world struct {
	env        environment
	secrets    secretsOf
	room, file string // that the events are about
	invoke     func(ctx context.Context, operation string, event []byte) ([]byte, error)
}

// newWorld starts a local server with its data in dir. The functions reach it on the machine of that name.
func newWorld(ctx context.Context, emulator, dir, machine, name string) (*world, error) {
	settings := map[string]string{"PORT": "0", "GAVEL_DATA_DIR": dir}
	if machine == machineName {
		settings[server.BridgeVariable] = bridge()
	}
	s, err := server.Start(ctx, server.Options{Emulator: emulator, Getenv: func(name string) string { return settings[name] }})
	if err != nil {
		return nil, err
	}
	context.AfterFunc(ctx, func() { _ = s.Close() })
	_, port, err := net.SplitHostPort(strings.TrimPrefix(s.URL(), "http://"))
	if err != nil {
		return nil, err
	}
	w := &world{}
	if w.env, err = environmentAt(net.JoinHostPort(machine, port), name); err != nil {
		return nil, err
	}
	if w.secrets, err = readSecrets(dir); err != nil {
		return nil, err
	}
	return w, w.env.makeResources(ctx, emulator)
}

// check runs every sample event in containers and in this process, and fails if an answer differs.
func check(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	for name, value := range map[string]string{"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local", "AWS_SESSION_TOKEN": ""} {
		if err := os.Setenv(name, value); err != nil { // whatever is there is nobody's business here
			return err
		}
	}
	wd, err := os.Getwd()
	if err != nil {
		return err
	}
	root, err := companion.ModuleRoot(wd)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "gavel-sam")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	containers, here, err := worlds(ctx, root, dir)
	if err != nil {
		return err
	}
	samples, err := groups(root)
	if err != nil {
		return err
	}
	return (&comparison{containers: containers, here: here, began: time.Now()}).all(ctx, samples)
}

// worlds makes the one of `sam local` and that of this process, alike and apart.
func worlds(ctx context.Context, root, dir string) (containers, here *world, err error) {
	emulator, err := moto.Run()
	if err != nil {
		return nil, nil, err
	}
	containers, err = newWorld(ctx, emulator, filepath.Join(dir, "containers"), machineName, "gavel-local")
	if err != nil {
		return nil, nil, err
	}
	file := filepath.Join(dir, "env.json")
	text, err := json.Marshal(map[string]environment{"Parameters": containers.env})
	if err != nil {
		return nil, nil, err
	}
	if err := os.WriteFile(file, text, 0o600); err != nil {
		return nil, nil, err
	}
	containers.invoke = samLocal{root: root, dir: dir, env: file}.invoke
	if err := copyState(filepath.Join(dir, "containers"), filepath.Join(dir, "here")); err != nil {
		return nil, nil, err
	}
	if here, err = newWorld(ctx, emulator, filepath.Join(dir, "here"), "127.0.0.1", "gavel-in-process"); err != nil {
		return nil, nil, err
	}
	functions, err := newInProcess(here.env)
	if err != nil {
		return nil, nil, err
	}
	here.invoke = functions.invoke
	return containers, here, nil
}

// copyState gives a second local server the keys of the first.
func copyState(from, to string) error {
	text, err := os.ReadFile(filepath.Join(from, "sandbox.json"))
	if err != nil {
		return err
	}
	if err := os.MkdirAll(to, 0o700); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(to, "sandbox.json"), text, 0o600)
}

// samLocal runs functions with the SAM CLI, each event in a container of its own.
type samLocal struct{ root, dir, env string }

func (s samLocal) invoke(ctx context.Context, operation string, event []byte) ([]byte, error) {
	file := filepath.Join(s.dir, operation+".json")
	if err := os.WriteFile(file, event, 0o600); err != nil {
		return nil, err
	}
	// The rest of the options stands in samconfig.toml, as for everybody.
	sam := exec.CommandContext(ctx, or(os.Getenv(samVariable), "sam"), "local", "invoke", logicalID(operation), "-e", file, "--env-vars", s.env)
	var out, said bytes.Buffer
	sam.Dir, sam.Stdout, sam.Stderr = s.root, &out, &said
	if err := sam.Run(); err != nil {
		return nil, fmt.Errorf("%w\n%s", err, said.String())
	}
	answer := bytes.TrimSpace(out.Bytes())
	if len(answer) == 0 {
		return nil, errors.New("no answer\n" + said.String())
	}
	return answer, nil
}

// logicalID is the name of an operation's function in the template.
func logicalID(operation string) string {
	var id strings.Builder
	for word := range strings.SplitSeq(operation, "-") {
		id.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	return id.String()
}

// comparison goes through the events in both worlds.
type comparison struct {
	containers, here *world
	began            time.Time

	mu           sync.Mutex
	equal, other int
}

// all runs as many groups side by side as there are processors, and says how it went.
func (r *comparison) all(ctx context.Context, samples [][]sample) error {
	free := make(chan struct{}, runtime.NumCPU())
	var groups sync.WaitGroup
	for _, group := range samples {
		groups.Go(func() {
			for _, s := range group {
				free <- struct{}{}
				r.one(ctx, s)
				<-free
			}
		})
	}
	groups.Wait()
	fmt.Printf("%d events, %d answers equal, %d not, in %s\n", r.equal+r.other, r.equal, r.other, time.Since(r.began).Round(time.Second))
	if r.other > 0 {
		return errors.New("sam local and this process do not answer alike")
	}
	return ctx.Err()
}

func (r *comparison) one(ctx context.Context, s sample) {
	got, err := r.containers.run(ctx, s)
	want, failed := r.here.run(ctx, s)
	found := differences(got, want)
	if err := errors.Join(err, failed); err != nil {
		found = append(found, err.Error())
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(found) > 0 {
		r.other++
		fmt.Printf("%-40s %s\n", s.operation, strings.Join(found, "\n    "))
		return
	}
	r.equal++
	fmt.Printf("%-40s %d equal\n", s.operation, got.Status)
}

func (w *world) run(ctx context.Context, s sample) (answer, error) {
	event, err := w.inWorld(s)
	if err != nil {
		return answer{}, err
	}
	payload, err := w.invoke(ctx, s.operation, event)
	if err != nil {
		return answer{}, err
	}
	a, err := readAnswer(payload)
	w.learn(s.operation, a)
	return a, err
}

package moto

import (
	"context"
	_ "embed"
	"fmt"
	"net/http"
	"os/exec"
	"time"

	"gavel/local/companion"
)

const startLimit = time.Minute // seen: one second, several where Python compiles moto's modules first

//go:embed serve.py
var script string

// launch starts a server and returns once it answers.
func launch(python string) (*companion.Program, error) {
	program, err := companion.Start(exec.Command(python, "-c", script), startLimit)
	if err != nil {
		return nil, err
	}
	return program, greet(program.Endpoint)
}

// greet asks the server for a page.
func greet(endpoint string) error {
	ctx, cancel := context.WithTimeout(context.Background(), startLimit)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, endpoint+"/moto-api/", http.NoBody)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("its first answer was %s", resp.Status)
	}
	return nil
}

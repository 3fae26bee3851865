package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"

	"gavel/local/dynamodb"
	"gavel/local/moto"
	"gavel/local/server"
)

// environmentFile is what `sam local` is given as the environment of the functions. They find the local server at its
// usual port, by the name that containers have for this machine.
//
//go:embed env.json
var environmentFile []byte

const (
	region      = "us-east-1" // sam local's own
	usualPort   = "3000"
	machineName = "host.docker.internal"
	// dockersBridge is Docker's network of containers on Linux. Docker Desktop has none: there containers reach what
	// listens on loopback.
	dockersBridge = "docker0"
)

// environment are the variables of the functions.
type environment map[string]string

// environmentAt gives the variables of the file, with the server at an address, its port included, and under a name of
// their own what the file calls gavel-local.
func environmentAt(address, name string) (environment, error) {
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	text := strings.NewReplacer(machineName+":"+usualPort, address, "127.0.0.1:"+usualPort, "127.0.0.1:"+port, "gavel-local", name).
		Replace(string(environmentFile))
	var file struct{ Parameters environment }
	if err := json.Unmarshal([]byte(text), &file); err != nil {
		return nil, fmt.Errorf("read the environment of the functions: %w", err)
	}
	return file.Parameters, nil
}

// serve runs the local server until the context ends.
func serve(ctx context.Context) error {
	emulator, err := moto.Run()
	if err != nil {
		return err
	}
	env, err := environmentAt(machineName+":"+usualPort, "gavel-local")
	if err != nil {
		return err
	}
	if err := env.makeResources(ctx, emulator); err != nil {
		return err
	}
	s, err := server.Start(ctx, server.Options{Emulator: emulator, Getenv: func(name string) string {
		if value := os.Getenv(name); value != "" || name != server.BridgeVariable {
			return value
		}
		return bridge()
	}})
	if err != nil {
		return err
	}
	s.Greet(os.Stdout)
	return s.Wait(ctx)
}

// bridge gives this machine's address on Docker's network, or nothing.
func bridge() string {
	network, err := net.InterfaceByName(dockersBridge)
	if err != nil {
		return ""
	}
	addresses, err := network.Addrs()
	if err != nil {
		return ""
	}
	for _, address := range addresses {
		if ip, ok := address.(*net.IPNet); ok && ip.IP.To4() != nil {
			return ip.IP.String()
		}
	}
	return ""
}

// makeResources makes what the variables name, empty.
func (e environment) makeResources(ctx context.Context, emulator string) error {
	buses := eventbridge.New(eventbridge.Options{Region: region, BaseEndpoint: &emulator, Credentials: anybody})
	_, noBus := buses.CreateEventBus(ctx, &eventbridge.CreateEventBusInput{Name: aws.String(e["GAVEL_EVENT_BUS"])})
	schedules := scheduler.New(scheduler.Options{Region: region, BaseEndpoint: &emulator, Credentials: anybody})
	_, noGroup := schedules.CreateScheduleGroup(ctx, &scheduler.CreateScheduleGroupInput{Name: aws.String(e["GAVEL_SCHEDULE_GROUP"])})
	return errors.Join(noBus, noGroup, dynamodb.MakeTable(ctx, emulator, e["GAVEL_TABLE"]), makeBucket(ctx, emulator, e["GAVEL_FILES_BUCKET"]))
}

// anybody are credentials, of which the emulator takes any.
var anybody = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
	return aws.Credentials{AccessKeyID: "local", SecretAccessKey: "local"}, nil
})

// makeBucket writes the request by hand: nothing else needs a client for S3. The emulator reads the service from the
// signature and does not check it.
func makeBucket(ctx context.Context, emulator, name string) error {
	at, err := url.JoinPath(emulator, name)
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPut, at, nil)
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "AWS4-HMAC-SHA256 "+
		"Credential=local/20260101/"+region+"/s3/aws4_request, SignedHeaders=host, Signature=0")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("make a bucket: %w", err)
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("make a bucket: %s", response.Status)
	}
	return nil
}

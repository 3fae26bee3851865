// Command echo is the function that the tests of runtimeapi run. Its event says what it shall do.
package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
)

type request struct {
	Do   string `json:"do"`
	Text string `json:"text"`
}

type answer struct {
	Text      string    `json:"text"`
	RequestID string    `json:"requestId"`
	ARN       string    `json:"arn"`
	TraceID   string    `json:"traceId"`
	Deadline  time.Time `json:"deadline"`
	Env       []string  `json:"env"`
}

func main() {
	start(os.Getenv("ECHO_INIT"))
	lambda.Start(handle)
}

// start misbehaves in the init phase as asked.
func start(how string) {
	switch how {
	case "exit":
		fmt.Fprintln(os.Stderr, "no configuration")
		os.Exit(4)
	case "hang":
		select {}
	case "stubborn":
		signal.Ignore(syscall.SIGTERM)
	case "report":
		report()
		os.Exit(5)
	}
}

// report tells the Runtime API that init failed; aws-lambda-go has no function for it.
func report() {
	url := "http://" + os.Getenv("AWS_LAMBDA_RUNTIME_API") + "/2018-06-01/runtime/init/error"
	body := `{"errorType":"Config.Missing","errorMessage":"no secret"}`
	resp, err := http.Post(url, "application/json", strings.NewReader(body))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	_ = resp.Body.Close()
}

func handle(ctx context.Context, req request) (any, error) {
	switch req.Do {
	case "fail":
		return nil, errors.New(req.Text)
	case "panic":
		panic(req.Text)
	case "exit":
		fmt.Println("leaving")
		os.Exit(3)
	case "hang":
		select {}
	case "log":
		fmt.Println("out", req.Text)
		fmt.Fprintln(os.Stderr, "err", req.Text)
	case "big":
		return strings.Repeat("x", 6<<20+200), nil
	case "break":
		return &broken{strings.NewReader("half an answ")}, nil
	}
	return describe(ctx, req), nil
}

func describe(ctx context.Context, req request) answer {
	lc, _ := lambdacontext.FromContext(ctx)
	deadline, _ := ctx.Deadline()
	return answer{
		Text:      req.Text,
		RequestID: lc.AwsRequestID,
		ARN:       lc.InvokedFunctionArn,
		TraceID:   os.Getenv("_X_AMZN_TRACE_ID"),
		Deadline:  deadline,
		Env:       os.Environ(),
	}
}

// broken is an answer that fails while it is read. Being no JSON value keeps aws-lambda-go from encoding it.
type broken struct{ rest *strings.Reader }

func (b *broken) Read(p []byte) (int, error) {
	if b.rest.Len() == 0 {
		return 0, errors.New("source went away")
	}
	return b.rest.Read(p)
}

func (b *broken) MarshalJSON() ([]byte, error) { return nil, errors.New("not JSON") }

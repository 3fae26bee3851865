// Command probe is a function that posts to the address in PROBE_URL with a plain client and answers how many
// nanoseconds that took: what one upstream request costs without any code of ours around it.
//
// It is a function, rather than a client inside the benchmark, because the upstream lives in the benchmark's process:
// between goroutines of one process a round trip takes clearly less time than between two processes.
package main

import (
	"context"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
)

// body and token are about as large as what the functions send; reading them is part of the upstream's work.
var (
	body  = `{"probe":"` + strings.Repeat("x", 188) + `"}`
	token = "Bearer " + strings.Repeat("x", 640)
)

func main() {
	client := &http.Client{Transport: &http.Transport{}}
	lambda.Start(func(ctx context.Context, _ events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
		return measure(ctx, client, os.Getenv("PROBE_URL"))
	})
}

// measure posts once. The status of its answer is the upstream's.
func measure(ctx context.Context, client *http.Client, url string) (events.APIGatewayV2HTTPResponse, error) {
	var answer events.APIGatewayV2HTTPResponse
	start := time.Now()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		return answer, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", token)
	resp, err := client.Do(req)
	if err != nil {
		return answer, err
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		return answer, err
	}
	took := time.Since(start)
	answer.StatusCode, answer.Body = resp.StatusCode, strconv.FormatInt(took.Nanoseconds(), 10)
	return answer, nil
}

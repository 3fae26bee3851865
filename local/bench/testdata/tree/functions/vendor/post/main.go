// Command post makes one upstream request per call, for the test of the benchmark.
package main

import (
	"context"
	"io"
	"net/http"
	"os"
	"strings"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
)

var body = strings.Repeat("x", 200)

func main() {
	lambda.Start(handle)
}

func handle(context.Context, events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
	resp, err := http.Post(os.Getenv("UPSTREAM_URL"), "application/json", strings.NewReader(body))
	if err != nil {
		return events.APIGatewayV2HTTPResponse{}, err
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	return events.APIGatewayV2HTTPResponse{StatusCode: resp.StatusCode}, err
}

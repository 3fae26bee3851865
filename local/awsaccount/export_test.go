package awsaccount

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// LoadImpatiently is Load with less patience.
func LoadImpatiently(ctx context.Context, region, profile string, patience time.Duration) (aws.Config, error) {
	return load(ctx, region, profile, patience)
}

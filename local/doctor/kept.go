package main

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	ddb "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"

	"gavel/local/awsaccount"
)

// expiryAttribute is the item's attribute with the time from which it is not there.
const expiryAttribute = "e"

// lookAtTable sees whether the state is there, and can be had back.
func (d *doctor) lookAtTable(ctx context.Context, s *deployment) {
	const what = "table"
	name := s.outputs["StateTable"]
	if name == "" {
		d.skip(what, "the stack has no output StateTable")
		return
	}
	client := dynamodb.NewFromConfig(s.aws)
	out, err := client.DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: &name})
	switch {
	case awsaccount.Missing(err):
		d.fix(what, "%s is not there, though the stack has made it: restore it under this name from a backup (docs/operating.md), or deploy anew", name)
		return
	case awsaccount.Denied(err):
		d.skip(what, "%s", awsaccount.Explain("dynamodb:DescribeTable", "the table", err))
		return
	case err != nil:
		d.fix(what, "%s", awsaccount.Explain("dynamodb:DescribeTable", "the table", err))
		return
	case out.Table.TableStatus != ddb.TableStatusActive:
		d.warn(what, "%s is %s: look again when it is ACTIVE", name, out.Table.TableStatus)
	case !aws.ToBool(out.Table.DeletionProtectionEnabled):
		d.warn(what, "%s can be deleted by a slip: turn its deletion protection on, as the template does", name)
	default:
		d.ok(what, "%s is there, and cannot be deleted by a slip", name)
	}
	d.lookAtExpiry(ctx, client, name)
	d.lookAtBackups(ctx, client, name)
}

func (d *doctor) lookAtExpiry(ctx context.Context, client *dynamodb.Client, name string) {
	const what = "table's time to live"
	out, err := client.DescribeTimeToLive(ctx, &dynamodb.DescribeTimeToLiveInput{TableName: &name})
	if err != nil {
		d.skip(what, "%s", awsaccount.Explain("dynamodb:DescribeTimeToLive", "the table", err))
		return
	}
	on := []ddb.TimeToLiveStatus{ddb.TimeToLiveStatusEnabled, ddb.TimeToLiveStatusEnabling}
	ttl := out.TimeToLiveDescription
	if ttl == nil || !slices.Contains(on, ttl.TimeToLiveStatus) || aws.ToString(ttl.AttributeName) != expiryAttribute {
		d.fix(what, "it is not on for the attribute %s, so that events and answers are kept, and paid for, without end: turn it on, as the template does",
			expiryAttribute)
		return
	}
	d.ok(what, "it is on")
}

func (d *doctor) lookAtBackups(ctx context.Context, client *dynamodb.Client, name string) {
	const what = "table's point-in-time recovery"
	out, err := client.DescribeContinuousBackups(ctx, &dynamodb.DescribeContinuousBackupsInput{TableName: &name})
	if err != nil {
		d.skip(what, "%s", awsaccount.Explain("dynamodb:DescribeContinuousBackups", "the table", err))
		return
	}
	backups := out.ContinuousBackupsDescription
	if backups == nil || backups.PointInTimeRecoveryDescription == nil ||
		backups.PointInTimeRecoveryDescription.PointInTimeRecoveryStatus != ddb.PointInTimeRecoveryStatusEnabled {
		d.fix(what, "it is off, so that what is lost is lost: turn it on, as the template does")
		return
	}
	d.ok(what, "it is on")
}

// lookAtBucket sees whether the files are there, and kept from the public.
func (d *doctor) lookAtBucket(ctx context.Context, s *deployment) {
	const what = "bucket"
	name := s.outputs["FilesBucket"]
	if name == "" {
		d.skip(what, "the stack has no output FilesBucket")
		return
	}
	client := s3.NewFromConfig(s.aws, func(o *s3.Options) { o.UsePathStyle = s.aws.BaseEndpoint != nil }) // an emulator has no name for each bucket
	out, err := client.GetPublicAccessBlock(ctx, &s3.GetPublicAccessBlockInput{Bucket: &name})
	var api smithy.APIError
	switch {
	case errors.As(err, &api) && api.ErrorCode() == "NoSuchPublicAccessBlockConfiguration":
		d.fix(what, "%s can be made public: block all public access, as the template does", name)
		return
	case awsaccount.Missing(err):
		d.fix(what, "%s is not there, though the stack has made it: make it again under this name, with the settings of the template", name)
		return
	case awsaccount.Denied(err):
		d.skip(what, "%s", awsaccount.Explain("s3:GetBucketPublicAccessBlock", "the bucket", err))
		return
	case err != nil:
		d.fix(what, "%s", awsaccount.Explain("s3:GetBucketPublicAccessBlock", "the bucket", err))
		return
	}
	block := out.PublicAccessBlockConfiguration
	if block == nil || !aws.ToBool(block.BlockPublicAcls) || !aws.ToBool(block.BlockPublicPolicy) ||
		!aws.ToBool(block.IgnorePublicAcls) || !aws.ToBool(block.RestrictPublicBuckets) {
		d.fix(what, "%s can be made public: block all public access, as the template does", name)
		return
	}
	d.ok(what, "%s is there, and closed to the public", name)
}

// isValidation tells CloudFormation's way to say that there is no such stack.
func isValidation(err error) bool {
	var api smithy.APIError
	if !errors.As(err, &api) || api.ErrorCode() != "ValidationError" {
		return false
	}
	var response interface{ HTTPStatusCode() int }
	return errors.As(err, &response) && response.HTTPStatusCode() == http.StatusBadRequest
}

package objects_test

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"gavel/shared/objects"
)

func ExampleStore_UploadURL() {
	store := objects.New(objects.Options{
		Bucket: "gavel-files",
		Region: "eu-central-1",
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AKID", SecretAccessKey: "secret"}, nil
		}),
	})
	req, err := store.UploadURL(context.Background(), objects.Upload{
		Key: "rooms/1/photo", Size: 12345, ContentType: "image/png", Expires: time.Minute,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(req.Method, req.Header)
	fmt.Println(req) // not the URL
	// Output:
	// PUT map[Content-Length:[12345] Content-Type:[image/png] If-None-Match:[*]]
	// [presigned request]
}

func ExampleDisposition() {
	fmt.Println(objects.Disposition(`../Übung "1".pdf`))
	// Output: attachment; filename="__bung _1_.pdf"; filename*=UTF-8''_%C3%9Cbung%20_1_.pdf
}

package dynamo

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"gavel/shared/awsenv"
	"gavel/shared/config"
	"gavel/shared/table"
)

// callError makes the port's error of what a call ended with: ctx is the caller's context, bounded the call's own.
func (s *Store) callError(ctx, bounded context.Context, met *tries, err error) error {
	if errors.Is(err, table.ErrConflict) {
		return err
	}
	reason := err
	if bounded.Err() != nil && met.last != nil {
		reason = met.last // tells more than that the time was over
	}
	text := fmt.Sprintf("dynamo: table %s: %s%s", s.table, operationName(err), describe(reason))
	_, unreachable := errors.AsType[*smithyhttp.RequestSendError](err)
	switch ended := table.CheckContext(ctx); {
	case ended != nil:
		return fmt.Errorf("%s: %w", text, ended)
	case unreachable, bounded.Err() != nil, errors.Is(err, errLost):
		return fmt.Errorf("%s: %w", text, table.ErrBusy)
	}
	failed := &fault{text: text, cause: err}
	resource := fmt.Sprintf("the DynamoDB table %s (GAVEL_TABLE)", s.table)
	if unusable := awsenv.Unusable(err, resource, failed); unusable != nil {
		return unusable
	}
	if otherKeys(err) {
		return &config.Unusable{What: resource + " has other keys than the texts pk and sk", Cause: failed}
	}
	return failed
}

// otherKeys says whether the table is not made as template.yaml makes it: what is sent has always the same form, so that
// DynamoDB refuses nothing else of it than its size.
func otherKeys(err error) bool {
	canceled, many := errors.AsType[*types.TransactionCanceledException](err)
	if many {
		return slices.ContainsFunc(canceled.CancellationReasons, func(r types.CancellationReason) bool {
			return aws.ToString(r.Code) == "ValidationError" && ofKeys(aws.ToString(r.Message))
		})
	}
	answer, ok := errors.AsType[smithy.APIError](err)
	return ok && answer.ErrorCode() == "ValidationException" && ofKeys(answer.ErrorMessage())
}

func ofKeys(message string) bool {
	message = strings.ToLower(message)
	return (strings.Contains(message, "key") || strings.Contains(message, "schema")) && !strings.Contains(message, "size")
}

// fault is an error that says the same as its cause, without the cause's text: that may quote the item.
type fault struct {
	text  string
	cause error
}

func (f *fault) Error() string { return f.text }

func (f *fault) Unwrap() error { return f.cause }

// describe gives what can be told of an error without telling what was in the request or the answer.
func describe(err error) string {
	var text strings.Builder
	var answer smithy.APIError
	_, garbled := errors.AsType[*smithy.DeserializationError](err)
	unsent, unreachable := errors.AsType[*smithyhttp.RequestSendError](err)
	switch {
	case errors.As(err, &answer):
		text.WriteString(answer.ErrorCode() + reasonCodes(err))
	case garbled:
		text.WriteString("an answer that cannot be read")
	case unreachable:
		text.WriteString(unsent.Err.Error())
	default:
		text.WriteString(unwrapped(err).Error())
	}
	if status := httpStatus(err); status != 0 {
		fmt.Fprintf(&text, " (HTTP %d%s)", status, requestID(err))
	}
	return text.String()
}

// unwrapped gives what an operation failed with.
func unwrapped(err error) error {
	if operation, ok := errors.AsType[*smithy.OperationError](err); ok {
		return operation.Err
	}
	return err
}

func operationName(err error) string {
	operation, ok := errors.AsType[*smithy.OperationError](err)
	if !ok {
		return ""
	}
	return operation.OperationName + ": "
}

// reasonCodes gives the codes of a cancelled transaction, in the order of its changes.
func reasonCodes(err error) string {
	canceled, ok := errors.AsType[*types.TransactionCanceledException](err)
	if !ok {
		return ""
	}
	codes := make([]string, len(canceled.CancellationReasons))
	for i, reason := range canceled.CancellationReasons {
		codes[i] = aws.ToString(reason.Code)
	}
	return " " + strings.Join(codes, ",")
}

func requestID(err error) string {
	var response interface{ ServiceRequestID() string }
	if !errors.As(err, &response) || response.ServiceRequestID() == "" {
		return ""
	}
	return ", request " + response.ServiceRequestID()
}

package dynamo

import (
	"errors"
	"math"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"

	"gavel/shared/backoff"
)

// Bounds of the pause before the next try.
const (
	firstPause   = 10 * time.Millisecond
	longestPause = 400 * time.Millisecond
)

// newRetryer makes the SDK's retryer, which also tries again after conflicts between transactions. Only the call's
// context ends its tries; its quota of them, shared by all calls, is off.
func newRetryer() aws.RetryerV2 {
	return retry.NewStandard(func(o *retry.StandardOptions) {
		o.MaxAttempts = math.MaxInt
		o.RateLimiter = ratelimit.None
		o.Retryables = append(o.Retryables,
			retry.IsErrorRetryableFunc(passes),
			// By its code: the SDK has a type for it in some operations only.
			retry.RetryableErrorCode{Codes: map[string]struct{}{"TransactionConflictException": {}}})
		o.Backoff = retry.BackoffDelayerFunc(func(attempt int, _ error) (time.Duration, error) {
			return backoff.Pause(attempt, firstPause, longestPause), nil
		})
	})
}

// passes knows the failures that pass by themselves beside those that the SDK knows.
func passes(err error) aws.Ternary {
	if canceled, ok := errors.AsType[*types.TransactionCanceledException](err); ok {
		return aws.BoolTernary(onlyBusy(canceled.CancellationReasons))
	}
	if _, garbled := errors.AsType[*smithy.DeserializationError](err); garbled && httpStatus(err) == http.StatusOK {
		return aws.TrueTernary // it broke off on its way
	}
	return aws.UnknownTernary
}

// onlyBusy says whether the same transaction may go through later. The codes are those of
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html.
func onlyBusy(reasons []types.CancellationReason) bool {
	busy := false
	for _, reason := range reasons {
		switch aws.ToString(reason.Code) {
		case "None":
		case "TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded":
			busy = true
		default:
			return false
		}
	}
	return busy
}

// tries is the retryer of one call, which remembers what its tries met.
type tries struct {
	aws.RetryerV2
	last   error // why the last one is to be repeated
	unsure bool  // whether one may have been carried out although it failed
}

// IsErrorRetryable is asked once for each try that failed.
func (t *tries) IsErrorRetryable(err error) bool {
	if !t.RetryerV2.IsErrorRetryable(err) {
		return false
	}
	t.last = err
	status := httpStatus(err)
	refused := status >= http.StatusBadRequest && status < http.StatusInternalServerError
	t.unsure = t.unsure || !refused
	return true
}

// use is an option for a request of this call.
func (t *tries) use(o *dynamodb.Options) { o.Retryer = t }

// httpStatus gives 0 when there was no answer.
func httpStatus(err error) int {
	var response interface{ HTTPStatusCode() int }
	if !errors.As(err, &response) {
		return 0
	}
	return response.HTTPStatusCode()
}

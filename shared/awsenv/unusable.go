package awsenv

import (
	"errors"
	"regexp"
	"strings"
	"sync"

	"github.com/aws/smithy-go"

	"gavel/shared/config"
)

// missingAction finds the permission in AWS's words for one that is missing
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html).
var missingAction = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`not authorized to perform: ([a-z0-9-]+:[A-Za-z0-9]+)`)
})

// Unusable tells what an operator has to mend from other answers of AWS: where err says that a resource is not there, that
// the function may not use it, or that its credentials are not taken, it gives a *config.Unusable with cause, else nil.
// resource names it, such as "the DynamoDB table gavel (GAVEL_TABLE)".
func Unusable(err error, resource string, cause error) error {
	answer, ok := errors.AsType[smithy.APIError](err)
	if !ok || answer.ErrorFault() == smithy.FaultServer {
		return nil
	}
	if NotTaken(answer) {
		return &config.Unusable{What: "the AWS credentials in the environment are not taken for " + resource + ": " + answer.ErrorCode(), Cause: cause}
	}
	switch answer.ErrorCode() {
	case "ResourceNotFoundException":
		return &config.Unusable{What: resource + " is not there", Cause: cause}
	case "AccessDeniedException":
		return &config.Unusable{What: "this function may not use " + resource + ": it lacks the permission " + action(err, answer), Cause: cause}
	}
	return nil
}

// NotTaken tells an answer that says that the credentials are not taken, which stays so: as long as the process lives it has the same.
// Those of a role that was deleted and made anew are not known, either
// (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html,
// https://docs.aws.amazon.com/eventbridge/latest/APIReference/CommonErrors.html). A signature that came too late is another matter: it
// may have been made before Lambda froze the process.
func NotTaken(answer smithy.APIError) bool {
	switch answer.ErrorCode() {
	case "UnrecognizedClientException", "ExpiredTokenException":
		return true
	case "InvalidSignatureException":
		return !strings.HasPrefix(answer.ErrorMessage(), "Signature expired") && !strings.HasPrefix(answer.ErrorMessage(), "Signature not yet current")
	}
	return false
}

// action gives the permission that AWS names, or else that of the call's own name.
func action(err error, answer smithy.APIError) string {
	if found := missingAction().FindStringSubmatch(answer.ErrorMessage()); found != nil {
		return found[1]
	}
	if call, ok := errors.AsType[*smithy.OperationError](err); ok {
		return strings.ToLower(call.ServiceID) + ":" + call.OperationName
	}
	return "for it"
}

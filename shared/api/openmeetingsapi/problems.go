package openmeetingsapi

import (
	"errors"
	"net/http"

	"gavel/shared/openmeetings"
	"gavel/shared/problem"
)

// conflicts are the refusals of the server that the caller can do something about.
var conflicts = map[string]*problem.Problem{
	"error.login.inuse": problem.New(http.StatusConflict, problem.LoginInUse, "there is an account with this login"),
	"error.email.inuse": problem.New(http.StatusConflict, problem.EmailInUse, "there is an account with this e-mail address"),
}

// asProblem makes answers of the client's own errors, and passes others on.
func asProblem(err error) error {
	if errors.Is(err, openmeetings.ErrNotFound) {
		return problem.New(http.StatusNotFound, problem.NotFound, "OpenMeetings does not know it")
	}
	if refusal, ok := errors.AsType[*openmeetings.Refusal](err); ok {
		if conflict, known := conflicts[refusal.Message]; known {
			return conflict
		}
	}
	return err
}

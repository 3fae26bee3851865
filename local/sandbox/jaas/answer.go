package jaas

import (
	"net/http"

	"gavel/local/sandbox/jitsimeet"
)

func forbidden(message string) error {
	return jitsimeet.Refuse(http.StatusForbidden, "forbidden", message)
}

type messageBody struct {
	Message string `json:"message"`
}

func done(message string) jitsimeet.Answer {
	return jitsimeet.Answer{Status: http.StatusOK, Body: messageBody{message}}
}

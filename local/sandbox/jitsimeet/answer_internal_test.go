package jitsimeet

import (
	"errors"
	"testing"
)

func TestRefused_HidesOtherErrors(t *testing.T) {
	t.Parallel()
	got := Refused(errors.New("secret"))
	if body, _ := got.Body.(ErrorBody); got.Status != 500 || body.Message != "internal error" {
		t.Errorf("got %+v", got)
	}
}

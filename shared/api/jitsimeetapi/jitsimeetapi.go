// Package jitsimeetapi holds what the operations on JaaS and those on a self-hosted Jitsi take and give alike.
package jitsimeetapi

import (
	"github.com/danielgtaylor/huma/v2"

	"gavel/shared/api"
	"gavel/shared/phone"
)

// PhoneNo is a telephone number as the caller wrote it.
type PhoneNo string

// Resolve checks the number. An empty one is the schema's to refuse.
func (p *PhoneNo) Resolve(_ huma.Context, at *huma.PathBuffer) []error {
	if *p == "" {
		return nil
	}
	_, err := phone.Parse(string(*p))
	return api.FaultAt(at, err)
}

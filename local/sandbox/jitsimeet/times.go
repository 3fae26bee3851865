package jitsimeet

import (
	"encoding/json"
	"errors"
	"time"
)

// latestSeconds is in the year 5138. What lies beyond was meant as milliseconds
// (https://github.com/jitsi/jitsi-meet/issues/1871). The real service would take such an exp for a date
// in the far future; the sandbox refuses it, so that the mistake shows.
const latestSeconds = 1e11

// Seconds reads a NumericDate. Strings, milliseconds and everything else are not ok.
func Seconds(v any) (float64, bool) {
	n, ok := v.(json.Number)
	if !ok {
		return 0, false
	}
	f, err := n.Float64()
	return f, err == nil && f < latestSeconds
}

// CheckTimes is the server's check of exp and nbf, each of which may be absent: whole seconds and no leeway at all,
// as in https://github.com/jitsi/jitsi-meet/blob/master/resources/prosody-plugins/luajwtjitsi.lib.lua
func CheckTimes(claims map[string]any, now time.Time) error {
	exp, present, err := timeClaim(claims, "exp")
	if err != nil {
		return err
	}
	if present && float64(now.Unix()) >= exp {
		return errors.New("not acceptable by exp")
	}
	nbf, present, err := timeClaim(claims, "nbf")
	if err != nil {
		return err
	}
	if present && float64(now.Unix()) < nbf {
		return errors.New("not acceptable by nbf")
	}
	return nil
}

func timeClaim(claims map[string]any, name string) (at float64, present bool, err error) {
	value, present := claims[name]
	if !present {
		return 0, false, nil
	}
	at, ok := Seconds(value)
	if !ok {
		return 0, true, errors.New(name + " must be a number of seconds")
	}
	return at, true, nil
}

package jaas

import (
	"encoding/json"
	"errors"
	"time"
)

// latestSeconds is in the year 5138. What lies beyond was meant as milliseconds
// (https://github.com/jitsi/jitsi-meet/issues/1871). The real service would take such an exp for a date
// in the far future; the sandbox refuses it, so that the mistake shows.
const latestSeconds = 1e11

// seconds reads a NumericDate. Strings, milliseconds and everything else are not ok.
func seconds(v any) (float64, bool) {
	n, ok := v.(json.Number)
	if !ok {
		return 0, false
	}
	f, err := n.Float64()
	return f, err == nil && f < latestSeconds
}

// checkTimes is the server's check of exp and nbf: whole seconds and no leeway at all, as in
// https://github.com/jitsi/jitsi-meet/blob/master/resources/prosody-plugins/luajwtjitsi.lib.lua
func checkTimes(claims map[string]any, now time.Time) error {
	exp, ok := seconds(claims["exp"])
	if !ok {
		return errors.New("exp must be a number of seconds")
	}
	if float64(now.Unix()) >= exp {
		return errors.New("not acceptable by exp")
	}
	value, present := claims["nbf"]
	if !present {
		return nil
	}
	nbf, ok := seconds(value)
	if !ok {
		return errors.New("nbf must be a number of seconds")
	}
	if float64(now.Unix()) < nbf {
		return errors.New("not acceptable by nbf")
	}
	return nil
}

// Package baseurl checks the addresses of other systems, which are set by people and get credentials sent to them.
package baseurl

import (
	"errors"
	"net/netip"
	"net/url"
	"strings"
)

// Check says what is wrong with an address, in words that follow the name of the setting and do not repeat its value.
// Plain http is refused to anywhere a stranger could listen in.
func Check(address string) error {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https":
		return errors.New("is not an http or https URL")
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return errors.New("must be a URL without user, query and fragment")
	case u.Scheme == "http" && !isPrivate(u.Hostname()):
		return errors.New("must be https, unless it is a private address")
	}
	return nil
}

// isPrivate takes loopback and private addresses, and names that the public DNS does not know.
func isPrivate(host string) bool {
	if addr, err := netip.ParseAddr(host); err == nil {
		return addr.IsLoopback() || addr.IsPrivate() || addr.IsLinkLocalUnicast()
	}
	return !strings.Contains(host, ".") || strings.HasSuffix(host, ".localhost") ||
		strings.HasSuffix(host, ".internal") || strings.HasSuffix(host, ".local") || strings.HasSuffix(host, ".test")
}

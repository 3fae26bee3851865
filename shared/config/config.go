// Package config reads the settings from the environment, once, and reports everything that is
// wrong with them together.
package config

import (
	"fmt"
	"net/netip"
	"net/url"
	"strings"
	"time"
)

// Config are the settings of a function or of the local server.
type Config struct {
	SecretPrefix    string        // first part of every secret's name
	SecretsFile     string        // a JSON file in place of Secrets Manager; empty for none
	JaaSBaseURL     string        // what the paths of the JaaS endpoints follow
	JaaSDomain      string        // host of JaaS join links and end of its conference names
	OIDCIssuer      string        // issuer of bearer tokens; empty takes no bearer token
	OIDCAudience    string        // audience bearer tokens must be for
	OIDCJWKSURL     string        // empty to find it through the issuer
	UpstreamTimeout time.Duration // of a call to a provider with all its tries
	LogLevel        string
	AWSRegion       string
	SecretsEndpoint string // of Secrets Manager; empty for the region's own
}

// Defaults of the settings.
const (
	DefaultSecretPrefix    = "gavel"
	DefaultJaaSBaseURL     = "https://8x8.vc/v1/_jaas"
	DefaultJaaSDomain      = "8x8.vc"
	DefaultUpstreamTimeout = 10 * time.Second
)

// Load reads the settings with getenv. The settings it returns are usable even beside an error,
// which is an *Error.
func Load(getenv func(string) string) (Config, error) {
	r := reader{getenv: getenv}
	c := Config{
		SecretPrefix:    strings.Trim(r.text("GAVEL_SECRET_PREFIX", DefaultSecretPrefix), "/"),
		SecretsFile:     r.text("GAVEL_SECRETS_FILE", ""),
		JaaSBaseURL:     r.url("GAVEL_JAAS_BASE_URL", DefaultJaaSBaseURL),
		JaaSDomain:      r.host("GAVEL_JAAS_DOMAIN", DefaultJaaSDomain),
		OIDCIssuer:      r.url("GAVEL_OIDC_ISSUER", ""),
		OIDCAudience:    r.text("GAVEL_OIDC_AUDIENCE", ""),
		OIDCJWKSURL:     r.url("GAVEL_OIDC_JWKS_URL", ""),
		UpstreamTimeout: r.duration("GAVEL_UPSTREAM_TIMEOUT", DefaultUpstreamTimeout),
		LogLevel:        r.text("GAVEL_LOG_LEVEL", "info"),
		AWSRegion:       r.text("AWS_REGION", "us-east-1"),
		SecretsEndpoint: r.url(r.firstSet("AWS_ENDPOINT_URL_SECRETS_MANAGER", "AWS_ENDPOINT_URL"), ""),
	}
	if r.text("GAVEL_OIDC_ISSUER", "") != "" && c.OIDCAudience == "" {
		r.fault("GAVEL_OIDC_AUDIENCE", "is needed when GAVEL_OIDC_ISSUER is set: without it a token made for another API would be taken")
	}
	if len(r.faults) > 0 {
		return c, &Error{Faults: r.faults}
	}
	return c, nil
}

// Error lists what is wrong with the settings. It names settings, never their values.
type Error struct{ Faults []string }

// Error joins the faults.
func (e *Error) Error() string { return "settings: " + strings.Join(e.Faults, "; ") }

type reader struct {
	getenv func(string) string
	faults []string
}

func (r *reader) fault(name, message string) {
	r.faults = append(r.faults, name+" "+message)
}

func (r *reader) text(name, fallback string) string {
	if value := strings.TrimSpace(r.getenv(name)); value != "" {
		return value
	}
	return fallback
}

// firstSet gives the first of names that is set, or the last.
func (r *reader) firstSet(names ...string) string {
	for _, name := range names[:len(names)-1] {
		if r.text(name, "") != "" {
			return name
		}
	}
	return names[len(names)-1]
}

func (r *reader) duration(name string, fallback time.Duration) time.Duration {
	value := r.text(name, fallback.String())
	d, err := time.ParseDuration(value)
	if err != nil || d <= 0 {
		r.fault(name, `is not a time such as "10s"`)
		return fallback
	}
	return d
}

// url refuses plain http to anywhere a stranger could listen in: tokens go there.
func (r *reader) url(name, fallback string) string {
	value := r.text(name, fallback)
	if value == "" {
		return ""
	}
	u, err := url.Parse(value)
	switch {
	case err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https":
		r.fault(name, "is not an http or https URL")
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		r.fault(name, "must be a URL without user, query and fragment")
	case u.Scheme == "http" && !isPrivate(u.Hostname()):
		r.fault(name, "must be https, unless it is a private address")
	default:
		return value
	}
	return fallback
}

func (r *reader) host(name, fallback string) string {
	value := strings.ToLower(r.text(name, fallback))
	u, err := url.Parse("https://" + value)
	if err != nil || u.Host != value || value == "" {
		r.fault(name, fmt.Sprintf("is not a host name such as %q", fallback))
		return fallback
	}
	return value
}

// isPrivate takes loopback and private addresses, and names that the public DNS does not know.
func isPrivate(host string) bool {
	if addr, err := netip.ParseAddr(host); err == nil {
		return addr.IsLoopback() || addr.IsPrivate() || addr.IsLinkLocalUnicast()
	}
	return !strings.Contains(host, ".") || strings.HasSuffix(host, ".localhost") ||
		strings.HasSuffix(host, ".internal") || strings.HasSuffix(host, ".local") || strings.HasSuffix(host, ".test")
}

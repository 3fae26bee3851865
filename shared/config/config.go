// Package config reads the settings from the environment, once, and reports everything that is
// wrong with them together.
package config

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"gavel/shared/baseurl"
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

	Table             string // of DynamoDB, with the state
	TableEndpoint     string // of DynamoDB; empty for the region's own
	FilesBucket       string // of S3, with participants' files
	FilesEndpoint     string // of S3; empty for the region's own
	ScheduleGroup     string // of EventBridge Scheduler, for the ends of rooms; empty leaves them to the sweep
	ScheduleTargetARN string // the function that finishes a room
	ScheduleRoleARN   string // as which Scheduler calls it
	// ScheduleDeadLetterARN is the queue for ends that could not be delivered; empty for none.
	ScheduleDeadLetterARN string
	ScheduleEndpoint      string // of EventBridge Scheduler; empty for the region's own
	EventBus              string // of EventBridge, where events are published
	EventsEndpoint        string // of EventBridge; empty for the region's own
	AuditDays             int    // how long events are kept
	EventDays             int    // how long what meeting systems told is kept
	RoomsJaaSAppID        string // the JaaS tenant that rooms meet in; empty for none
	RoomsVeetingUser      string // the organizer on Veeting for rooms, by e-mail address or id; empty with an account's key
}

// Defaults of the settings.
const (
	DefaultSecretPrefix    = "gavel"
	DefaultJaaSBaseURL     = "https://8x8.vc/v1/_jaas"
	DefaultJaaSDomain      = "8x8.vc"
	DefaultUpstreamTimeout = 10 * time.Second
	DefaultAuditDays       = 400
	DefaultEventDays       = 90
)

// Load reads the settings with getenv. The settings it returns are usable even beside an error,
// which is an *Error.
func Load(getenv func(string) string) (Config, error) {
	r := reader{getenv: getenv}
	c := Config{
		SecretPrefix:    strings.Trim(r.named("GAVEL_SECRET_PREFIX", DefaultSecretPrefix), "/"),
		SecretsFile:     r.named("GAVEL_SECRETS_FILE", ""),
		JaaSBaseURL:     r.url("GAVEL_JAAS_BASE_URL", DefaultJaaSBaseURL),
		JaaSDomain:      r.host("GAVEL_JAAS_DOMAIN", DefaultJaaSDomain),
		OIDCIssuer:      r.url("GAVEL_OIDC_ISSUER", ""),
		OIDCAudience:    r.text("GAVEL_OIDC_AUDIENCE", ""),
		OIDCJWKSURL:     r.url("GAVEL_OIDC_JWKS_URL", ""),
		UpstreamTimeout: r.duration("GAVEL_UPSTREAM_TIMEOUT", DefaultUpstreamTimeout),
		LogLevel:        r.named("GAVEL_LOG_LEVEL", "info"),
		AWSRegion:       r.named("AWS_REGION", "us-east-1"),
		SecretsEndpoint: r.endpoint("SECRETS_MANAGER"),

		Table:                 r.named("GAVEL_TABLE", ""),
		TableEndpoint:         r.endpoint("DYNAMODB"),
		FilesBucket:           r.named("GAVEL_FILES_BUCKET", ""),
		FilesEndpoint:         r.endpoint("S3"),
		ScheduleGroup:         r.named("GAVEL_SCHEDULE_GROUP", ""),
		ScheduleTargetARN:     r.named("GAVEL_SCHEDULE_TARGET_ARN", ""),
		ScheduleRoleARN:       r.named("GAVEL_SCHEDULE_ROLE_ARN", ""),
		ScheduleDeadLetterARN: r.named("GAVEL_SCHEDULE_DEAD_LETTER_ARN", ""),
		ScheduleEndpoint:      r.endpoint("SCHEDULER"),
		EventBus:              r.named("GAVEL_EVENT_BUS", ""),
		EventsEndpoint:        r.endpoint("EVENTBRIDGE"),
		AuditDays:             r.days("GAVEL_AUDIT_DAYS", DefaultAuditDays),
		EventDays:             r.days("GAVEL_EVENT_DAYS", DefaultEventDays),
		RoomsJaaSAppID:        r.named("GAVEL_ROOMS_JAAS_APP_ID", ""),
		RoomsVeetingUser:      r.named("GAVEL_ROOMS_VEETING_USER", ""),
	}
	if r.text("GAVEL_OIDC_ISSUER", "") != "" && c.OIDCAudience == "" {
		r.fault("GAVEL_OIDC_AUDIENCE", "is needed when GAVEL_OIDC_ISSUER is set: without it a token made for another API would be taken")
	}
	if len(r.faults) > 0 {
		return c, &Error{Faults: r.faults}
	}
	return c, nil
}

// Require says which of the settings are not set. It returns nil or an *Error.
func Require(getenv func(string) string, names ...string) error {
	r := reader{getenv: getenv}
	for _, name := range names {
		if r.text(name, "") == "" {
			r.fault(name, "is not set")
		}
	}
	if len(r.faults) > 0 {
		return &Error{Faults: r.faults}
	}
	return nil
}

// Error lists what is wrong with the settings. It names settings, never their values.
type Error struct{ Faults []string }

// Error joins the faults.
func (e *Error) Error() string { return "settings: " + strings.Join(e.Faults, "; ") }

type reader struct {
	getenv func(string) string
	faults []string
}

// fault notes each fault once: one endpoint can be that of several services.
func (r *reader) fault(name, message string) {
	if fault := name + " " + message; !slices.Contains(r.faults, fault) {
		r.faults = append(r.faults, fault)
	}
}

func (r *reader) text(name, fallback string) string {
	if value := strings.TrimSpace(r.getenv(name)); value != "" {
		return value
	}
	return fallback
}

// endpoint gives that of one AWS service, by the names that all of AWS's own tools know
// (https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html).
func (r *reader) endpoint(service string) string {
	return r.url(r.firstSet("AWS_ENDPOINT_URL_"+service, "AWS_ENDPOINT_URL"), "")
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

// mostTimeout is the longest life of a function. What answers an HTTP API has less, and ends a call by its own deadline.
// (https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html)
const mostTimeout = 15 * time.Minute

func (r *reader) duration(name string, fallback time.Duration) time.Duration {
	value := r.text(name, fallback.String())
	d, err := time.ParseDuration(value)
	if err != nil || d <= 0 || d > mostTimeout {
		r.fault(name, `is not a time such as "10s", of 15m at most`)
		return fallback
	}
	return d
}

// mostDays is a hundred years.
const mostDays = 36_500

func (r *reader) days(name string, fallback int) int {
	days, err := strconv.Atoi(r.text(name, strconv.Itoa(fallback)))
	if err != nil || days < 1 || days > mostDays {
		r.fault(name, "is not a number of days, of which there is one at least")
		return fallback
	}
	return days
}

// url refuses plain http to anywhere a stranger could listen in: tokens go there.
func (r *reader) url(name, fallback string) string {
	value := r.text(name, fallback)
	if value == "" {
		return ""
	}
	if err := baseurl.Check(value); err != nil {
		r.fault(name, err.Error())
		return fallback
	}
	return value
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

package config_test

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"gavel/shared/config"
)

// load reads settings that are given as names and values in turn.
func load(settings ...string) (config.Config, error) {
	values := map[string]string{}
	for i := 0; i < len(settings); i += 2 {
		values[settings[i]] = settings[i+1]
	}
	return config.Load(func(name string) string { return values[name] })
}

func defaults() config.Config {
	return config.Config{
		SecretPrefix:    "gavel",
		JaaSBaseURL:     "https://8x8.vc/v1/_jaas",
		JaaSDomain:      "8x8.vc",
		UpstreamTimeout: 10 * time.Second,
		LogLevel:        "info",
		AWSRegion:       "us-east-1",
		AuditDays:       400,
		EventDays:       90,
	}
}

const (
	notURL    = "is not an http or https URL"
	notBare   = "must be a URL without user, query and fragment"
	notHTTPS  = "must be https, unless it is a private address"
	notTime   = `is not a time such as "10s", of 15m at most`
	notDays   = "is not a number of days, of which there is one at least"
	notDomain = `is not a host name such as "8x8.vc"`
)

// A bad value is named, is not repeated, and does not take effect.
func TestLoad_RefusesBadValues(t *testing.T) {
	t.Parallel()
	urls := map[string]string{
		"8x8.vc":                     notURL, // a scheme is missing
		"8x8.vc:443":                 notURL,
		"//8x8.vc":                   notURL,
		"ftp://8x8.vc":               notURL,
		"file:///etc/passwd":         notURL,
		"https:":                     notURL,
		"https://":                   notURL,
		"https://:8443":              notURL,
		"http://:3000":               notURL,
		"https:///v1":                notURL,
		"https://8x8.vc/%zz":         notURL,
		"https://8x8 .vc":            notURL,
		"https://8x8.vc\x00":         notURL,
		"https://s3cret:pw@8x8.vc":   notBare,
		"https://8x8.vc/?key=s3cret": notBare,
		"https://8x8.vc/#s3cret":     notBare,
		"http://8x8.vc/v1":           notHTTPS,
		"HTTP://8X8.VC":              notHTTPS,
		"http://8.8.8.8":             notHTTPS,
		"http://[2001:db8::1]":       notHTTPS,
		"http://0.0.0.0:3000":        notHTTPS,
		"http://172.32.0.1":          notHTTPS,
		"http://localhost.example":   notHTTPS,
		"http://127.0.0.1.nip.io":    notHTTPS,
		"http://internal.8x8.vc":     notHTTPS,
	}
	bad := map[string]map[string]string{
		"GAVEL_JAAS_BASE_URL":              urls,
		"GAVEL_OIDC_ISSUER":                urls,
		"GAVEL_OIDC_JWKS_URL":              urls,
		"AWS_ENDPOINT_URL_SECRETS_MANAGER": urls,
		"AWS_ENDPOINT_URL_DYNAMODB":        urls,
		"AWS_ENDPOINT_URL_S3":              urls,
		"AWS_ENDPOINT_URL_SCHEDULER":       urls,
		"AWS_ENDPOINT_URL_EVENTBRIDGE":     urls,
		"GAVEL_AUDIT_DAYS": {
			"0": notDays, "-1": notDays, "1.5": notDays, "1 day": notDays, "36501": notDays, "99999999999999999999": notDays,
		},
		"GAVEL_EVENT_DAYS": {"0": notDays, "-1": notDays, "x": notDays, "36501": notDays},
		"GAVEL_UPSTREAM_TIMEOUT": {
			"10": notTime, "ten": notTime, "0s": notTime, "-1s": notTime, "1 s": notTime, "1d": notTime, "9999999999h": notTime,
			"15m1s": notTime, "16m": notTime, "24h": notTime,
		},
		"GAVEL_JAAS_DOMAIN": {
			"https://8x8.vc": notDomain, "8x8.vc/v1": notDomain, "8x8.vc?x": notDomain, "8x8.vc#x": notDomain,
			"s3cret@8x8.vc": notDomain, "8x8 .vc": notDomain, "8x8.vc:port": notDomain, "8x8.vc\\x": notDomain, "/": notDomain,
		},
	}
	maps.Copy(bad, misnamed())
	for name, values := range bad {
		for value, want := range values {
			t.Run(name+"="+value, func(t *testing.T) {
				t.Parallel()
				settings := []string{name, value}
				wantConfig := defaults()
				if name == "GAVEL_OIDC_ISSUER" { // which needs the other
					settings = append(settings, "GAVEL_OIDC_AUDIENCE", "gavel")
					wantConfig.OIDCAudience = "gavel"
				}
				got, err := load(settings...)
				faults(t, err, name+" "+want)
				if strings.Contains(err.Error(), "s3cret") || len(value) > 4 && strings.Contains(err.Error(), value) {
					t.Errorf("got %q, want it without the value", err)
				}
				if got != wantConfig {
					t.Errorf("got %+v, want the setting as if it was not there", got)
				}
			})
		}
	}
}

// misnamed are values that nothing can be called by, and what is said of them.
func misnamed() map[string]map[string]string {
	const (
		notPrefix, notFile = "is not the beginning of a secret's name", "is not the path of a file"
		notLevel           = "is not debug, info, warn or error"
		notRegion          = `is not a region such as "eu-central-1"`
		notTable           = "is not the name of a DynamoDB table"
		notBucket          = "is not the name of an S3 bucket"
		notGroup           = "is not the name of a schedule group"
		notTarget, notRole = "is not the ARN of a Lambda function", "is not the ARN of a role"
		notQueue, notBus   = "is not the ARN of an SQS queue", "is not the name or ARN of an event bus"
		notTenant          = "is not an AppID, which is vpaas-magic-cookie- and 32 hex digits"
		notOrganizer       = "is not an e-mail address or an id of 24 hex digits"
		digits             = "0123456789abcdef0123456789abcdef"
	)
	return map[string]map[string]string{
		"GAVEL_SECRET_PREFIX": {
			"gavel secret": notPrefix, "gavel:": notPrefix, "team//gavel": notPrefix, "//": notPrefix, "gavel*": notPrefix, "gävel": notPrefix,
			"arn:aws:secretsmanager:eu-central-1:123456789012:secret:gavel": notPrefix, strings.Repeat("x", 441): notPrefix, "a\nb": notPrefix,
		},
		"GAVEL_SECRETS_FILE": {"secrets/": notFile, "/": notFile, "secrets\x00.json": notFile, "secrets\n.json": notFile},
		"GAVEL_LOG_LEVEL":    {"loud": notLevel, "trace": notLevel, "info+2": notLevel, "info,warn": notLevel, "0": notLevel},
		"AWS_REGION": {
			"EU-Central-1": notRegion, "eu_central_1": notRegion, "eu-central-1.x": notRegion, "eu-central-1/x": notRegion, "-eu": notRegion,
		},
		"GAVEL_TABLE": {
			"t1": notTable, "my table": notTable, "table/rooms": notTable, "arn:aws:dynamodb:eu-central-1:123456789012:table/rooms": notTable,
			strings.Repeat("x", 256): notTable,
		},
		"GAVEL_FILES_BUCKET": {
			"b1": notBucket, "Files": notBucket, "my_files": notBucket, "-files": notBucket, "files-": notBucket, "files..gavel": notBucket, ".files": notBucket,
			"s3://files": notBucket, "files/": notBucket, "arn:aws:s3:::files": notBucket, strings.Repeat("x", 64): notBucket,
		},
		"GAVEL_SCHEDULE_GROUP": {
			"the ends": notGroup, "ends/rooms": notGroup, "arn:aws:scheduler:eu-central-1:123456789012:schedule-group/ends": notGroup,
			strings.Repeat("x", 65): notGroup,
		},
		"GAVEL_SCHEDULE_TARGET_ARN": {
			"end-room": notTarget, "arn:aws:iam::123456789012:role/schedules": notTarget, "arn:aws:lambda:eu-central-1:1234:function:end-room": notTarget,
			"arn:aws:lambda::123456789012:function:end-room": notTarget, "arn:aws:lambda:eu-central-1:123456789012:function:end room": notTarget,
		},
		"GAVEL_SCHEDULE_ROLE_ARN": {
			"schedules": notRole, "arn:aws:iam::123456789012:user/ada": notRole, "arn:aws:iam:eu-central-1:123456789012:role/x": notRole,
			"arn:aws:iam::123456789012:role/": notRole,
		},
		"GAVEL_SCHEDULE_DEAD_LETTER_ARN": {
			"letters": notQueue, "https://sqs.eu-central-1.amazonaws.com/123456789012/letters": notQueue, "arn:aws:sns:eu-central-1:123456789012:letters": notQueue,
		},
		"GAVEL_EVENT_BUS": {
			"the bus": notBus, "bus?": notBus, "arn:aws:events:eu-central-1:123456789012:rule/bus": notBus, "arn:aws:sqs:eu-central-1:123456789012:bus": notBus,
		},
		"GAVEL_ROOMS_JAAS_APP_ID": {
			"vpaas-magic-cookie-1": notTenant, "vpaas-magic-cookie-" + strings.ToUpper(digits): notTenant, digits: notTenant,
			"vpaas-magic-cookie-" + digits + "/4f4910": notTenant, "vpaas-magic-cookie-" + digits[1:] + "\n": notTenant,
		},
		"GAVEL_ROOMS_VEETING_USER": {
			"ada": notOrganizer, "ada@": notOrganizer, "ada@x@example.org": notOrganizer, "ada smith@example.org": notOrganizer, digits: notOrganizer,
		},
	}
}

// faults checks what an error lists.
func faults(t *testing.T, err error, want ...string) {
	t.Helper()
	var known *config.Error
	if !errors.As(err, &known) {
		t.Fatalf("got %v, want an *Error", err)
	}
	if !slices.Equal(known.Faults, want) {
		t.Errorf("got faults %q, want %q", known.Faults, want)
	}
	if text := "settings: " + strings.Join(want, "; "); err.Error() != text {
		t.Errorf("got %q, want %q", err, text)
	}
}

func TestLoad_NeedsAnAudienceWithTheIssuer(t *testing.T) {
	t.Parallel()
	const want = "GAVEL_OIDC_AUDIENCE is needed when GAVEL_OIDC_ISSUER is set: without it a token made for another API would be taken"
	_, err := load("GAVEL_OIDC_ISSUER", "https://login.example.org/")
	faults(t, err, want)
	_, err = load("GAVEL_OIDC_ISSUER", "https://login.example.org/", "GAVEL_OIDC_AUDIENCE", " ")
	faults(t, err, want)
	_, err = load("GAVEL_OIDC_ISSUER", "login.example.org") // wrong and alone
	faults(t, err, "GAVEL_OIDC_ISSUER "+notURL, want)
}

func TestLoad_ReportsAllAtOnce(t *testing.T) {
	t.Parallel()
	_, err := load(
		"AWS_ENDPOINT_URL", "s3cret", "GAVEL_UPSTREAM_TIMEOUT", "s3cret", "GAVEL_OIDC_JWKS_URL", "s3cret",
		"GAVEL_OIDC_ISSUER", "http://s3cret.example", "GAVEL_JAAS_DOMAIN", "/s3cret", "GAVEL_JAAS_BASE_URL", "https://s3cret@8x8.vc",
	)
	faults(t, err,
		"GAVEL_JAAS_BASE_URL "+notBare, "GAVEL_JAAS_DOMAIN "+notDomain, "GAVEL_OIDC_ISSUER "+notHTTPS, "GAVEL_OIDC_JWKS_URL "+notURL,
		"GAVEL_UPSTREAM_TIMEOUT "+notTime, "AWS_ENDPOINT_URL "+notURL,
		"GAVEL_OIDC_AUDIENCE is needed when GAVEL_OIDC_ISSUER is set: without it a token made for another API would be taken")
}

func TestLoad_Defaults(t *testing.T) {
	t.Parallel()
	names := []string{
		"GAVEL_SECRET_PREFIX", "GAVEL_SECRETS_FILE", "GAVEL_JAAS_BASE_URL", "GAVEL_JAAS_DOMAIN", "GAVEL_OIDC_ISSUER",
		"GAVEL_OIDC_AUDIENCE", "GAVEL_OIDC_JWKS_URL", "GAVEL_UPSTREAM_TIMEOUT", "GAVEL_LOG_LEVEL", "AWS_REGION",
		"AWS_ENDPOINT_URL_SECRETS_MANAGER", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL_S3",
		"AWS_ENDPOINT_URL_SCHEDULER", "GAVEL_TABLE", "GAVEL_FILES_BUCKET", "GAVEL_SCHEDULE_GROUP", "GAVEL_SCHEDULE_TARGET_ARN",
		"GAVEL_SCHEDULE_ROLE_ARN", "GAVEL_SCHEDULE_DEAD_LETTER_ARN", "GAVEL_ROOMS_JAAS_APP_ID",
	}
	for kind, value := range map[string]string{"unset": "", "blank": " \t\n"} {
		var settings []string
		for _, name := range names {
			settings = append(settings, name, value)
		}
		if got, err := load(settings...); err != nil || got != defaults() {
			t.Errorf("%s: got %+v, %v, want %+v", kind, got, err, defaults())
		}
	}
}

const (
	targetARN = "arn:aws:lambda:eu-central-1:123456789012:function:gavel-SystemEndRoom-1aB"
	roleARN   = "arn:aws:iam::123456789012:role/gavel-EndRoomScheduleRole-1aB"
	queueARN  = "arn:aws:sqs:eu-central-1:123456789012:gavel-DeadLetters-1aB"
	busARN    = "arn:aws:events:eu-central-1:123456789012:event-bus/gavel"
	tenant    = "vpaas-magic-cookie-0123456789abcdef0123456789abcdef"
)

func TestLoad_TakesGoodValues(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		settings []string
		change   func(*config.Config)
	}{
		"prefix":              {[]string{"GAVEL_SECRET_PREFIX", "team"}, func(c *config.Config) { c.SecretPrefix = "team" }},
		"prefix with slashes": {[]string{"GAVEL_SECRET_PREFIX", " team/gavel/ "}, func(c *config.Config) { c.SecretPrefix = "team/gavel" }},
		"file":                {[]string{"GAVEL_SECRETS_FILE", "./secrets.json"}, func(c *config.Config) { c.SecretsFile = "./secrets.json" }},
		"older host": {
			[]string{"GAVEL_JAAS_BASE_URL", "https://api-vo.jitsi.net"}, func(c *config.Config) { c.JaaSBaseURL = "https://api-vo.jitsi.net" },
		},
		"sandbox": {
			[]string{"GAVEL_JAAS_BASE_URL", "\thttp://127.0.0.1:3000/sandbox/jaas/ \n"},
			func(c *config.Config) { c.JaaSBaseURL = "http://127.0.0.1:3000/sandbox/jaas/" },
		},
		"domain": {
			[]string{"GAVEL_JAAS_DOMAIN", "Stage.8x8.vc"}, func(c *config.Config) { c.JaaSDomain = "stage.8x8.vc" },
		},
		"domain with a port": {
			[]string{"GAVEL_JAAS_DOMAIN", "localhost:3000"}, func(c *config.Config) { c.JaaSDomain = "localhost:3000" },
		},
		"issuer": {
			[]string{"GAVEL_OIDC_ISSUER", "https://login.example.org/", "GAVEL_OIDC_AUDIENCE", "https://gavel.example.org"},
			// As it is, the slash too: it is compared with the token's.
			func(c *config.Config) {
				c.OIDCIssuer, c.OIDCAudience = "https://login.example.org/", "https://gavel.example.org"
			},
		},
		"audience alone": {
			[]string{"GAVEL_OIDC_AUDIENCE", "gavel"}, func(c *config.Config) { c.OIDCAudience = "gavel" },
		},
		"keys": {
			[]string{"GAVEL_OIDC_JWKS_URL", "https://login.example.org/keys.json"},
			func(c *config.Config) { c.OIDCJWKSURL = "https://login.example.org/keys.json" },
		},
		"days of events": {
			[]string{"GAVEL_AUDIT_DAYS", "30"}, func(c *config.Config) { c.AuditDays = 30 },
		},
		"days of the webhooks": {
			[]string{"GAVEL_EVENT_DAYS", "7"}, func(c *config.Config) { c.EventDays = 7 },
		},
		"bus": {[]string{"GAVEL_EVENT_BUS", "gavel"}, func(c *config.Config) { c.EventBus = "gavel" }},
		"timeout": {
			[]string{"GAVEL_UPSTREAM_TIMEOUT", "0m2.5s"}, func(c *config.Config) { c.UpstreamTimeout = 2500 * time.Millisecond },
		},
		"short timeout":   {[]string{"GAVEL_UPSTREAM_TIMEOUT", "50ms"}, func(c *config.Config) { c.UpstreamTimeout = 50 * time.Millisecond }},
		"longest timeout": {[]string{"GAVEL_UPSTREAM_TIMEOUT", "15m"}, func(c *config.Config) { c.UpstreamTimeout = 15 * time.Minute }},
		"log level":       {[]string{"GAVEL_LOG_LEVEL", "debug"}, func(c *config.Config) { c.LogLevel = "debug" }},
		"log level of the template": {
			[]string{"GAVEL_LOG_LEVEL", "DEBUG"}, func(c *config.Config) { c.LogLevel = "DEBUG" },
		},
		"region of another partition": {
			[]string{"AWS_REGION", "us-gov-west-1"}, func(c *config.Config) { c.AWSRegion = "us-gov-west-1" },
		},
		"shortest table":  {[]string{"GAVEL_TABLE", "t.1"}, func(c *config.Config) { c.Table = "t.1" }},
		"longest table":   {[]string{"GAVEL_TABLE", strings.Repeat("T", 255)}, func(c *config.Config) { c.Table = strings.Repeat("T", 255) }},
		"bucket of dots":  {[]string{"GAVEL_FILES_BUCKET", "files.example--1.org"}, func(c *config.Config) { c.FilesBucket = "files.example--1.org" }},
		"longest bucket":  {[]string{"GAVEL_FILES_BUCKET", strings.Repeat("b", 63)}, func(c *config.Config) { c.FilesBucket = strings.Repeat("b", 63) }},
		"longest group":   {[]string{"GAVEL_SCHEDULE_GROUP", strings.Repeat("g", 64)}, func(c *config.Config) { c.ScheduleGroup = strings.Repeat("g", 64) }},
		"bus by ARN":      {[]string{"GAVEL_EVENT_BUS", busARN}, func(c *config.Config) { c.EventBus = busARN }},
		"target, aliased": {[]string{"GAVEL_SCHEDULE_TARGET_ARN", targetARN + ":live"}, func(c *config.Config) { c.ScheduleTargetARN = targetARN + ":live" }},
		"role with a path": {
			[]string{"GAVEL_SCHEDULE_ROLE_ARN", "arn:aws-cn:iam::123456789012:role/a/b+c"},
			func(c *config.Config) { c.ScheduleRoleARN = "arn:aws-cn:iam::123456789012:role/a/b+c" },
		},
		"organizer by address": {
			[]string{"GAVEL_ROOMS_VEETING_USER", "ada+rooms@example.org"}, func(c *config.Config) { c.RoomsVeetingUser = "ada+rooms@example.org" },
		},
		"organizer by id": {
			[]string{"GAVEL_ROOMS_VEETING_USER", "0123456789abcdef01234567"}, func(c *config.Config) { c.RoomsVeetingUser = "0123456789abcdef01234567" },
		},
		"region": {[]string{"AWS_REGION", "eu-central-1"}, func(c *config.Config) { c.AWSRegion = "eu-central-1" }},
		"endpoint of all services": {
			[]string{"AWS_ENDPOINT_URL", "http://localhost:5000"}, func(c *config.Config) { allEndpoints(c, "http://localhost:5000") },
		},
		"endpoint of Secrets Manager": {
			[]string{"AWS_ENDPOINT_URL", "http://localhost:5000", "AWS_ENDPOINT_URL_SECRETS_MANAGER", "http://localhost:5001"},
			func(c *config.Config) {
				allEndpoints(c, "http://localhost:5000")
				c.SecretsEndpoint = "http://localhost:5001"
			},
		},
		"endpoint of DynamoDB": {
			[]string{"AWS_ENDPOINT_URL_DYNAMODB", "http://localhost:8000"}, func(c *config.Config) { c.TableEndpoint = "http://localhost:8000" },
		},
		"endpoint of S3": {
			[]string{"AWS_ENDPOINT_URL_S3", "http://localhost:9000/s3"}, func(c *config.Config) { c.FilesEndpoint = "http://localhost:9000/s3" },
		},
		"endpoint of Scheduler": {
			[]string{"AWS_ENDPOINT_URL_SCHEDULER", "http://localhost:5002", "AWS_ENDPOINT_URL", "http://localhost:5000"},
			func(c *config.Config) {
				allEndpoints(c, "http://localhost:5000")
				c.ScheduleEndpoint = "http://localhost:5002"
			},
		},
		"endpoint of each, that of all being bad": {
			[]string{
				"AWS_ENDPOINT_URL", "localhost", "AWS_ENDPOINT_URL_SECRETS_MANAGER", "http://localhost:1", "AWS_ENDPOINT_URL_DYNAMODB", "http://localhost:1",
				"AWS_ENDPOINT_URL_S3", "http://localhost:1", "AWS_ENDPOINT_URL_SCHEDULER", "http://localhost:1",
				"AWS_ENDPOINT_URL_EVENTBRIDGE", "http://localhost:1",
			},
			func(c *config.Config) { allEndpoints(c, "http://localhost:1") },
		},
		"table":          {[]string{"GAVEL_TABLE", " rooms "}, func(c *config.Config) { c.Table = "rooms" }},
		"bucket":         {[]string{"GAVEL_FILES_BUCKET", "files"}, func(c *config.Config) { c.FilesBucket = "files" }},
		"schedule group": {[]string{"GAVEL_SCHEDULE_GROUP", "ends"}, func(c *config.Config) { c.ScheduleGroup = "ends" }},
		"schedule target": {
			[]string{"GAVEL_SCHEDULE_TARGET_ARN", targetARN}, func(c *config.Config) { c.ScheduleTargetARN = targetARN },
		},
		"schedule role": {[]string{"GAVEL_SCHEDULE_ROLE_ARN", roleARN}, func(c *config.Config) { c.ScheduleRoleARN = roleARN }},
		"dead letters": {
			[]string{"GAVEL_SCHEDULE_DEAD_LETTER_ARN", queueARN}, func(c *config.Config) { c.ScheduleDeadLetterARN = queueARN },
		},
		"tenant of rooms": {
			[]string{"GAVEL_ROOMS_JAAS_APP_ID", tenant}, func(c *config.Config) { c.RoomsJaaSAppID = tenant },
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := defaults()
			tt.change(&want)
			if got, err := load(tt.settings...); err != nil || got != want {
				t.Errorf("got %+v, %v, want %+v", got, err, want)
			}
		})
	}
}

func allEndpoints(c *config.Config, url string) {
	c.SecretsEndpoint, c.TableEndpoint, c.FilesEndpoint, c.ScheduleEndpoint, c.EventsEndpoint = url, url, url, url, url
}

func TestRequire_NamesAllThatAreNotSet(t *testing.T) {
	t.Parallel()
	values := map[string]string{"GAVEL_TABLE": "rooms", "GAVEL_FILES_BUCKET": " \t\n", "GAVEL_SCHEDULE_GROUP": ""}
	getenv := func(name string) string { return values[name] }
	if err := config.Require(getenv); err != nil {
		t.Errorf("got %v for no names, want nil", err)
	}
	if err := config.Require(getenv, "GAVEL_TABLE"); err != nil {
		t.Errorf("got %v for a setting that is there, want nil", err)
	}
	err := config.Require(getenv, "GAVEL_SCHEDULE_GROUP", "GAVEL_TABLE", "GAVEL_FILES_BUCKET", "GAVEL_SCHEDULE_ROLE_ARN")
	faults(t, err, "GAVEL_SCHEDULE_GROUP is not set", "GAVEL_FILES_BUCKET is not set", "GAVEL_SCHEDULE_ROLE_ARN is not set")
}

// A token may go over plain http where no stranger can listen.
func TestLoad_TakesPlainHTTPToPrivateAddresses(t *testing.T) {
	t.Parallel()
	for _, host := range []string{
		"localhost", "localhost:3000", "LOCALHOST", "127.0.0.1", "127.8.8.8:80", "[::1]:3000", "10.1.2.3", "172.16.0.1", "172.31.255.255",
		"192.168.0.1", "169.254.1.1", "[fd00::1]", "[fe80::1]", "[::ffff:127.0.0.1]", "moto", "moto:5000", "app.localhost", "ip-10-0-0-1.ec2.internal",
		"printer.local", "provider.test",
	} {
		value := "http://" + host + "/v1"
		if got, err := load("GAVEL_JAAS_BASE_URL", value); err != nil || got.JaaSBaseURL != value {
			t.Errorf("%s: got %q, %v, want it", value, got.JaaSBaseURL, err)
		}
	}
}

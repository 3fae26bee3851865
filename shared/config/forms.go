package config

import "regexp"

// form is what the value of a setting has to look like.
type form struct {
	what        string // it is, in words that follow "is not"
	pattern     string // of the whole value
	least, most int    // characters
}

// forms are those of the settings that name something. Whatever AWS could never have given such a name is told from what is
// only not there:
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html (of 512 characters some are left for what
// follows the prefix),
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html,
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html,
// https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateScheduleGroup.html,
// https://docs.aws.amazon.com/scheduler/latest/APIReference/API_Target.html,
// https://docs.aws.amazon.com/scheduler/latest/APIReference/API_DeadLetterConfig.html,
// https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionConfiguration.html,
// https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsRequestEntry.html,
// https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html.
//
//nolint:gochecknoglobals // a table
var forms = map[string]form{
	"GAVEL_SECRET_PREFIX":            {"the beginning of a secret's name", `/*[A-Za-z0-9_+=.@-]+(/[A-Za-z0-9_+=.@-]+)*/*`, 1, 440},
	"GAVEL_SECRETS_FILE":             {"the path of a file", `[^\x00-\x1f\x7f]*[^\x00-\x1f\x7f/]`, 1, 4096},
	"GAVEL_LOG_LEVEL":                {"debug, info, warn or error", `(?i:debug|info|warn|error)`, 4, 5},
	"AWS_REGION":                     {`a region such as "eu-central-1"`, `[a-z0-9]+(-[a-z0-9]+)*`, 1, 63},
	"GAVEL_TABLE":                    {"the name of a DynamoDB table", `[A-Za-z0-9_.-]+`, 3, 255},
	"GAVEL_FILES_BUCKET":             {"the name of an S3 bucket", `[a-z0-9]+(-+[a-z0-9]+)*(\.[a-z0-9]+(-+[a-z0-9]+)*)*`, 3, 63},
	"GAVEL_SCHEDULE_GROUP":           {"the name of a schedule group", `[A-Za-z0-9_.-]+`, 1, 64},
	"GAVEL_SCHEDULE_TARGET_ARN":      {"the ARN of a Lambda function", arn("lambda:[a-z0-9-]+", `function:[A-Za-z0-9_-]+(:[$A-Za-z0-9_-]+)?`), 1, 1600},
	"GAVEL_SCHEDULE_ROLE_ARN":        {"the ARN of a role", arn("iam:", `role/[A-Za-z0-9_+=,.@/-]+`), 1, 1600},
	"GAVEL_SCHEDULE_DEAD_LETTER_ARN": {"the ARN of an SQS queue", arn("sqs:[a-z0-9-]+", `[A-Za-z0-9_-]+`), 1, 1600},
	"GAVEL_EVENT_BUS":                {"the name or ARN of an event bus", `(` + arn("events:[a-z0-9-]+", `event-bus/`) + `)?[A-Za-z0-9_./-]+`, 1, 1600},
	"GAVEL_ROOMS_JAAS_APP_ID":        {"an AppID, which is vpaas-magic-cookie- and 32 hex digits", `vpaas-magic-cookie-[0-9a-f]{32}`, 51, 51},
	"GAVEL_ROOMS_VEETING_USER":       {"an e-mail address or an id of 24 hex digits", `[0-9a-f]{24}|[^\s@]+@[^\s@]+`, 3, 254},
}

// arn gives the pattern of ARNs of a service, with its region if they have one, of what follows the account
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html).
func arn(service, thing string) string { return `arn:aws[a-z-]*:` + service + `:[0-9]{12}:` + thing }

// named gives a setting that names something. Its pattern is compiled only where it is set: each start pays for it.
func (r *reader) named(name, fallback string) string {
	value := r.text(name, "")
	if value == "" {
		return fallback
	}
	f := forms[name]
	if len(value) < f.least || len(value) > f.most || !regexp.MustCompile(`^(?:`+f.pattern+`)$`).MatchString(value) {
		r.fault(name, "is not "+f.what)
		return fallback
	}
	return value
}

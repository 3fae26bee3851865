package functions_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// awsMetrics are those of AWS that are looked at, by namespace:
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html,
// https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html,
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html,
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html.
var awsMetrics = map[string][]string{
	"AWS/ApiGateway": {"Count", "4xx", "5xx", "Latency", "IntegrationLatency"},
	"AWS/Lambda":     {"Invocations", "Errors", "Throttles", "ConcurrentExecutions", "IteratorAge"},
	"AWS/DynamoDB":   {"ConsumedReadCapacityUnits", "ConsumedWriteCapacityUnits", "ReadThrottleEvents", "WriteThrottleEvents"},
	"AWS/SQS":        {"ApproximateNumberOfMessagesVisible"},
}

const ourNamespace = "Gavel/gavel"

// metric is one that an alarm or the dashboard looks at.
type metric struct {
	namespace, name  string
	dimension, value string
}

// TestMonitoring_LooksAtWhatIsThere: an alarm on a metric that nobody reports never rings.
func TestMonitoring_LooksAtWhatIsThere(t *testing.T) {
	t.Parallel()
	ours := ourMetrics(t)
	for _, c := range stacks(t) {
		known := map[string][]string{ourNamespace: slices.Clone(ours)}
		for name, filter := range c.of("AWS::Logs::MetricFilter") {
			made := list(at(filter.Properties, "MetricTransformations"))[0]
			if at(made, "MetricNamespace") != ourNamespace {
				t.Errorf("%s: got the namespace %v", name, at(made, "MetricNamespace"))
			}
			known[ourNamespace] = append(known[ourNamespace], at(made, "MetricName").(string))
		}
		for name, alarm := range c.of("AWS::CloudWatch::Alarm") {
			metrics := alarmMetrics(alarm.Properties)
			if len(metrics) == 0 {
				t.Errorf("%s: got no metric", name)
			}
			for _, m := range metrics {
				checkMetric(t, c, name, m, known)
			}
			if actions := list(at(alarm.Properties, "AlarmActions")); len(actions) == 1 != (c.given["AlarmTopicArn"] != "") {
				t.Errorf("%v: %s: got %v, want the topic told if there is one", c.given, name, actions)
			}
		}
		for _, m := range dashboard(t, c) {
			checkMetric(t, c, "dashboard", m, known)
		}
		for name, f := range c.of("AWS::Lambda::Function") {
			if got := at(f.Properties, "Environment", "Variables", "GAVEL_METRICS_NAMESPACE"); got != ourNamespace {
				t.Errorf("%s: got its metrics in %v, want %s", name, got, ourNamespace)
			}
		}
	}
}

func checkMetric(t *testing.T, c choice, from string, m metric, known map[string][]string) {
	t.Helper()
	names := append(slices.Clone(known[m.namespace]), awsMetrics[m.namespace]...)
	if !slices.Contains(names, m.name) {
		t.Errorf("%s: got the metric %s of %s, which nobody reports", from, m.name, m.namespace)
	}
	switch m.dimension {
	case "FunctionName", "TableName", "ApiId":
		if _, made := c.Resources[m.value]; !made {
			t.Errorf("%v: %s: got %s of %s, which is not made", c.given, from, m.name, m.value)
		}
	case "QueueName":
		if _, made := c.Resources[strings.TrimSuffix(m.value, ".QueueName")]; !made {
			t.Errorf("%v: %s: got %s of %s, which is not made", c.given, from, m.name, m.value)
		}
	case "operation":
		if m.value != "system-cleanup" && m.value != "system-end-room" {
			t.Errorf("%s: got %s of %s, which reports none", from, m.name, m.value)
		}
	case "provider":
		if !slices.Contains([]string{"jaas", "jitsi", "openmeetings", "veeting"}, m.value) {
			t.Errorf("%s: got %s of the provider %s", from, m.name, m.value)
		}
	case "":
	default:
		t.Errorf("%s: got %s by %s", from, m.name, m.dimension)
	}
}

// ourMetrics are the names of those that log lines hold.
func ourMetrics(t *testing.T) []string {
	t.Helper()
	named := regexp.MustCompile(`\{Name: "(\w+)", Unit: (?:logs\.)?(?:Count|Seconds), Value: `)
	var found []string
	for _, file := range []string{"../shared/jobs/jobs.go", "../shared/logs/metrics.go", "../shared/audit/recorder.go"} {
		text, err := os.ReadFile(filepath.FromSlash(file))
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range named.FindAllStringSubmatch(string(text), -1) {
			found = append(found, match[1])
		}
	}
	if len(found) < 9 {
		t.Fatalf("got %v, want those of the cleanup and of the providers", found)
	}
	return found
}

// overAll is a query of a metric over all values of its dimension.
var overAll = regexp.MustCompile(`^SELECT SUM\((\w+)\) FROM SCHEMA\("([^"]+)", operation\)$`)

func alarmMetrics(alarm map[string]any) []metric {
	sources := []any{alarm}
	var found []metric
	for _, m := range list(alarm["Metrics"]) {
		expression, _ := at(m, "Expression").(string)
		if named := overAll.FindStringSubmatch(expression); named != nil {
			found = append(found, metric{namespace: named[2], name: named[1]})
		}
		if of := at(m, "MetricStat", "Metric"); of != nil {
			sources = append(sources, of)
		}
	}
	for _, source := range sources {
		name, _ := at(source, "MetricName").(string)
		if name == "" {
			continue
		}
		m := metric{name: name}
		m.namespace, _ = at(source, "Namespace").(string)
		for _, d := range list(at(source, "Dimensions")) {
			m.dimension, _ = at(d, "Name").(string)
			m.value, _ = at(d, "Value").(string)
		}
		found = append(found, m)
	}
	return found
}

// dashboard gives the metrics that the dashboard shows, and looks at the rest of it: it is a text in the template.
func dashboard(t *testing.T, c choice) []metric {
	t.Helper()
	text, _ := at(c.Resources["Dashboard"].Properties, "DashboardBody").(string)
	var body struct {
		Widgets []struct {
			Type                string
			X, Y, Width, Height int
			Properties          struct {
				Title, Region, View, Query, Stat string
				Period                           int
				Metrics                          [][]any
			}
		}
	}
	if err := json.Unmarshal([]byte(text), &body); err != nil {
		t.Fatalf("%v: the dashboard is no JSON: %v\n%s", c.given, err, text)
	}
	if len(body.Widgets) < 10 {
		t.Errorf("got %d widgets", len(body.Widgets))
	}
	var found []metric
	for _, w := range body.Widgets {
		if w.X+w.Width > 24 || w.Properties.Region != "eu-central-1" || w.Properties.Title == "" {
			t.Errorf("got the widget %+v, want it in the 24 columns there are, with title and region", w)
		}
		if w.Type == "log" {
			sources := strings.Count(w.Properties.Query, "SOURCE '")
			if groups := len(c.of("AWS::Logs::LogGroup")) - 1; sources != groups {
				t.Errorf("%v: got %d log groups looked into, want all %d of functions", c.given, sources, groups)
			}
			continue
		}
		if len(w.Properties.Metrics) == 0 {
			t.Errorf("got %s without metrics", w.Properties.Title)
		}
		for _, row := range w.Properties.Metrics {
			var texts []string
			for _, cell := range row {
				if text, ok := cell.(string); ok {
					texts = append(texts, text)
				}
			}
			switch len(texts) {
			case 2:
				found = append(found, metric{namespace: texts[0], name: texts[1]})
			case 4:
				found = append(found, metric{texts[0], texts[1], texts[2], texts[3]})
			default:
				t.Errorf("%s: got the metric %v", w.Properties.Title, row)
			}
		}
	}
	return found
}

// TestMonitoring_CountsFaultsInEveryLog holds that no group of functions is without.
func TestMonitoring_CountsFaultsInEveryLog(t *testing.T) {
	t.Parallel()
	for _, c := range stacks(t) {
		watched := map[string]bool{}
		for _, filter := range c.of("AWS::Logs::MetricFilter") {
			group, _ := at(filter.Properties, "LogGroupName").(string)
			watched[group] = true
		}
		for name := range c.of("AWS::Logs::LogGroup") {
			if !watched[name] {
				t.Errorf("%v: got no metric from %s", c.given, name)
			}
		}
	}
}

// Metrics are log lines of the level INFO, which no choice of the level leaves out.
func TestMonitoring_EveryLogLevelHasTheMetrics(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("..", "template.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	_, parameter, _ := strings.Cut(string(text), "\n  LogLevel:\n")
	_, allowed, _ := strings.Cut(parameter, "AllowedValues: ")
	allowed, _, _ = strings.Cut(allowed, "\n")
	if want := "[DEBUG, INFO]"; allowed != want {
		t.Errorf("got %s, want %s", allowed, want)
	}
	if got := strings.Count(string(text), "LogLevel: "); got != 1 {
		t.Errorf("got the level set in %d places, want it once, for all functions", got)
	}
}

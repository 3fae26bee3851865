package logs

import (
	"cmp"
	"context"
	"log/slog"
	"os"
	"slices"

	"gavel/shared/clock"
)

// The namespace of all metrics is the one that the environment names, so that each deployment has its own. It is not
// handed from function to function, as log lines are begun where no settings are known.
const (
	namespaceVariable = "GAVEL_METRICS_NAMESPACE"
	defaultNamespace  = "Gavel"
)

// Metric is a number that CloudWatch is to keep, besides the log.
type Metric struct {
	Name  string
	Unit  string // https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html
	Value int
}

// Units of metrics.
const (
	Count   = "Count"
	Seconds = "Seconds"
)

// The embedded metric format: CloudWatch takes metrics out of log lines that say which of their fields are some
// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html).
type (
	embedded struct {
		Timestamp         int64 // in milliseconds
		CloudWatchMetrics []directive
	}
	directive struct {
		Namespace  string
		Dimensions [][]string
		Metrics    []definition
	}
	definition struct{ Name, Unit string }
)

// AddMetrics notes metrics for the line of the request the context belongs to, in place of those that have the same name.
// Their dimension is the line's operation, which whoever writes the line adds. Without a line, nothing is noted.
func AddMetrics(ctx context.Context, metrics ...Metric) {
	line, ok := ctx.Value(lineKey{}).(*Line)
	if !ok {
		return
	}
	line.mu.Lock()
	defer line.mu.Unlock()
	for _, m := range metrics {
		line.metrics = slices.DeleteFunc(line.metrics, func(noted Metric) bool { return noted.Name == m.Name })
		line.metrics = append(line.metrics, m)
	}
}

// ProviderFailed writes a line that says how a meeting system failed, and counts it: the metric providerFailures, of the
// dimension provider.
func ProviderFailed(ctx context.Context, message, provider string, attrs ...slog.Attr) {
	all := append([]slog.Attr{slog.String("provider", provider)}, attrs...)
	all = append(all, inFormat("provider", []Metric{{Name: "providerFailures", Unit: Count, Value: 1}})...)
	slog.LogAttrs(ctx, slog.LevelWarn, message, all...) //nolint:sloglint // its callers have literals
}

// inFormat gives what a line has to hold for CloudWatch to take metrics from it. The dimension is another of its fields.
func inFormat(dimension string, metrics []Metric) []slog.Attr {
	if len(metrics) == 0 {
		return nil
	}
	attrs := make([]slog.Attr, 0, 1+len(metrics))
	d := directive{Namespace: cmp.Or(os.Getenv(namespaceVariable), defaultNamespace), Dimensions: [][]string{{dimension}}}
	for _, m := range metrics {
		d.Metrics = append(d.Metrics, definition{m.Name, m.Unit})
		attrs = append(attrs, slog.Int(m.Name, m.Value))
	}
	about := embedded{clock.Now().UnixMilli(), []directive{d}}
	return append(attrs, slog.Any("_aws", about)) //nolint:sloglint // the format's name for it
}

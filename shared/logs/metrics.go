package logs

import (
	"context"
	"log/slog"

	"gavel/shared/clock"
)

// Namespace is that of all metrics.
const Namespace = "Gavel"

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

// AddMetrics notes metrics for the line of the request the context belongs to. Their dimension is the line's operation,
// which whoever writes the line adds.
func AddMetrics(ctx context.Context, metrics ...Metric) {
	attrs := make([]slog.Attr, 0, 1+len(metrics))
	d := directive{Namespace: Namespace, Dimensions: [][]string{{"operation"}}}
	for _, m := range metrics {
		d.Metrics = append(d.Metrics, definition{m.Name, m.Unit})
		attrs = append(attrs, slog.Int(m.Name, m.Value))
	}
	about := embedded{clock.Now().UnixMilli(), []directive{d}}
	Add(ctx, append(attrs, slog.Any("_aws", about))...) //nolint:sloglint // the format's name for it
}

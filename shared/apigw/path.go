package apigw

import (
	"net/url"
	"strings"

	"github.com/aws/aws-lambda-go/events"
)

// escapedPath gives the path in escaped form. API Gateway hands it over decoded, so that a "%",
// "?" or "/" inside a parameter would be read as syntax. Where the event names its route, the
// path is put together again from the route and the parameters; that also leaves out the stage's
// name, which the path of a named stage begins with.
func escapedPath(event *events.APIGatewayV2HTTPRequest) string {
	_, route, ok := strings.Cut(event.RouteKey, " ")
	if !ok || !strings.HasPrefix(route, "/") {
		return escapeSegments(pathOf(event))
	}
	segments := strings.Split(route, "/")
	for i, segment := range segments {
		name, isParameter := parameter(segment)
		if !isParameter {
			continue
		}
		value, given := event.PathParameters[strings.TrimSuffix(name, "+")]
		switch {
		case !given:
			return escapeSegments(pathOf(event))
		case strings.HasSuffix(name, "+"):
			segments[i] = escapeSegments(value)
		default:
			segments[i] = url.PathEscape(value)
		}
	}
	return strings.Join(segments, "/")
}

func pathOf(event *events.APIGatewayV2HTTPRequest) string {
	if event.RawPath != "" {
		return event.RawPath
	}
	return event.RequestContext.HTTP.Path
}

// parameter gives the name in "{name}".
func parameter(segment string) (name string, ok bool) {
	inner, opened := strings.CutPrefix(segment, "{")
	name, closed := strings.CutSuffix(inner, "}")
	return name, opened && closed
}

func escapeSegments(path string) string {
	segments := strings.Split(path, "/")
	for i := range segments {
		segments[i] = url.PathEscape(segments[i])
	}
	return strings.Join(segments, "/")
}

// escapedQuery escapes what may not stand in a URL at all; everything else is left as it came.
func escapedQuery(query string) string {
	const hex = "0123456789ABCDEF"
	var out strings.Builder
	for i := range len(query) {
		c := query[i]
		if c > ' ' && c < 0x7f && c != '#' {
			out.WriteByte(c)
			continue
		}
		out.Write([]byte{'%', hex[c>>4], hex[c&15]})
	}
	return out.String()
}

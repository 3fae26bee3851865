package openmeetings

import (
	"errors"
	"html"
	"maps"
	"net/http"
	"strings"
)

// answer is a response before it is written.
type answer struct {
	status      int
	contentType string
	body        []byte
	header      http.Header
	// secret is a sid or a hash inside the body, and kind says which: the record does not show it.
	secret, kind string
}

const jsonType = "application/json"

// fault is every error a caller gets to see.
type fault struct {
	status  int
	message string
	// service says that the exception mapper of the services answers, with JSON; other faults are Tomcat's or CXF's.
	service bool
}

// Error returns the message.
func (f *fault) Error() string { return f.message }

// page is a fault outside of the services' own code. Its body is of no use to a client.
func page(status int, message string) error {
	return &fault{status: status, message: message}
}

// exception is a fault inside of a service: 500, whatever it was.
// See OmExceptionHandler.java in openmeetings-webservice.
func exception(message string) error {
	return &fault{status: http.StatusInternalServerError, message: message, service: true}
}

// nullPointer is what Java says when something that is not there is used.
func nullPointer(method, variable string) error {
	return exception(`Cannot invoke "` + method + `()" because "` + variable + `" is null`)
}

var (
	errNotAllowed = exception("error.notallowed")
	errFull       = page(http.StatusServiceUnavailable, "the sandbox holds as much as it can; start it again")
)

func serviceResult(message, kind string) []byte {
	return single("serviceResult", fields{{"message", message}, {"type", kind}})
}

// success is a serviceResult that went well.
func success(message string) answer {
	return answer{status: http.StatusOK, contentType: jsonType, body: serviceResult(message, "SUCCESS")}
}

// successSecret is one whose message is a sid or a hash.
func successSecret(kind, value string) answer {
	a := success(value)
	a.kind, a.secret = kind, value
	return a
}

// failure is a serviceResult that a client takes for success when it looks at the status alone.
func failure(message string) answer {
	return answer{status: http.StatusOK, contentType: jsonType, body: serviceResult(message, "ERROR")}
}

// one answers one object by serializer A.
func one(root string, f fields) answer {
	return answer{status: http.StatusOK, contentType: jsonType, body: single(root, f)}
}

// many answers a list by serializer A.
func many(root string, items []any) answer {
	return answer{status: http.StatusOK, contentType: jsonType, body: list(root, items)}
}

// plain answers by serializer B.
func plain(root string, value any) answer {
	return answer{status: http.StatusOK, contentType: jsonType, body: appendB(nil, fields{{root, value}})}
}

// nothing answers what is null or void in Java.
func nothing() answer { return answer{status: http.StatusNoContent} }

// refused turns an error into its answer.
func refused(err error) answer {
	var f *fault
	if !errors.As(err, &f) {
		f = &fault{status: http.StatusInternalServerError, message: "internal error"}
	}
	if f.service {
		// A header has one line.
		text := strings.NewReplacer("\r", " ", "\n", " ").Replace(f.message)
		return answer{
			status: f.status, contentType: jsonType, body: serviceResult(f.message, "ERROR"),
			header: http.Header{"Exception": {text}},
		}
	}
	text := html.EscapeString(http.StatusText(f.status) + ": " + f.message)
	return answer{
		status: f.status, contentType: "text/html;charset=utf-8",
		body: []byte("<!doctype html><html lang=\"en\"><head><title>HTTP Status</title></head><body><h1>" + text + "</h1></body></html>"),
	}
}

func (a answer) write(w http.ResponseWriter) {
	maps.Copy(w.Header(), a.header)
	if a.body != nil {
		w.Header().Set("Content-Type", a.contentType)
	}
	w.WriteHeader(a.status)
	// The status is out already; a failed write means the caller has gone.
	_, _ = w.Write(a.body)
}

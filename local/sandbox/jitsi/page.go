package jitsi

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

// page is an answer of Prosody's before it is written.
type page struct {
	status int
	// contentType is empty with the modules' own answers: they set none, whatever the body is.
	contentType string
	body        string
}

// bare is an answer without a body, as most are.
func bare(status int) page { return page{status: status} }

// withJSON is an answer with a body, and still without a content type.
func withJSON(status int, v any) page {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	// Nothing that is answered here fails to become JSON.
	_ = enc.Encode(v)
	return page{status: status, body: strings.TrimSuffix(b.String(), "\n")}
}

// errorPage is what Prosody itself answers where no module does.
func errorPage(status int) page {
	const form = "<!DOCTYPE html>\n<html>\n<head><meta charset=\"utf-8\"><title>%[1]d %[2]s</title></head>\n" +
		"<body><h1>%[2]s</h1></body>\n</html>\n"
	return page{
		status: status, contentType: "text/html; charset=utf-8",
		body: fmt.Sprintf(form, status, http.StatusText(status)),
	}
}

func (p page) write(w http.ResponseWriter) {
	// A nil value keeps net/http from guessing one.
	w.Header()["Content-Type"] = nil
	if p.contentType != "" {
		w.Header().Set("Content-Type", p.contentType)
	}
	w.WriteHeader(p.status)
	// The status is out already; a failed write means the caller has gone.
	_, _ = w.Write([]byte(p.body))
}

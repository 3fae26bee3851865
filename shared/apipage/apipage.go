// Package apipage makes the API's description readable: one HTML page with everything in it, so
// that it works without internet access and as a saved file.
package apipage

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/swaggest/swgui/v5/static"
)

// Page is a page and what belongs to it.
type Page struct {
	HTML []byte
	// Policy is the Content-Security-Policy under which the page works: nothing but its own parts.
	Policy string
}

// start shows the document and asks nobody else about it.
const start = `SwaggerUIBundle({spec: JSON.parse(document.getElementById("openapi").textContent),` +
	` dom_id: "#page", deepLinking: true, validatorUrl: null, tryItOutEnabled: false});`

// head and the parts after it make the page; the large ones are put in between as they are. The
// operations are listed in plain HTML as well, for readers without scripts.
var (
	head = template.Must(template.New("head").Parse(`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{.Title}}</title>
`))
	list = template.Must(template.New("list").Parse(`</head>
<body>
<div id="page">
<h1>{{.Title}}</h1>
<table>
{{range .Operations}}<tr><td><code>{{.Method}} {{.Path}}</code></td><td>{{.ID}}</td><td>{{.Summary}}</td></tr>
{{end}}</table>
<p>The whole description is in <a href="openapi.json">openapi.json</a>.</p>
</div>
`))
)

const (
	beginStyle    = "<style>"
	endStyle      = "</style>\n"
	beginDocument = `<script type="application/json" id="openapi">`
	nextScript    = "</script>\n<script>"
	foot          = "</script>\n</body>\n</html>\n"
)

type contents struct {
	Title      string
	Operations []operation
}

type operation struct {
	Method, Path, ID, Summary string
}

// New makes the page of an OpenAPI document.
func New(openAPI []byte) (Page, error) {
	what, err := read(openAPI)
	if err != nil {
		return Page{}, err
	}
	style, err := asset("swagger-ui.css.gz")
	if err != nil {
		return Page{}, err
	}
	bundle, err := asset("swagger-ui-bundle.js.gz")
	if err != nil {
		return Page{}, err
	}
	var html bytes.Buffer
	if err := errors.Join(head.Execute(&html, what), write(&html, beginStyle, style, endStyle), list.Execute(&html, what)); err != nil {
		return Page{}, fmt.Errorf("make the API page: %w", err)
	}
	err = write(&html, beginDocument, inScript(openAPI), nextScript, bundle, nextScript, start, foot)
	return Page{HTML: html.Bytes(), Policy: policy(bundle, start)}, err
}

func write(out io.Writer, parts ...string) error {
	for _, part := range parts {
		if _, err := io.WriteString(out, part); err != nil {
			return fmt.Errorf("write the API page: %w", err)
		}
	}
	return nil
}

// Gzip gives the page compressed, which takes a while and a third of the space.
func (p Page) Gzip() ([]byte, error) {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	if _, err := w.Write(p.HTML); err != nil {
		return nil, fmt.Errorf("compress the API page: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("compress the API page: %w", err)
	}
	return packed.Bytes(), nil
}

// Lazy makes a page, and its compressed form, when it is first asked for.
type Lazy struct {
	Page func() (Page, error)
	Gzip func() ([]byte, error)
}

// NewLazy makes a Lazy of an OpenAPI document.
func NewLazy(openAPI []byte) Lazy {
	page := sync.OnceValues(func() (Page, error) { return New(openAPI) })
	return Lazy{Page: page, Gzip: sync.OnceValues(func() ([]byte, error) {
		made, err := page()
		if err != nil {
			return nil, err
		}
		return made.Gzip()
	})}
}

func policy(scripts ...string) string {
	hashes := make([]string, 0, len(scripts))
	for _, script := range scripts {
		sum := sha256.Sum256([]byte(script))
		hashes = append(hashes, "'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'")
	}
	return "default-src 'none'; style-src 'unsafe-inline'; img-src data:; connect-src 'self'; base-uri 'none'; " +
		"form-action 'none'; frame-ancestors 'none'; script-src " + strings.Join(hashes, " ")
}

// inScript keeps a document from ending the script element it stands in.
func inScript(document []byte) string {
	return strings.ReplaceAll(string(document), "<", `\u003c`)
}

func asset(name string) (string, error) {
	file, err := static.FS.Open(name)
	if err != nil {
		return "", fmt.Errorf("open %s: %w", name, err)
	}
	defer func() { _ = file.Close() }()
	unpacked, err := gzip.NewReader(file)
	if err != nil {
		return "", fmt.Errorf("unpack %s: %w", name, err)
	}
	text, err := io.ReadAll(unpacked)
	if err != nil {
		return "", fmt.Errorf("unpack %s: %w", name, err)
	}
	return string(text), nil
}

// read takes from the document what the plain list shows.
func read(openAPI []byte) (contents, error) {
	var document struct {
		Info  struct{ Title string }
		Paths map[string]map[string]struct{ OperationID, Summary string }
	}
	if err := json.Unmarshal(openAPI, &document); err != nil {
		return contents{}, fmt.Errorf("read the OpenAPI document: %w", err)
	}
	what := contents{Title: document.Info.Title}
	for path, methods := range document.Paths {
		for method, op := range methods {
			what.Operations = append(what.Operations, operation{strings.ToUpper(method), path, op.OperationID, op.Summary})
		}
	}
	slices.SortFunc(what.Operations, func(a, b operation) int { return strings.Compare(a.ID, b.ID) })
	return what, nil
}

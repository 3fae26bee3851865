// Package systemapi holds the operations on Gavel itself. But for the list of what was done they are
// open: they tell nothing that is not public.
package systemapi

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"gavel/shared/api"
	"gavel/shared/apipage"
)

const tag = "System"

// pageCaching lets browsers keep what changes only with a deployment for a short while.
const pageCaching = "public, max-age=300"

type healthOutput struct {
	Body struct {
		Status  string `json:"status" enum:"ok"`
		Version string `json:"version" example:"0.1.0"`
	}
}

// RegisterHealth adds system-health.
func RegisterHealth(a huma.API) {
	api.Register(a, api.Operation{
		ID: "system-health", Method: http.MethodGet, Path: "/health",
		Summary:     "Whether the API answers",
		Description: "Says that requests reach the functions. No provider and no secret is asked.",
		Tag:         tag,
	}, func(context.Context, *struct{}) (*healthOutput, error) {
		out := &healthOutput{}
		out.Body.Status, out.Body.Version = "ok", api.Version
		return out, nil
	})
}

type openAPIOutput struct {
	ContentType  string `header:"Content-Type"`
	CacheControl string `header:"Cache-Control"`
	Body         []byte
}

// RegisterOpenAPI adds system-openapi, which serves the given document.
func RegisterOpenAPI(a huma.API, document []byte) {
	api.Register(a, api.Operation{
		ID: "system-openapi", Method: http.MethodGet, Path: "/openapi.json",
		Summary:     "The OpenAPI 3.1 document",
		Description: "Describes all operations for programs.",
		Tag:         tag, ContentType: "application/json",
	}, func(context.Context, *struct{}) (*openAPIOutput, error) {
		return &openAPIOutput{ContentType: "application/json", CacheControl: pageCaching, Body: document}, nil
	})
}

type docsInput struct {
	AcceptEncoding string `header:"Accept-Encoding" hidden:"true"`
}

type docsOutput struct {
	ContentType     string `header:"Content-Type"`
	ContentEncoding string `header:"Content-Encoding"`
	CacheControl    string `header:"Cache-Control"`
	Vary            string `header:"Vary"`
	Policy          string `header:"Content-Security-Policy"`
	Body            []byte
}

// RegisterDocs adds system-docs, which serves the page, compressed for whoever takes that.
func RegisterDocs(a huma.API, lazy apipage.Lazy) {
	api.Register(a, api.Operation{
		ID: "system-docs", Method: http.MethodGet, Path: "/docs",
		Summary:     "This page",
		Description: "Describes all operations for people. The page needs nothing from elsewhere.",
		Tag:         tag, ContentType: "text/html",
	}, func(_ context.Context, in *docsInput) (*docsOutput, error) {
		page, err := lazy.Page()
		if err != nil {
			return nil, err
		}
		out := &docsOutput{
			ContentType: "text/html; charset=utf-8", CacheControl: pageCaching, Vary: "Accept-Encoding",
			Policy: page.Policy, Body: page.HTML,
		}
		if takesGzip(in.AcceptEncoding) {
			out.ContentEncoding = "gzip"
			out.Body, err = lazy.Gzip()
		}
		return out, err
	})
}

// takesGzip reads Accept-Encoding, in which a weight of 0 is a no (RFC 9110, section 12.5.3).
func takesGzip(accept string) bool {
	for coding := range strings.SplitSeq(accept, ",") {
		name, weight, weighted := strings.Cut(coding, ";")
		if !strings.EqualFold(strings.TrimSpace(name), "gzip") {
			continue
		}
		quality, err := strconv.ParseFloat(strings.TrimPrefix(strings.TrimSpace(weight), "q="), 64)
		return !weighted || err == nil && quality > 0
	}
	return false
}

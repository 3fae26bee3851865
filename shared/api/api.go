// Package api is the HTTP face that all operations share: how they are described, guarded,
// decoded, answered and logged. Each group of operations has a package of its own below it.
package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/go-json-experiment/json/jsontext"

	"gavel/shared/problem"
)

// Version is the version of the API as the OpenAPI document gives it.
const Version = "0.1.0"

// MaxBody is the most bytes a request's body may have. The largest honest one carries a token.
const MaxBody = 64 << 10

const jsonType = "application/json"

// New makes an API whose operations are served by mux.
func New(mux *http.ServeMux) huma.API { return newAPI(mux, lean{newRegistry()}) }

// NewDocument makes an API whose operations are described in full, and not meant to be served.
func NewDocument() huma.API { return newAPI(http.NewServeMux(), newRegistry()) }

func newRegistry() huma.Registry {
	return huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer)
}

// lean spares a function what only the OpenAPI document needs. Both things together were more than
// half the time that registering an operation took at the start.
type lean struct{ huma.Registry }

// Schema describes the types of requests. It passes over that of errors, and leaves patterns out
// where a value is checked by its own Resolve: compiling them would be for nothing.
func (l lean) Schema(t reflect.Type, allowRef bool, hint string) *huma.Schema {
	pointer := reflect.PointerTo(t)
	switch {
	case t == reflect.TypeFor[problem.Problem]():
		return &huma.Schema{Type: huma.TypeObject}
	case t.Kind() == reflect.String && pointer.Implements(describesItself) && pointer.Implements(checksItself):
		return &huma.Schema{Type: huma.TypeString}
	}
	return l.Registry.Schema(t, allowRef, hint)
}

var (
	describesItself = reflect.TypeFor[huma.SchemaProvider]()
	checksItself    = reflect.TypeFor[huma.ResolverWithPath]()
)

func newAPI(mux *http.ServeMux, registry huma.Registry) huma.API {
	configureHuma()
	config := huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{
				Title:       "Gavel",
				Version:     Version,
				Description: "Runs video meetings that you do not host: join links with roles, bans, kicks, ends, calls.",
			},
			Components: &huma.Components{
				Schemas:         registry,
				SecuritySchemes: securitySchemes(),
				Parameters:      map[string]*huma.Param{keyComponent: describedKey()},
			},
		},
		// No paths for document, docs and schemas: the first two are operations of their own,
		// and no $schema links, which would leak into every answer.
		Formats:                      map[string]huma.Format{jsonType: strictJSON, "json": strictJSON},
		DefaultFormat:                jsonType,
		RejectUnknownQueryParameters: true,
	}
	return humago.New(mux, config)
}

// configureHuma sets what the library keeps in globals, once for the process.
var configureHuma = sync.OnceFunc(func() {
	huma.ValidateStrictCasing = true
	huma.NewError = newError
	huma.NewErrorWithContext = newErrorWithContext
})

func securitySchemes() map[string]*huma.SecurityScheme {
	return map[string]*huma.SecurityScheme{
		schemeAPIKey: {
			Type: "apiKey", In: "header", Name: "X-Api-Key",
			Description: "A machine's key, with scopes of its own.",
		},
		schemeBearer: {
			Type: "http", Scheme: "bearer", BearerFormat: "JWT",
			Description: "An access token of the configured OpenID Connect issuer, with the scope in it.",
		},
	}
}

// strictJSON refuses what encoding/json lets pass in silence and two readers may understand in
// two ways: a name given twice, text that is not UTF-8, half a surrogate pair, a second value.
var strictJSON = huma.Format{
	Marshal: func(w io.Writer, v any) error {
		encoder := json.NewEncoder(w)
		encoder.SetEscapeHTML(false)
		return encoder.Encode(v)
	},
	Unmarshal: func(data []byte, v any) error {
		if err := checkJSON(data); err != nil {
			return err
		}
		return mismatch(json.Unmarshal(data, v))
	},
}

// mismatch says what was expected in place of a value that does not fit. The library's own text
// repeats the value.
func mismatch(err error) error {
	var unfit *json.UnmarshalTypeError
	switch {
	case !errors.As(err, &unfit):
		return err
	case unfit.Field == "":
		return errors.New("expected values of the types in the description, and no number beyond 1e308")
	}
	return fmt.Errorf("expected %s as the description says; an integer has neither point nor exponent", unfit.Field)
}

// checkJSON's errors are shown to the caller; they name places and kinds, not values.
func checkJSON(data []byte) error {
	decoder := jsontext.NewDecoder(bytes.NewReader(data))
	if _, err := decoder.ReadValue(); err != nil {
		return syntaxError(err)
	}
	if _, err := decoder.ReadToken(); !errors.Is(err, io.EOF) {
		return errors.New("expected one JSON value and nothing after it")
	}
	return nil
}

func syntaxError(err error) error {
	if errors.Is(err, jsontext.ErrDuplicateName) {
		return errors.New("expected each name once in an object")
	}
	if syntax, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		return fmt.Errorf("expected valid JSON in UTF-8; the fault is at byte %d", syntax.ByteOffset)
	}
	return errors.New("expected valid JSON in UTF-8")
}

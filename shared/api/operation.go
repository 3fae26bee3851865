package api

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"gavel/shared/audit"
	"gavel/shared/auth"
	"gavel/shared/logs"
	"gavel/shared/problem"
)

const (
	schemeAPIKey = "apiKey"
	schemeBearer = "bearer"
)

// Operation describes an operation; with its input and output types it is all there is to say
// of it. The Lambda, the local server's route and the OpenAPI document are made from it.
type Operation struct {
	ID          string // <group>-<name>, as its folders, event file and logical id
	Method      string
	Path        string
	Summary     string
	Description string
	Tag         string
	// Scope is what a caller must have been given; empty for an open operation.
	Scope string
	// Person says that only a person can call it, with an access token; it needs no scope. See Caller.
	Person bool
	// Status is that of a success; 200 when 0.
	Status int
	// ContentType is that of an answer made of bytes; JSON otherwise.
	ContentType string
	// Upstream says that the operation calls a provider, and can fail as one.
	Upstream bool
	// Secrets says that the operation needs a secret although it calls no provider.
	Secrets bool
	// RawBody says that the body is taken as the bytes that came, whose sender signed them.
	RawBody bool
	// MaxBody is the most bytes the body may have; the constant MaxBody when 0.
	MaxBody int64
	// Shown says that its caller shows people what a problem document has as message, so that it has one.
	Shown bool
	// Hidden leaves it out of the OpenAPI document: for another method of an operation that is in it.
	Hidden bool
	// Once says that what may have happened must not happen again, such as a call to a phone: where nobody knows whether it
	// did, a request that is repeated with its Idempotency-Key is refused. Others are then carried out again.
	Once bool
	// Errors are further statuses it fails with.
	Errors []int
}

// keyed says whether callers can send an Idempotency-Key.
func (op Operation) keyed() bool {
	return op.Method == http.MethodPost && (op.Scope != "" || op.Person)
}

// Register adds the operation to the API. Errors of handle become problem documents, see Problem.
func Register[I, O any](api huma.API, op Operation, handle func(context.Context, *I) (*O, error)) {
	if op.Status == 0 {
		op.Status = http.StatusOK
	}
	described := huma.Operation{
		OperationID:   op.ID,
		Method:        op.Method,
		Path:          op.Path,
		Summary:       op.Summary,
		Description:   op.Description,
		Tags:          []string{op.Tag},
		DefaultStatus: op.Status,
		Hidden:        op.Hidden,
		MaxBodyBytes:  cmp.Or(op.MaxBody, MaxBody) + 1, // the library refuses from this size on, not above it
		Errors:        possibleErrors(op),
		// By default the library gives the connection 5 seconds for the body and leaves it at that: when they are over
		// net/http takes the caller for gone and ends the request's context, in the middle of a call to a slow provider.
		BodyReadTimeout: -1,
		Middlewares:     huma.Middlewares{named(op.ID)},
	}
	if op.RawBody {
		described.SkipValidateBody = true
	}
	if op.Shown {
		described.Metadata = map[string]any{shownKey: true}
	}
	if op.ContentType != "" {
		described.Responses = map[string]*huma.Response{strconv.Itoa(op.Status): {
			Description: http.StatusText(op.Status),
			Content:     map[string]*huma.MediaType{op.ContentType: {Schema: schemaOfBytes(op.ContentType)}},
		}}
	}
	op.admit(&described)
	huma.Register(api, described, func(ctx context.Context, in *I) (*O, error) {
		try, refusal := begin(ctx)
		if refusal != nil {
			return nil, refusal
		}
		out, err := handle(ctx, in)
		if err != nil {
			p := Problem(ctx, err)
			if op.Shown {
				p.Message = shown(p)
			}
			try.failed(p)
			return nil, p
		}
		try.succeeded()
		return out, nil
	})
}

// admit has the operation take whom it is for, with what they may say of a call beside its input.
func (op Operation) admit(described *huma.Operation) {
	if op.Scope != "" {
		described.Security = []map[string][]string{{schemeAPIKey: {op.Scope}}, {schemeBearer: {op.Scope}}}
		described.Middlewares = append(described.Middlewares, admitting(inScope(op.Scope)))
	}
	if op.Person {
		described.Security = []map[string][]string{{schemeBearer: {}}}
		described.Middlewares = append(described.Middlewares, admitting(isPerson))
	}
	if op.Scope != "" || op.Person {
		described.Parameters = append(described.Parameters, reasonParameter())
		described.Middlewares = append(described.Middlewares, reasoned)
	}
	described.Middlewares = append(described.Middlewares, once)
	if op.keyed() {
		described.Parameters = append(described.Parameters, &huma.Param{Ref: keyReference})
		described.Middlewares = append(described.Middlewares, keyed(op))
	}
}

// shown gives what people are told: of what is wrong between two servers, no more than that something is.
func shown(p *problem.Problem) string {
	if p.Status == http.StatusUnauthorized || p.Status >= http.StatusInternalServerError {
		return "This does not work at the moment. Please try again later."
	}
	return p.Detail
}

// shownKey is under what an operation that is Shown says so to whatever answers in its place.
const shownKey = "shown"

// forCaller gives the problem a message where the operation's caller shows one.
func forCaller(ctx huma.Context, p *problem.Problem) *problem.Problem {
	if op := ctx.Operation(); op != nil && op.Metadata[shownKey] == true {
		p.Message = shown(p)
	}
	return p
}

// schemaOfBytes describes an answer made of bytes, which the library would take for Base64.
func schemaOfBytes(contentType string) *huma.Schema {
	if contentType == jsonType {
		return &huma.Schema{Type: huma.TypeObject}
	}
	return &huma.Schema{Type: huma.TypeString}
}

func possibleErrors(op Operation) []int {
	var statuses []int
	if op.Scope != "" || op.Person {
		statuses = append(statuses, http.StatusUnauthorized, http.StatusForbidden)
	}
	if op.Method != http.MethodGet {
		statuses = append(statuses, http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	}
	if op.Upstream {
		statuses = append(statuses, http.StatusBadGateway, http.StatusGatewayTimeout)
	}
	if op.Upstream || op.Secrets || op.keyed() {
		statuses = append(statuses, http.StatusServiceUnavailable)
	}
	if op.keyed() {
		statuses = append(statuses, http.StatusConflict)
	}
	return append(append(statuses, op.Errors...), http.StatusInternalServerError)
}

// admitting lets in only callers that nothing stands against.
func admitting(check func(auth.Principal) error) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		r, w := humago.Unwrap(ctx)
		principal, err := auth.Resolve(r.Context())
		if err == nil {
			logs.Add(r.Context(), slog.Any("principal", principal))
			err = check(principal)
		}
		if err != nil {
			Write(w, r, forCaller(ctx, Problem(r.Context(), err)))
			return
		}
		next(huma.WithContext(ctx, auth.WithPrincipal(ctx.Context(), principal)))
	}
}

// once refuses a query parameter that is given twice: of two values one would be dropped in silence.
func once(ctx huma.Context, next func(huma.Context)) {
	r, w := humago.Unwrap(ctx)
	var faults []error
	for name, values := range r.URL.Query() {
		if len(values) > 1 {
			faults = append(faults, &huma.ErrorDetail{Location: "query." + name, Message: "expected it once"})
		}
	}
	if len(faults) > 0 {
		Write(w, r, forCaller(ctx, libraryProblem(http.StatusUnprocessableEntity, "validation failed", faults)))
		return
	}
	next(ctx)
}

func inScope(scope string) func(auth.Principal) error {
	return func(p auth.Principal) error {
		if p.Has(scope) {
			return nil
		}
		return problem.New(http.StatusForbidden, problem.Forbidden, "the credentials are good but lack the scope "+scope)
	}
}

func isPerson(p auth.Principal) error {
	if p.Kind == auth.User {
		return nil
	}
	return problem.New(http.StatusForbidden, problem.Forbidden, "this is for people: send an access token in Authorization: Bearer, not an API key")
}

// named notes which operation a request turned out to be for.
func named(id string) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		logs.Add(ctx.Context(), slog.String("operation", id))
		next(huma.WithContext(ctx, audit.WithCall(ctx.Context(), audit.Call{Operation: id})))
	}
}

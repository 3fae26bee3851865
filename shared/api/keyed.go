package api

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"gavel/shared/auth"
	"gavel/shared/config"
	"gavel/shared/idempotency"
	"gavel/shared/logs"
	"gavel/shared/problem"
)

const (
	keyHeader      = "Idempotency-Key"
	replayedHeader = "Idempotency-Replayed"
	maxKey         = 255

	keyComponent = "IdempotencyKey"
	keyReference = "#/components/parameters/" + keyComponent
)

const (
	// settleTime bounds how long an answer waits until it is kept.
	settleTime = 3 * time.Second
	// askAgain is when to ask for an answer that is being made.
	askAgain = time.Second
)

// describedKey describes the header for all operations that take it.
func describedKey() *huma.Param {
	least, most := 1, maxKey
	return &huma.Param{
		Name: keyHeader, In: "header",
		Description: "Makes it safe to send the request again when its answer was lost: a text of your own for each command, e.g. a UUID. " +
			"For 24 hours the same request with the same key gets the first answer once more, with Idempotency-Replayed: true, and nothing happens. " +
			"It belongs to the caller and the operation. An error that says that nothing happened gives the key free. " +
			"With another request the answer is 409 idempotency_mismatch, while the first is under way 409 idempotency_in_flight, " +
			"and where a command that must not happen twice was begun and nobody knows what came of it, 409 idempotency_unknown.",
		Schema: &huma.Schema{
			Type: huma.TypeString, MinLength: &least, MaxLength: &most, Pattern: "^[ -~]*$",
			Examples: []any{"5f903d7a-77f3-4b00-8eb8-e67d1c7b0a42"},
		},
	}
}

type keeperKey struct{}

// Remember has the answers to requests with an Idempotency-Key kept.
func Remember(keeper *idempotency.Keeper, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), keeperKey{}, keeper)))
	})
}

// attempt is a request with an Idempotency-Key. Nothing is claimed before the operation is to be carried out: a request
// that is refused before has not happened.
type attempt struct {
	keeper  *idempotency.Keeper
	request idempotency.Request
	claim   *idempotency.Claim  // nil while there is none
	earlier *idempotency.Answer // to be given in place of a new one
	free    bool                // whether another try is welcome; before it ends, as for one that panics
}

type attemptKey struct{}

// standIn keeps the place of an answer that was given before.
var standIn = problem.New(http.StatusConflict, problem.IdempotencyInFlight, "")

// keyed gives a request with an Idempotency-Key the answer that it was given before, and keeps one that is new.
func keyed(op Operation) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		r, w := humago.Unwrap(ctx)
		r = r.WithContext(ctx.Context())
		if len(r.Header.Values(keyHeader)) == 0 {
			next(ctx)
			return
		}
		// As for the library's own reading of a body, see Register.
		_ = ctx.SetReadDeadline(time.Time{})
		try, p := newAttempt(r, op, ctx.Operation())
		if p != nil {
			Write(w, r, p)
			return
		}
		record := &recorder{header: http.Header{}}
		recovered(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			next(humago.NewContext(ctx.Operation(), r, w))
		})).ServeHTTP(record, r.WithContext(context.WithValue(r.Context(), attemptKey{}, try)))
		if try.earlier != nil {
			logs.Add(r.Context(), slog.Bool("replayed", true))
			record = replay(try.earlier)
		}
		try.settle(r.Context(), record)
		record.send(w)
	}
}

// newAttempt reads the request. It gives the problem for which it cannot be carried out with its key.
func newAttempt(r *http.Request, op Operation, described *huma.Operation) (*attempt, *problem.Problem) {
	key := strings.Join(r.Header.Values(keyHeader), ", ") // which is the same (RFC 9110, section 5.3)
	if !validKey(key) {
		return nil, libraryProblem(http.StatusUnprocessableEntity, "validation failed", []error{
			&huma.ErrorDetail{Location: "header." + keyHeader, Message: "expected 1 to 255 printable ASCII characters"},
		})
	}
	keeper, ok := r.Context().Value(keeperKey{}).(*idempotency.Keeper)
	if !ok {
		return nil, Problem(r.Context(), problem.New(http.StatusServiceUnavailable, problem.NotConfigured,
			"settings: GAVEL_TABLE is not set, and without it no answer can be kept for the Idempotency-Key").Saying(false))
	}
	caller, err := auth.Resolve(r.Context())
	if err != nil {
		return nil, Problem(r.Context(), err)
	}
	body, p := wholeBody(r, cmp.Or(op.MaxBody, MaxBody))
	if p != nil {
		return nil, p
	}
	return &attempt{keeper: keeper, free: !op.Once, request: idempotency.Request{
		Caller: string(caller.Kind) + ":" + caller.Name, Operation: op.ID, Key: key, Once: op.Once,
		Content: append([]string{r.Method, r.URL.EscapedPath(), r.URL.Query().Encode(), string(body)}, headersOf(r, described)...),
	}}, nil
}

func validKey(key string) bool {
	return 0 < len(key) && len(key) <= maxKey && !strings.ContainsFunc(key, func(c rune) bool { return c < ' ' || c > '~' })
}

// headersOf gives the values of the headers that are the operation's input.
func headersOf(r *http.Request, described *huma.Operation) []string {
	var values []string
	for _, p := range described.Parameters {
		if p.In == "header" {
			values = append(values, p.Name, r.Header.Get(p.Name))
		}
	}
	return values
}

// wholeBody reads the body and puts it back.
func wholeBody(r *http.Request, limit int64) ([]byte, *problem.Problem) {
	body, err := io.ReadAll(io.LimitReader(r.Body, limit+1))
	switch {
	case err != nil:
		return nil, libraryProblem(http.StatusInternalServerError, "cannot read request body", nil)
	case int64(len(body)) > limit:
		return nil, libraryProblem(http.StatusRequestEntityTooLarge, "", nil)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	return body, nil
}

// begin claims the key of a request that has one, and gives the reason for which it is not to be carried out. It does so
// when the operation is about to: a request that was refused before that claims nothing.
func begin(ctx context.Context) (*attempt, *problem.Problem) {
	try, ok := ctx.Value(attemptKey{}).(*attempt)
	if !ok {
		return nil, nil
	}
	var err error
	try.claim, try.earlier, err = try.keeper.Begin(ctx, try.request)
	switch {
	case try.earlier != nil:
		return nil, standIn
	case err != nil:
		return nil, Problem(ctx, unclaimed(ctx, err))
	}
	return try, nil
}

// unclaimed is the answer to a request whose key cannot be claimed.
func unclaimed(ctx context.Context, err error) *problem.Problem {
	switch {
	case errors.Is(err, idempotency.ErrMismatch):
		return problem.New(http.StatusConflict, problem.IdempotencyMismatch,
			"the Idempotency-Key was sent with another request before; take a new one for each")
	case errors.Is(err, idempotency.ErrInFlight):
		p := problem.New(http.StatusConflict, problem.IdempotencyInFlight,
			"the first request with the Idempotency-Key is under way; ask again for its answer")
		p.RetryAfter = askAgain
		return p
	case errors.Is(err, idempotency.ErrUnknown):
		return problem.New(http.StatusConflict, problem.IdempotencyUnknown,
			"a request with the Idempotency-Key was begun and nobody knows what came of it; look before you send it again with a new key").Saying(true)
	}
	if _, ok := errors.AsType[*config.Unusable](err); ok {
		return classify(ctx, err).Saying(false)
	}
	slog.ErrorContext(ctx, "no claim for an Idempotency-Key", "error", err)
	return busy("the state cannot be reached to look for an earlier answer; nothing was done").Saying(false)
}

// succeeded notes that there is an answer to keep.
func (a *attempt) succeeded() {
	if a != nil {
		a.free = false
	}
}

// failed notes whether the error is an answer to keep. It is not when nothing has happened, and not when the operation
// can be carried out again to bring to an end what was begun.
func (a *attempt) failed(p *problem.Problem) {
	if a != nil {
		a.free = !a.request.Once || nothingHappened(p)
	}
}

// nothingHappened tells the failures of which it is certain that nothing was changed: where that is said, and else where a
// rule refused the request, or something needed for it was missing. See docs/decisions.md for each status.
func nothingHappened(p *problem.Problem) bool {
	switch {
	case p.MayHaveHappened != nil:
		return !*p.MayHaveHappened
	case p.Status < http.StatusInternalServerError, p.Code == problem.NotConfigured:
		return true
	}
	return p.Secret != ""
}

// settle keeps the answer or gives the key free. It does so also for a caller who has gone. When it fails, the claim
// stands, and the caller gets the answer all the same.
func (a *attempt) settle(ctx context.Context, answer *recorder) {
	if a.claim == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTime)
	defer cancel()
	if err := a.finish(ctx, answer); err != nil {
		slog.WarnContext(ctx, "an Idempotency-Key is left claimed", "error", err)
	}
}

func (a *attempt) finish(ctx context.Context, answer *recorder) error {
	if a.free {
		return a.claim.Release(ctx)
	}
	return a.claim.Keep(ctx, idempotency.Answer{
		Status: answer.status, ContentType: answer.header.Get("Content-Type"), Body: answer.body.Bytes(),
	})
}

// recorder holds an answer back.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func replay(a *idempotency.Answer) *recorder {
	r := &recorder{header: http.Header{replayedHeader: {"true"}}, status: a.Status, body: *bytes.NewBuffer(a.Body)}
	if a.ContentType != "" {
		r.header.Set("Content-Type", a.ContentType)
	}
	return r
}

// Header gives the headers to set.
func (r *recorder) Header() http.Header { return r.header }

// WriteHeader takes the first status, as net/http does.
func (r *recorder) WriteHeader(status int) { r.status = cmp.Or(r.status, status) }

// Write takes a part of the body.
func (r *recorder) Write(part []byte) (int, error) {
	r.WriteHeader(http.StatusOK)
	return r.body.Write(part)
}

func (r *recorder) send(w http.ResponseWriter) {
	maps.Copy(w.Header(), r.header)
	w.WriteHeader(cmp.Or(r.status, http.StatusOK))
	// An error here means that the caller has gone.
	_, _ = w.Write(r.body.Bytes())
}

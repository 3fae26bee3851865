package api

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"gavel/shared/audit"
)

// HeaderReason names the header in which a caller may say why.
const HeaderReason = "X-Reason"

const longestReason = 256 // characters

func reasonParameter() *huma.Param {
	return &huma.Param{
		Name: HeaderReason, In: "header",
		Description: "Why, for the event that a change of a room or a command to a meeting system writes: one line, kept and published as it is. " +
			"Write nothing personal. A call that only reads writes no event.",
		Schema: &huma.Schema{Type: huma.TypeString, MinLength: new(1), MaxLength: new(longestReason)},
	}
}

// reasoned notes the reason that the caller gives, if any.
func reasoned(ctx huma.Context, next func(huma.Context)) {
	r, w := humago.Unwrap(ctx)
	given := r.Header.Values(HeaderReason)
	if len(given) == 0 {
		next(ctx)
		return
	}
	reason := strings.TrimSpace(given[0])
	if len(given) > 1 || !isReason(reason) {
		Write(w, r, libraryProblem(http.StatusUnprocessableEntity, "validation failed", []error{&huma.ErrorDetail{
			Location: "header." + HeaderReason, Message: "expected it once, " + reasonForm,
		}}))
		return
	}
	next(huma.WithContext(ctx, audit.WithReason(ctx.Context(), reason)))
}

var reasonForm = fmt.Sprintf("one line of 1 to %d characters", longestReason)

func isReason(text string) bool {
	return text != "" && utf8.ValidString(text) && utf8.RuneCountInString(text) <= longestReason && !strings.ContainsFunc(text, unicode.IsControl)
}

// Reason is why, in a body: of what is kept with its reason.
type Reason string

// Resolve checks that it is one line. An empty one, and one that is too long, are the schema's to refuse.
func (r *Reason) Resolve(_ huma.Context, at *huma.PathBuffer) []error {
	if *r == "" || utf8.RuneCountInString(string(*r)) > longestReason || isReason(string(*r)) {
		return nil
	}
	return FaultAt(at, errors.New("expected "+reasonForm))
}

package api

import (
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
		Description: "Why, for the event that a change of a room writes: one line, kept and published as it is. Write nothing personal. " +
			"A call that changes no room writes no event.",
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
	if len(given) > 1 || reason == "" || !utf8.ValidString(reason) || utf8.RuneCountInString(reason) > longestReason ||
		strings.ContainsFunc(reason, unicode.IsControl) {
		Write(w, r, libraryProblem(http.StatusUnprocessableEntity, "validation failed", []error{&huma.ErrorDetail{
			Location: "header." + HeaderReason, Message: fmt.Sprintf("expected it once, one line of 1 to %d characters", longestReason),
		}}))
		return
	}
	next(huma.WithContext(ctx, audit.WithReason(ctx.Context(), reason)))
}

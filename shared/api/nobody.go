package api

// NoBody is the body of a command that needs none: absent, or an empty object. It is for embedding into an input.
type NoBody struct {
	Body *struct{} `required:"false"`
}

package api

// Output is an answer with a body. It is exported because the library describes no embedded struct that is not.
type Output[T any] struct{ Body T }

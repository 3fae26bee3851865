package openmeetings

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"
)

// ErrSegment says that a text cannot be in the path of a request to OpenMeetings.
var ErrSegment = errors.New(`expected text without / \ ; and control characters, and not . or ..: OpenMeetings takes it as a part of a path`)

// CheckSegment checks a text that OpenMeetings takes as a part of a path: Tomcat refuses an encoded slash or backslash,
// CXF cuts off what follows a semicolon, and . and .. are resolved however they are encoded.
func CheckSegment(text string) error {
	if text == "" || text == "." || text == ".." || !utf8.ValidString(text) ||
		strings.ContainsAny(text, `/\;`) || strings.ContainsFunc(text, unicode.IsControl) {
		return ErrSegment
	}
	return nil
}

// checkSegments gives the error of the first that is none.
func checkSegments(texts ...string) error {
	for _, text := range texts {
		if err := CheckSegment(text); err != nil {
			return err
		}
	}
	return nil
}

// ErrNotFound says that what was asked for does not exist.
var ErrNotFound = errors.New("OpenMeetings knows no such thing")

// missing reads a refusal that can only mean that the thing is not there: the services do not look before they use it,
// and say so in Java's words for a null pointer. Other words are other trouble, such as a database that does not answer, and
// what could not be looked at must not count as gone.
func missing(err error) error {
	refusal, ok := errors.AsType[*Refusal](err)
	if ok && refusal.Failure.Status >= 500 && saysNullPointer(refusal.Message) {
		return ErrNotFound
	}
	return err
}

// saysNullPointer tells the words of a null pointer: those of https://openjdk.org/jeps/358, and none before these were on.
func saysNullPointer(message string) bool {
	return message == "" || message == "null" || strings.HasPrefix(message, "java.lang.NullPointerException") ||
		strings.HasPrefix(message, "Cannot invoke ") || strings.HasPrefix(message, "Cannot ") && strings.HasSuffix(message, " is null")
}

// saysNoKey tells a failure of a service in which it says something, and no key of its own.
func saysNoKey(err error) bool {
	refusal, ok := errors.AsType[*Refusal](err)
	return ok && refusal.Failure.Status >= 500 && !strings.HasPrefix(refusal.Message, "error.")
}

// says tells a refusal that says a certain thing.
func says(err error, message string) bool {
	refusal, ok := errors.AsType[*Refusal](err)
	return ok && refusal.Message == message
}

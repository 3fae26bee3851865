package rsakey_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"gavel/shared/rsakey"
)

func TestParse_Refuses(t *testing.T) {
	t.Parallel()
	for _, r := range refusals() {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			key, err := rsakey.Parse(r.pasted)
			if key != nil {
				t.Error("got a key beside the error")
			}
			var f *rsakey.Fault
			if !errors.As(fmt.Errorf("reading secret: %w", err), &f) {
				t.Fatalf("got %v, want a *Fault", err)
			}
			if f.Kind != r.want {
				t.Errorf("got kind %q (%v), want %q", f.Kind, f, r.want)
			}
		})
	}
}

// TestFault_NeverShowsThePaste looks for any eight characters of the pasted text that are not ordinary words.
func TestFault_NeverShowsThePaste(t *testing.T) {
	t.Parallel()
	const piece = 8
	for _, r := range refusals() {
		_, err := rsakey.Parse(r.pasted)
		said := fmt.Sprintf("%v %+v %#v %q %s %x", err, err, err, err, err, err)
		for _, secret := range strings.FieldsFunc(r.pasted, isWordBreak) {
			for i := 0; i+piece <= len(secret); i++ {
				if strings.Contains(said, secret[i:i+piece]) {
					t.Errorf("%s: got an error that shows %q", r.name, secret[i:i+piece])
				}
			}
		}
	}
}

func isWordBreak(r rune) bool { return strings.ContainsRune(" \n\\-<>{}\"':_", r) }

func TestFault_SaysSomethingForEveryKind(t *testing.T) {
	t.Parallel()
	said := map[string]rsakey.Kind{}
	for _, r := range refusals() {
		text := (&rsakey.Fault{Kind: r.want}).Error()
		if other, ok := said[text]; ok && other != r.want {
			t.Errorf("kinds %q and %q: got the same text %q", r.want, other, text)
		}
		said[text] = r.want
		if text == "" || strings.ToLower(text[:1]) != text[:1] {
			t.Errorf("kind %q: got text %q, want lower case", r.want, text)
		}
	}
}

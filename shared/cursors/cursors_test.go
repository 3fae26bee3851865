package cursors_test

import (
	"testing"

	"gavel/shared/cursors"
)

func TestPlace_IsReadInItsListAlone(t *testing.T) {
	t.Parallel()
	for _, place := range []string{"", "n", "n01a224df-1e72-7018-ad27-e509b0aff177", "\x00ü"} {
		text := cursors.Text("rooms", place)
		if got, ok := cursors.Place("rooms", text); !ok || got != place {
			t.Errorf("%q: got %q, %t, want it back", place, got, ok)
		}
		for _, list := range []string{"", "room", "rooms\x00", "rooms\x00n"} {
			if got, ok := cursors.Place(list, text); ok {
				t.Errorf("%q: got %q in the list %q, want it refused", place, got, list)
			}
		}
	}
}

func TestPlace_OfWhatWasChangedIsNone(t *testing.T) {
	t.Parallel()
	text := cursors.Text("rooms", "n01a224df")
	for i := range text {
		for _, changed := range []string{text[:i], text[:i] + text[i+1:], text[:i] + "_" + text[i+1:], text[:i] + "\n" + text[i:]} {
			if got, ok := cursors.Place("rooms", changed); ok && changed != text {
				t.Errorf("%q: got %q, want it refused", changed, got)
			}
		}
	}
	if _, ok := cursors.Place("rooms", text+"="); ok {
		t.Error("got a place with padding behind it, want it refused")
	}
}

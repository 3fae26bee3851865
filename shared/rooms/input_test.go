package rooms_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"gavel/shared/rooms"
)

// texts are what people write. Each must come back as it went in, byte for byte.
func texts() []string {
	return []string{
		"plain",
		"👩‍👩‍👧‍👦🏳️‍🌈 emoji 🙂",
		"שלום עולם, مرحبا بالعالم",
		"mixed \u202Eright\u202C to \u200Fleft",
		"e\u0301 and é are two spellings",
		"日本語テキスト 中文 한국어",
		`<script>alert("x")</script> & 'quotes' \ {"json":null}`,
		"line\nbreak\ttab",
		"\u2028 and \u2029",
		"\U0010FFFF\uFFFD",
		"#:|%00",
		strings.Repeat("🙂", rooms.MaxText),
	}
}

func TestTexts_ComeBackUnharmed(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		room := w.open(t, bob)
		var want []string
		for _, text := range texts() {
			got, _, err := w.Update(t.Context(), ada, room.ID, rooms.Update{Name: &text})
			if err != nil || got.Name != text || w.get(t, bob, room.ID).Name != text {
				t.Errorf("a room called %.60q: got %.60q, %v", text, got.Name, err)
			}
			p, err := w.UpdateProfile(t.Context(), bob, room.ID, rooms.Profile{Name: &text})
			if err != nil || p.Name != text || w.participants(t, room.ID)[bob].Name != text {
				t.Errorf("a participant called %.60q: got %.60q, %v", text, p.Name, err)
			}
			w.say(t, room.ID, bob, text)
			want = append(want, text)
		}
		var said, names []string
		for _, m := range w.chat(t, room.ID, 100, "").Messages {
			said, names = append(said, m.Text), append(names, m.Name)
		}
		same(t, "said", said, want)
		same(t, "by", names, want)
	})
}

// A name can be as long as the API lets it, and much longer.
func TestTexts_HugeName(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		name := strings.Repeat("名", 40_000)
		room := w.create(t, rooms.Booking{Name: name})
		if got := w.get(t, ada, room.ID).Name; got != name {
			t.Errorf("got %d bytes, want %d", len(got), len(name))
		}
	})
}

// User ids are taken as they are, also such as could be keys of another kind, or prefixes of
// another one.
func TestUserIDs_AnyText(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		users := []string{
			"auth0|5f90/x", "a", "A", "a ", "a#b", "a~1", "member#a", "room#", "ünï", "🙂", "%2e%2e", "מישהו",
			strings.Repeat("x", rooms.MaxUserID), strings.Repeat("x", rooms.MaxUserID-1),
		}
		room := w.open(t, users...)
		for _, user := range users {
			if err := rooms.CheckUserID(user); err != nil {
				t.Errorf("%q: got %v, want it taken", user, err)
			}
			same(t, user+"'s rooms", w.rooms(t, user, ""), []string{room.ID})
			if got := w.say(t, room.ID, user, "it's me").From; got != user {
				t.Errorf("message of %q: got %q", user, got)
			}
			if _, _, err := w.Join(t.Context(), user, room.ID); err != nil {
				t.Errorf("join of %q: got %v", user, err)
			}
		}
		for _, user := range users {
			if _, err := w.RemoveParticipant(t.Context(), ada, room.ID, user, 0); err != nil {
				t.Errorf("removal of %q: got %v", user, err)
			}
		}
	})
}

func TestCheckUserID_Refusals(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"", " ", "\t", ".", "..", "a\x00b", "a\nb", "\x7f", "\xff", strings.Repeat("x", rooms.MaxUserID+1), "\u0085"} {
		refused(t, id, rooms.CheckUserID(id), rooms.Invalid)
	}
}

func TestCheckName(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", " ", "\u3000", "a\nb", "\x1b[31m", "\xc3", "a\x00"} {
		refused(t, name, rooms.CheckName(name), rooms.Invalid)
	}
	for _, name := range []string{"a", " a ", "👩‍👧", "שלום", "\u202Ex", strings.Repeat("x", 100_000)} {
		if err := rooms.CheckName(name); err != nil {
			t.Errorf("%.20q: got %v, want it taken", name, err)
		}
	}
}

func TestParseID(t *testing.T) {
	t.Parallel()
	const id = "01937c4e-7a10-7cc3-98c5-1f0a2b3c4d5e"
	for _, text := range []string{id, strings.ToUpper(id)} {
		if got, err := rooms.ParseID(text); err != nil || got != id {
			t.Errorf("%s: got %s, %v, want %s", text, got, err, id)
		}
	}
	for _, text := range []string{
		"", "x", id[1:], id + "0", "{" + id + "}", "urn:uuid:" + id, strings.ReplaceAll(id, "-", ""), strings.Replace(id, "7", "g", 1), id + " ", "../" + id,
	} {
		got, err := rooms.ParseID(text)
		refused(t, text, err, rooms.Invalid)
		if got != "" {
			t.Errorf("%q: got %q beside the error, want nothing", text, got)
		}
	}
}

func TestError_SaysWhichRule(t *testing.T) {
	t.Parallel()
	err := rooms.CheckName("")
	rule, is := errors.AsType[*rooms.Error](err)
	if !is || !strings.HasPrefix(err.Error(), string(rooms.Invalid)+": ") || !strings.HasSuffix(err.Error(), rule.Detail) || rule.Detail == "" {
		t.Errorf("got %v, want the code and what is expected", err)
	}
}

// An id that was read must be one that is found again.
func TestParticipants_IDsAreNotNormalised(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(w *world) {
		t := w.t
		users := []string{"é", "e\u0301", "É"}
		room := w.open(t, users...)
		var got []string
		for id := range w.participants(t, room.ID) {
			got = append(got, id)
		}
		slices.Sort(got)
		want := slices.Sorted(slices.Values(append(users, ada)))
		same(t, "participants", got, want)
	})
}

package jitsi_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"gavel/local/standin"
	"gavel/shared/httpclient"
	"gavel/shared/jitsi"
	"gavel/shared/jitsimeet"
)

// anOldModule has the kick module of an older release, which says yes where it means no.
func anOldModule(tb testing.TB, options ...option) *fixture {
	tb.Helper()
	f := setup(tb, options...)
	f.upstream.old = true
	return f
}

// targets are one of each sort, and under which id they are in the room.
func targets() map[string]struct {
	target jitsi.Target
	id     string
} {
	return map[string]struct {
		target jitsi.Target
		id     string
	}{"participant": {somebody(), string(shortID)}, "phone": {aPhone(), "11112222"}}
}

func TestKick_OfAnOldModuleThatTakesTheToken(t *testing.T) {
	t.Parallel()
	for name, who := range targets() {
		f := anOldModule(t)
		got, err := f.client.Kick(t.Context(), here(), who.target)
		if err != nil || got != jitsi.Kicked || f.upstream.inside(who.id) || !f.upstream.inside(string(otherID)) {
			t.Errorf("%s: got %q, %v, still inside %t; want them alone removed", name, got, err, f.upstream.inside(who.id))
		}
		if kicks, looks := len(f.upstream.seen(kickPath)), len(f.upstream.seen(roomPath)); kicks != 1 || looks != 2 {
			t.Errorf("%s: got %d kicks and %d looks, want 1 and 2", name, kicks, looks)
		}
	}
}

// TestKick_OfAnOldModuleThatDoesNotTakeTheToken is where nobody would know but for the look.
func TestKick_OfAnOldModuleThatDoesNotTakeTheToken(t *testing.T) {
	t.Parallel()
	for name, who := range targets() {
		f := anOldModule(t)
		f.upstream.trust(newKeyID, nextKey())

		got, err := f.client.Kick(t.Context(), here(), who.target)

		failure := upstreamError(t, err)
		if got != "" || failure.Kind != httpclient.Credentials || failure.Secret != secretOf || failure.Status != 200 || failure.MayHaveHappened {
			t.Errorf("%s: got %q and %+v, want credentials that name the secret", name, got, failure)
		}
		if !strings.Contains(failure.Hint, "still inside") || !strings.Contains(failure.Hint, "system token") {
			t.Errorf("%s: got the hint %q", name, failure.Hint)
		}
		if kicks, reads := len(f.upstream.seen(kickPath)), f.vault.Reads.Load(); kicks != 1 || reads != 2 {
			t.Errorf("%s: got %d kicks and %d reads of the secret, want 1, and one more read than the first", name, kicks, reads)
		}
	}
}

func TestKick_OfAnOldModuleAfterARotation(t *testing.T) {
	t.Parallel()
	for name, who := range targets() {
		f := anOldModule(t)
		if _, err := f.client.EndRoom(t.Context(), jitsi.Place{Room: "another"}, false); err != nil {
			t.Fatal(err)
		}
		f.rotate()

		got, err := f.client.Kick(t.Context(), here(), who.target)

		if err != nil || got != jitsi.Kicked || f.upstream.inside(who.id) {
			t.Errorf("%s: got %q, %v, want them removed with the new key", name, got, err)
		}
		kicks := f.upstream.seen(kickPath)
		if len(kicks) != 2 || kicks[0].kid != systemKeyID || kicks[1].kid != newKeyID || f.vault.Reads.Load() != 2 {
			t.Errorf("%s: got %d kicks and %d reads of the secret, want 2 with one key and the other", name, len(kicks), f.vault.Reads.Load())
		}
	}
}

// TestKick_OfAnOldModuleAndARotatedKeyThatIsNoGoodEither is not sent a third time.
func TestKick_OfAnOldModuleAndARotatedKeyThatIsNoGoodEither(t *testing.T) {
	t.Parallel()
	f := anOldModule(t)
	if _, err := f.client.EndRoom(t.Context(), jitsi.Place{Room: "another"}, false); err != nil {
		t.Fatal(err)
	}
	f.rotate()
	f.upstream.trust("a-third", loginKey())
	_, err := f.client.Kick(t.Context(), here(), somebody())
	if failure := upstreamError(t, err); failure.Kind != httpclient.Credentials || failure.Secret != secretOf || len(f.upstream.seen(kickPath)) != 2 {
		t.Errorf("got %+v after %d kicks, want credentials after 2", failure, len(f.upstream.seen(kickPath)))
	}
}

// TestKick_OfNobody is no failure, whatever the module says of it and whether it takes the token.
func TestKick_OfNobody(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		place   jitsi.Place
		target  jitsi.Target
		trusted bool
		old     bool
	}{
		"no room":                               {jitsi.Place{Room: "elsewhere"}, somebody(), true, false},
		"no room, old module":                   {jitsi.Place{Room: "elsewhere"}, somebody(), true, true},
		"no room, old module, bad token":        {jitsi.Place{Room: "elsewhere"}, somebody(), false, true},
		"no room, old module, phone":            {jitsi.Place{Room: "elsewhere"}, aPhone(), true, true},
		"another tenant's room, old":            {jitsi.Place{Tenant: "acme", Room: room}, somebody(), true, true},
		"nobody of the id":                      {here(), jitsi.Target{ID: "ffffffff"}, true, false},
		"nobody of the id, old module":          {here(), jitsi.Target{ID: "ffffffff"}, true, true},
		"nobody of the id, old module, token":   {here(), jitsi.Target{ID: "ffffffff"}, false, true},
		"no phone of the number":                {here(), jitsi.Target{Number: another()}, true, false},
		"no phone of the number, old":           {here(), jitsi.Target{Number: another()}, true, true},
		"no phone of the number, old, no token": {here(), jitsi.Target{Number: another()}, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := setup(t)
			f.upstream.old = tc.old
			if !tc.trusted {
				f.upstream.trust(newKeyID, nextKey())
			}
			if got, err := f.client.Kick(t.Context(), tc.place, tc.target); err != nil || got != jitsi.NotFound {
				t.Errorf("got %q, %v; want %q", got, err, jitsi.NotFound)
			}
			if n := len(f.upstream.seen(kickPath)); n != 1 {
				t.Errorf("got %d kicks, want one: the look is not what decides", n)
			}
		})
	}
}

// TestKick_OneOfTwoPhones has two calls to one number in the room, of which the module removes the first.
func TestKick_OneOfTwoPhones(t *testing.T) {
	t.Parallel()
	f := anOldModule(t)
	f.upstream.set(func(u *upstream) {
		u.rooms[string(room)] = append(u.rooms[string(room)], occupant{"55556666", phoneNo, "", true})
	})
	for range 2 {
		if got, err := f.client.Kick(t.Context(), here(), aPhone()); err != nil || got != jitsi.Kicked {
			t.Errorf("got %q, %v; want %q", got, err, jitsi.Kicked)
		}
	}
	if f.upstream.inside("11112222") || f.upstream.inside("55556666") || !f.upstream.inside("33334444") {
		t.Error("got the wrong phones removed, want the two of the number")
	}
	if got, err := f.client.Kick(t.Context(), here(), aPhone()); err != nil || got != jitsi.NotFound {
		t.Errorf("got %q, %v; want %q when both are gone", got, err, jitsi.NotFound)
	}
}

// TestKick_TheLastOne has the room gone with them.
func TestKick_TheLastOne(t *testing.T) {
	t.Parallel()
	for name, who := range targets() {
		f := anOldModule(t)
		f.upstream.set(func(u *upstream) {
			u.rooms[string(room)] = []occupant{{who.id, phoneNo, "", true}}
		})
		if got, err := f.client.Kick(t.Context(), here(), who.target); err != nil || got != jitsi.Kicked {
			t.Errorf("%s: got %q, %v; want %q", name, got, err, jitsi.Kicked)
		}
		if looks := f.upstream.seen(roomPath); len(looks) != 2 || looks[1].status != http.StatusNotFound {
			t.Errorf("%s: got the looks %v, want the room gone for the second", name, looks)
		}
	}
}

// listed is a room with so many of the phone's calls in it, and so many with the participant's id.
func listed(phones, ids int) http.HandlerFunc {
	const mucJID = `{"jid":"standup@conference.meet.example.org/`
	rows := []string{mucJID + `0000aaaa","email":"","display_name":"not ` + phoneNo + `"}`}
	for i := range phones {
		rows = append(rows, mucJID+string(rune('a'+i))+`1112222","email":"","display_name":"`+phoneNo+` x"}`)
	}
	for range ids {
		rows = append(rows, mucJID+string(shortID)+`","email":"","display_name":"`+string(otherID)+`"}`)
	}
	return standin.Says(http.StatusOK, "["+strings.Join(rows, ",")+"]")
}

// TestKick_IsJudgedByTheRoomBeforeAndAfter where the module says yes.
func TestKick_IsJudgedByTheRoomBeforeAndAfter(t *testing.T) {
	t.Parallel()
	gone, unknown := standin.Says(http.StatusNotFound, ""), standin.Says(http.StatusBadRequest, "")
	for name, tc := range map[string]struct {
		target        jitsi.Target
		before, after http.HandlerFunc
		want          jitsi.Outcome // empty for bad credentials
	}{
		"participant, inside and gone":               {somebody(), listed(0, 1), listed(0, 0), jitsi.Kicked},
		"participant, inside and the room gone":      {somebody(), listed(0, 1), gone, jitsi.Kicked},
		"participant, inside still":                  {somebody(), listed(0, 1), listed(0, 1), ""},
		"participant, with two connections, still":   {somebody(), listed(0, 2), listed(0, 1), ""},
		"participant, not inside":                    {somebody(), listed(1, 0), listed(1, 0), jitsi.NotFound},
		"participant, no room":                       {somebody(), gone, gone, jitsi.NotFound},
		"participant, unknown and gone":              {somebody(), unknown, listed(0, 0), jitsi.Kicked},
		"participant, unknown and inside":            {somebody(), unknown, listed(0, 1), ""},
		"participant, inside and unknown":            {somebody(), listed(0, 1), unknown, jitsi.Kicked},
		"participant, not inside and unknown":        {somebody(), listed(0, 0), unknown, jitsi.NotFound},
		"participant, an empty room":                 {somebody(), standin.Says(200, "{}"), gone, jitsi.NotFound},
		"participant, nonsense":                      {somebody(), standin.Says(200, "yes"), standin.Says(200, standin.Page), jitsi.Kicked},
		"phone, inside and gone":                     {aPhone(), listed(1, 1), listed(0, 1), jitsi.Kicked},
		"phone, inside still":                        {aPhone(), listed(1, 0), listed(1, 0), ""},
		"phone, two and one":                         {aPhone(), listed(2, 0), listed(1, 0), jitsi.Kicked},
		"phone, two and two":                         {aPhone(), listed(2, 0), listed(2, 0), ""},
		"phone, one, and another has called":         {aPhone(), listed(1, 0), listed(2, 0), ""},
		"phone, not inside":                          {aPhone(), listed(0, 1), listed(0, 1), jitsi.NotFound},
		"phone, unknown and one: it may be another":  {aPhone(), unknown, listed(1, 0), jitsi.Kicked},
		"phone, unknown and none":                    {aPhone(), unknown, listed(0, 0), jitsi.Kicked},
		"phone, inside and unknown":                  {aPhone(), listed(1, 0), unknown, jitsi.Kicked},
		"phone, unknown twice: what it says, counts": {aPhone(), unknown, unknown, jitsi.Kicked},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := setup(t)
			f.upstream.from(roomPath, standin.InTurn(tc.before, tc.after))
			f.upstream.from(kickPath, standin.Says(http.StatusOK, ""))
			got, err := f.client.Kick(t.Context(), here(), tc.target)
			if tc.want == "" {
				if failure := upstreamError(t, err); got != "" || failure.Kind != httpclient.Credentials {
					t.Errorf("got %q and %+v, want credentials", got, failure)
				}
				return
			}
			if err != nil || got != tc.want {
				t.Errorf("got %q, %v; want %q", got, err, tc.want)
			}
		})
	}
}

// TestKick_WithoutALookIsWhatTheModuleSays because a server need not have the module that shows rooms.
func TestKick_WithoutALookIsWhatTheModuleSays(t *testing.T) {
	t.Parallel()
	for name, look := range map[string]http.HandlerFunc{
		"no such path": standin.Says(http.StatusNotFound, standin.Page, "Content-Type", "text/html"), "500": standin.Says(500, ""), "503": standin.Says(503, "", "Retry-After", "60"),
		"403 also with a token": standin.Says(403, ""), "401": standin.Says(401, ""), "hangs": standin.Hangs(""), "breaks off": standin.Breaks(""), "cut off": standin.Breaks(standin.Begun), "nonsense": standin.Says(200, "[7]"),
	} {
		for target, who := range targets() {
			t.Run(name+" "+target, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					f := setup(t, inMemory())
					f.upstream.from(roomPath, look)
					for answer, want := range map[int]jitsi.Outcome{200: jitsi.Kicked, 404: jitsi.NotFound} {
						f.upstream.from(kickPath, standin.Says(answer, ""))
						if got, err := f.client.Kick(t.Context(), here(), who.target); err != nil || got != want {
							t.Errorf("got %q, %v after %d; want %q", got, err, answer, want)
						}
					}
					if kicks := len(f.upstream.seen(kickPath)); kicks != 2 {
						t.Errorf("got %d kicks, want each once", kicks)
					}
					f.upstream.from(kickPath, standin.Says(http.StatusBadRequest, ""))
					_, err := f.client.Kick(t.Context(), here(), who.target)
					if failure := upstreamError(t, err); failure.Status != 400 || failure.Secret != "" {
						t.Errorf("got %+v, want what the module said", failure)
					}
				})
			})
		}
	}
}

// TestKick_WaitsForNoLook longer than it is worth.
func TestKick_WaitsForNoLook(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := setup(t, inMemory())
		f.upstream.from(roomPath, standin.Hangs(""))
		begun := now()
		if got, err := f.client.Kick(t.Context(), here(), somebody()); err != nil || got != jitsi.Kicked {
			t.Errorf("got %q, %v; want %q", got, err, jitsi.Kicked)
		}
		if took := now().Sub(begun).Seconds(); took > 6.1 || took < 5.9 {
			t.Errorf("got an answer after %.1f s, want it after two looks of 3 s", took)
		}
	})
}

// TestKick_LooksWithATokenWhereTheServerWantsOne and so finds out a bad system token there, too.
func TestKick_LooksWithATokenWhereTheServerWantsOne(t *testing.T) {
	t.Parallel()
	f := anOldModule(t)
	f.upstream.tokens = true
	if got, err := f.client.Kick(t.Context(), here(), somebody()); err != nil || got != jitsi.Kicked {
		t.Errorf("got %q, %v; want %q", got, err, jitsi.Kicked)
	}
	f.upstream.fill()
	f.upstream.trust(newKeyID, nextKey())
	_, err := f.client.Kick(t.Context(), here(), somebody())
	if failure := upstreamError(t, err); failure.Kind != httpclient.Credentials || failure.Status != 200 {
		t.Errorf("got %+v, want that they are still inside", failure)
	}
}

// TestKick_IDsAreComparedWhole and names are no ids.
func TestKick_IDsAreComparedWhole(t *testing.T) {
	t.Parallel()
	f := anOldModule(t)
	f.upstream.from(roomPath, standin.Says(200, `[{"jid":"standup@conference.meet.example.org/f0aa9e1e0","display_name":"f0aa9e1e","email":"f0aa9e1e"},`+
		`{"jid":"f0aa9e1e@conference.meet.example.org/0f0aa9e1e","display_name":"","email":""},{"jid":"f0aa9e1e","display_name":"x","email":""}]`))
	if got, err := f.client.Kick(t.Context(), here(), jitsi.Target{ID: must(jitsimeet.ParseParticipantID("F0AA9E1E"))}); err != nil || got != jitsi.NotFound {
		t.Errorf("got %q, %v; want %q", got, err, jitsi.NotFound)
	}
}

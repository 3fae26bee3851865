package jitsi_test

import (
	"context"
	"net/http"
	"testing"

	"gavel/local/standin"
	"gavel/shared/httpclient"
	"gavel/shared/jitsi"
)

// operation is one of the commands with arguments that are all right.
type operation struct {
	name    string
	path    string // of the module
	query   string
	method  string
	body    string
	command string // in the log
	module  string
	done    jitsi.Outcome // empty for the one that only looks
	rejects int           // the module's status for a token that is no good
	once    bool          // never sent again
	mayMiss bool          // 404 says that what should be gone is gone already
	do      func(ctx context.Context, c *jitsi.Client, p jitsi.Place) (jitsi.Outcome, error)
}

func operations() []operation {
	return []operation{
		{
			name: "end", method: http.MethodPost, path: endPath, query: "conference=standup%40conference.meet.example.org",
			command: "end-meeting", module: "mod_muc_end_meeting", done: jitsi.Destroyed, rejects: http.StatusUnauthorized, mayMiss: true,
			do: func(ctx context.Context, c *jitsi.Client, p jitsi.Place) (jitsi.Outcome, error) {
				return c.EndRoom(ctx, p, false)
			},
		},
		{
			name: "end silently", method: http.MethodPost, path: endPath, query: "conference=standup%40conference.meet.example.org&silent-reconnect=true",
			command: "end-meeting", module: "mod_muc_end_meeting", done: jitsi.Destroyed, rejects: http.StatusUnauthorized, mayMiss: true, once: true,
			do: func(ctx context.Context, c *jitsi.Client, p jitsi.Place) (jitsi.Outcome, error) {
				return c.EndRoom(ctx, p, true)
			},
		},
		{
			name: "kick", method: http.MethodPut, path: kickPath, query: "room=standup", body: `{"participantId":"f0aa9e1e"}`,
			command: "kick-participant", module: "mod_muc_kick_participant", done: jitsi.Kicked, rejects: http.StatusForbidden, mayMiss: true,
			do: func(ctx context.Context, c *jitsi.Client, p jitsi.Place) (jitsi.Outcome, error) {
				return c.Kick(ctx, p, somebody())
			},
		},
		{
			name: "kick a phone", method: http.MethodPut, path: kickPath, query: "room=standup", body: `{"number":"+40747777777"}`,
			command: "kick-participant", module: "mod_muc_kick_participant", done: jitsi.Kicked, rejects: http.StatusForbidden, mayMiss: true, once: true,
			do: func(ctx context.Context, c *jitsi.Client, p jitsi.Place) (jitsi.Outcome, error) {
				return c.Kick(ctx, p, aPhone())
			},
		},
		{
			name: "dial out", method: http.MethodPost, path: invitePath, body: `{"conference":"standup@conference.meet.example.org","phoneNo":"+40747777777"}`,
			command: "invite-jigasi", module: "mod_muc_jigasi_invite", done: jitsi.Requested, rejects: http.StatusUnauthorized, once: true,
			do: func(ctx context.Context, c *jitsi.Client, p jitsi.Place) (jitsi.Outcome, error) {
				return c.DialOut(ctx, p, number())
			},
		},
		{
			name: "look", method: http.MethodGet, path: roomPath, query: "room=standup&domain=meet.example.org",
			command: "room", module: "mod_muc_size",
			do: func(ctx context.Context, c *jitsi.Client, p jitsi.Place) (jitsi.Outcome, error) {
				_, err := c.Occupants(ctx, p)
				return "", err
			},
		},
	}
}

// commands are the operations that change something.
func commands() []operation {
	var all []operation
	for _, o := range operations() {
		if o.done != "" {
			all = append(all, o)
		}
	}
	return all
}

func somebody() jitsi.Target { return jitsi.Target{ID: shortID} }
func aPhone() jitsi.Target   { return jitsi.Target{Number: number()} }
func here() jitsi.Place      { return jitsi.Place{Room: room} }

// call does an operation when everybody is there.
func (o operation) call(ctx context.Context, f *fixture) (jitsi.Outcome, error) {
	f.upstream.fill()
	return o.do(ctx, f.client, here())
}

func TestOutcome_OfWhatIsThere(t *testing.T) {
	t.Parallel()
	for _, o := range operations() {
		for _, code := range []int{http.StatusOK, http.StatusNoContent} {
			f := setup(t)
			if code != http.StatusOK && o.done != "" {
				f.upstream.from(o.path, standin.Says(code, ""))
				f.upstream.from(roomPath, standin.Says(http.StatusInternalServerError, ""))
			}
			if got, err := o.call(t.Context(), f); err != nil || got != o.done {
				t.Errorf("%s answered %d: got %q, %v; want %q", o.name, code, got, err, o.done)
			}
		}
	}
}

// TestOutcome_OfWhatIsGone has the room gone, and the module's own 404, of which the body is empty.
func TestOutcome_OfWhatIsGone(t *testing.T) {
	t.Parallel()
	for _, o := range commands() {
		if !o.mayMiss {
			continue
		}
		f := setup(t)
		got, err := o.do(t.Context(), f.client, jitsi.Place{Room: "nobody-there"})
		if err != nil || got != jitsi.NotFound {
			t.Errorf("%s: got %q, %v; want %q", o.name, got, err, jitsi.NotFound)
		}
		f.upstream.from(o.path, standin.Says(http.StatusNotFound, ""))
		if got, err := o.call(t.Context(), f); err != nil || got != jitsi.NotFound {
			t.Errorf("%s answered 404: got %q, %v; want %q", o.name, got, err, jitsi.NotFound)
		}
		if n := len(f.upstream.seen(o.path)); n != 2 {
			t.Errorf("%s: got %d requests, want each once", o.name, n)
		}
	}
}

// TestOutcome_OfAPathThatNoModuleServes is an error that says what to look after: Prosody's own 404 has a page in it.
func TestOutcome_OfAPathThatNoModuleServes(t *testing.T) {
	t.Parallel()
	for _, o := range operations() {
		for _, answer := range []http.HandlerFunc{
			standin.Says(http.StatusNotFound, standin.Page, "Content-Type", "text/html; charset=utf-8"), standin.Says(http.StatusNotFound, standin.Page),
			standin.Says(http.StatusNotFound, "", "Content-Type", "text/html"),
		} {
			f := setup(t)
			f.upstream.from(o.path, answer)

			got, err := o.call(t.Context(), f)

			failure := upstreamError(t, err)
			want := "nothing is served at this path: is system.baseUrl in the secret right, is " + o.module +
				" loaded, and is its prosody_password_public_key_repo_url set?"
			if got != "" || failure.Kind != httpclient.Refused || failure.Status != http.StatusNotFound || !failure.Page || failure.Hint != want {
				t.Errorf("%s: got %q and %+v, want an error with the hint %q", o.name, got, failure, want)
			}
			if n := len(f.upstream.seen(o.path)); n != 1 {
				t.Errorf("%s: got %d requests, want 1", o.name, n)
			}
		}
	}
}

// TestDialOut_WithoutAGateway is a failure, of which the module itself says something.
func TestDialOut_WithoutAGateway(t *testing.T) {
	t.Parallel()
	const hint = "the server has no gateway for phone calls (Jigasi) that is ready"
	for name, tc := range map[string]struct {
		answer  http.HandlerFunc
		message string
	}{
		"as the module says it": {nil, "No available Jigasi for [redacted]"},
		"without the plus":      {standin.Says(http.StatusNotFound, `{"error":"none for `+phoneNo[1:]+`"}`), "none for [redacted]"},
		"nothing":               {standin.Says(http.StatusNotFound, ""), ""},
		"no JSON":               {standin.Says(http.StatusNotFound, "none"), ""},
		"JSON of another form":  {standin.Says(http.StatusNotFound, `{"error":{"code":1}}`), ""},
	} {
		f := setup(t)
		f.upstream.gateway = false
		if tc.answer != nil {
			f.upstream.from(invitePath, tc.answer)
		}

		got, err := f.client.DialOut(t.Context(), here(), number())

		failure := upstreamError(t, err)
		if got != "" || failure.Kind != httpclient.Refused || failure.Status != http.StatusNotFound || failure.Message != tc.message || failure.Hint != hint {
			t.Errorf("%s: got %q and %+v, want the message %q and the hint", name, got, failure, tc.message)
		}
		if part, found := standin.Holds(failure.Body+failure.Message+failure.Error(), phoneNo[1:]); found {
			t.Errorf("%s: got %q in %+v", name, part, failure)
		}
	}
}

func TestDialOut_MessageIsShort(t *testing.T) {
	t.Parallel()
	f := setup(t)
	long := make([]byte, 5000)
	for i := range long {
		long[i] = "ab "[i%3]
	}
	f.upstream.from(invitePath, standin.Says(http.StatusNotFound, `{"error":"`+string(long)+`"}`))
	_, err := f.client.DialOut(t.Context(), here(), number())
	if got := upstreamError(t, err).Message; len(got) > 256+len("…") || len(got) < 200 {
		t.Errorf("got %d bytes, want the beginning", len(got))
	}
}

// TestDialOut_HintIsOfNoGatewayAlone because other failures have other reasons.
func TestDialOut_HintIsOfNoGatewayAlone(t *testing.T) {
	t.Parallel()
	for _, code := range []int{400, 409, 500} {
		f := setup(t)
		f.upstream.from(invitePath, standin.Says(code, `{"error":"no"}`))
		_, err := f.client.DialOut(t.Context(), here(), number())
		if got := upstreamError(t, err); got.Hint != "" || got.Message != "" {
			t.Errorf("%d: got %+v, want no hint", code, got)
		}
	}
}

// TestSystem_ThatIsMissingIsNamed for every command, also for the one that needs no key.
func TestSystem_ThatIsMissingIsNamed(t *testing.T) {
	t.Parallel()
	const want = "system is missing: it says where Prosody's HTTP port is and with which key to sign commands"
	for _, o := range operations() {
		f := setup(t, withSecret(fields{"system": nil}))
		got, err := o.call(t.Context(), f)
		if failure := secretError(t, err); got != "" || failure.Passing || failure.Reason != want {
			t.Errorf("%s: got %q, %v; want %q", o.name, got, err, want)
		}
		if n := len(f.upstream.seen()); n != 0 {
			t.Errorf("%s: got %d requests, want none", o.name, n)
		}
	}
}

func TestSecret_ThatIsMissingIsNamed(t *testing.T) {
	t.Parallel()
	for _, o := range operations() {
		f := setup(t)
		f.vault.PutText("")
		got, err := o.call(t.Context(), f)
		if failure := secretError(t, err); got != "" || failure.Passing || failure.Reason != "it does not exist" {
			t.Errorf("%s: got %q, %v; want that it does not exist", o.name, got, err)
		}
	}
}

// TestSecret_ThatCannotBeReadNow may be all right in a while.
func TestSecret_ThatCannotBeReadNow(t *testing.T) {
	t.Parallel()
	for _, o := range operations() {
		f := setup(t)
		f.vault.Fail(true)
		if _, err := o.call(t.Context(), f); !secretError(t, err).Passing {
			t.Errorf("%s: got %v, want a passing failure", o.name, err)
		}
		f.vault.Fail(false)
		if _, err := o.call(t.Context(), f); err != nil {
			t.Errorf("%s: got %v once it can be read again", o.name, err)
		}
	}
}

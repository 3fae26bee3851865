package roomsapi_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"gavel/shared/problem"
	"gavel/shared/rooms"
)

// says answers with a status and a text that repeats the request, as some upstreams do.
func says(status int, text string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		for i := 0; i < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, text+r.URL.Path+" "+r.Header.Get("Authorization")+" "+string(body))
	}
}

// breaksOff ends the connection in place of an answer.
func breaksOff(w http.ResponseWriter, _ *http.Request) {
	if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
		_ = conn.Close()
	}
}

func hangs(_ http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body) // or the end of the connection is not noticed
	<-r.Context().Done()
}

// trouble is a way in which JaaS fails, and what the caller learns of it.
type trouble struct {
	answer http.HandlerFunc
	code   problem.Code
	budget time.Duration
}

func troubles() map[string]trouble {
	return map[string]trouble{
		"is down":           {breaksOff, problem.UpstreamError, 0},
		"hangs":             {hangs, problem.UpstreamTimeout, time.Second},
		"says 400":          {says(400, ""), problem.UpstreamError, 0},
		"says 401":          {says(401, ""), problem.UpstreamCredentials, 0},
		"says 403":          {says(403, ""), problem.UpstreamCredentials, 0},
		"says 429":          {says(429, "", "Retry-After", "120"), problem.UpstreamBusy, 0},
		"says 500":          {says(500, ""), problem.UpstreamError, 0},
		"says 503":          {says(503, "", "Retry-After", "120"), problem.UpstreamBusy, 0},
		"says yes in HTML":  {says(200, "<!DOCTYPE html><html>"), problem.UpstreamError, 0},
		"says no in HTML":   {says(401, "<!DOCTYPE html><html>"), problem.UpstreamCredentials, 0},
		"sends them around": {says(302, "", "Location", "/elsewhere"), problem.UpstreamError, 0},
	}
}

func TestProviderFails_TheRoomIsRightAndTheSweepRepeatsIt(t *testing.T) {
	t.Parallel()
	for name, tt := range troubles() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, options{budget: tt.budget})
			m := w.meet(t)
			room := "/participant/room/" + m.room
			link := call[joinBody](t, w, guest, http.MethodPost, room+"/join", "", 200)
			w.enter(t, call[joinBody](t, w, owner, http.MethodPost, room+"/join", "", 200).URL)

			fail(&w.upstream, tt.answer)
			// A link is minted without asking JaaS.
			call[joinBody](t, w, guest, http.MethodPost, room+"/join", "", 200)
			removed := call[removedBody](t, w, owner, http.MethodDelete, m.at(find(t, "rooms-remove-participant")), "", 200)
			failed(t, removed.AtProvider, tt.code)
			isProblem(t, w.send(t, as(guest), http.MethodGet, room, ""), http.StatusNotFound, problem.NotFound)
			isProblem(t, w.send(t, as(guest), http.MethodPost, room+"/join", ""), http.StatusNotFound, problem.NotFound)
			ended := call[roomBody](t, w, owner, http.MethodPost, "/admin/room/"+m.room+"/end", "{}", 200)
			if ended.Status != "ended" || ended.Participants != 1 {
				t.Errorf("got %+v, want the room ended, with its owner alone in it", ended)
			}
			failed(t, &ended.AtProvider, tt.code)

			w.clock.Step(31 * time.Second)
			w.swept(t, rooms.Swept{Failed: 2})
			fail(&w.upstream, nil)
			if got := w.enter(t, link.URL); got.Error != "" { // which is what there is to mend
				t.Errorf("got %+v, want a seat for the link that was not banned yet", got)
			}
			w.mended(t)
			if got := w.enter(t, link.URL); got.Error != "user is banned" {
				t.Errorf("got %+v, want the guest banned", got)
			}
			w.swept(t, rooms.Swept{})
		})
	}
}

// mended sweeps until everything is done. With little time for JaaS, that can take more than one try.
func (w *world) mended(t *testing.T) {
	t.Helper()
	var all rooms.Swept
	for pause := 16 * time.Second; pause < time.Hour/4; pause *= 2 {
		w.clock.Step(pause)
		got, err := w.service.Sweep(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		all.Finished, all.Expelled = all.Finished+got.Finished, all.Expelled+got.Expelled
		if got.Failed == 0 {
			break
		}
	}
	if want := (rooms.Swept{Finished: 1, Expelled: 1}); all != want {
		t.Errorf("sweep: got %+v, want %+v", all, want)
	}
}

// failed checks what is said of a call that JaaS did not follow.
func failed(t *testing.T, e *effect, code problem.Code) {
	t.Helper()
	// Whom JaaS does not ban is to be kicked all the same; nobody here is inside.
	if e == nil || e.Provider != "jaas" || e.Complete || e.Failure.Code != string(code) || e.Failure.Detail == "" || strings.TrimSuffix(e.did(), "kick not_present") != "" {
		t.Errorf("got %+v, want the failure %s of jaas and no action", e, code)
	}
	for _, inside := range []string{marker, "eyj", "html", "127.0.0.1"} {
		if strings.Contains(strings.ToLower(e.Failure.Detail), inside) {
			t.Errorf("got %q, which says %q", e.Failure.Detail, inside)
		}
	}
}

func (w *world) swept(t *testing.T, want rooms.Swept) {
	t.Helper()
	got, err := w.service.Sweep(t.Context())
	got.Oldest = 0
	if err != nil || got != want {
		t.Errorf("sweep: got %+v, %v, want %+v", got, err, want)
	}
}

// TestProviderFails_HalfWay has the ban made and the kick refused: what was done is said beside what was not.
func TestProviderFails_HalfWay(t *testing.T) {
	t.Parallel()
	w := setup(t, options{})
	m := w.meet(t)
	w.enter(t, call[joinBody](t, w, guest, http.MethodPost, "/participant/room/"+m.room+"/join", "", 200).URL)
	fail(&w.upstream, func(out http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "/ban/user/") {
			_, _ = io.WriteString(out, "{}")
			return
		}
		says(400, "")(out, r)
	})
	removed := call[removedBody](t, w, owner, http.MethodDelete, m.at(find(t, "rooms-remove-participant")), "", 200)
	if e := removed.AtProvider; e == nil || e.Complete || e.did() != "ban banned" || e.Failure.Code != string(problem.UpstreamError) {
		t.Errorf("got %+v, want the ban done and the failure of the kick", e)
	}
	fail(&w.upstream, nil)
	w.clock.Step(31 * time.Second)
	w.swept(t, rooms.Swept{Expelled: 1})
}

func TestEnd_InTimeIsFinishedByTheSweep(t *testing.T) {
	t.Parallel()
	w := setup(t, options{})
	m := w.meet(t)
	w.enter(t, call[joinBody](t, w, guest, http.MethodPost, "/participant/room/"+m.room+"/join", "", 200).URL)
	call[roomBody](t, w, owner, http.MethodPost, "/admin/room/"+m.room+"/end", `{"time_left_in_seconds":60}`, 200)
	w.clock.Step(59 * time.Second)
	w.swept(t, rooms.Swept{})
	if got := len(w.asked.Exchanges()); got != 0 {
		t.Errorf("JaaS got %d requests before the end, want none", got)
	}
	w.clock.Step(time.Second)
	w.swept(t, rooms.Swept{Finished: 1})
	if got := w.asked.Exchanges(); len(got) != 1 || got[0].Answer.Status != http.StatusOK {
		t.Errorf("JaaS got %d requests, want the one that destroys the meeting", len(got))
	}
}

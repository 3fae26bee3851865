package jaas_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/go-jose/go-jose/v4"

	"gavel/local/standin"
	"gavel/shared/httpclient"
	"gavel/shared/jaas"
	"gavel/shared/jitsimeet"
	"gavel/shared/phone"
)

// participantToken is a token that an app handed out before, of the form the documentation shows.
func participantToken(id jaas.AppID) string {
	signer := must(jose.NewSigner(
		jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: theKey(), KeyID: string(id) + "/" + keyID}},
		(&jose.SignerOptions{}).WithType("JWT"),
	))
	signed := must(signer.Sign([]byte(`{"aud":"jitsi","iss":"chat","sub":"` + string(id) +
		`","room":"standup","exp":1760007200,"nbf":1759999990,"context":{"user":{"id":"u-17"},"features":{}}}`)))
	return must(signed.CompactSerialize())
}

func TestDialOut_IsSentOnceWhateverHappens(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		answer http.HandlerFunc
		kind   httpclient.Kind
	}{
		{"bad request", status(http.StatusBadRequest), httpclient.Refused},
		{"too many requests", status(http.StatusTooManyRequests), httpclient.Busy},
		{"too many requests, retry at once", retryAfter(http.StatusTooManyRequests, "0"), httpclient.Busy},
		{"unavailable, retry in a second", retryAfter(http.StatusServiceUnavailable, "1"), httpclient.Busy},
		{"internal error", status(http.StatusInternalServerError), httpclient.Refused},
		{"bad gateway", status(http.StatusBadGateway), httpclient.Refused},
		{"gateway timeout", status(http.StatusGatewayTimeout), httpclient.Refused},
		{"redirect", redirect, httpclient.Nonsense},
		{"connection broken off", standin.Breaks(""), httpclient.Unreachable},
		{"answer broken off", standin.Breaks(standin.Begun), httpclient.Unreachable},
		{"no answer", standin.Hangs(""), httpclient.Timeout},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f := setup(t, inMemory())
				f.upstream.from(tc.answer)

				outcome, err := f.client.DialOut(t.Context(), appID, room, number())

				if failure := upstreamError(t, err); failure.Kind != tc.kind || outcome != "" {
					t.Errorf("got outcome %q and %v, want %s", outcome, failure, tc.kind)
				}
				f.upstream.only(t)
			})
		})
	}
}

// A connection that was kept from an earlier call and is found dead is a case of its own for
// net/http, which repeats some requests by itself.
func TestDialOut_IsSentOnceOverAConnectionThatIsReset(t *testing.T) {
	t.Parallel()
	f := setup(t)
	f.upstream.then(status(http.StatusOK), reset)
	if _, err := f.client.DestroyRoom(t.Context(), appID, room); err != nil {
		t.Fatal(err)
	}

	_, err := f.client.DialOut(t.Context(), appID, room, number())

	failure := upstreamError(t, err)
	if failure.Kind != httpclient.Unreachable || !failure.MayHaveHappened {
		t.Errorf("got %v, may have happened %t; want unreachable, true", failure, failure.MayHaveHappened)
	}
	if got := len(f.upstream.seen()); got != 2 {
		t.Errorf("got %d requests, want the first command and one dial-out", got)
	}
}

func TestCommands_OtherThanDialOutAreRepeatedOnPassingFailures(t *testing.T) {
	t.Parallel()
	for _, c := range calls() {
		if c.name == "DIAL_OUT_PARTICIPANT" {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f := setup(t, inMemory())
				f.upstream.then(status(http.StatusServiceUnavailable), standin.Breaks(""), status(http.StatusNoContent))

				outcome, err := c.do(t.Context(), f.client, appID)

				if err != nil || outcome != c.done {
					t.Errorf("got %q, %v; want %q", outcome, err, c.done)
				}
				all := f.upstream.seen()
				if len(all) != 3 || all[0].body != all[2].body || all[0].uri != all[2].uri || len(f.upstream.tokens()) != 1 {
					t.Errorf("got requests %v, want the same one three times", all)
				}
			})
		})
	}
}

func TestCommands_ReportWhatTheProviderAnswers(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		status int
		kind   httpclient.Kind
	}{
		{http.StatusBadRequest, httpclient.Refused},
		{http.StatusConflict, httpclient.Refused},
		{http.StatusTooManyRequests, httpclient.Busy},
		{http.StatusInternalServerError, httpclient.Refused},
		{http.StatusServiceUnavailable, httpclient.Busy},
	} {
		for _, c := range calls() {
			t.Run(http.StatusText(tc.status)+"/"+c.name, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					f := setup(t, inMemory())
					f.upstream.from(status(tc.status))

					outcome, err := c.do(t.Context(), f.client, appID)

					failure := upstreamError(t, err)
					if failure.Kind != tc.kind || failure.Status != tc.status || failure.Secret != "" || outcome != "" {
						t.Errorf("got outcome %q and %+v, want %s with HTTP %d", outcome, failure, tc.kind, tc.status)
					}
				})
			})
		}
	}
}

func TestCommands_NotFoundIsAnOutcomeWhereSomethingShouldBeGone(t *testing.T) {
	t.Parallel()
	for _, c := range calls() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := setup(t)
			f.upstream.from(status(http.StatusNotFound))

			outcome, err := c.do(t.Context(), f.client, appID)

			f.upstream.only(t)
			if c.mayMiss {
				if err != nil || outcome != jaas.NotFound {
					t.Errorf("got %q, %v; want %q", outcome, err, jaas.NotFound)
				}
				return
			}
			if failure := upstreamError(t, err); failure.Kind != httpclient.Refused || failure.Status != http.StatusNotFound || outcome != "" {
				t.Errorf("got outcome %q and %v, want an error", outcome, failure)
			}
		})
	}
}

func TestCommands_SendNothingWhenTheInputIsWrong(t *testing.T) {
	t.Parallel()
	f := setup(t)
	for _, id := range []string{"", ".", "..", " ", "a\x00b", "a\xffb", strings.Repeat("a", jitsimeet.MaxUserID+1)} {
		if outcome, err := f.client.BanUser(t.Context(), appID, id); !errors.Is(err, jitsimeet.ErrUserID) || outcome != "" {
			t.Errorf("BanUser(%q): got %q, %v; want ErrUserID", id, outcome, err)
		}
	}
	for _, token := range []string{"", "a.b", participantToken(otherApp), participantToken(appID) + "\n"} {
		if outcome, err := f.client.BanJWT(t.Context(), appID, token); !errors.Is(err, jaas.ErrJWT) || outcome != "" {
			t.Errorf("BanJWT: got %q, %v; want ErrJWT", outcome, err)
		}
	}
	if got := len(f.upstream.seen()); got != 0 || f.vault.reads.Load() != 0 {
		t.Errorf("got %d requests and %d reads of the secret, want none", got, f.vault.reads.Load())
	}
}

func TestCommands_EndWithTheCaller(t *testing.T) {
	t.Parallel()
	for _, c := range calls() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := setup(t)
			ctx, cancel := context.WithCancel(t.Context())
			f.upstream.from(func(_ http.ResponseWriter, r *http.Request) {
				cancel()
				<-r.Context().Done()
			})

			_, err := c.do(ctx, f.client, appID)

			if failure := upstreamError(t, err); !errors.Is(failure, context.Canceled) || !failure.MayHaveHappened {
				t.Errorf("got %v, may have happened %t; want it canceled, true", failure, failure.MayHaveHappened)
			}
			f.upstream.only(t)
		})
	}
}

func TestCommands_RequestsAreExact(t *testing.T) {
	t.Parallel()
	const meetings = basePath + "/conference-commands/v1/meeting"
	const bans = basePath + "/jaccess/v1/access-management/" + string(appID) + "/ban/"
	for _, tc := range []struct{ name, uri, body string }{
		{"BAN_USER", bans + "user/auth0%7C5f903d7a", ""},
		{"BAN_JWT", bans + "jwt", `{"jwt":"` + participantToken(appID) + `"}`},
		{"DESTROY", meetings, `{"action":"DESTROY","payload":{"conferenceFullName":"` + conference + `"}}`},
		{"DIAL_OUT_PARTICIPANT", meetings, `{"action":"DIAL_OUT_PARTICIPANT","payload":{"conferenceFullName":"` + conference + `","phoneNo":"+40747777777"}}`},
		{"HANG_UP_CALL", meetings, `{"action":"HANG_UP_CALL","payload":{"conferenceFullName":"` + conference + `","phoneNo":"+40747777777"}}`},
		{"KICK_PARTICIPANT", meetings, `{"action":"KICK_PARTICIPANT","payload":{"conferenceFullName":"` + conference + `","participantId":"f0aa9e1e"}}`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			f := setup(t)
			c := callNamed(tc.name)

			outcome, err := c.do(t.Context(), f.client, appID)

			if err != nil || outcome != c.done {
				t.Fatalf("got %q, %v; want %q", outcome, err, c.done)
			}
			got := f.upstream.only(t)
			if got.method != http.MethodPost || got.uri != tc.uri || got.body != tc.body {
				t.Errorf("got  %s %s\n     %s\nwant POST %s\n     %s", got.method, got.uri, got.body, tc.uri, tc.body)
			}
			wantType := []string{"application/json"}
			if tc.body == "" {
				wantType = nil
			}
			if types := got.header.Values("Content-Type"); len(types) != len(wantType) || len(types) == 1 && types[0] != wantType[0] {
				t.Errorf("got content type %q, want %q", types, wantType)
			}
		})
	}
}

func TestBanUser_EscapesTheIDAsOneSegment(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ id, segment string }{
		{"u-17", "u-17"},
		{"A.b_c~d", "A.b_c~d"},
		{"auth0|5f90/x y", "auth0%7C5f90%2Fx%20y"},
		{"100%", "100%25"},
		{"%2e%2e", "%252e%252e"},
		{"a+b@c.d", "a%2Bb%40c.d"},
		{"?#&;:", "%3F%23%26%3B%3A"},
		{"!*'()$,=[]", "%21%2A%27%28%29%24%2C%3D%5B%5D"},
		{"../admin", "..%2Fadmin"},
		{"...", "..."},
		{`a\b"c`, "a%5Cb%22c"},
		{" u ", "%20u%20"},
		{"é", "%C3%A9"},
		{"e\u0301", "e%CC%81"},
		{"Żółw 😀", "%C5%BB%C3%B3%C5%82w%20%F0%9F%98%80"},
		{"a\u2028", "a%E2%80%A8"},
	} {
		t.Run(tc.id, func(t *testing.T) {
			t.Parallel()
			f := setup(t)

			if _, err := f.client.BanUser(t.Context(), appID, tc.id); err != nil {
				t.Fatal(err)
			}

			want := basePath + "/jaccess/v1/access-management/" + string(appID) + "/ban/user/" + tc.segment
			got := f.upstream.only(t)
			if got.uri != want {
				t.Errorf("got  %s\nwant %s", got.uri, want)
			}
			plain, err := url.PathUnescape(got.uri[strings.LastIndexByte(got.uri, '/')+1:])
			if err != nil || plain != tc.id {
				t.Errorf("got id %q, %v; want %q", plain, err, tc.id)
			}
		})
	}
}

func TestDialOutAndHangUp_NameTheSameNumber(t *testing.T) {
	t.Parallel()
	f := setup(t)
	for _, text := range []string{"0040 747-777-777", "+40 (747) 777.777", " +40747777777\n"} {
		if _, err := f.client.DialOut(t.Context(), appID, room, must(phone.Parse(text))); err != nil {
			t.Fatal(err)
		}
		if _, err := f.client.HangUp(t.Context(), appID, room, must(phone.Parse(text))); err != nil {
			t.Fatal(err)
		}
	}
	for _, got := range f.upstream.seen() {
		if !strings.Contains(got.body, `"phoneNo":"+40747777777"}}`) {
			t.Errorf("got body %s, want +40747777777 in it", got.body)
		}
	}
}

func TestCommands_NameTheConferenceOfTheNormalisedRoom(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, domain, want string }{
		{"testRoom", "8x8.vc", conference},
		{"testRoom", "stage.8x8.vc", "testroom@conference." + string(appID) + ".stage.8x8.vc"},
		{"ÉTÉ 1", "8x8.vc", "%c3%a9t%c3%a9%201@conference." + string(appID) + ".8x8.vc"},
	} {
		t.Run(tc.name+" "+tc.domain, func(t *testing.T) {
			t.Parallel()
			f := setup(t, withDomain(tc.domain))

			if _, err := f.client.DestroyRoom(t.Context(), appID, must(jaas.ParseRoom(tc.name))); err != nil {
				t.Fatal(err)
			}

			want := `{"action":"DESTROY","payload":{"conferenceFullName":"` + tc.want + `"}}`
			if got := f.upstream.only(t).body; got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}

func TestNew_TakesEveryFormOfBaseURL(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, path, trailing string }{
		{"current", "/v1/_jaas", ""},
		{"current, slash", "/v1/_jaas", "/"},
		{"current, slashes", "/v1/_jaas", "//"},
		{"old host", "", ""},
		{"old host, slash", "", "/"},
		{"behind a gateway", "/a%20b/jaas", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			f := setup(t, withPath(tc.path), withTrailing(tc.trailing))
			for _, c := range calls() {
				if _, err := c.do(t.Context(), f.client, appID); err != nil {
					t.Errorf("%s: %v", c.name, err)
				}
			}
			for _, got := range f.upstream.seen() {
				rest, found := strings.CutPrefix(got.uri, tc.path)
				if !found || !strings.HasPrefix(rest, "/jaccess/v1/") && !strings.HasPrefix(rest, "/conference-commands/v1/") {
					t.Errorf("got %s, want the endpoint's path right behind %q", got.uri, tc.path)
				}
			}
		})
	}
}

func TestCommands_TakeAny2xxForSuccess(t *testing.T) {
	t.Parallel()
	f := setup(t)
	for _, code := range []int{http.StatusOK, http.StatusCreated, http.StatusAccepted, http.StatusNoContent} {
		f.upstream.from(status(code))
		for _, c := range calls() {
			if outcome, err := c.do(t.Context(), f.client, appID); err != nil || outcome != c.done {
				t.Errorf("%s answered %d: got %q, %v; want %q", c.name, code, outcome, err, c.done)
			}
		}
	}
}

func retryAfter(code int, value string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", value)
		w.WriteHeader(code)
	}
}

func redirect(w http.ResponseWriter, r *http.Request) {
	http.Redirect(w, r, r.URL.Path+"/again", http.StatusTemporaryRedirect)
}

// reset ends the connection with a TCP reset.
func reset(w http.ResponseWriter, _ *http.Request) {
	conn := standin.Hijack(w)
	_ = conn.(*net.TCPConn).SetLinger(0)
	_ = conn.Close()
}

package veeting_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"gavel/local/standin"
	"gavel/shared/httpclient"
	"gavel/shared/veeting"
)

func TestAnswer_ZeroIsASuccessAsNumberAndAsText(t *testing.T) {
	t.Parallel()
	for _, o := range operations() {
		for _, said := range []string{
			`{"responseCode":0,"data":` + o.data + `}`, `{"responseCode":"0","data":` + o.data + `}`,
			` { "responseMessage" : "fine", "more" : [1], "data" : ` + o.data + `, "responseCode" : 0 } `,
		} {
			for _, code := range []int{200, 201, 202} {
				f := setup(t)
				f.upstream.from(standin.Says(code, said))
				got, err := o.call(t.Context(), f)
				if err != nil {
					t.Errorf("%s: got %v for HTTP %d with %s", o.name, err, code, said)
					continue
				}
				sameJSON(t, o.name, got, o.want)
			}
		}
	}
}

// TestAnswer_WithoutData is a yes that says nothing more: of most calls the tutorial does not show the answer.
func TestAnswer_WithoutData(t *testing.T) {
	t.Parallel()
	for _, o := range operations() {
		for _, said := range []string{`{"responseCode":0}`, `{"responseCode":0,"data":null}`, `{"responseCode":0,"responseMessage":null}`} {
			f := setup(t)
			f.upstream.from(standin.Says(200, said))
			got, err := o.call(t.Context(), f)
			if err != nil {
				t.Errorf("%s: got %v for %s", o.name, err, said)
			}
			sameJSON(t, o.name, got, o.nobody)
		}
	}
}

// TestAnswer_WithDataOfAnotherForm is all right where the form is not known.
func TestAnswer_WithDataOfAnotherForm(t *testing.T) {
	t.Parallel()
	for _, o := range operations() {
		for _, data := range []string{`{"a":1}`, `[]`, `[{"a":1}]`, `"done"`, `true`, `7`} {
			f := setup(t)
			f.upstream.from(gives(data))
			got, err := o.call(t.Context(), f)
			fits := data[0] == '[' && o.reads || data[0] == '{' && !o.reads
			if !fits && o.about == "account" {
				if failure := upstreamError(t, err); failure.Kind != httpclient.Nonsense || failure.Status != 200 || !failure.MayHaveHappened {
					t.Errorf("%s of %s: got %+v, want nonsense", o.name, data, failure)
				}
				continue
			}
			want := o.nobody
			if fits {
				want = data
			}
			if err != nil {
				t.Errorf("%s of %s: got %v", o.name, data, err)
			}
			sameJSON(t, o.name, got, want)
		}
	}
}

// TestAnswer_ThatIsNone may be the end of something that was done.
func TestAnswer_ThatIsNone(t *testing.T) {
	t.Parallel()
	for _, said := range []string{
		"", " ", "fine", "{}", "[]", "null", "0", `"0"`, `{"data":{}}`, `{"responseCode":null}`, `{"responseCode":""}`, `{"responseCode":0`,
		`{"ResponseCode`, `[{"responseCode":0}]`, `{"responseCode":0}{"responseCode":0}`, `{"data":{"responseCode":0}}`, strings.Repeat("[", 20_000),
	} {
		for _, o := range operations() {
			f := setup(t)
			f.upstream.from(standin.Says(200, said))
			_, err := o.call(t.Context(), f)
			failure := upstreamError(t, err)
			if failure.Kind != httpclient.Nonsense || failure.Status != 200 || !failure.MayHaveHappened || failure.Code != "" {
				t.Errorf("%s: got %+v for %.100q, want nonsense that may hide a success", o.name, failure, said)
			}
			if len(f.upstream.seen()) != 1 {
				t.Errorf("%s: got %d requests, want 1", o.name, len(f.upstream.seen()))
			}
		}
	}
}

func TestAnswer_OfAnotherCodeIsARefusal(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ said, code, message, hint string }{
		{`-10`, "-10", "Account exists", "in Veeting's older API the code -10 means: account already exists"},
		{`"-10"`, "-10", "Account exists", "in Veeting's older API the code -10 means: account already exists"},
		{`-4`, "-4", "Bad", "in Veeting's older API the code -4 means: data not valid"},
		{`-3`, "-3", "Bad", "in Veeting's older API the code -3 means: not allowed"},
		{`"-2"`, "-2", "Bad", "in Veeting's older API the code -2 means: session key not valid"},
		{`-99`, "-99", "Bad", "in Veeting's older API the code -99 means: unknown error"},
		{`-1`, "-1", "", ""},
		{`1`, "1", "Odd", ""},
		{`"OK"`, "OK", "Odd", ""},
		{`false`, "false", "Odd", ""},
		{`{"a":1}`, `{"a":1}`, "Odd", ""},
	} {
		for _, o := range operations() {
			for _, status := range []int{200, 409, 500} {
				synctest.Test(t, func(t *testing.T) {
					f := setup(t, inMemory())
					f.upstream.from(standin.Says(status, `{"responseCode":`+tt.said+`,"responseMessage":"`+tt.message+`","data":{"field":"adminEmail"}}`))
					_, err := o.call(t.Context(), f)
					got := upstreamError(t, err)
					if got.Kind != httpclient.Refused || got.Status != status || got.Code != tt.code || got.Message != tt.message || got.Hint != tt.hint {
						t.Errorf("%s: got %+v for HTTP %d with %s, want it refused with %+v", o.name, got, status, tt.said, tt)
					}
					may := status == 500 || status == 200 && tt.code == "-99" // which says that nobody knows
					if got.MayHaveHappened != may || !strings.Contains(got.Body, `"field":"adminEmail"`) {
						t.Errorf("%s: got %+v for HTTP %d with %s, want may have happened %t, and the answer", o.name, got, status, tt.said, may)
					}
				})
			}
		}
	}
}

// TestAnswer_SaysItsCodeWhateverItsMessageIs because the code is what matters.
func TestAnswer_SaysItsCodeWhateverItsMessageIs(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]string{`null`: "", `7`: "7", `["a"]`: `["a"]`, `{"en":"No"}`: `{"en":"No"}`} {
		for _, status := range []int{200, 400} {
			f := setup(t)
			f.upstream.from(standin.Says(status, `{"responseCode":-4,"responseMessage":`+said+`}`))
			_, err := f.client.Close(t.Context(), byID, meetingID)
			if got := upstreamError(t, err); got.Code != "-4" || got.Message != want || got.MayHaveHappened {
				t.Errorf("got %+v for HTTP %d with %s, want -4 and %q", got, status, said, want)
			}
		}
	}
}

// TestAnswer_WithAFailingStatusIsAFailureWhateverItsCode says what the code was.
func TestAnswer_WithAFailingStatusIsAFailureWhateverItsCode(t *testing.T) {
	t.Parallel()
	for _, said := range []string{`{"responseCode":0,"data":{}}`, `{"responseCode":"0","responseMessage":"fine"}`} {
		for _, o := range operations() {
			f := setup(t)
			f.upstream.from(standin.Says(http.StatusBadRequest, said))
			_, err := o.call(t.Context(), f)
			if got := upstreamError(t, err); got.Kind != httpclient.Refused || got.Status != 400 || got.Code != "0" {
				t.Errorf("%s: got %+v, want it refused", o.name, got)
			}
		}
	}
}

// TestAnswer_IsPassedOnShortAndWithoutWhatWasSent is about what a careless server repeats.
func TestAnswer_IsPassedOnShortAndWithoutWhatWasSent(t *testing.T) {
	t.Parallel()
	for _, o := range operations() {
		for _, user := range []veeting.User{byID, byEmail} {
			for _, status := range []int{200, 400} {
				f := setup(t)
				f.upstream.from(func(w http.ResponseWriter, r *http.Request) {
					sent := r.Header.Get("X-Api-Key") + " " + r.Header.Get("X-User-Id") + " " + r.Header.Get("X-User-Email") + " " + userEmail
					standin.Says(status, `{"responseCode":"`+sent+`","responseMessage":"`+sent+strings.Repeat(" x", 5000)+`"}`)(w, r)
				})
				_, err := o.do(t.Context(), f.client, user)
				got := upstreamError(t, err)
				for _, part := range []string{apiKey, userEmail, user.ID} {
					if shown := got.Code + got.Message + got.Body + got.Hint + got.Error(); part != "" && strings.Contains(shown, part) && (o.about != "account" || part != user.ID) {
						t.Errorf("%s: got %s, want it without %s", o.name, shown, part)
					}
				}
				if len(got.Message) > 256+len("…") || len(got.Code) > 32+len("…") || len(got.Body) > httpclient.MaxExcerpt+len("…") {
					t.Errorf("%s: got %d, %d and %d bytes, want beginnings", o.name, len(got.Message), len(got.Code), len(got.Body))
				}
			}
		}
	}
}

// TestPlain has names and types as this API has them, and everything else as it came.
func TestPlain(t *testing.T) {
	t.Parallel()
	for got, want := range map[string]string{
		`{}`:                                                    `{}`,
		`{"duration":"60","icalSequence":"0"}`:                  `{"duration":60,"icalSequence":0}`,
		`{"duration":60,"icalSequence":12}`:                     `{"duration":60,"icalSequence":12}`,
		`{"duration":"-5"}`:                                     `{"duration":-5}`,
		`{"duration":"an hour","icalSequence":""}`:              `{"duration":"an hour","icalSequence":""}`,
		`{"duration":"60.5","icalSequence":"0x1"}`:              `{"duration":"60.5","icalSequence":"0x1"}`,
		`{"duration":" 60","icalSequence":null}`:                `{"duration":" 60","icalSequence":null}`,
		`{"duration":["60"],"icalSequence":{"a":"1"}}`:          `{"duration":["60"],"icalSequence":{"a":"1"}}`,
		`{"duration":"99999999999999999999"}`:                   `{"duration":"99999999999999999999"}`,
		`{"id":"a","meetingId":"9974-7653-8886-0485"}`:          `{"id":"a","participantMeetingId":"9974-7653-8886-0485"}`,
		`{"meetingId":null}`:                                    `{"participantMeetingId":null}`,
		`{"new":{"meetingId":"a","duration":"1"},"pin":"0123"}`: `{"new":{"meetingId":"a","duration":"1"},"pin":"0123"}`,
		`{"big":12345678901234567890.50}`:                       `{"big":12345678901234567890.50}`,
	} {
		var meeting veeting.Object
		if err := json.Unmarshal([]byte(got), &meeting); err != nil {
			t.Fatal(err)
		}
		before := string(must(json.Marshal(meeting)))
		sameJSON(t, got, veeting.Plain(meeting), want)
		if after := string(must(json.Marshal(meeting))); after != before {
			t.Errorf("got %s afterwards, want %s as it was", after, before)
		}
	}
}

// TestPlain_MakesNoNumberThatIsNoJSON although there are ways to write one that JSON does not have.
func TestPlain_MakesNoNumberThatIsNoJSON(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"007": "7", "+7": "7", "-07": "-7", "-0": "0"} {
		sameJSON(t, text, veeting.Plain(veeting.Object{"duration": json.RawMessage(`"` + text + `"`)}), `{"duration":`+want+`}`)
	}
}

func TestText_IsOfTextAlone(t *testing.T) {
	t.Parallel()
	o := veeting.Object{"a": json.RawMessage(`"ü\n"`), "b": json.RawMessage(`7`), "c": json.RawMessage(`null`), "d": json.RawMessage(`{}`)}
	for name, want := range map[string]string{"a": "ü\n", "b": "", "c": "", "d": "", "e": ""} {
		if got := o.Text(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

// TestAnswer_AddressesOfAnyFormAreTakenOut also those that do not look like one.
func TestAnswer_AddressesOfAnyFormAreTakenOut(t *testing.T) {
	t.Parallel()
	const odd = "ada@intranet"
	f := setup(t)
	f.upstream.from(standin.Says(200, `{"responseCode":-10,"responseMessage":"`+odd+` exists"}`))
	n := newAccount()
	n.AdminEmail = odd
	_, createErr := f.client.CreateAccount(t.Context(), n)
	_, closeErr := f.client.Close(t.Context(), veeting.User{Email: odd}, meetingID)
	for _, err := range []error{createErr, closeErr} {
		if got := upstreamError(t, err); got.Message != "[redacted] exists" || strings.Contains(got.Body, odd) {
			t.Errorf("got %q and %q, want them without the address", got.Message, got.Body)
		}
	}
}

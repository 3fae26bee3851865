package jitsi

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"
)

func TestFormDecode(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		query     string
		form, raw map[string]string
	}{
		{"", map[string]string{}, map[string]string{}},
		{"a", map[string]string{}, map[string]string{}},
		{"a=b&c=d", map[string]string{"a": "b", "c": "d"}, map[string]string{"a": "b", "c": "d"}},
		{"a=b=c", map[string]string{"a": "b=c"}, map[string]string{"a": "b=c"}},
		{"a=1&a=2", map[string]string{"a": "2"}, map[string]string{"a": "2"}},
		{"=b", map[string]string{"": "b"}, map[string]string{}},
		{"a=", map[string]string{"a": ""}, map[string]string{"a": ""}},
		{"%61=b+c%20d%2B", map[string]string{"a": "b c d+"}, map[string]string{"%61": "b+c%20d%2B"}},
		{"a=%c3%A9", map[string]string{"a": "é"}, map[string]string{"a": "%c3%A9"}},
		{"a=%25c3", map[string]string{"a": "%c3"}, map[string]string{"a": "%25c3"}},
		{"a=%&b=%4&c=%g1&d=%%41", map[string]string{"a": "%", "b": "%4", "c": "%g1", "d": "%A"}, map[string]string{"a": "%", "b": "%4", "c": "%g1", "d": "%%41"}},
	} {
		if got := formDecode(tc.query); !reflect.DeepEqual(got, tc.form) {
			t.Errorf("formDecode(%q) = %q, want %q", tc.query, got, tc.form)
		}
		if got := rawPairs(tc.query); !reflect.DeepEqual(got, tc.raw) {
			t.Errorf("rawPairs(%q) = %q, want %q", tc.query, got, tc.raw)
		}
	}
}

func TestURLEncode(t *testing.T) {
	t.Parallel()
	if got, want := urlEncode("aZ09.~_-é /%+*"), "aZ09.~_-%c3%a9%20%2f%25%2b%2a"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestRewrite(t *testing.T) {
	t.Parallel()
	set := Settings{}.withDefaults()
	for _, tc := range []struct{ jid, want string }{
		{"r@conference.meet.jitsi", "r@conference.meet.jitsi"},
		{"r@conference.acme.meet.jitsi", "[acme]r@conference.meet.jitsi"},
		{"r@conference.acme.meet.jitsi/nick", "[acme]r@conference.meet.jitsi/nick"},
		{"[acme]r@conference.meet.jitsi", "[acme]r@conference.meet.jitsi"},
		{"r@conference.a.b.meet.jitsi", "r@conference.a.b.meet.jitsi"},
		{"r@conference-acme.meet.jitsi", "r@conference-acme.meet.jitsi"},
		{"r@conference.acme.example.org", "r@conference.acme.example.org"},
		{"r@conference..meet.jitsi", "r@conference..meet.jitsi"},
		{"@conference.acme.meet.jitsi", "@conference.acme.meet.jitsi"},
		{"conference.acme.meet.jitsi", "conference.acme.meet.jitsi"},
		{"", ""},
	} {
		if got := set.rewrite(tc.jid); got != tc.want {
			t.Errorf("rewrite(%q) = %q, want %q", tc.jid, got, tc.want)
		}
	}
}

func TestStartTime(t *testing.T) {
	t.Parallel()
	at := time.Date(2025, 10, 9, 8, 53, 20, 0, time.UTC)
	for _, tc := range []struct {
		value any
		ok    bool
	}{
		{"2025-10-09T08:53:20.000Z", true},
		{"2025-10-09T08:53:20.999Z", true}, // fractions are dropped
		{"2025-10-09T08:53:20Z", true},
		{"2025-10-09T08:53:20", true},
		{"20251009T08:53:20Z", true},
		{"2025-10-09T10:53:20+02:00", true},
		{"2025-10-09T10:53:20.5+0200", true},
		{"2025-10-09T10:53:20+02", true},
		{"2025-10-09T03:23:20-05:30", true},
		{"2025-10-09 08:53:20", false},
		{"2025-13-09T08:53:20Z", false},
		{"2025-10-09T08:53Z", false},
		{"2025-10-09T08:53:20 CET", false},
		{"", false},
		{json.Number("1760000000"), false},
		{nil, false},
	} {
		got, ok := startTime(tc.value)
		if ok != tc.ok || ok && !got.Equal(at) {
			t.Errorf("startTime(%v) = %v %t, want %v %t", tc.value, got, ok, at, tc.ok)
		}
	}
}

func TestNumber(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		value any
		want  float64
		ok    bool
	}{
		{json.Number("60"), 60, true},
		{json.Number("0.5"), 0.5, true},
		{json.Number("1e400"), 0, false},
		{"60", 60, true},
		{" 60 ", 60, true},
		{"NaN", 0, false},
		{"Inf", 0, false},
		{"", 0, false},
		{true, 0, false},
		{nil, 0, false},
	} {
		if got, ok := number(tc.value); ok != tc.ok || ok && got != tc.want {
			t.Errorf("number(%v) = %v %t, want %v %t", tc.value, got, ok, tc.want, tc.ok)
		}
	}
}

func TestWithoutTokens(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ query, want string }{
		{"", ""},
		{"room=a&token=b&domain=c", "room=a&token=&domain=c"},
		{"TOKEN=b=c&jwt=d&%6Awt=e&token", "TOKEN=&jwt=&%6Awt=&token"},
		{"tokens=b", "tokens=b"},
	} {
		if got := withoutTokens(tc.query); got != tc.want {
			t.Errorf("withoutTokens(%q) = %q, want %q", tc.query, got, tc.want)
		}
	}
}

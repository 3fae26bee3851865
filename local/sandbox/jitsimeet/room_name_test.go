package jitsimeet

import (
	"strings"
	"testing"
)

// All but "%21%2A" agree with the client's own function, run in Node.js.
func TestNormalRoom(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ in, want string }{
		{"", ""},
		{"Stand-Up_1.a~b", "stand-up_1.a~b"},
		{"stand up", "stand%20up"},
		{"stand%20up", "stand%20up"},
		{`a:b?c#d[e]f@g!h$i&j'k(l)m*n+o,p;q=r>s<t/u"v`, "abcdefghijklmnopqrstuv"},
		{"é", "%c3%a9"},
		{"E\u0301", "%c3%a9"},
		{"%C3%89", "%c3%a9"},
		{"ﬁＡ", "fia"},
		{"ПРИВЕТ", "%d0%bf%d1%80%d0%b8%d0%b2%d0%b5%d1%82"},
		{"100%", "100%25"},
		{"%ff", "%25ff"},
		{"%2F%3F", "%2f%3f"},
		{"%21%2A", ""},
		{"İ", "i%cc%87"},
		{"ΟΔΟΣ", "%ce%bf%ce%b4%ce%bf%cf%82"},
		{"ΣΑΣ ΑΣΑ", "%cf%83%ce%b1%cf%82%20%ce%b1%cf%83%ce%b1"},
		{"Σ", "%cf%83"},
	} {
		got := NormalRoom(tc.in)
		if got != tc.want {
			t.Errorf("NormalRoom(%q) = %q, want %q", tc.in, got, tc.want)
		}
		if again := NormalRoom(got); again != got {
			t.Errorf("NormalRoom(%q) = %q: not stable", got, again)
		}
	}
}

func FuzzNormalRoom_Stable(f *testing.F) {
	for _, seed := range []string{"a", "%25%32%35", "％41", "%2!5", "%!41", "Σ'", "%25!c3%a9"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		once := NormalRoom(in)
		if len(once) <= MaxRoomBytes && once != "" && !IsNormalRoom(once) {
			t.Errorf("NormalRoom(%q) = %q, and that gives %q", in, once, NormalRoom(once))
		}
		if strings.ContainsAny(once, excluded) {
			t.Errorf("NormalRoom(%q) = %q holds dropped characters", in, once)
		}
	})
}

package runtimeapi

import "testing"

func TestTail_KeepsTheEnd(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		writes []string
		want   string
	}{
		{"nothing", nil, ""},
		{"less than the limit", []string{"ab", "c"}, "abc"},
		{"more than the limit", []string{"abc", "def"}, "cdef"},
		{"more than twice the limit", []string{"abcd", "efgh", "ij", "k"}, "hijk"},
		{"one long write", []string{"abcdefghijkl"}, "ijkl"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			logs := &tail{limit: 4}
			for _, text := range tt.writes {
				_, _ = logs.Write([]byte(text))
			}
			if got := logs.String(); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

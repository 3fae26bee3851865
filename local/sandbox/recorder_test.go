package sandbox_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"gavel/local/sandbox"
)

func TestBody(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, raw string
		want      any
	}{
		{"empty", "", nil},
		{"object", `{"a":1}`, map[string]any{"a": json.Number("1")}},
		{"big number keeps its digits", `12345678901234567890`, json.Number("12345678901234567890")},
		{"not JSON", "a=b", "a=b"},
		{"JSON with something behind", `{} x`, "{} x"},
		{"too long is cut text", strings.Repeat("a", sandbox.MaxTextBytes+1), strings.Repeat("a", sandbox.MaxTextBytes) + "…"},
		{
			"cut between characters", strings.Repeat("a", sandbox.MaxTextBytes-1) + "é",
			strings.Repeat("a", sandbox.MaxTextBytes-1) + "…",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := sandbox.Body([]byte(tc.raw)); !reflect.DeepEqual(got, tc.want) {
				t.Errorf("Body = %#v, want %#v", got, tc.want)
			}
		})
	}
}

func TestRecorder_KeepsTheNewest(t *testing.T) {
	t.Parallel()
	var rec sandbox.Recorder
	for i := range sandbox.Capacity + 5 {
		rec.Record(sandbox.Exchange{Path: fmt.Sprint(i)})
	}
	got := rec.Exchanges()
	if len(got) != sandbox.Capacity {
		t.Fatalf("kept %d, want %d", len(got), sandbox.Capacity)
	}
	if first, last := got[0].Path, got[len(got)-1].Path; first != "5" || last != fmt.Sprint(sandbox.Capacity+4) {
		t.Errorf("first %s and last %s, want 5 and %d", first, last, sandbox.Capacity+4)
	}
}

func TestRecorder_NilForgets(t *testing.T) {
	t.Parallel()
	var rec *sandbox.Recorder
	rec.Record(sandbox.Exchange{})
	if got := rec.Exchanges(); len(got) != 0 {
		t.Errorf("got %d exchanges, want none", len(got))
	}
}

func TestRecorder_CutsLongPaths(t *testing.T) {
	t.Parallel()
	var rec sandbox.Recorder
	rec.Record(sandbox.Exchange{Path: strings.Repeat("/", 1<<20)})
	if got := len(rec.Exchanges()[0].Path); got > sandbox.MaxTextBytes+len("…") {
		t.Errorf("kept a path of %d bytes", got)
	}
}

func TestRecorder_Concurrent(t *testing.T) {
	t.Parallel()
	var rec sandbox.Recorder
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 200 {
				rec.Record(sandbox.Exchange{Claims: map[string]any{"a": "b"}})
				rec.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/?limit=3", nil))
			}
		})
	}
	wg.Wait()
	if got := len(rec.Exchanges()); got != 1600 {
		t.Errorf("got %d exchanges, want 1600", got)
	}
}

func TestRecorder_ServeHTTP(t *testing.T) {
	t.Parallel()
	var rec sandbox.Recorder
	for i := range 3 {
		rec.Record(sandbox.Exchange{Path: fmt.Sprint(i)})
	}
	for _, tc := range []struct {
		name, method, target string
		status               int
		want                 string
	}{
		{"post", "POST", "/", 405, ""},
		{"limit is no number", "GET", "/?limit=x", 400, ""},
		{"limit below zero", "GET", "/?limit=-1", 400, ""},
		{"all", "GET", "/", 200, "0 1 2"},
		{"newest two", "GET", "/?limit=2", 200, "1 2"},
		{"none", "GET", "/?limit=0", 200, ""},
		{"more than there are", "GET", "/?limit=9", 200, "0 1 2"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			w := httptest.NewRecorder()
			rec.ServeHTTP(w, httptest.NewRequest(tc.method, tc.target, nil))
			if w.Code != tc.status {
				t.Fatalf("status %d, want %d", w.Code, tc.status)
			}
			if got := paths(t, w); tc.status == 200 && got != tc.want {
				t.Errorf("paths %q, want %q", got, tc.want)
			}
		})
	}
}

func paths(t *testing.T, w *httptest.ResponseRecorder) string {
	t.Helper()
	var got []struct{ Path string }
	if w.Code == http.StatusOK {
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
			t.Fatal(err)
		}
		if got == nil {
			t.Fatal("got null, want a list")
		}
	}
	var all []string
	for _, r := range got {
		all = append(all, r.Path)
	}
	return strings.Join(all, " ")
}

func ExampleRecorder() {
	var rec sandbox.Recorder
	rec.Record(sandbox.Exchange{
		Time: time.Unix(0, 0).UTC(), Provider: "jaas", Method: "POST", Path: "/v1/_jaas/x",
		Authorization: "Bearer", TokenError: "invalid signature",
		Body: sandbox.Body([]byte(`{"action":"DESTROY"}`)), Answer: sandbox.Answer{Status: 401},
	})
	w := httptest.NewRecorder()
	rec.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	fmt.Print(w.Body)
	// Output: [{"time":"1970-01-01T00:00:00Z","provider":"jaas","method":"POST","path":"/v1/_jaas/x","authorization":"Bearer","claims":null,"tokenError":"invalid signature","body":{"action":"DESTROY"},"answer":{"status":401,"body":null}}]
}

package veeting_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"gavel/local/sandbox/veeting"
)

func TestPathsAndMethods(t *testing.T) {
	t.Parallel()
	w := setup(t)
	const id = "5e945c36b863b82cefdddf54"
	for _, tc := range []struct {
		method, path, want, allow string
	}{
		{"POST", "/", "404 -1", ""},
		{"POST", "/meeting", "404 -1", ""},
		{"POST", "/api/v6", "404 -1", ""},
		{"POST", "/api/v5/meeting", "404 -1", ""},
		{"POST", "/api/v6/meeting/", "404 -1", ""},
		{"POST", "//api/v6/meeting", "404 -1", ""},
		{"GET", "/api/v6/meeting", "405 -1", "POST"},
		{"HEAD", "/api/v6/meeting", "405 <nil>", "POST"},
		{"PUT", "/api/v6/account", "405 -1", "POST"},
		{"GET", "/api/v6/account/admin/", "404 -1", ""},
		{"POST", "/api/v6/account/admin/" + id, "405 -1", "GET"},
		{"GET", "/api/v6/meeting/" + id, "405 -1", "DELETE"},
		{"PUT", "/api/v6/meeting/" + id, "405 -1", "DELETE"},
		{"PUT", "/api/v6/meeting/close", "405 -1", "POST, DELETE"},
		{"DELETE", "/api/v6/meeting/" + id + "/false", "405 -1", "PUT"},
		{"PUT", "/api/v6/meeting/" + id + "/false/", "404 -1", ""},
		{"DELETE", "/api/v6/meeting/a%2Fb", "404 -1", ""},
		{"DELETE", "/api/v6/meeting/" + id, "200 -1", ""},
		{"DELETE", "/api/v6/meeting/close", "200 -4", ""},
		{"DELETE", "/api/v6/meeting/9974-7653-8886-0485", "200 -4", ""},
		{"DELETE", "/api/v6/meeting/%35e945c36b863b82cefdddf54", "200 -1", ""},
	} {
		t.Run(tc.method+" "+tc.path, func(t *testing.T) {
			t.Parallel()
			got := w.account(tc.method, tc.path, "")
			if got.code() != tc.want || got.header.Get("Allow") != tc.allow {
				t.Errorf("got %s allowing %q, want %s allowing %q", got.code(), got.header.Get("Allow"), tc.want, tc.allow)
			}
			if typ := got.header.Get("Content-Type"); typ != jsonType {
				t.Errorf("content type: got %s, want %s", typ, jsonType)
			}
		})
	}
}

func TestPath_BadlyEncoded(t *testing.T) {
	t.Parallel()
	req := httptest.NewRequest(http.MethodDelete, "/x", nil)
	req.URL.Path, req.URL.RawPath = "/api/v6/meeting/a|b", "/api/v6/meeting/a|b" // a Go client would encode the bar
	got := httptest.NewRecorder()
	veeting.New(veeting.Options{}).ServeHTTP(got, req)
	if got.Code != http.StatusBadRequest {
		t.Errorf("got %d, want 400", got.Code)
	}
}

func TestPrefix(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	mux.Handle("/a/b/", http.StripPrefix("/a/b", veeting.New(veeting.Options{})))
	h := httptest.NewServer(mux)
	t.Cleanup(h.Close)
	w := &world{t: t, url: h.URL + "/a/b"}
	// Without keys: 401 says that the path was understood.
	w.want(w.account("POST", meetings, "{}"), "401 -3")
}

// The tutorial sends the content type with every call, also with those that have no body.
func TestContentType(t *testing.T) {
	t.Parallel()
	w := setup(t)
	id := w.newAccount().id()
	for _, tc := range []struct {
		types []string
		want  string
	}{
		{nil, "200 -4"},
		{[]string{""}, "200 -4"},
		{[]string{"text/plain"}, "200 -4"},
		{[]string{"application/x-www-form-urlencoded"}, "200 -4"},
		{[]string{"application/problem+json"}, "200 -4"},
		{[]string{jsonType, jsonType}, "200 -4"},
		{[]string{jsonType + "; charset=utf-8"}, "200 0"},
		{[]string{"Application/JSON"}, "200 0"},
	} {
		t.Run(strings.Join(tc.types, " and "), func(t *testing.T) {
			t.Parallel()
			header := http.Header{"Content-Type": tc.types}
			header.Set("X-API-KEY", instanceKey)
			get := w.do("GET", "/api/v6/account/admin/"+id, header, "")
			header.Set("X-API-KEY", accountKey)
			post := w.do("POST", meetings, header, meeting.String())
			for _, got := range []reply{get, post} {
				if got.code() != tc.want {
					t.Errorf("got %s, want %s: %s", got.code(), tc.want, got.text)
				}
			}
		})
	}
}

func TestBodies(t *testing.T) {
	t.Parallel()
	w := setup(t)
	id := w.schedule().id()
	twice := strings.TrimSuffix(meeting.String(), "}") + `,"topic":"again"}`
	for _, body := range []string{
		"", " ", "{}", "null", "[]", "[" + meeting.String() + "]", `"{}"`, "topic=x", meeting.String() + "x",
		meeting.String() + meeting.String(), strings.TrimSuffix(meeting.String(), "}"), twice,
		meeting.with("topic", "\"\xff\"").String(), `{"data":` + meeting.String() + `}`,
		meeting.with("topic", quote(strings.Repeat("x", 16<<10))).String(),
	} {
		if got := w.account("POST", meetings, body); got.code() != "200 -4" {
			t.Errorf("%.60q: got %s, want 200 -4: %s", body, got.code(), got.text)
		}
	}
	w.want(w.account("DELETE", meetings+"/"+id, "{}"), "200 -4")
	w.want(w.owner("GET", "/api/v6/account/admin/"+id, "{}"), "200 -4")
	w.want(w.account("DELETE", meetings+"/"+id+"?notify=true", ""), "200 -4")
	w.want(w.account("POST", meetings+"?", " "+meeting.with("topic", quote(strings.Repeat("x", 15<<10))).String()+"\n"), "200 0")
	w.want(w.account("DELETE", meetings+"/"+id, ""), "200 0")
}

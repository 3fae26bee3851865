package openmeetings_test

import (
	"net/http"
	"strings"
	"testing"

	"gavel/local/sandbox/openmeetings"
)

func TestTransport_Refusals(t *testing.T) {
	t.Parallel()
	w := setup(t)
	sid := w.login("gavel")
	for _, tc := range []struct {
		name, method, path string
		status             int
		allow              string
	}{
		{"root", "GET", "/", 404, ""},
		{"services alone", "GET", "/services", 404, ""},
		{"services left out", "GET", "/room/1", 404, ""},
		{"no such service", "GET", "/services/rooms", 404, ""},
		{"removed in 7.0.0", "GET", "/services/room/cleanwb/1", 404, ""},
		{"empty segment", "GET", "/services/room//1", 404, ""},
		{"dot segment", "GET", "/services/room/kick/1/shop/%2E%2E", 404, ""},
		{"encoded slash", "GET", "/services/room/CONFERENCE/shop/a%2Fb", 400, ""},
		{"encoded slash, lower case", "GET", "/services/room/CONFERENCE/shop/a%2fb", 400, ""},
		{"encoded backslash", "GET", "/services/room/CONFERENCE/shop/a%5Cb", 400, ""},
		{"encoded null", "GET", "/services/room/CONFERENCE/shop/a%00b", 400, ""},
		{"plain brace", "GET", "/services/room/CONFERENCE/shop/{", 400, ""},
		{"nothing before a semicolon", "GET", "/services/room/CONFERENCE/shop/;x", 404, ""},
		{"id is no number", "GET", "/services/room/abc", 404, ""},
		{"id is too large", "GET", "/services/room/9223372036854775808", 404, ""},
		{"no such sub-path is an id", "GET", "/services/room/hash", 404, ""},
		{"put a group", "PUT", "/services/group", 405, "GET, POST"},
		{"post to a room", "POST", "/services/room/1", 405, "DELETE, GET"},
		{"delete to close", "DELETE", "/services/room/close/1", 405, "GET"},
		{"head", "HEAD", "/services/room/1", 403, ""},
		{"trace", "TRACE", "/services/room/1", 403, ""},
		{"badly encoded query", "GET", "/services/room/1?x=%zz", 400, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			path := tc.path + "?"
			if strings.Contains(tc.path, "?") {
				path = tc.path + "&"
			}
			req, err := http.NewRequestWithContext(t.Context(), tc.method, w.url, nil)
			if err != nil {
				t.Fatal(err)
			}
			rawPath, query, _ := strings.Cut(path+"sid="+sid, "?")
			req.URL.Opaque = mount + rawPath
			req.URL.RawQuery = query
			res, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close()
			if res.StatusCode != tc.status || res.Header.Get("Allow") != tc.allow {
				t.Errorf("got %d, Allow %q; want %d, %q", res.StatusCode, res.Header.Get("Allow"), tc.status, tc.allow)
			}
			if got := res.Header.Get("Content-Type"); !strings.HasPrefix(got, "text/html") {
				t.Errorf("content type: got %q, want HTML", got)
			}
		})
	}
}

func TestTransport_TrailingSlash(t *testing.T) {
	t.Parallel()
	w := setup(t)
	sid := w.login("gavel")
	w.want(w.get(sid, "user/"), 200)
	w.want(w.get(sid, "room/1/"), 200)
	w.want(w.post(sid, "room/", "room", `{"type":"CONFERENCE"}`), 200)
}

func TestTransport_Accept(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for accept, status := range map[string]int{
		"": 200, "*/*": 200, "application/*": 200, "application/json": 200, "text/html, */*;q=0.1": 200,
		"application/json;q=0": 406, "text/html": 406, "application/xml": 406, "nonsense//": 406,
	} {
		if got := w.do("GET", "/services/info/health", http.Header{"Accept": {accept}}, ""); got.status != status {
			t.Errorf("Accept %q: got %d, want %d", accept, got.status, status)
		}
	}
}

// What comes as anything but an encoded form has no fields.
func TestTransport_FormsOnly(t *testing.T) {
	t.Parallel()
	w := setup(t)
	sid := w.login("gavel")
	room := `{"type":"CONFERENCE"}`
	for name, body := range map[string]struct{ contentType, text string }{
		"json":            {"application/json", `{"room":` + room + `}`},
		"json of a room":  {"application/json", room},
		"no content type": {"", "room=" + room},
		"multipart":       {"multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"room\"\r\n\r\n" + room + "\r\n--x--\r\n"},
	} {
		got := w.do("POST", "/services/room?sid="+sid, http.Header{"Content-Type": {body.contentType}}, body.text)
		if got.status != 500 || !strings.Contains(got.message(), `because "dto" is null`) || got.header.Get("exception") == "" {
			t.Errorf("%s: got %d %s, want 500 and a null pointer", name, got.status, got.text)
		}
	}
	w.want(w.do("POST", "/services/room?sid="+sid, http.Header{"Content-Type": {formType + "; charset=UTF-8"}}, "room="+room), 200)
	w.wantPage(w.do("POST", "/services/room?sid="+sid, http.Header{"Content-Type": {formType}}, "room=%zz"), 400)
}

func TestTransport_PlusIsASpace(t *testing.T) {
	t.Parallel()
	w := setup(t)
	sid := w.login("gavel")
	form := func(name string) any {
		got := w.do("POST", "/services/room?sid="+sid, http.Header{"Content-Type": {formType}}, `room={"type":"CONFERENCE","name":"`+name+`"}`)
		return got.object("roomDTO")["name"]
	}
	if got := form("a+b"); got != "a b" {
		t.Errorf("plus in a form: got %v, want a b", got)
	}
	if got := form("a%2Bb"); got != "a+b" {
		t.Errorf("%%2B in a form: got %v, want a+b", got)
	}
	w.want(w.call("POST", sid, "group?name=c+d", nil), 200)
	groups := w.get(sid, "group").list("groupDTO")
	if got := groups[len(groups)-1]["name"]; got != "c d" {
		t.Errorf("plus in a query: got %v, want c d", got)
	}
	if got := w.do("GET", "/services/room/1?sid="+sid+"&sid=x", nil, ""); got.status != 200 {
		t.Errorf("sid twice: got %d %s, want the first one to count", got.status, got.text)
	}
	got := w.get(sid, "room/CONFERENCE/a+b/%C3%A9%20x;y=z?room="+`%7B%22type%22:%22CONFERENCE%22%7D`).object("roomDTO")
	if got["externalType"] != "a+b" || got["externalId"] != "é x" {
		t.Errorf("path: got %v and %v, want a+b and é x", got["externalType"], got["externalId"])
	}
	if got := w.get(sid, "room/CONFERENCE/a+b/%C3%A9%20x%3By"); got.status != 200 {
		t.Errorf("encoded semicolon: got %d, want it cut off like a plain one", got.status)
	}
}

func TestTransport_Limits(t *testing.T) {
	t.Parallel()
	w := setup(t, func(o *openmeetings.Options) { o.FileLimit = 1000 })
	sid := w.login("gavel")
	w.wantPage(w.post(sid, "room", "room", strings.Repeat(" ", 2<<20)), 413)
	got := w.do("POST", "/services/file?sid="+sid, http.Header{"Content-Type": {"multipart/form-data; boundary=x"}}, strings.Repeat("x", 1001))
	w.wantPage(got, 413)
}

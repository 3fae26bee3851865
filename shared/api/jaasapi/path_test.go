package jaasapi_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"gavel/shared/problem"
)

// dial opens a connection on which a test can write what no HTTP client would.
func dial(t *testing.T, at string) *net.TCPConn {
	t.Helper()
	u, err := url.Parse(at)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", u.Host)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	tcp, ok := conn.(*net.TCPConn)
	if !ok {
		t.Fatalf("got %T, want a TCP connection", conn)
	}
	return tcp
}

// read reads one answer.
func read(t *testing.T, conn net.Conn) answer {
	t.Helper()
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{Status: response.StatusCode, Header: response.Header, Body: body}
}

func TestAppID_OfAnotherFormIsRefused(t *testing.T) {
	t.Parallel()
	for _, op := range operations() {
		t.Run(op.id, func(t *testing.T) {
			t.Parallel()
			g := setup(t, options{})
			g.untouched(t)
			for _, id := range []string{
				".", "..", "%2e", "%2E%2E", "%2e%2e%2f%2e%2e", "x", "%25", "%00", "%FF", "*", "%C3%BC",
				"vpaas-magic-cookie-", "vpaas-magic-cookie-0123456789abcdef0123456789abcde", appID + "0", "a" + appID,
				"0123456789abcdef0123456789abcdef", strings.ToUpper(appID), "vpaas-magic-cookie-0123456789ABCDEF0123456789ABCDEF",
				appID + "%0a", "%20" + appID, appID + "%2F4f4910", "jaas%2F" + appID, appID + "%00", rejected, strings.Repeat("a", 8000),
			} {
				got := g.post(t, strings.Replace(op.url(), appID, id, 1), op.body)
				refused(t, got, 422, "path.appId")
			}
		})
	}
}

func TestRoom_ThatIsNoneIsRefused(t *testing.T) {
	t.Parallel()
	for _, op := range operations() {
		if !op.inRoom() {
			continue
		}
		t.Run(op.id, func(t *testing.T) {
			t.Parallel()
			g := setup(t, options{})
			g.untouched(t)
			for _, room := range []string{
				".", "..", "%2e", "%2E%2e", "%252e%252e", "...", "%20", "%20.%20", "%3F%23", "a%00b", "%0d%0a", "a%7Fb", "%C2%85",
				"*", "%2A", "%20*%20", "%FF", "a%C3", "%ED%A0%80", strings.Repeat("a", 129), strings.Repeat("a", 9000),
				strings.Repeat("%C3%BC", 129), strings.Repeat("%E2%80%8D", 129),
			} {
				refused(t, g.post(t, op.at(room), op.body), 422, "path.room")
			}
		})
	}
}

func TestRoom_AllFaultsAreReportedTogether(t *testing.T) {
	t.Parallel()
	g := setup(t, options{})
	g.untouched(t)
	got := g.post(t, "/jaas/"+rejected+"/rooms/%2e%2e/dial-out", `{"phoneNo":"`+rejected+`","b":1,"a":2}`)
	refused(t, got, 422, "body.a", "body.b", "body.phoneNo", "path.appId", "path.room")
	got = g.post(t, "/jaas/"+rejected+"/rooms/%2e%2e/dial-out", `{"phoneNo"`)
	refused(t, got, 400, "body", "path.appId", "path.room")
}

func TestPath_ThatNamesNoOperationIsNotFound(t *testing.T) {
	t.Parallel()
	for _, op := range operations() {
		t.Run(op.id, func(t *testing.T) {
			t.Parallel()
			g := setup(t, options{})
			g.untouched(t)
			paths := []string{
				"//jaas/" + appID + op.path, strings.Replace(op.url(), appID, "", 1), op.url() + "/", op.url() + "//", op.url() + "/..",
				op.url() + "/../x", strings.ToUpper(op.url()), op.url() + "%2F", strings.Replace(op.url(), "jaas/", "jaas%2F", 1),
				"/x/.." + op.url(), "/./" + op.url()[1:], "/jaas/" + appID, "/",
			}
			if op.inRoom() {
				// The room's own name must not reach another operation.
				paths = append(paths, op.at(""), op.at("a/b"), op.at("../bans"), op.at("/"), op.at("a/../b"))
			}
			for _, path := range paths {
				p := document(t, g.post(t, path, op.body))
				if p.Status != http.StatusNotFound || p.Code != problem.NotFound {
					t.Errorf("got HTTP %d with code %s for %s, want 404 with %s", p.Status, p.Code, path, problem.NotFound)
				}
			}
		})
	}
}

// TestPath_ThatCannotBeReadIsRefused is about what net/http itself refuses, in words of its own.
func TestPath_ThatCannotBeReadIsRefused(t *testing.T) {
	t.Parallel()
	g := setup(t, options{})
	g.untouched(t)
	for _, room := range []string{"%", "%zz", "%2", "a b", "a\x01b"} {
		conn := dial(t, g.url)
		_, _ = io.WriteString(conn, "POST "+operations()[4].at(room)+" HTTP/1.1\r\nHost: gavel.test\r\nContent-Length: 0\r\n\r\n")
		if got := read(t, conn); got.Status != http.StatusBadRequest {
			t.Errorf("got HTTP %d for the room %q, want 400", got.Status, room)
		}
	}
}

// TestRoom_IsNormalisedOnItsWay pins what reaches JaaS of names that are odd but good.
func TestRoom_IsNormalisedOnItsWay(t *testing.T) {
	t.Parallel()
	for room, want := range map[string]string{
		"testRoom": "testroom", "a%2Fb": "ab", "%25": "%25", "100%25": "100%25", "%C3%9Cber": "%c3%bcber", "U%CC%88ber": "%c3%bcber",
		"%2525": "%25", "a+b": "ab", "a%2Bb": "ab", "..a": "..a", "a%20b": "a%20b", "%F0%9F%98%80": "%f0%9f%98%80", "x%40y": "xy",
	} {
		t.Run(room, func(t *testing.T) {
			t.Parallel()
			g := setup(t, options{})
			for _, op := range operations() {
				if !op.inRoom() {
					continue
				}
				if got := g.post(t, op.at(room), op.body); got.Status != http.StatusOK {
					t.Errorf("%s: got HTTP %d, want 200: %s", op.id, got.Status, got.Body)
				}
			}
			for _, request := range g.upstream.received() {
				conference := `"conferenceFullName":"` + want + `@conference.` + appID + `.8x8.vc"`
				if !strings.Contains(request.body, conference) {
					t.Errorf("got %s upstream, want %s in it", request.body, conference)
				}
			}
		})
	}
}

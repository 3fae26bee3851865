package openmeetings_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
)

// recorded is the whole record as text.
func (w *world) recorded() string {
	w.t.Helper()
	raw, err := json.Marshal(w.rec.Exchanges())
	if err != nil {
		w.t.Fatal(err)
	}
	return string(raw)
}

func TestRecord_HoldsNoSecret(t *testing.T) {
	t.Parallel()
	w := setup(t)
	sid := w.login("gavel")
	hash := w.hash(sid, "u-1", `"roomId":1`)
	invitation := w.invite(sid, `"roomId":1,"valid":"ENDLESS","passwordProtected":true,"password":"door-code"`).word()
	w.post(sid, "user", "user", `{"login":"grace","password":"Xy-0!aaaa"}`)
	w.post(sid, "user", "user", `{"login":"grace","password":"Xy-0!aaab"`)                                                     // broken
	w.do("GET", "/services/user/login?user=gavel&pass="+url.QueryEscape(password), nil, "")                                    // wrong verb
	w.do("POST", "/services/user/login", http.Header{"Content-Type": {"application/json"}}, `{"user":"a","pass":"in-json-1"}`) // wrong kind
	w.do("POST", "/services/user/login", http.Header{"Content-Type": {"text/plain"}}, `pass=in-text-1`)
	w.do("POST", "/services/user/login", http.Header{"Content-Type": {formType}}, `pass=in-form-1&x=%zz`)
	w.post(w.login("gavel"), "room", "room", `{"type":"CONFERENCE","name":"`+sid+`"}`)
	w.do("GET", "/services/room/1;sid="+sid, nil, "")
	w.do("GET", "/services/room/1?pass=%zzin-query-1", nil, "")
	w.get("in-sid-1", "room/1")
	w.do("GET", "/wrong/"+sid+"?SID="+sid+"&note="+hash, http.Header{"Authorization": {"Bearer in-header-1"}}, "")
	recorded := w.recorded()
	for _, secret := range []string{sid, hash, invitation, password, url.QueryEscape(password), "door-code", "Xy-0!aaaa", "Xy-0!aaab", "in-json-1", "in-text-1", "in-form-1", "in-query-1", "in-sid-1", "in-header-1"} {
		if strings.Contains(recorded, secret) {
			t.Errorf("the record holds %q: %s", secret, recorded)
		}
	}
	for _, shown := range []string{`"pass:`, `"hash:`, `"sid:`, `"login":"grace"`, `"roomId":1`, `"authorization":"Bearer"`} {
		if !strings.Contains(recorded, shown) {
			t.Errorf("got %s, want it to hold %s", recorded, shown)
		}
	}
}

func TestRecord_TellsSidsApart(t *testing.T) {
	t.Parallel()
	w := setup(t)
	first, second := w.login("gavel"), w.login("gavel")
	w.get(first, "room/1")
	w.get(second, "room/1")
	w.get(first, "room/2")
	x := w.rec.Exchanges()
	sidIn := func(i int) string {
		query, err := url.ParseQuery(x[i].Query)
		if err != nil {
			t.Fatal(err)
		}
		return query.Get("sid")
	}
	answer := x[0].Answer.Body.(map[string]any)["serviceResult"].(map[string]any)["message"]
	if sidIn(2) != answer || sidIn(2) == sidIn(3) || sidIn(2) != sidIn(4) || !strings.HasPrefix(sidIn(2), "sid:") {
		t.Errorf("got %v, then %s, %s, %s; want the first, another, and the first again", answer, sidIn(2), sidIn(3), sidIn(4))
	}
}

func TestRecord_Exchange(t *testing.T) {
	t.Parallel()
	w := setup(t)
	sid := w.login("gavel")
	w.post(sid, "room", "room", `{"type":"CONFERENCE","name":"n"}`)
	w.get("", "room/1")
	w.get(w.login("ada"), "room/1")
	w.do("GET", "/nowhere", nil, "")
	w.visit(newBrowser(t), "secure=x")
	x := w.rec.Exchanges()
	if len(x) != 6 {
		t.Fatalf("got %d exchanges, want 6: entries are none", len(x))
	}
	room := x[1]
	if body := fmt.Sprint(room.Body); room.Provider != "openmeetings" || room.Method != "POST" || room.Path != "/services/room" ||
		room.Answer.Status != 200 || body != "map[room:map[name:n type:CONFERENCE]]" || !room.Time.Equal(start) || room.TokenError != "" {
		t.Errorf("got %+v, want the form as fields", room)
	}
	for i, want := range map[int]string{2: "the sid is missing, unknown or expired", 4: "the sid's user lacks the right SOAP"} {
		if x[i].TokenError != want {
			t.Errorf("exchange %d: got %q, want %q", i, x[i].TokenError, want)
		}
	}
	if x[5].Path != "/nowhere" || x[5].Answer.Status != 404 {
		t.Errorf("got %+v, want the wrong base URL", x[5])
	}
}

func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	w := setup(t)
	sid := w.login("gavel")
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			who := fmt.Sprint("u-", i)
			for range 5 {
				id := w.makeRoom(sid, `"type":"CONFERENCE","externalType":"shop"`)
				came := w.enter(who, `"roomId":`+id)
				w.get(sid, "room/users/"+id)
				w.get(sid, "room/kick/"+id+"/shop/"+who)
				w.get(sid, "user")
				w.delete(sid, "room/"+id)
				if came.status != http.StatusOK {
					t.Errorf("entry: got %d %s, want 200", came.status, came.text)
				}
			}
		})
	}
	wg.Wait()
	if got := len(w.get(sid, "user").list("userDTO")); got != 7+8 {
		t.Errorf("users: got %d, want 7 accounts and 8 people", got)
	}
}

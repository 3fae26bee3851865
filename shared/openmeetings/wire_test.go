package openmeetings_test

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"gavel/shared/openmeetings"
)

// The tests below go through all methods; this one sees to it that none is left out.
func TestOperations_AreAllThereAre(t *testing.T) {
	t.Parallel()
	tested := map[string]bool{}
	for _, o := range operations() {
		name, _, _ := strings.Cut(o.name, " ")
		tested[name] = true
	}
	for method := range reflect.TypeFor[*openmeetings.Client]().Methods() {
		if !tested[method.Name] {
			t.Errorf("%s is in no test", method.Name)
		}
		delete(tested, method.Name)
	}
	if len(tested) > 0 {
		t.Errorf("got tests of %v, which do not exist", slices.Collect(maps.Keys(tested)))
	}
}

func TestOperations_RequestsAreExact(t *testing.T) {
	t.Parallel()
	for _, o := range operations() {
		t.Run(o.name, func(t *testing.T) {
			t.Parallel()
			f := setup(t)
			o.prepare(f.upstream)

			got, err := o.do(t.Context(), f.client)

			if text := string(must(json.Marshal(got))); err != nil || !sameJSON(text, o.want) {
				t.Errorf("got  %s, %v\nwant %s", text, err, o.want)
			}
			all := f.upstream.seen()
			if !o.open {
				if len(all) == 0 || all[0].route() != "POST /user/login" {
					t.Fatalf("got requests %v, want a login first", all)
				}
				all = all[1:]
			}
			if len(all) != len(o.steps) {
				t.Fatalf("got %d requests, want %d", len(all), len(o.steps))
			}
			for i, s := range o.steps {
				s.check(t, all[i], !o.open)
			}
		})
	}
}

// check holds a request against the step.
func (s step) check(t *testing.T, got request, session bool) {
	t.Helper()
	if got.route() != s.route() {
		t.Errorf("got  %s\nwant %s", got.route(), s.route())
	}
	query := must(url.ParseQuery(got.query))
	if sid := query["sid"]; session && (len(sid) != 1 || sid[0] == "") || !session && sid != nil {
		t.Errorf("got sid %q, want one: %t", sid, session)
	}
	delete(query, "sid")
	sameFields(t, "query", query, s.query)
	switch kind := got.header.Get("Content-Type"); {
	case s.route() == "POST /file":
	case s.form == nil:
		if got.body != "" || kind != "" {
			t.Errorf("got %s body %q, want none", kind, got.body)
		}
	case kind != "application/x-www-form-urlencoded":
		t.Errorf("got content type %q, want that of a form", kind)
	default:
		sameFields(t, "form", must(url.ParseQuery(got.body)), s.form)
	}
}

// sameFields compares the fields of a query or a form, and what is JSON as such.
func sameFields(t *testing.T, where string, got url.Values, want map[string]string) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("got %s %q, want %q", where, got, want)
	}
	for name, text := range want {
		values := got[name]
		isJSON := strings.HasPrefix(text, "{")
		if len(values) != 1 || isJSON && !sameJSON(values[0], text) || !isJSON && values[0] != text {
			t.Errorf("%s field %s: got  %q\nwant %s", where, name, values, text)
		}
	}
}

// part is one of a body of several.
type part struct{ name, filename, kind, content string }

func parts(t *testing.T, r request) []part {
	t.Helper()
	kind, parameters, err := mime.ParseMediaType(r.header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" {
		t.Fatalf("got content type %q, want multipart/form-data", r.header.Get("Content-Type"))
	}
	reader := multipart.NewReader(strings.NewReader(r.body), parameters["boundary"])
	var all []part
	for {
		p, err := reader.NextRawPart()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, part{p.FormName(), p.FileName(), p.Header.Get("Content-Type"), string(must(io.ReadAll(p)))})
	}
}

func TestUploadFile_SendsDescriptionAndContent(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		content []byte
		want    []part
	}{
		"a file":        {[]byte(content), []part{{name: "stream", kind: "application/octet-stream", content: content}}},
		"an empty file": {[]byte{}, []part{{name: "stream", kind: "application/octet-stream"}}},
		"a folder":      {nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := setup(t)
			f.upstream.on("POST /file", gives(`{"fileItemDTO":{"id":9,"name":"a"}}`))

			if _, err := f.client.UploadFile(t.Context(), file(), tc.content); err != nil {
				t.Fatal(err)
			}

			all := parts(t, f.upstream.commands()[0])
			if len(all) == 0 {
				t.Fatal("got no part, want the description")
			}
			if first := all[0]; first.name != "file" || first.filename != "" || first.kind != "application/json" || !sameJSON(first.content, fileSent) {
				t.Errorf("got  %+v\nwant %s as file", first, fileSent)
			}
			if rest := all[1:]; !slices.Equal(rest, tc.want) {
				t.Errorf("got %q behind the description, want %q", rest, tc.want)
			}
		})
	}
}

// An id, a file name and the rest of a description must not appear where they were not set: the server takes an id for
// a file that exists.
func TestUploadFile_LeavesOutWhatIsNotSet(t *testing.T) {
	t.Parallel()
	f := setup(t)
	f.upstream.on("POST /file", gives(`{"fileItemDTO":{"id":9,"name":"a"}}`))
	if _, err := f.client.UploadFile(t.Context(), openmeetings.NewFile{Name: "a", Type: openmeetings.Folder}, nil); err != nil {
		t.Fatal(err)
	}
	if got, want := parts(t, f.upstream.commands()[0])[0].content, `{"fileItemDTO":{"name":"a","type":"FOLDER"}}`; !sameJSON(got, want) {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestAppointments_TimesAreInTheOneFormWithAZone(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, time.March, 29, 1, 30, 15, 999_999_999, time.UTC)
	for zone, want := range map[*time.Location]struct{ inForm, inPath string }{
		time.UTC:                               {"2026-03-29T01:30:15+0000", "2026-03-29T01%3A30%3A15%2B0000"},
		time.FixedZone("", 3600):               {"2026-03-29T02:30:15+0100", "2026-03-29T02%3A30%3A15%2B0100"},
		time.FixedZone("", 5*3600+45*60):       {"2026-03-29T07:15:15+0545", "2026-03-29T07%3A15%3A15%2B0545"},
		time.FixedZone("", -(3*3600 + 30*60)):  {"2026-03-28T22:00:15-0330", "2026-03-28T22%3A00%3A15-0330"},
		time.FixedZone("", 14*3600):            {"2026-03-29T15:30:15+1400", "2026-03-29T15%3A30%3A15%2B1400"},
		time.FixedZone("Z by another name", 0): {"2026-03-29T01:30:15+0000", "2026-03-29T01%3A30%3A15%2B0000"},
	} {
		f := setup(t)
		path := "GET /calendar/" + want.inPath + "/" + want.inPath
		f.upstream.on(path, gives(`{"appointmentDTO":[]}`))
		f.upstream.on("POST /calendar", gives(oneAppointment))
		if _, err := f.client.Appointments(t.Context(), 0, at.In(zone), at.In(zone)); err != nil {
			t.Error(err)
		}
		b := openmeetings.Booking{Start: at.In(zone), End: at.In(zone), RoomType: openmeetings.Conference}
		if _, err := f.client.CreateAppointment(t.Context(), b); err != nil {
			t.Error(err)
		}
		all := f.upstream.commands()
		encoded := strings.ReplaceAll(strings.ReplaceAll(want.inForm, ":", "%3A"), "+", "%2B")
		if sent := all[1].body; strings.Count(sent, encoded) != 2 {
			t.Errorf("%s: got %s, want %s in it for both times", zone, sent, encoded)
		}
		if got := f.upstream.times(path); got != 1 {
			t.Errorf("%s: got %s, want %s", zone, all[0].route(), path)
		}
	}
}

// A space can be a + in a form and in a query; in a path it cannot, and of the two forms in a query one is always right.
func TestOperations_SpacesAndPlusesOnTheWire(t *testing.T) {
	t.Parallel()
	f := setup(t)
	f.upstream.on("POST /group", says("1"))
	f.upstream.on("POST /room", gives(`{"roomDTO":`+plainRoom+`}`))
	if _, err := f.client.CreateGroup(t.Context(), "a b+c%&=é"); err != nil {
		t.Fatal(err)
	}
	if _, err := f.client.CreateRoom(t.Context(), openmeetings.RoomFields{Name: new("a+b&c=%")}); err != nil {
		t.Fatal(err)
	}
	all := f.upstream.commands()
	if got, want := all[0].query, "name=a%20b%2Bc%25%26%3D%C3%A9&sid="+all[0].sid; got != want {
		t.Errorf("got query %s, want %s", got, want)
	}
	if got, want := all[1].body, "a%2Bb%5Cu0026c%3D%25"; !strings.Contains(got, want) {
		t.Errorf("got form %s, want %s in it", got, want)
	}
}

func TestNew_TakesEveryFormOfBaseURL(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, path, trailing string }{
		{"context", "/openmeetings", ""},
		{"slash", "/openmeetings", "/"},
		{"slashes and space", "/openmeetings", "// \n"},
		{"root", "", ""},
		{"root with a slash", "", "/"},
		{"behind a gateway", "/a%20b/om", "/"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			f := setup(t, withBase(tc.path))
			putAccount(f.vault, " "+f.upstream.url+tc.path+tc.trailing, " "+user+" ", password)

			entry, err := f.client.CreateEntry(t.Context(), somebody(), openmeetings.EntryOptions{RoomID: 7}, 2)

			want := f.upstream.url + tc.path + "/hash?secure=" + hash + "&language=2"
			if err != nil || entry.URL != want {
				t.Errorf("got %s, %v; want %s", entry.URL, err, want)
			}
		})
	}
}

package openmeetings_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"gavel/shared/httpclient"
	"gavel/shared/openmeetings"
)

// read decodes JSON and tests whether that can be done.
func read[T any](t *testing.T, text string, can bool) T {
	t.Helper()
	var value T
	if err := json.Unmarshal([]byte(text), &value); (err == nil) != can {
		t.Errorf("%s: got %v, want it read: %t", text, err, can)
	}
	return value
}

func TestText_TakesEveryScalar(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]openmeetings.Text{
		`"a"`: "a", `""`: "", `null`: "", `5`: "5", `-1.50`: "-1.50", `1e5`: "1e5", `true`: "true", `false`: "false", `"007"`: "007",
		`12345678901234567890`: "12345678901234567890", `"\u00e9\n\""`: "é\n\"", ` 7 `: "7",
	} {
		if got := read[openmeetings.Text](t, text, true); got != want {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
	for _, text := range []string{`{}`, `[]`, `["a"]`, `{"a":1}`} {
		read[openmeetings.Text](t, text, false)
	}
}

func TestWhole_TakesNumbersAndTextThatIsOne(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]openmeetings.Whole{
		`5`: 5, `"5"`: 5, `-5`: -5, `"007"`: 7, `""`: 0, `null`: 0, `9007199254740993`: 9007199254740993, `9223372036854775807`: 1<<63 - 1,
	} {
		if got := read[openmeetings.Whole](t, text, true); got != want {
			t.Errorf("%s: got %d, want %d", text, got, want)
		}
	}
	for _, text := range []string{`1.5`, `1e2`, `"a"`, `true`, `9223372036854775808`, `" 5"`, `{}`, `[5]`} {
		read[openmeetings.Whole](t, text, false)
	}
}

func TestFlag_TakesBooleansAndTextThatIsOne(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]openmeetings.Flag{
		`true`: true, `false`: false, `"true"`: true, `"True"`: true, `"FALSE"`: false, `""`: false, `null`: false,
	} {
		if got := read[openmeetings.Flag](t, text, true); got != want {
			t.Errorf("%s: got %t, want %t", text, got, want)
		}
	}
	for _, text := range []string{`1`, `0`, `"yes"`, `{}`, `[true]`} {
		read[openmeetings.Flag](t, text, false)
	}
}

// A value that was held before must not shine through.
func TestLenient_OverwritesWhatWasThere(t *testing.T) {
	t.Parallel()
	held := struct {
		T openmeetings.Text
		W openmeetings.Whole
		F openmeetings.Flag
		L openmeetings.List[openmeetings.Text]
	}{"a", 1, true, openmeetings.List[openmeetings.Text]{"a", "b"}}
	if err := json.Unmarshal([]byte(`{"T":null,"W":"","F":null,"L":"c"}`), &held); err != nil {
		t.Fatal(err)
	}
	if held.T != "" || held.W != 0 || bool(held.F) || !slices.Equal(held.L, openmeetings.List[openmeetings.Text]{"c"}) {
		t.Errorf("got %+v, want only c", held)
	}
}

func TestList_TakesOneElementForAList(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]openmeetings.Text{
		`[]`: {}, `null`: {}, `""`: {}, `["a"]`: {"a"}, `"a"`: {"a"}, `5`: {"5"}, `["a",5,true]`: {"a", "5", "true"}, ` [ ] `: {},
	} {
		got := read[openmeetings.List[openmeetings.Text]](t, text, true)
		if got == nil || !slices.Equal(got, want) {
			t.Errorf("%s: got %#v, want %q", text, got, want)
		}
	}
	for _, text := range []string{`{}`, `[[]]`, `[{}]`} {
		read[openmeetings.List[openmeetings.Text]](t, text, false)
	}
	for text, want := range map[string]int{`{"fileId":1}`: 1, `[{"fileId":1},{"fileId":"2"}]`: 2, `""`: 0} {
		if got := read[openmeetings.List[openmeetings.RoomFile]](t, text, true); len(got) != want {
			t.Errorf("%s: got %+v, want %d elements", text, got, want)
		}
	}
}

func TestRoom_IsReadFromBothSerializers(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]openmeetings.Room{
		`{"isPublic":true}`:                     {Public: true},
		`{"isPublic":false}`:                    {},
		`{"public":true}`:                       {Public: true},
		`{"public":false,"isPublic":true}`:      {},
		`{"public":null,"isPublic":true}`:       {Public: true},
		`{"public":"true"}`:                     {Public: true},
		`{"id":"7","capacity":"12"}`:            {ID: 7, Capacity: 12},
		`{"name":7,"comment":true,"tag":1.5}`:   {Name: "7", Comment: "true", Tag: "1.5"},
		`{"name":null,"files":null}`:            {Files: openmeetings.List[openmeetings.RoomFile]{}},
		`{"hiddenElements":"CHAT"}`:             {HiddenElements: openmeetings.List[openmeetings.Text]{"CHAT"}},
		`{"hiddenElements":["CHAT","FILES"]}`:   {HiddenElements: openmeetings.List[openmeetings.Text]{"CHAT", "FILES"}},
		`{"files":{"fileId":9,"wbIdx":1}}`:      {Files: openmeetings.List[openmeetings.RoomFile]{{FileID: 9, Whiteboard: 1}}},
		`{"files":[{"fileId":9},{"fileId":8}]}`: {Files: openmeetings.List[openmeetings.RoomFile]{{FileID: 9}, {FileID: 8}}},
		`{"unknown":{"deep":[1]},"id":7}`:       {ID: 7},
		`{}`:                                    {},
	} {
		if got := read[openmeetings.Room](t, text, true); fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", want) {
			t.Errorf("%s: got  %+v\nwant %+v", text, got, want)
		}
	}
	for _, text := range []string{`[]`, `"room"`, `{"id":"x"}`, `{"name":{}}`, `{"closed":1}`} {
		read[openmeetings.Room](t, text, false)
	}
}

func TestUser_IsReadFromBothSerializers(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]openmeetings.User{
		`{"address":{"mail":"a@b.c"}}`:                                                     {Address: openmeetings.Address{Email: "a@b.c"}},
		`{"address":{"email":"a@b.c"}}`:                                                    {Address: openmeetings.Address{Email: "a@b.c"}},
		`{"address":{"email":"a@b.c","mail":""}}`:                                          {Address: openmeetings.Address{Email: "a@b.c"}},
		`{"address":{"email":"a@b.c","mail":null}}`:                                        {Address: openmeetings.Address{Email: "a@b.c"}},
		`{"address":{"created":1700000000000,"mail":5,"country":"DE","zip":12345}}`:        {Address: openmeetings.Address{Email: "5", Country: "DE"}},
		`{"address":{"id":1,"inserted":{"epochSecond":1},"updated":null,"email":"a@b.c"}}`: {Address: openmeetings.Address{Email: "a@b.c"}},
		`{"address":null,"rights":null}`:                                                   {Rights: openmeetings.List[openmeetings.Text]{}},
		`{"rights":"ROOM"}`:                                                                {Rights: openmeetings.List[openmeetings.Text]{"ROOM"}},
		`{"rights":["ROOM","LOGIN"]}`:                                                      {Rights: openmeetings.List[openmeetings.Text]{"ROOM", "LOGIN"}},
		`{"firstname":5,"lastname":true,"externalId":1}`:                                   {FirstName: "5", LastName: "true", ExternalID: "1"},
	} {
		if got := read[openmeetings.User](t, text, true); fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", want) {
			t.Errorf("%s: got  %+v\nwant %+v", text, got, want)
		}
	}
}

// What cannot be read as a time, or not be written as one afterwards, is none: the rest of the thing is worth more.
func TestTimes_AreReadInEveryForm(t *testing.T) {
	t.Parallel()
	ten := time.Date(2026, time.March, 1, 10, 0, 0, 0, time.FixedZone("", 3600))
	for text, want := range map[string]time.Time{
		`"2026-03-01T10:00:00+0100"`:        ten,
		`"2026-03-01T10:00:00+01:00"`:       ten,
		`"2026-03-01T10:00:00.250+0100"`:    ten.Add(250 * time.Millisecond),
		`"2026-03-01T10:00:00.250+01:00"`:   ten.Add(250 * time.Millisecond),
		`"2026-03-01T09:00:00Z"`:            ten,
		`"2026-03-01T09:00:00+0000"`:        ten,
		`1772355600000`:                     ten,
		`"1772355600250"`:                   ten.Add(250 * time.Millisecond),
		`0`:                                 time.UnixMilli(0),
		`-1`:                                time.UnixMilli(-1),
		`null`:                              {},
		`""`:                                {},
		`"tomorrow"`:                        {},
		`"2026-03-01"`:                      {},
		`"2026-02-30T10:00:00+0100"`:        {},
		`{"epochSecond":1772355600}`:        {},
		`[2026,3,1,10,0]`:                   {},
		`true`:                              {},
		`9223372036854775807`:               {},
		`-62167219200001`:                   {}, // the last moment before the year 0
		`253402300800000`:                   {}, // the first of the year 10000
		`"2026-03-01T10:00:00+2400"`:        {},
		`"2026-03-01T10:00:00-2459"`:        {},
		`"2026-03-01T10:00:00+0100[Paris]"`: {},
	} {
		appointment := read[openmeetings.Appointment](t, `{"id":5,"start":`+text+`,"end":`+text+`,"inserted":`+text+`}`, true)
		recording := read[openmeetings.Recording](t, `{"id":5,"start":`+text+`,"end":`+text+`}`, true)
		for _, got := range []time.Time{appointment.Start, appointment.End, recording.Start, recording.End} {
			if !got.Equal(want) || got.IsZero() != want.IsZero() {
				t.Errorf("%s: got %s, want %s", text, got, want)
			}
		}
		if appointment.ID != 5 || recording.ID != 5 {
			t.Errorf("%s: got ids %d and %d, want the rest to be read", text, appointment.ID, recording.ID)
		}
	}
}

func TestTimes_KeepTheirZone(t *testing.T) {
	t.Parallel()
	got := read[openmeetings.Appointment](t, `{"start":"2026-03-01T10:00:00+0545","end":"2026-03-01T10:00:00-0330"}`, true)
	if _, offset := got.Start.Zone(); offset != 5*3600+45*60 {
		t.Errorf("got %s, want the offset it came with", got.Start)
	}
	if _, offset := got.End.Zone(); offset != -(3*3600 + 30*60) {
		t.Errorf("got %s, want the offset it came with", got.End)
	}
}

// A list is a list of all lengths, also where the server writes one element without brackets.
func TestLists_AreReadInEveryForm(t *testing.T) {
	t.Parallel()
	for _, o := range operations() {
		if len(o.steps) > 1 || o.want[0] != '[' {
			continue
		}
		for thing, want := range map[string]int{`[]`: 0, `null`: 0, `""`: 0, `[{"id":1}]`: 1, `{"id":1}`: 1, `[{"id":1},{"id":"2","new":{}}]`: 2} {
			f := setup(t)
			f.upstream.on(o.steps[0].route(), gives(root(o.steps[0].answer, thing)))
			got, err := o.do(t.Context(), f.client)
			list, _ := must(generic(string(must(json.Marshal(got))))).([]any)
			if err != nil || list == nil || len(list) != want {
				t.Errorf("%s of %s: got %+v, %v; want %d elements", o.name, thing, got, err, want)
			}
		}
		for _, thing := range []string{`5`, `"a"`, `[5]`, `[[]]`, `{"id":"x"}`} {
			f := setup(t)
			f.upstream.on(o.steps[0].route(), gives(root(o.steps[0].answer, thing)))
			_, err := o.do(t.Context(), f.client)
			if failure := upstreamError(t, err); failure.Kind != httpclient.Nonsense {
				t.Errorf("%s of %s: got %+v, want nonsense", o.name, thing, failure)
			}
		}
	}
}

// Lists within a thing are left out when they have no element; in our answers they are always lists.
func TestLists_ThatAreLeftOutAreEmpty(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ answer, want string }{
		"RoomFiles":  {`{"fileExplorerObject":{"userHomeSize":0,"roomHomeSize":"0"}}`, `{"userHome":[],"roomHome":[],"userHomeSize":0,"roomHomeSize":0}`},
		"GroupUsers": {`{"userSearchResult":{"objectName":"o","records":0}}`, `{"records":0,"result":[]}`},
	} {
		f := setup(t)
		o := operationNamed(name)
		f.upstream.on(o.steps[0].route(), gives(tc.answer))
		got, err := o.do(t.Context(), f.client)
		if text := string(must(json.Marshal(got))); err != nil || text != tc.want {
			t.Errorf("%s: got %s, %v; want %s", name, text, err, tc.want)
		}
	}
}

// Without recordings nobody needs to know who made them.
func TestUserRecordings_OfNone(t *testing.T) {
	t.Parallel()
	f := setup(t)
	f.upstream.on("GET /record/crm", gives(`{"recordingDTO":[]}`))
	got, err := f.client.UserRecordings(t.Context(), "crm", "5")
	if err != nil || got == nil || len(got) != 0 || len(f.upstream.commands()) != 1 {
		t.Errorf("got %v, %v after %d commands, want none after 1", got, err, len(f.upstream.commands()))
	}
	f.upstream.on("GET /record/crm", gives(`{"recordingDTO":[{"id":1,"ownerId":0},{"id":2}]}`))
	f.upstream.on("GET /user", gives(`{"userDTO":[{"id":3,"externalId":5,"externalType":"crm"}]}`))
	if got, err := f.client.UserRecordings(t.Context(), "crm", "5"); err != nil || got == nil || len(got) != 0 {
		t.Errorf("got %v, %v; want none: they are nobody's", got, err)
	}
}

func TestAnswers_MayBeSpacedAndHaveMoreThanOneRoot(t *testing.T) {
	t.Parallel()
	f := setup(t)
	f.upstream.on("GET /room/7", gives("\r\n { \"other\" : [1] , \"roomDTO\" :\t{ \"id\" : 7 } } \n"))
	f.upstream.on("GET /room/count/7", gives(` {"other":1,"serviceResult":{"type":"SUCCESS","code":3,"message":4}} `))
	room, err := f.client.Room(t.Context(), 7)
	count, countErr := f.client.CountRoom(t.Context(), 7)
	if err != nil || countErr != nil || room.ID != 7 || count != 4 {
		t.Errorf("got room %d and count %d, %v, %v; want 7 and 4", room.ID, count, err, countErr)
	}
}

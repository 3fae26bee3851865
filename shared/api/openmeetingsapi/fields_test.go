package openmeetingsapi_test

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"
)

// kind is what a field of a body takes.
type kind int

const (
	text     kind = iota
	id            // an integer from 1
	language      // one of 32 bits
	number        // an integer from 0
	yesNo         // a boolean
	choice        // one of a few words in capitals
	list          // of whatever
	object
)

// field is one of a body; dots lead into objects.
type field struct {
	at       string
	kind     kind
	required bool
	longest  int // of a text, in characters
}

// fieldsOf gives all fields of an operation's body. Bytes and times have tests of their own.
func fieldsOf(op operation) []field {
	appointment := []field{
		{"title", text, true, 255},
		{"location", text, false, 255},
		{"description", text, false, 16000},
		{"ownerId", id, false, 0},
		{"reminder", choice, false, 0},
		{"roomId", id, false, 0},
		{"roomType", choice, false, 0},
		{"members", list, false, 0},
		{"languageId", language, false, 0},
		{"password", text, false, 255},
	}
	return map[string][]field{
		"openmeetings-create-entry": {
			{"user", object, true, 0},
			{"options", object, true, 0},
			{"user.externalId", text, true, 255},
			{"user.externalType", text, true, 255},
			{"user.firstname", text, false, 255},
			{"user.lastname", text, false, 255},
			{"user.login", text, false, 255},
			{"user.email", text, false, 255},
			{"user.profilePictureUrl", text, false, 2048},
			{"options.roomId", id, false, 0},
			{"options.externalRoomId", text, false, 255},
			{"options.externalType", text, false, 255},
			{"options.recordingId", id, false, 0},
			{"options.moderator", yesNo, false, 0},
			{"options.allowSameURLMultipleTimes", yesNo, false, 0},
			{"options.showAudioVideoTest", yesNo, false, 0},
			{"options.allowRecording", yesNo, false, 0},
			{"languageId", language, false, 0},
		},
		"openmeetings-create-room": append(roomFields(), field{"type", choice, true, 0}),
		"openmeetings-update-room": append(roomFields(), field{"type", choice, false, 0}),
		"openmeetings-kick":        {{"externalType", text, false, 255}, {"externalId", text, false, 255}},
		"openmeetings-create-invitation": {
			{"email", text, true, 255},
			{"firstname", text, false, 255},
			{"lastname", text, false, 255},
			{"subject", text, false, 255},
			{"message", text, false, 4000},
			{"password", text, false, 255},
			{"valid", choice, false, 0},
			{"validFrom", text, false, 19},
			{"validTo", text, false, 19},
			{"sendMail", yesNo, false, 0},
			{"languageId", language, false, 0},
		},
		"openmeetings-clear-whiteboard": {{"whiteboardId", number, false, 0}, {"slide", number, false, 0}},
		"openmeetings-create-user": {
			{"login", text, true, 255},
			{"password", text, true, 255},
			{"email", text, true, 255},
			{"firstname", text, false, 255},
			{"lastname", text, false, 255},
			{"country", text, false, 2},
			{"languageId", language, false, 0},
			{"timeZoneId", text, false, 255},
			{"externalId", text, false, 255},
			{"externalType", text, false, 255},
			{"rights", list, false, 0},
			{"pictureUri", text, false, 2048},
		},
		"openmeetings-create-group":       {{"name", text, true, 255}},
		"openmeetings-create-appointment": appointment,
		"openmeetings-update-appointment": appointment,
		"openmeetings-upload-file": {
			{"name", text, true, 255},
			{"type", choice, false, 0},
			{"parentId", id, false, 0},
			{"groupId", id, false, 0},
			{"ownerId", id, false, 0},
			{"externalId", text, false, 255},
			{"externalType", text, false, 255},
		},
		"openmeetings-rename-file": {{"name", text, true, 255}},
		"openmeetings-move-file":   {{"roomId", id, true, 0}},
	}[op.id]
}

func roomFields() []field {
	return []field{
		{"name", text, false, 255},
		{"comment", text, false, 4000},
		{"tag", text, false, 10},
		{"capacity", language, false, 0},
		{"appointment", yesNo, false, 0},
		{"isPublic", yesNo, false, 0},
		{"demo", yesNo, false, 0},
		{"demoTime", number, false, 0},
		{"externalId", text, false, 255},
		{"externalType", text, false, 255},
		{"redirectUrl", text, false, 2048},
		{"moderated", yesNo, false, 0},
		{"waitModerator", yesNo, false, 0},
		{"allowUserQuestions", yesNo, false, 0},
		{"allowRecording", yesNo, false, 0},
		{"waitRecording", yesNo, false, 0},
		{"audioOnly", yesNo, false, 0},
		{"confno", text, false, 255},
		{"hiddenElements", list, false, 0},
		{"files", list, false, 0},
	}
}

// unfitting gives values that a field refuses, as JSON.
func (f field) unfitting() []string {
	words := []string{`747`, `true`, `["` + rejected + `"]`, `{"a":"` + rejected + `"}`}
	integers := []string{`-747`, `747.5`, `"747"`, `true`, `[747]`, `{"a":747}`}
	values := map[kind][]string{
		text:     append(words, quoted(strings.Repeat("x", f.longest+1)), quoted(strings.Repeat("ü", f.longest+1))),
		id:       append(integers, `0`),
		language: append(integers, `0`, `2147483648`),
		number:   integers,
		yesNo:    {`"true"`, `1`, `"` + rejected + `"`, `[]`, `{}`},
		choice:   append(words, `"conference"`, `"Conference"`, `""`, `"`+rejected+`"`, `"CONFERENCE "`),
		list:     {`747`, `"` + rejected + `"`, `true`, `{"a":747}`},
		object:   {`747`, `"` + rejected + `"`, `true`, `["` + rejected + `"]`},
	}[f.kind]
	if f.required {
		values = append(values, `null`)
		if f.kind == text {
			values = append(values, `""`)
		}
	}
	return values
}

func quoted(value string) string {
	out, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return string(out)
}

// with gives a body with another value of a field, or without it when the value is empty.
func with(t testing.TB, body, at, value string) string {
	t.Helper()
	name, rest, deeper := strings.Cut(at, ".")
	whole := map[string]json.RawMessage{}
	if body != "" {
		if err := json.Unmarshal([]byte(body), &whole); err != nil {
			t.Fatal(err)
		}
	}
	switch {
	case deeper:
		whole[name] = json.RawMessage(with(t, string(whole[name]), rest, value))
	case value == "":
		delete(whole, name)
	default:
		whole[name] = json.RawMessage(value)
	}
	out, err := json.Marshal(whole)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestField_ThatDoesNotFitIsRefused(t *testing.T) {
	t.Parallel()
	for _, op := range writing() {
		t.Run(op.id, func(t *testing.T) {
			t.Parallel()
			g := setup(t, options{only: op.id})
			g.untouched(t)
			for _, f := range fieldsOf(op) {
				check := func(t *testing.T, got answer, where string) { t.Helper(); refused(t, got, 422, where) }
				if f.kind == object || strings.Contains(f.at, "xternal") {
					// What needs the other field, or one inside, is a fault, too.
					check = func(t *testing.T, got answer, where string) { t.Helper(); refusedAt(t, got, 422, where) }
				}
				for i, value := range f.unfitting() {
					t.Run(f.at+" "+strconv.Itoa(i), func(t *testing.T) {
						t.Parallel()
						check(t, g.send(t, op.method, op.path, with(t, op.body, f.at, value), nil), "body."+f.at)
					})
				}
			}
		})
	}
}

func TestField_ThatIsMissingIsRefused(t *testing.T) {
	t.Parallel()
	for _, op := range writing() {
		for _, f := range fieldsOf(op) {
			if !f.required {
				continue
			}
			t.Run(op.id+" "+f.at, func(t *testing.T) {
				t.Parallel()
				g := setup(t, options{only: op.id})
				g.untouched(t)
				where := "body"
				if dot := strings.LastIndex(f.at, "."); dot > 0 {
					where += "." + f.at[:dot]
				}
				if f.kind == choice {
					where += "." + f.at // the schema it shares with another operation does not require it
				}
				refusedAt(t, g.send(t, op.method, op.path, with(t, op.body, f.at, ""), nil), 422, where)
			})
		}
	}
}

// TestField_InAnotherCaseIsRefused keeps a misspelt field from being passed over.
func TestField_InAnotherCaseIsRefused(t *testing.T) {
	t.Parallel()
	for _, op := range writing() {
		t.Run(op.id, func(t *testing.T) {
			t.Parallel()
			g := setup(t, options{only: op.id})
			g.untouched(t)
			for _, f := range fieldsOf(op) {
				if strings.Contains(f.at, ".") {
					continue
				}
				upper := strings.ToUpper(f.at[:1]) + f.at[1:]
				refusedAt(t, g.send(t, op.method, op.path, with(t, op.body, upper, `"`+rejected+`"`), nil), 422, "body."+upper)
			}
		})
	}
}

// TestField_NullCountsAsAbsentWhereItMayBeAbsent pins a leniency many JSON writers need.
func TestField_NullCountsAsAbsentWhereItMayBeAbsent(t *testing.T) {
	t.Parallel()
	for _, op := range writing() {
		t.Run(op.id, func(t *testing.T) {
			t.Parallel()
			g := setup(t, options{only: op.id})
			for _, f := range fieldsOf(op) {
				if f.required {
					continue
				}
				body, null := with(t, op.body, f.at, ""), with(t, op.body, f.at, "null")
				without := g.send(t, op.method, op.path, body, nil)
				if got := g.send(t, op.method, op.path, null, nil); got.Status != without.Status {
					t.Errorf("got HTTP %d with null for %s, want %d as without it: %s", got.Status, f.at, without.Status, got.Body)
				}
			}
		})
	}
}

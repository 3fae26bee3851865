package veetingapi_test

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"
)

// body is the body of an operation, to be changed.
type body map[string]any

// raw is a value as it is to stand in the body.
func raw(text string) json.RawMessage { return json.RawMessage(text) }

func bodyOf(t testing.TB, op operation) body {
	t.Helper()
	var b body
	if err := json.Unmarshal([]byte(op.body), &b); err != nil {
		t.Fatal(err)
	}
	return b
}

// missing stands for a field that is left out.
type missing struct{}

func (b body) with(t testing.TB, changes body) string {
	t.Helper()
	changed := maps.Clone(b)
	for name, value := range changes {
		if changed[name] = value; value == (missing{}) {
			delete(changed, name)
		}
	}
	text, err := json.Marshal(changed)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// valueCase is a change of a body and where its faults are.
type valueCase struct {
	name    string
	changes body
	where   []string
}

func (c valueCase) isRefused(t *testing.T, op operation) {
	t.Helper()
	t.Run(op.id+" "+c.name, func(t *testing.T) {
		t.Parallel()
		g := setup(t, options{only: op.id})
		g.untouched(t)
		refused(t, g.with(t, op, bodyOf(t, op).with(t, c.changes)), 422, c.where...)
	})
}

func TestAccount_BadValuesAreRefused(t *testing.T) {
	t.Parallel()
	op := operationOf("create-account")
	for name := range bodyOf(t, op) {
		c := valueCase{"without " + name, body{name: missing{}}, []string{"body"}}
		if name != "adminPreferredLanguage" {
			c.isRefused(t, op)
		}
		for what, value := range map[string]any{"a number": 747, "a list": raw(`["747"]`), "an object": raw(`{"747":747}`)} {
			valueCase{what + " for " + name, body{name: value}, []string{"body." + name}}.isRefused(t, op)
		}
		if name != "sendPassword" {
			valueCase{"a boolean for " + name, body{name: true}, []string{"body." + name}}.isRefused(t, op)
		}
	}
	for _, c := range []valueCase{
		{"text for a boolean", body{"sendPassword": rejected}, []string{"body.sendPassword"}},
		{"null for a boolean", body{"sendPassword": nil}, []string{"body.sendPassword"}},
		{"null for a time", body{"paidUntil": nil}, []string{"body.paidUntil"}},
		{"null for an address", body{"adminEmail": nil}, []string{"body.adminEmail"}},
		{"no type", body{"accountType": ""}, []string{"body.accountType"}},
		{"long type", body{"accountType": strings.Repeat("7", 65)}, []string{"body.accountType"}},
		{"no first name", body{"adminFirstname": ""}, []string{"body.adminFirstname"}},
		{"long first name", body{"adminFirstname": strings.Repeat("ü", 256)}, []string{"body.adminFirstname"}},
		{"no last name", body{"adminLastname": ""}, []string{"body.adminLastname"}},
		{"long last name", body{"adminLastname": strings.Repeat("7", 256)}, []string{"body.adminLastname"}},
		{"no language", body{"adminPreferredLanguage": ""}, []string{"body.adminPreferredLanguage"}},
		{"another language", body{"adminPreferredLanguage": "747"}, []string{"body.adminPreferredLanguage"}},
		{"language with blanks", body{"adminPreferredLanguage": "en us"}, []string{"body.adminPreferredLanguage"}},
		{"response names", body{"firstName": rejected, "adminFirstname": missing{}}, []string{"body", "body.firstName"}},
		{"capitals", body{"adminFirstName": rejected, "adminFirstname": missing{}}, []string{"body", "body.adminFirstName"}},
		{"all of it", body{"adminEmail": rejected, "paidUntil": rejected, "accountType": "", "x": 747}, []string{"body.accountType", "body.adminEmail", "body.paidUntil", "body.x"}},
	} {
		c.isRefused(t, op)
	}
	for _, email := range []string{
		"", "747", rejected, "@", "a@", "@a.b", "a b@example.org", "Ada <ada@example.org>", "<ada@example.org>", "a@example.org, 747@example.org",
		" ada@example.org", "ada@example.org\n", "=?747?q?a?= <a@example.org>", strings.Repeat("a", 321) + "@example.org",
	} {
		valueCase{"the address " + email[:min(len(email), 30)], body{"adminEmail": email}, []string{"body.adminEmail"}}.isRefused(t, op)
	}
	for _, at := range badTimes() {
		valueCase{"the time " + at, body{"paidUntil": at}, []string{"body.paidUntil"}}.isRefused(t, op)
	}
}

// badTimes are no times of RFC 3339.
func badTimes() []string {
	return []string{
		"", rejected, "2024-04-19", "2024-04-19T19:03:41", "2024-04-19 19:03:41Z", "2024-04-19T19:03Z", "2024-04-19T19:03:41+2", "2024-04-19T19:03:41+0200",
		"2024-04-31T19:03:41Z", "2024-04-19T24:03:41Z", "2024-04-19T19:03:60Z", "2024-04-19T19:03:41+25:00", "1713553421", "20240419T190341Z",
		"2024-04-19T19:03:41 Europe/Zurich", "2024-04-19T19:03:41[Europe/Zurich]", "Fri, 19 Apr 2024 19:03:41 GMT", "+12024-04-19T19:03:41Z",
	}
}

func TestAccount_TimesOfEveryZoneAreSentInTheTutorialsForm(t *testing.T) {
	t.Parallel()
	op := operationOf("create-account")
	for at, want := range zones() {
		g := setup(t, options{only: op.id})
		got := g.with(t, op, bodyOf(t, op).with(t, body{"paidUntil": at, "adminPreferredLanguage": missing{}}))
		if sent := strings.Join(g.upstream.seen(), ""); got.Status != 201 || !strings.HasSuffix(sent, `"adminPreferredLanguage":"en","paidUntil":"`+want+`"}`) {
			t.Errorf("%s: got HTTP %d and %s upstream, want %s", at, got.Status, sent, want)
		}
	}
}

// zones are times as callers may write them, and in the tutorial's form.
func zones() map[string]string {
	return map[string]string{
		"2024-04-07T09:00:00Z":           "2024-04-07T09:00:00.000Z",
		"2024-04-07T09:00:00.000Z":       "2024-04-07T09:00:00.000Z",
		"2024-04-07T09:00:00.1Z":         "2024-04-07T09:00:00.100Z",
		"2024-04-07T09:00:00.123456789Z": "2024-04-07T09:00:00.123Z",
		"2024-04-07T09:00:00+00:00":      "2024-04-07T09:00:00.000Z",
		"2024-04-07T09:00:00-00:00":      "2024-04-07T09:00:00.000Z",
		"2024-04-07T11:00:00+02:00":      "2024-04-07T09:00:00.000Z",
		"2024-04-06T21:00:00-12:00":      "2024-04-07T09:00:00.000Z",
		"2024-04-07T23:00:00+14:00":      "2024-04-07T09:00:00.000Z",
		"2024-04-07T14:45:00.5+05:45":    "2024-04-07T09:00:00.500Z",
		"2024-02-29T23:59:59.999-23:59":  "2024-03-01T23:58:59.999Z",
		"1970-01-01T00:00:00Z":           "1970-01-01T00:00:00.000Z",
		"2099-12-31T23:59:59.99+00:00":   "2099-12-31T23:59:59.990Z",
	}
}

// scheduling gives the two operations that take a meeting.
func scheduling() []operation {
	return []operation{operationOf("schedule-meeting"), operationOf("update-meeting")}
}

func TestMeeting_BadValuesAreRefused(t *testing.T) {
	t.Parallel()
	cases := []valueCase{
		{"nothing", body{"topic": missing{}, "startTime": missing{}, "endTime": missing{}}, []string{"body", "body.startTime"}},
		{"no topic", body{"topic": missing{}}, []string{"body"}},
		{"empty topic", body{"topic": ""}, []string{"body.topic"}},
		{"long topic", body{"topic": strings.Repeat("ü", 256)}, []string{"body.topic"}},
		{"topic of a number", body{"topic": 747}, []string{"body.topic"}},
		{"null for the topic", body{"topic": nil}, []string{"body.topic"}},
		{"no end", body{"endTime": missing{}}, []string{"body", "body.endTime"}},
		{"no start", body{"startTime": missing{}}, []string{"body", "body.startTime"}},
		{"null for the start", body{"startTime": nil}, []string{"body.startTime"}},
		{"number for the start", body{"startTime": 1747000000}, []string{"body.startTime"}},
		{"end at the start", body{"endTime": "2024-04-07T09:00:00Z", "startTime": "2024-04-07T11:00:00+02:00"}, []string{"body.endTime"}},
		{"end before the start", body{"endTime": "2024-04-07T08:59:59Z", "startTime": "2024-04-07T09:00:00Z"}, []string{"body.endTime"}},
		{"end that only looks later", body{"endTime": "2024-04-07T10:30:00+02:00", "startTime": "2024-04-07T09:00:00Z"}, []string{"body.endTime"}},
		{"before there was Unix", body{"startTime": "1969-12-31T23:59:59Z"}, []string{"body.startTime"}},
		{"before there was Unix, of its zone", body{"startTime": "1970-01-01T00:00:00+14:00"}, []string{"body.startTime"}},
		{"in the year 10000 of UTC", body{"startTime": "9999-12-31T23:00:00-05:00", "endTime": "9999-12-31T23:30:00-05:00", "duration": missing{}}, []string{"body.startTime"}},
		{"end in the year 10000 of UTC", body{"startTime": "9999-12-31T18:30:00-05:00", "endTime": "9999-12-31T19:30:00-05:00"}, []string{"body.endTime"}},
		{"end within the millisecond of the start", body{"startTime": "2024-04-07T09:00:00.0001Z", "endTime": "2024-04-07T09:00:00.0009Z", "duration": missing{}}, []string{"body.endTime"}},
		{"year 1", body{"startTime": "0001-01-01T00:00:00Z"}, []string{"body.startTime"}},
		{"more than a year", body{"startTime": "2024-04-07T09:00:00Z", "endTime": "2025-04-07T09:00:01Z", "duration": missing{}}, []string{"body.endTime"}},
		{"more than a duration holds", body{"startTime": "1970-01-01T00:00:00Z", "endTime": "9999-12-31T00:00:00Z", "duration": missing{}}, []string{"body.endTime"}},
		{"no duration at all", body{"duration": 0}, []string{"body.duration"}},
		{"negative duration", body{"duration": -747}, []string{"body.duration"}},
		{"half a minute", body{"duration": 60.5}, []string{"body.duration"}},
		{"duration as text", body{"duration": "60"}, []string{"body.duration"}},
		{"duration beyond a year", body{"duration": 525601}, []string{"body.duration"}},
		{"duration of a minute less", body{"duration": 59}, []string{"body.duration"}},
		{"duration of a minute more", body{"duration": 61}, []string{"body.duration"}},
		{"type with a blank", body{"type": "a b"}, []string{"body.type"}},
		{"no type", body{"type": ""}, []string{"body.type"}},
		{"long type", body{"type": strings.Repeat("7", 65)}, []string{"body.type"}},
		{"text for a boolean", body{"isRecorded": "747"}, []string{"body.isRecorded"}},
		{"number for a boolean", body{"isDialin": 1}, []string{"body.isDialin"}},
		{"the other spelling", body{"isDialIn": true}, []string{"body.isDialIn"}},
		{"time zone", body{"timezone": "Europe/Zurich"}, []string{"body.timezone"}},
		{"time zone in a time", body{"startTime": "2024-04-07T09:00:00 Europe/Zurich"}, []string{"body.startTime"}},
		{"participants in an object", body{"invitedParticipants": raw(`{"a":747}`)}, []string{"body.invitedParticipants"}},
		{"too many participants", body{"invitedParticipants": make([]int, 501)}, []string{"body.invitedParticipants"}},
		{"number for the permission", body{"meetingPermissionId": 747}, []string{"body.meetingPermissionId"}},
		{"long permission", body{"meetingPermissionId": strings.Repeat("7", 65)}, []string{"body.meetingPermissionId"}},
		{"recurring", body{"isRecurring": true}, []string{"body.isRecurring"}},
		{"recurrence", body{"recurring": raw(`{"frequencyType":"747"}`)}, []string{"body.recurring"}},
		{"recurring with recurrence", body{"isRecurring": true, "recurring": raw(`{"frequencyType":"747"}`)}, []string{"body.isRecurring", "body.recurring"}},
		{"recurrence in a list", body{"recurring": raw(`[]`)}, []string{"body.recurring"}},
		{"recurrence as text", body{"recurring": "747"}, []string{"body.recurring"}},
		{"recurring, and said not to be raw", body{"isRecurring": true, "rawRecurring": false}, []string{"body.isRecurring"}},
		{"raw as text", body{"rawRecurring": "true"}, []string{"body.rawRecurring"}},
		{"many", body{"topic": "", "isRecurring": true, "endTime": "2024-04-07T08:00:00Z", "x": 747}, []string{"body.endTime", "body.isRecurring", "body.topic", "body.x"}},
	}
	for _, at := range badTimes() {
		cases = append(cases, valueCase{"the start " + at, body{"startTime": at}, []string{"body.startTime"}})
		cases = append(cases, valueCase{"the end " + at, body{"endTime": at}, nil})
	}
	for _, op := range scheduling() {
		for _, c := range cases {
			if c.where != nil {
				c.isRefused(t, op)
				continue
			}
			t.Run(op.id+" "+c.name, func(t *testing.T) {
				t.Parallel()
				g := setup(t, options{only: op.id})
				g.untouched(t)
				refusedAt(t, g.with(t, op, bodyOf(t, op).with(t, c.changes)), 422, "body.endTime")
			})
		}
	}
}

// sentBody gives the one body that went upstream.
func (g *gateway) sentBody(t testing.TB, op operation, text string) string {
	t.Helper()
	got := g.with(t, op, text)
	sent := g.upstream.seen()
	if got.Status != op.status || len(sent) != 1 {
		t.Errorf("%s: got HTTP %d and %d requests upstream, want %d and 1: %s", op.id, got.Status, len(sent), op.status, got.Body)
		return ""
	}
	return sent[0][strings.Index(sent[0], "\n{")+1:]
}

func TestMeeting_TimesOfEveryZoneAreSentInTheTutorialsForm(t *testing.T) {
	t.Parallel()
	for _, op := range scheduling() {
		for at, want := range zones() {
			g := setup(t, options{only: op.id})
			end := want[:4] + "-12-31T23:59:59.999999999999Z" // some time after it, in the same year
			sent := g.sentBody(t, op, bodyOf(t, op).with(t, body{"startTime": at, "endTime": end, "duration": missing{}}))
			if !strings.Contains(sent, `"startTime":"`+want+`","endTime":"`+want[:4]+`-12-31T23:59:59.999Z"`) {
				t.Errorf("%s: got %s upstream, want %s", at, sent, want)
			}
		}
	}
}

// TestMeeting_DurationIsThatOfTheTimes has the tutorial's own contradiction in it.
func TestMeeting_DurationIsThatOfTheTimes(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		start, end string
		given      any
		want       string // the number that is sent; empty where it is refused
		says       string
	}{
		{"2024-04-07T09:30:00.000Z", "2024-04-07T10:30:00.000Z", 60, "60", ""},                 // the tutorial's prose
		{"2024-04-07T09:05:00.000Z", "2024-04-07T10:00:05.000Z", 60, "", "56 minutes"},         // its curl line
		{"2024-04-07T09:05:00.000Z", "2024-04-07T10:00:05.000Z", missing{}, "56", ""},          // and what it comes to
		{"2024-04-07T09:05:00.000Z", "2024-04-07T10:00:05.000Z", 55, "55", ""},                 // rounded down
		{"2024-04-07T09:05:00.000Z", "2024-04-07T10:00:05.000Z", 56, "56", ""},                 // or up
		{"2024-04-07T09:05:00.000Z", "2024-04-07T10:00:05.000Z", 57, "", "56 minutes"},         // and no further
		{"2024-04-07T09:05:00.000Z", "2024-04-07T10:00:05.000Z", 54, "", "56 minutes"},         //
		{"2024-04-07T09:00:00Z", "2024-04-07T12:00:00+02:00", 60, "60", ""},                    // in two zones
		{"2024-04-07T09:00:00Z", "2024-04-07T09:00:00.001Z", missing{}, "1", ""},               // the shortest
		{"2024-04-07T09:00:00Z", "2024-04-07T09:00:30Z", 1, "1", ""},                           //
		{"2023-04-07T09:00:00Z", "2024-04-06T09:00:00Z", missing{}, "525600", ""},              // the longest
		{"2023-04-07T09:00:00Z", "2024-04-06T09:00:00Z", 525600, "525600", ""},                 //
		{"2024-04-07T09:00:00Z", "2024-04-07T10:00:00Z", nil, "60", ""},                        // null counts as absent
		{"2024-04-07T09:00:00Z", "2024-04-07T10:00:00Z", 525600, "", "60 minutes, or no dura"}, //
	} {
		for _, op := range scheduling() {
			g := setup(t, options{only: op.id})
			text := bodyOf(t, op).with(t, body{"startTime": tt.start, "endTime": tt.end, "duration": tt.given})
			if tt.want != "" {
				if sent := g.sentBody(t, op, text); !strings.Contains(sent, `"duration":`+tt.want+`,"type"`) {
					t.Errorf("%s to %s: got %s upstream, want %s minutes", tt.start, tt.end, sent, tt.want)
				}
				continue
			}
			g.untouched(t)
			got := g.with(t, op, text)
			refused(t, got, 422, "body.duration")
			if !strings.Contains(string(got.Body), tt.says) {
				t.Errorf("got %s, want %q in it", got.Body, tt.says)
			}
		}
	}
}

// TestMeeting_DefaultsAreTheTutorials for what is left out.
func TestMeeting_DefaultsAreTheTutorials(t *testing.T) {
	t.Parallel()
	for _, op := range scheduling() {
		want := op.sent[strings.Index(op.sent, "\n{")+1:]
		for _, changes := range []body{
			{"duration": missing{}, "type": missing{}, "isRecurring": missing{}, "isRecorded": missing{}, "isDialin": missing{}, "invitedParticipants": missing{}, "recurring": missing{}},
			{"duration": nil, "isRecurring": nil, "isRecorded": nil, "isDialin": nil, "invitedParticipants": nil, "recurring": nil, "rawRecurring": nil, "meetingPermissionId": nil},
			{"recurring": raw("{ }"), "rawRecurring": false},
		} {
			g := setup(t, options{only: op.id})
			if sent := g.sentBody(t, op, bodyOf(t, op).with(t, changes)); sent != want {
				t.Errorf("%s with %v: got %s upstream, want %s", op.id, changes, sent, want)
			}
		}
	}
}

// TestMeeting_WhatNobodyDocumentsIsSentAsItIs when that is what the caller wants.
func TestMeeting_WhatNobodyDocumentsIsSentAsItIs(t *testing.T) {
	t.Parallel()
	for _, op := range scheduling() {
		for recurrence, want := range map[string]string{
			`{"frequencyType":"weekly","endsAfter":12345678901234567890,"x":{"b":1,"a":[null]}}`: `{"frequencyType":"weekly","endsAfter":12345678901234567890,"x":{"b":1,"a":[null]}}`,
			`{ }`: `{}`, `[]`: `[]`, `"weekly"`: `"weekly"`, `null`: `null`,
		} {
			g := setup(t, options{only: op.id})
			sent := g.sentBody(t, op, bodyOf(t, op).with(t, body{
				"isRecurring": true, "rawRecurring": true, "recurring": raw(recurrence), "isRecorded": true, "isDialin": true, "type": "board-room_2",
				"invitedParticipants": raw(`[ {"name":"A"}, 7, null, "x" ]`), "meetingPermissionId": "5e9459c5b863b82cefdddf60",
			}))
			tail := `"type":"board-room_2","isRecurring":true,"isRecorded":true,"isDialin":true,"invitedParticipants":[{"name":"A"},7,null,"x"],"recurring":` +
				want + `,"meetingPermissionId":"5e9459c5b863b82cefdddf60"}`
			if !strings.HasSuffix(sent, tail) {
				t.Errorf("%s: got %s upstream, want %s at its end", op.id, sent, tail)
			}
		}
	}
}

// TestMeeting_RawRecurringAloneChangesNothing of what is sent.
func TestMeeting_RawRecurringAloneChangesNothing(t *testing.T) {
	t.Parallel()
	op := operationOf("schedule-meeting")
	g := setup(t, options{only: op.id})
	if sent := g.sentBody(t, op, bodyOf(t, op).with(t, body{"rawRecurring": true})); !strings.HasSuffix(op.sent, sent) {
		t.Errorf("got %s upstream, want what is sent without it", sent)
	}
}

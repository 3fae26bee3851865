package openmeetingsapi_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"gavel/local/standin"
)

// TestNames_ThatLookLikeNumbersAreText: the server writes text that looks like a number or a boolean as one.
func TestNames_ThatLookLikeNumbersAreText(t *testing.T) {
	t.Parallel()
	for written, want := range map[string]string{
		`5`: `"5"`, `"5"`: `"5"`, `"007"`: `"007"`, `true`: `"true"`, `false`: `"false"`, `1.5`: `"1.5"`, `"1.50"`: `"1.50"`, `-3`: `"-3"`,
		`"1e5"`: `"1e5"`, `"True"`: `"True"`, `9223372036854775807`: `"9223372036854775807"`, `"92233720368547758070"`: `"92233720368547758070"`,
		`"ü \" <b>&"`: `"ü \" <b>&"`,
	} {
		t.Run(written, func(t *testing.T) {
			t.Parallel()
			room := `{"roomDTO":{"id":2,"name":` + written + `,"comment":` + written + `,"tag":` + written + `,"type":"CONFERENCE","capacity":4,` +
				`"externalId":` + written + `,"externalType":` + written + `}}`
			says2 := standin.Says(http.StatusOK, room)
			op := operationOf("get-room")
			g := setup(t, options{only: op.id, command: says2})
			got := g.ask(t, op)
			values := members(t, got)
			for _, name := range []string{"name", "comment", "tag", "externalId", "externalType"} {
				if string(values[name]) != want {
					t.Errorf("got %s %s, want %s", name, values[name], want)
				}
			}
			user := `{"userDTO":{"id":"7","login":` + written + `,"firstname":` + written + `,"lastname":` + written + `,"rights":` + written +
				`,"address":{"mail":` + written + `}}}`
			op = operationOf("list-users")
			g = setup(t, options{only: op.id, command: standin.Says(http.StatusOK, user)})
			var list struct{ Users []map[string]json.RawMessage }
			if got := g.ask(t, op); json.Unmarshal(got.Body, &list) != nil || len(list.Users) != 1 {
				t.Fatalf("got %s, want one user", got.Body)
			}
			one := list.Users[0]
			if string(one["login"]) != want || string(one["firstname"]) != want || string(one["lastname"]) != want ||
				string(one["rights"]) != "["+want+"]" || string(one["address"]) != `{"email":`+want+`}` || string(one["id"]) != "7" {
				t.Errorf("got %s, want %s for its texts", one, want)
			}
		})
	}
}

func members(t testing.TB, got answer) map[string]json.RawMessage {
	t.Helper()
	values := map[string]json.RawMessage{}
	if err := json.Unmarshal(got.Body, &values); err != nil || got.Status >= 300 {
		t.Fatalf("got HTTP %d with %s, want a thing", got.Status, got.Body)
	}
	return values
}

// TestLists_AreNeverNull: lists with one element come without brackets, and such without any not at all.
func TestLists_AreNeverNull(t *testing.T) {
	t.Parallel()
	none := []string{`{"%s":[]}`, `{"%s":null}`, `{"%s":""}`}
	for _, tt := range []struct{ id, root, one, want string }{
		{"list-rooms", "roomDTO", roomUp, "rooms"},
		{"list-users", "userDTO", guestUp, "users"},
		{"list-room-users", "userDTO", guestUp, "users"},
		{"list-groups", "groupDTO", `{"id":1,"name":1}`, "groups"},
		{"list-recordings", "recordingDTO", recordingUp, "recordings"},
		{"list-room-recordings", "recordingDTO", recordingUp, "recordings"},
		{"list-appointments", "appointmentDTO", appointmentUp, "appointments"},
		{"find-appointments", "appointmentDTO", appointmentUp, "appointments"},
		{"list-files", "fileItemDTO", folderUp, "files"},
		{"list-folder-files", "fileItemDTO", folderUp, "files"},
	} {
		t.Run(tt.id, func(t *testing.T) {
			t.Parallel()
			op := operationOf(tt.id)
			op.path = strings.Replace(op.path, "&externalId=uniqueId1", "", 1)
			for _, text := range none {
				g := setup(t, options{only: op.id, command: standin.Says(http.StatusOK, strings.Replace(text, "%s", tt.root, 1))})
				if got := g.ask(t, op); got.Status != http.StatusOK || string(got.Body) != `{"`+tt.want+`":[]}`+"\n" {
					t.Errorf("got HTTP %d with %s for %s, want an empty list", got.Status, got.Body, text)
				}
			}
			for _, text := range []string{`{"%s":` + tt.one + `}`, `{"%s":[` + tt.one + `]}`} {
				g := setup(t, options{only: op.id, command: standin.Says(http.StatusOK, strings.Replace(text, "%s", tt.root, 1))})
				var list []json.RawMessage
				if got := members(t, g.ask(t, op)); json.Unmarshal(got[tt.want], &list) != nil || len(list) != 1 {
					t.Errorf("got %s for %s, want a list of one", got, text)
				}
			}
		})
	}
}

// TestListsInside_AreNeverNull has things with lists of nothing in them.
func TestListsInside_AreNeverNull(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ id, said, want string }{
		{"list-room-files", `{"fileExplorerObject":{}}`, `{"userHome":[],"roomHome":[],"userHomeSize":0,"roomHomeSize":0}`},
		{"list-room-files", `{"fileExplorerObject":{"userHome":"","roomHome":null,"userHomeSize":"5"}}`, `{"userHome":[],"roomHome":[],"userHomeSize":5,"roomHomeSize":0}`},
		{"list-group-users", `{"userSearchResult":{"objectName":"u","records":0}}`, `{"total":0,"users":[]}`},
		{"list-group-users", `{"userSearchResult":{"records":"0","result":""}}`, `{"total":0,"users":[]}`},
		{
			"get-room", `{"roomDTO":{"id":2,"name":"","type":"CONFERENCE","hiddenElements":"","files":null}}`,
			`{"id":2,"name":"","type":"CONFERENCE","capacity":0,"appointment":false,"isPublic":false,"demo":false,"closed":false,"moderated":false,` +
				`"waitModerator":false,"allowUserQuestions":false,"allowRecording":false,"waitRecording":false,"audioOnly":false}`,
		},
	} {
		t.Run(tt.id+" "+tt.said, func(t *testing.T) {
			t.Parallel()
			op := operationOf(tt.id)
			g := setup(t, options{only: op.id, command: standin.Says(http.StatusOK, tt.said)})
			if got := g.ask(t, op); got.Status != http.StatusOK || string(got.Body) != tt.want+"\n" {
				t.Errorf("got HTTP %d with\n%s want 200 with\n%s", got.Status, got.Body, tt.want)
			}
		})
	}
}

// TestRecordings_OfOnePersonAreTheirs keeps recordings of others, and of a person with the same id in another system, out.
func TestRecordings_OfOnePersonAreTheirs(t *testing.T) {
	t.Parallel()
	op := operationOf("list-recordings")
	for externalID, want := range map[string]int{"uniqueId1": 1, "007": 0, "": 2, "nobody": 0} {
		g := setup(t, options{only: op.id})
		got := g.send(t, op.method, "/openmeetings/recordings?externalType=myCMS&externalId="+externalID, "", nil)
		var list []json.RawMessage
		if err := json.Unmarshal(members(t, got)["recordings"], &list); err != nil || len(list) != want {
			t.Errorf("got %s for %q, want %d recordings", got.Body, externalID, want)
		}
	}
}

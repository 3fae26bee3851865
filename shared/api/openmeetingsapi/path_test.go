package openmeetingsapi_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"gavel/local/standin"
	"gavel/shared/problem"
)

// idInPath finds the numbers in a path, which are ids.
var idInPath = regexp.MustCompile(`/(-?[0-9]+)\b`)

// named are the parameters of the paths, as they come in them.
func named(op operation) []string {
	names := map[string]string{
		"rooms": "roomId", "users": "userId", "groups": "groupId", "files": "fileId", "recordings": "recordingId", "appointments": "appointmentId",
	}
	var found []string
	segments := strings.Split(op.path, "/")
	for i, segment := range segments {
		if i == 0 || !idInPath.MatchString("/"+segment) {
			continue
		}
		name := names[segments[i-1]]
		if op.id == "openmeetings-list-folder-files" && name == "fileId" {
			name = "folderId"
		}
		found = append(found, name)
	}
	return found
}

// at gives the path with another value in place of the nth id.
func (o operation) at(nth int, value string) string {
	n := -1
	return idInPath.ReplaceAllStringFunc(o.path, func(found string) string {
		if n++; n == nth {
			return "/" + value
		}
		return found
	})
}

func TestID_ThatIsNoneIsRefused(t *testing.T) {
	t.Parallel()
	for _, op := range operations() {
		for nth, name := range named(op) {
			t.Run(op.id+" "+name, func(t *testing.T) {
				t.Parallel()
				g := setup(t, options{only: op.id})
				g.untouched(t)
				values := []string{
					"x", rejected, "747.5", "747e1", "0x747", "9223372036854775808", "74700000000000000000000000", "%20747", "747%20", "747_000",
					"%D9%A7", "%00", "747%00", "747%0A", "%2e", "%2e%2e", ".", "..", "747%2F747", "747;747", "null", "true", "--747", "%2B", "-",
					strings.Repeat("9", 8000),
				}
				if name != "folderId" {
					values = append(values, "0", "-0", "-1", "-747", "-9223372036854775808")
				}
				for _, value := range values {
					refused(t, g.send(t, op.method, op.at(nth, value), op.body, nil), 422, "path."+name)
				}
			})
		}
	}
}

func TestID_AllFaultsAreReportedTogether(t *testing.T) {
	t.Parallel()
	g := setup(t, options{})
	g.untouched(t)
	refused(t, g.send(t, "POST", "/openmeetings/groups/0/rooms/x", `{"a":1}`, nil), 422, "body.a", "path.groupId", "path.roomId")
	refused(t, g.send(t, "POST", "/openmeetings/rooms/0/kick", `{"externalType":"a/b","externalId":"..","b":1}`, nil), 422,
		"body.b", "body.externalId", "body.externalType", "path.roomId")
	refused(t, g.send(t, "GET", "/openmeetings/external-rooms?type=x&externalType=a%2Fb", "", nil), 422,
		"query.externalId", "query.externalType", "query.type")
}

// TestID_OfTheLargestSizeIsTaken shows that ids do not pass through floating point.
func TestID_OfTheLargestSizeIsTaken(t *testing.T) {
	t.Parallel()
	const largest = "9223372036854775807"
	for _, op := range operations() {
		if len(named(op)) == 0 || op.id == "openmeetings-update-appointment" { // which is looked for first
			continue
		}
		t.Run(op.id, func(t *testing.T) {
			t.Parallel()
			g := setup(t, options{only: op.id, command: standin.Says(http.StatusOK, "{}")})
			g.send(t, op.method, op.at(0, largest), op.body, nil)
			if sent := sentBy(g.upstream); !strings.Contains(sent, largest) {
				t.Errorf("got %s upstream, want the id %s in it", sent, largest)
			}
		})
	}
}

func TestPath_ThatNamesNoOperationIsNotFound(t *testing.T) {
	t.Parallel()
	for _, op := range operations() {
		t.Run(op.id, func(t *testing.T) {
			t.Parallel()
			g := setup(t, options{})
			g.untouched(t)
			path, query, _ := strings.Cut(op.path, "?")
			for _, other := range []string{
				path + "/", path + "/../x", "/x/.." + path, "/" + path, strings.ToUpper(path), path + "%2Fx%2F", strings.Replace(path, "openmeetings/", "openmeetings%2F", 1),
			} {
				if op.id == "openmeetings-get-error-text" && strings.HasSuffix(other, "%2F") {
					continue // that is a key, and a bad one
				}
				got := g.sendOnly(t, op.method, other+"?"+query, op.body, nil)
				if other == path+"%2Fx%2F" && got.Status == http.StatusUnprocessableEntity {
					continue // that is an id, and a bad one
				}
				isProblem(t, got, http.StatusNotFound, problem.NotFound)
			}
		})
	}
}

func TestMethod_ThatThePathDoesNotHaveIsRefused(t *testing.T) {
	t.Parallel()
	for _, op := range operations() {
		t.Run(op.id, func(t *testing.T) {
			t.Parallel()
			g := setup(t, options{})
			g.untouched(t)
			got := g.send(t, http.MethodPatch, op.path, op.body, nil)
			isProblem(t, got, http.StatusMethodNotAllowed, problem.MethodNotAllowed)
			if allow := got.Header.Get("Allow"); !strings.Contains(allow, op.method) {
				t.Errorf("got Allow %q, want %s in it", allow, op.method)
			}
		})
	}
}

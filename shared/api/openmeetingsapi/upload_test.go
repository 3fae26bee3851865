package openmeetingsapi_test

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"gavel/shared/problem"
)

// maxUpload is how many bytes a body with a file may have, written out: the limit is part of the API.
const maxUpload = 4<<20 + 16<<10

// part is one of a multipart body.
type part struct{ name, contentType, content string }

func partsOf(t *testing.T, request received) []part {
	t.Helper()
	kind, params, err := mime.ParseMediaType(request.contentType)
	if err != nil || kind != "multipart/form-data" {
		t.Fatalf("got content type %q upstream, want multipart/form-data", request.contentType)
	}
	var parts []part
	for reader := multipart.NewReader(strings.NewReader(request.body), params["boundary"]); ; {
		p, err := reader.NextRawPart()
		if err != nil {
			return parts
		}
		content, err := io.ReadAll(p)
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, part{p.FormName(), p.Header.Get("Content-Type"), string(content)})
	}
}

func TestUpload_SendsTheDescriptionAndTheBytes(t *testing.T) {
	t.Parallel()
	op := operationOf("upload-file")
	const pixel = "\x89PNG\r\n\x1a\n"
	for name, tt := range map[string]struct {
		body        string
		description string
		content     string // none when empty
	}{
		"file":             {op.body, `{"fileItemDTO":{"name":"minutes.png","type":"IMAGE","parentId":4,"externalId":"file-17","externalType":"myCMS"}}`, pixel},
		"of whatever type": {`{"name":"ü \"x\"/y.bin","content":"AP8A","groupId":1,"ownerId":7}`, `{"fileItemDTO":{"name":"ü \"x\"/y.bin","groupId":1,"ownerId":7}}`, "\x00\xff\x00"},
		"folder":           {`{"name":"2026","type":"FOLDER"}`, `{"fileItemDTO":{"name":"2026","type":"FOLDER"}}`, ""},
		"folder with null": {`{"name":"2026","type":"FOLDER","content":null}`, `{"fileItemDTO":{"name":"2026","type":"FOLDER"}}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := setup(t, options{only: op.id})
			if got := g.send(t, op.method, op.path, tt.body, nil); got.Status != op.status {
				t.Fatalf("got HTTP %d, want %d: %s", got.Status, op.status, got.Body)
			}
			want := []part{{"file", "application/json", tt.description}}
			if tt.content != "" {
				want = append(want, part{"stream", "application/octet-stream", tt.content})
			}
			got := partsOf(t, g.upstream.commands()[0])
			if len(got) != len(want) {
				t.Fatalf("got the parts %q, want %q", got, want)
			}
			for i := range want {
				if got[i] != want[i] {
					t.Errorf("got the part %q, want %q", got[i], want[i])
				}
			}
		})
	}
}

func TestUpload_Of3MiBPasses(t *testing.T) {
	t.Parallel()
	op := operationOf("upload-file")
	content := bytes.Repeat([]byte("\x00\xfe\xff"), 1<<20)
	g := setup(t, options{only: op.id})
	body := `{"name":"big.bin","content":"` + base64.StdEncoding.EncodeToString(content) + `"}`
	if got := g.send(t, op.method, op.path, body, nil); got.Status != op.status {
		t.Fatalf("got HTTP %d, want %d: %.300s", got.Status, op.status, got.Body)
	}
	if parts := partsOf(t, g.upstream.commands()[0]); len(parts) != 2 || parts[1].content != string(content) {
		t.Errorf("got %d parts, want the description and all %d bytes", len(parts), len(content))
	}
}

func TestUpload_BeyondThatIsRefused(t *testing.T) {
	t.Parallel()
	op := operationOf("upload-file")
	g := setup(t, options{only: op.id})
	g.untouched(t)
	more := `{"name":"big.bin","content":"` + base64.StdEncoding.EncodeToString(make([]byte, 3<<20+1)) + `"}`
	refused(t, g.send(t, op.method, op.path, more, nil), 422, "body.content")
	for name, content := range map[string]string{
		"bytes":      base64.StdEncoding.EncodeToString(make([]byte, 3<<20+32<<10)),
		"not Base64": strings.Repeat("\\u0000", maxUpload/6),
	} {
		got := g.send(t, op.method, op.path, `{"name":"big.bin","content":"`+content+`"}`, nil)
		if p := isProblem(t, got, http.StatusRequestEntityTooLarge, problem.TooLarge); len(p.Detail) > 200 {
			t.Errorf("%s: got %q, want a short detail", name, p.Detail)
		}
	}
}

func TestUpload_OfWhatIsNoBase64IsRefused(t *testing.T) {
	t.Parallel()
	op := operationOf("upload-file")
	g := setup(t, options{only: op.id})
	g.untouched(t)
	for _, content := range []string{
		`"` + rejected + `!"`, `"eA"`, `"eA="`, `"eA==="`, `"e A=="`, `"_-8="`, `"eA==eA=="`, `"====" `, `"é"`, `747`, `true`, `["eA=="]`, `{"a":"eA=="}`,
	} {
		refusedAt(t, g.send(t, op.method, op.path, with(t, op.body, "content", content), nil), 422, "body.content")
	}
}

package roomsapi_test

import (
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"gavel/shared/problem"
)

func uploadPath(room, name, size, contentType string) string {
	query := url.Values{"name": {name}, "size": {size}, "content_type": {contentType}}
	return "/participant/room/" + room + "/upload?" + query.Encode()
}

func TestUpload_OfWhatIsNoFileIsRefused(t *testing.T) {
	t.Parallel()
	w := setup(t, options{})
	m := w.meet(t)
	type announced struct{ name, size, contentType, where string }
	good := announced{"quandt.pdf", "7", "application/pdf", ""}
	var cases []announced
	for _, name := range []string{"", " ", "quandt\r\nSet-Cookie: a=b", "a\x00b", "a\nb", "\u0085", "\xff", strings.Repeat("ü", 256)} {
		cases = append(cases, announced{name, good.size, good.contentType, "query.name"})
	}
	for _, size := range []string{
		"", "0", "-1", "104857601", "99999999999999999999", "1.5", "1e3", "x", "0x10", " 7", "7\r\n",
	} {
		cases = append(cases, announced{good.name, size, good.contentType, "query.size"})
	}
	for _, contentType := range []string{
		"", " ", "pdf", "*", "/", "a/", "/b", "text/plain\r\nX-Quandt: 1", "text/plain\n", "text/plain; charset=\"", "text/plain; charset", "text/plain; a=1; a=2",
		"a/b/c", "tëxt/plain", "text/plain; x=ü", "text /plain", "\x00", "a/" + strings.Repeat("b", 254), "quandt, text/html", " text/plain", "text/plain ",
	} {
		cases = append(cases, announced{good.name, good.size, contentType, "query.content_type"})
	}
	for _, c := range cases {
		t.Run(fmt.Sprintf("%s %.20q %.20q %.20q", c.where, c.name, c.size, c.contentType), func(t *testing.T) {
			t.Parallel()
			refused(t, w.send(t, as(guest), http.MethodGet, uploadPath(m.room, c.name, c.size, c.contentType), ""), 422, c.where)
		})
	}
}

func TestUpload_IsOfExactlyWhatWasAnnounced(t *testing.T) {
	t.Parallel()
	w := setup(t, options{})
	m := w.meet(t)
	path := uploadPath(m.room, "quandt.pdf", "6", `text/plain; charset="utf-8"`)
	upload := call[signedBody](t, w, guest, http.MethodGet, path, "", 200)
	download := "/participant/room/" + m.room + "/download?file_id=" + upload.FileID
	mention := `{"attachment":{"file_id":"` + upload.FileID + `"}}`

	isProblem(t, w.send(t, as(owner), http.MethodGet, download, ""), http.StatusConflict, problem.FileNotUploaded)
	isProblem(t, w.send(t, as(owner), http.MethodPost, "/participant/room/"+m.room+"/chat", mention), http.StatusConflict, problem.FileNotUploaded)

	other := upload
	other.Headers = map[string]string{"Content-Type": "text/html", "If-None-Match": "*"}
	twice := upload
	twice.Headers = map[string]string{"Content-Type": upload.Headers["Content-Type"]}
	for name, got := range map[string]answer{
		"another size": upload.send(t, "Quandt!"), "another type": other.send(t, "Quandt"), "without a condition": twice.send(t, "Quandt"),
	} {
		if got.Status != http.StatusForbidden {
			t.Errorf("%s: got HTTP %d, want 403", name, got.Status)
		}
	}
	if got := upload.send(t, "Quandt"); got.Status != http.StatusOK {
		t.Errorf("got HTTP %d with %s, want 200", got.Status, got.Body)
	}
	if got := upload.send(t, "QUANDT"); got.Status != http.StatusPreconditionFailed {
		t.Errorf("got HTTP %d for a second upload, want 412", got.Status)
	}
	if got := call[signedBody](t, w, owner, http.MethodGet, download, "", 200).send(t, ""); string(got.Body) != "Quandt" {
		t.Errorf("got %q, want what was uploaded first", got.Body)
	}
}

func TestDownload_UnderAHostileNameStaysAnAttachment(t *testing.T) {
	t.Parallel()
	w := setup(t, options{})
	m := w.meet(t)
	for _, name := range []string{
		`quandt";filename="evil.exe`, `quandt; filename*=UTF-8''evil.exe`, `../../quandt`, `C:\quandt\a.txt`, "quandt\u202exe.pdf", ".quandt", "CON",
		"quandt%0d%0aSet-Cookie: a=b", "quandt%22", "quandt.html", "Quandt ü 量 😀.pdf", strings.Repeat("q", 255), `'`, `"`, `quandt\`,
	} {
		t.Run(name[:min(len(name), 20)], func(t *testing.T) {
			t.Parallel()
			file := w.upload(t, guest, m.room, name, "text/html", "<script>")
			download := call[signedBody](t, w, owner, http.MethodGet, "/participant/room/"+m.room+"/download?file_id="+file, "", 200)
			if download.Name != name || download.Size != 8 || download.ContentType != "text/html" || download.Method != http.MethodGet {
				t.Errorf("got %+v, want the file as it was announced", download)
			}
			got := download.send(t, "")
			values := got.Header.Values("Content-Disposition")
			if len(values) != 1 {
				t.Fatalf("got HTTP %d with %d Content-Disposition, want one", got.Status, len(values))
			}
			kind, params, err := mime.ParseMediaType(values[0])
			if err != nil || kind != "attachment" || strings.ContainsAny(params["filename"], `/\"`) || params["filename"] == "" {
				t.Errorf("got %q, read as %s %q, %v, want an attachment with a plain name", values[0], kind, params, err)
			}
			if got.Header.Get("Set-Cookie") != "" {
				t.Error("got a cookie out of a file's name")
			}
		})
	}
}

func TestFile_OfAnotherRoomOrOfNobodyIsNotFound(t *testing.T) {
	t.Parallel()
	w := setup(t, options{})
	m, other := w.meet(t), w.meet(t)
	for _, file := range []string{other.file, m.room, unknownRoom} {
		isProblem(t, w.send(t, as(owner), http.MethodGet, "/participant/room/"+m.room+"/download?file_id="+file, ""),
			http.StatusNotFound, problem.NotFound)
		isProblem(t, w.send(t, as(owner), http.MethodPost, "/participant/room/"+m.room+"/chat", `{"attachment":{"file_id":"`+file+`"}}`),
			http.StatusNotFound, problem.NotFound)
	}
}

func TestFile_IsNotAskedForTwice(t *testing.T) {
	t.Parallel()
	w := setup(t, options{})
	m := w.meet(t)
	path := "/participant/room/" + m.room + "/download?file_id=" + m.file
	call[signedBody](t, w, owner, http.MethodGet, path, "", 200)
	fail(&w.files, says(http.StatusServiceUnavailable, ""))
	call[signedBody](t, w, guest, http.MethodGet, path, "", 200)
}

func TestFile_WhileTheStoreOfFilesIsDown(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]http.HandlerFunc{
		"500": says(http.StatusInternalServerError, marker), "503": says(http.StatusServiceUnavailable, ""), "broken": breaksOff,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, options{})
			m := w.meet(t)
			fail(&w.files, answer)
			room := "/participant/room/" + m.room
			for _, got := range []answerTo{
				{"download", w.send(t, as(owner), http.MethodGet, room+"/download?file_id="+m.file, "")},
				{"mention", w.send(t, as(owner), http.MethodPost, room+"/chat", `{"attachment":{"file_id":"`+m.file+`"}}`)},
			} {
				isProblem(t, got.answer, http.StatusServiceUnavailable, problem.Unavailable)
				if after := got.Header.Get("Retry-After"); after != "1" {
					t.Errorf("%s: got Retry-After %q, want 1", got.to, after)
				}
			}
			// Nobody has to be asked for the request to upload with.
			call[signedBody](t, w, owner, http.MethodGet, uploadPath(m.room, "quandt.pdf", "7", "application/pdf"), "", 200)
			fail(&w.files, nil)
			call[messageBody](t, w, owner, http.MethodPost, room+"/chat", `{"attachment":{"file_id":"`+m.file+`"}}`, 201)
			if got := call[chatBody](t, w, owner, http.MethodGet, room+"/chat", "", 200); len(got.Messages) != 1 {
				t.Errorf("got %d messages, want the one that was taken", len(got.Messages))
			}
		})
	}
}

type answerTo struct {
	to string
	answer
}

func TestUpload_TakesEveryGoodType(t *testing.T) {
	t.Parallel()
	w := setup(t, options{})
	m := w.meet(t)
	for _, contentType := range []string{
		"application/pdf", "text/plain; charset=utf-8", `text/plain; charset="utf-8"`, "Image/PNG", "application/vnd.ms-excel.sheet.macroEnabled.12",
		"application/x+json;a=b", "a/" + strings.Repeat("b", 253),
	} {
		file := w.upload(t, guest, m.room, "quandt", contentType, "Quandt")
		download := call[signedBody](t, w, owner, http.MethodGet, "/participant/room/"+m.room+"/download?file_id="+file, "", 200)
		got := download.send(t, "")
		if download.ContentType != contentType || !slices.Equal(got.Header.Values("Content-Type"), []string{contentType}) {
			t.Errorf("got %q and %q, want %q", download.ContentType, got.Header.Values("Content-Type"), contentType)
		}
	}
}

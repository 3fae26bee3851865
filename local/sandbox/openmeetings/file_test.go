package openmeetings_test

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"strings"
	"testing"
)

const png = "\x89PNG\x0d\x0a\x1a\x0a"

// part is one of a multipart body.
type part struct{ name, contentType, content string }

func (w *world) upload(sid string, parts ...part) reply {
	w.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for _, p := range parts {
		to, err := form.CreatePart(textproto.MIMEHeader{
			"Content-Disposition": {`form-data; name="` + p.name + `"; filename="x"`}, "Content-Type": {p.contentType},
		})
		if err != nil {
			w.t.Fatal(err)
		}
		if _, err := to.Write([]byte(p.content)); err != nil {
			w.t.Fatal(err)
		}
	}
	if err := form.Close(); err != nil {
		w.t.Fatal(err)
	}
	return w.do("POST", "/services/file?sid="+sid, http.Header{"Content-Type": {form.FormDataContentType()}}, body.String())
}

func item(members string) part {
	return part{"file", "application/json", `{"fileItemDTO":{` + members + `}}`}
}

func stream(content string) part { return part{"stream", "application/octet-stream", content} }

// mustUpload returns the new file's id.
func (w *world) mustUpload(sid string, parts ...part) string {
	w.t.Helper()
	got := w.upload(sid, parts...)
	w.want(got, 200)
	return fmt.Sprint(got.object("fileItemDTO")["id"])
}

func TestFile_Upload(t *testing.T) {
	t.Parallel()
	w := setup(t)
	sid := w.login("gavel")
	room := w.makeRoom(sid, `"type":"CONFERENCE","externalType":"shop"`)
	got := w.upload(sid, item(`"name":"a.png","roomId":1,"groupId":`+room+`,"ownerId":0,"parentId":-1,"externalId":"f-1","externalType":"x","type":"VIDEO","size":8`), stream(png))
	file := got.object("fileItemDTO")
	if file["type"] != "IMAGE" || fmt.Sprint(file["roomId"]) != room || file["groupId"] != nil || file["ownerId"] != nil ||
		file["externalType"] != "shop" || file["hash"] == nil || file["parentId"] != nil {
		t.Errorf("got %s, want an image in the room that was the group", got.text)
	}
	for name, content := range map[string]string{"a.pdf": "%PDF-1.7", "a.docx": "PK\x03\x04", "a.webm": "\x1aE\xdf\xa3"} {
		w.mustUpload(sid, item(`"name":"`+name+`"`), stream(content))
	}
	folder := w.upload(sid, item(`"name":"docs","type":"FOLDER","ownerId":1`)).object("fileItemDTO")
	if folder["type"] != "FOLDER" || folder["hash"] != nil {
		t.Errorf("got %v, want a folder", folder)
	}
	if got := w.get(sid, "file/shop").list("fileItemDTO"); len(got) != 1 || got[0]["name"] != "a.png" {
		t.Errorf("by external type: got %v, want a.png", got)
	}
}

func TestFile_UploadRefused(t *testing.T) {
	t.Parallel()
	w := setup(t)
	sid := w.login("gavel")
	w.wantMessage(w.upload(sid, item(`"id":5`)), 500, "ERROR Bad id")
	w.wantMessage(w.upload(sid, item(`"name":"a.txt"`), stream("text")), 500, "ERROR The file type cannot be converted :: a.txt")
	w.wantDenied(w.upload("", item(`"name":"a"`)))
	for name, parts := range map[string][]part{
		"no file": {stream(png)}, "file as text": {{"file", "text/plain", `{"fileItemDTO":{}}`}}, "no wrapper": {{"file", "application/json", `{"name":"a"}`}},
		"unknown field": {item(`"nme":"a"`)}, "broken": {{"file", "application/json", `{`}}, "unknown part": {item(``), {"data", "text/plain", ""}},
		"stream as image": {item(``), {"stream", "image/png", png}}, "unknown type": {item(`"type":"X"`)},
	} {
		if got := w.upload(sid, parts...); got.status != 400 {
			t.Errorf("%s: got %d %s, want 400", name, got.status, got.text)
		}
	}
	w.wantPage(w.post(sid, "file", "file", "{}"), 415)
	w.wantPage(w.do("POST", "/services/file?sid="+sid, http.Header{"Content-Type": {"multipart/form-data; boundary=x"}}, "--x"), 400)
}

func TestFile_MoveAndList(t *testing.T) {
	t.Parallel()
	w := setup(t)
	sid := w.login("gavel")
	folder := w.mustUpload(sid, item(`"name":"docs","type":"FOLDER","ownerId":1`))
	inside := w.mustUpload(sid, item(`"name":"b.png","parentId":`+folder+`,"size":3`), stream(png))
	if got := w.get(sid, "file/room/1").text; !strings.Contains(got, `"userHome":{"id":`+folder+",") || !strings.Contains(got, `"userHomeSize":0,"roomHomeSize":0`) || strings.Contains(got, `"roomHome":`) {
		t.Errorf("got %s, want the folder at home, and nothing in the room", got)
	}
	moved := w.post(sid, "file/move/2/"+folder+"/-2").object("fileItemDTO")
	if fmt.Sprint(moved["roomId"]) != "2" || moved["ownerId"] != nil {
		t.Errorf("to a room: got %v, want room 2", moved)
	}
	if got := w.get(sid, "file/room/2/"+folder).list("fileItemDTO"); len(got) != 1 || fmt.Sprint(got[0]["roomId"]) != "2" {
		t.Errorf("in the folder: got %v, want the file, in room 2 too", got)
	}
	if got := w.get(sid, "file/room/2/-2").list("fileItemDTO"); len(got) != 1 || fmt.Sprint(got[0]["id"]) != folder {
		t.Errorf("in the room: got %v, want the folder", got)
	}
	w.want(w.post(sid, "file/move/2/"+inside+"/-1"), 200)
	if got := w.get(sid, "file/room/2/-1").list("fileItemDTO"); len(got) != 1 || fmt.Sprint(got[0]["id"]) != inside {
		t.Errorf("at home: got %v, want the file", got)
	}
	back := w.post(sid, "file/move/2/"+inside+"/"+folder).object("fileItemDTO")
	if fmt.Sprint(back["parentId"]) != folder || back["ownerId"] != nil {
		t.Errorf("into a folder: got %v, want its id as parent", back)
	}
	w.want(w.post(sid, "file/move/2/99/-1"), 204)
	w.want(w.post(sid, "file/rename/99/x"), 204)
	if got := w.post(sid, "file/rename/"+inside+"/5").text; !strings.Contains(got, `"name":5`) {
		t.Errorf("rename: got %s, want the number 5", got)
	}
	w.wantPage(w.post(sid, "file/move/2/x/-1"), 404)
}

func TestFile_AccessByVersion(t *testing.T) {
	t.Parallel()
	for _, w := range []*world{setup(t), setup(t, version81)} {
		sid, ada := w.login("gavel"), w.login("ada")
		private := w.mustUpload(sid, item(`"name":"mine","type":"FOLDER","ownerId":1`))
		below := w.mustUpload(sid, item(`"name":"below","type":"FOLDER","parentId":`+private))
		public := w.mustUpload(sid, item(`"name":"all","type":"FOLDER","groupId":1`))
		strict := w.get("", "info/version").object("info")["version"] == "9.1.0"
		for path, allowed := range map[string]bool{
			"1/" + private: !strict, "1/" + below: !strict, "1/" + public: true, "2/" + public: !strict, "1/-1": true, "1/-2": true, "1/99": !strict,
		} {
			if got := w.get(ada, "file/room/"+path); (got.status == 200) != allowed {
				t.Errorf("strict %t, %s: got %d %s, want allowed %t", strict, path, got.status, got.text, allowed)
			}
		}
		w.want(w.get(sid, "file/room/1/"+below), 200) // its owner
	}
}

func TestFile_Delete(t *testing.T) {
	t.Parallel()
	w := setup(t)
	sid, ada := w.login("gavel"), w.login("ada")
	file := w.mustUpload(sid, item(`"name":"a","type":"FOLDER","ownerId":1`))
	own := w.mustUpload(sid, item(`"name":"b","type":"FOLDER","ownerId":3`))
	w.wantDenied(w.delete(ada, "file/"+file))
	w.wantMessage(w.delete(ada, "file/"+own), 200, "SUCCESS Deleted")
	if got := w.delete(ada, "file/"+own); got.status != 500 || !strings.Contains(got.message(), "is null") {
		t.Errorf("unknown, without SOAP: got %d %s, want 500 and a null pointer", got.status, got.text)
	}
	w.wantMessage(w.delete(sid, "file/"+file), 200, "SUCCESS Deleted")
	w.wantMessage(w.delete(sid, "file/"+file), 200, "ERROR Bad id")
	w.wantMessage(w.delete(sid, "file/shop/none"), 200, "SUCCESS Deleted")
	room := w.makeRoom(sid, `"type":"CONFERENCE","externalType":"shop"`)
	w.mustUpload(sid, item(`"name":"c","type":"FOLDER","externalId":"f-1","groupId":`+room))
	w.wantMessage(w.delete(sid, "file/shop/f-1"), 200, "SUCCESS Deleted")
	if got := w.get(sid, "file/shop").text; got != `{"fileItemDTO":[]}` {
		t.Errorf("got %s, want none", got)
	}
}

func TestFile_OnWhiteboards(t *testing.T) {
	t.Parallel()
	w := setup(t)
	sid := w.login("gavel")
	file := w.mustUpload(sid, item(`"name":"a.png"`), stream(png))
	id := w.makeRoom(sid, `"type":"CONFERENCE","files":[{"fileId":`+file+`,"wbIdx":1},{"fileId":99,"wbIdx":0}]`)
	one, isOne := w.get(sid, "room/"+id).object("roomDTO")["files"].(map[string]any)
	if !isOne || fmt.Sprint(one["fileId"], " ", one["wbIdx"]) != file+" 1" {
		t.Errorf("got %v, want the known file without brackets", one)
	}
	id = w.makeRoom(sid, `"type":"CONFERENCE","files":[{"id":70,"fileId":`+file+`,"wbIdx":0},{"fileId":`+file+`,"wbIdx":1}]`)
	two, _ := w.get(sid, "room/"+id).object("roomDTO")["files"].([]any)
	if len(two) != 2 || fmt.Sprint(two[0].(map[string]any)["id"]) != "70" {
		t.Errorf("got %v, want both, the first with its id", two)
	}
}

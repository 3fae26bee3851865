package apipage_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"reflect"
	"regexp"
	"strings"
	"sync"
	"testing"

	"gavel/docs"
	"gavel/shared/apipage"
)

// made is the page of the real document, made once for all tests.
var made = sync.OnceValues(func() (apipage.Page, error) { return apipage.New(docs.OpenAPI) })

func realPage(t *testing.T) apipage.Page {
	t.Helper()
	page, err := made()
	if err != nil {
		t.Fatal(err)
	}
	return page
}

// outside finds what loads something from elsewhere.
var outside = regexp.MustCompile(`(?i)(src|href|action|poster|data|srcset)\s*=\s*["']?\s*(https?:)?//|url\(\s*["']?\s*(https?:)?//|@import`)

// part is a script or style element.
type part struct{ kind, attributes, text string }

// split finds the script and style elements as a browser does, each up to the first end tag of
// its kind, and gives the markup without them.
func split(html []byte) (parts []part, markup string) {
	rest := string(html)
	var outer strings.Builder
	for {
		begin, kind := len(rest), ""
		for _, k := range []string{"script", "style"} {
			if at := strings.Index(rest, "<"+k); at >= 0 && at < begin {
				begin, kind = at, k
			}
		}
		outer.WriteString(rest[:begin])
		if kind == "" {
			return parts, outer.String()
		}
		attributes, after, _ := strings.Cut(rest[begin+1+len(kind):], ">")
		end := indexFold(after, "</"+kind)
		parts = append(parts, part{kind, attributes, after[:end]})
		_, rest, _ = strings.Cut(after[end:], ">")
	}
}

// indexFold finds an end tag in any case; the end of the text when there is none.
func indexFold(text, tag string) int {
	for at := 0; at+len(tag) <= len(text); at++ {
		if text[at] == '<' && strings.EqualFold(text[at:at+len(tag)], tag) {
			return at
		}
	}
	return len(text)
}

func TestNew_RefusesWhatIsNoDocument(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "openapi: 3.1.0", "[]", `{"paths":[]}`, `{"info":`} {
		if page, err := apipage.New([]byte(text)); err == nil {
			t.Errorf("got a page of %d bytes for %q, want an error", len(page.HTML), text)
		}
	}
	lazy := apipage.NewLazy([]byte("["))
	if _, err := lazy.Page(); err == nil {
		t.Error("got a lazy page of what is no document, want an error")
	}
	if _, err := lazy.Gzip(); err == nil {
		t.Error("got a lazy compressed page of what is no document, want an error")
	}
}

func TestPage_LoadsNothingFromElsewhere(t *testing.T) {
	t.Parallel()
	page := realPage(t)
	parts, markup := split(page.HTML)
	for _, p := range parts {
		if strings.Contains(p.attributes, "src") {
			t.Errorf("got <%s%s>, want what it holds in the page itself", p.kind, p.attributes)
		}
		if p.kind == "style" {
			embedded(t, p.text)
		}
	}
	if found := outside.FindString(markup); found != "" {
		t.Errorf("got %q in the page, want nothing from elsewhere", found)
	}
	for _, tag := range []string{"<link", "<img", "<iframe", "<object", "<embed", "<base", "<form", "<meta http-equiv"} {
		if strings.Contains(strings.ToLower(markup), tag) {
			t.Errorf("got %s in the page, want none", tag)
		}
	}
}

// embedded wants every url() of a style to hold its data itself. A regular expression would take
// long over a text of that length.
func embedded(t *testing.T, style string) {
	t.Helper()
	style = strings.ToLower(style)
	if strings.Contains(style, "@import") {
		t.Error("got @import in the style, want nothing from elsewhere")
	}
	for {
		_, rest, found := strings.Cut(style, "url(")
		if !found {
			return
		}
		if value := strings.TrimLeft(rest, " \"'"); !strings.HasPrefix(value, "data:") && !strings.HasPrefix(value, "#") {
			t.Errorf("got url(%.40s in the style, want nothing from elsewhere", value)
		}
		style = rest
	}
}

func TestPolicy_LetsThePagesOwnScriptsRunAndNoOthers(t *testing.T) {
	t.Parallel()
	page := realPage(t)
	directives := map[string]string{}
	for directive := range strings.SplitSeq(page.Policy, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(directive), " ")
		if _, twice := directives[name]; twice {
			t.Errorf("got %s twice in the policy, of which browsers read the first", name)
		}
		directives[name] = value
	}
	for name, want := range map[string]string{"default-src": "'none'", "base-uri": "'none'", "form-action": "'none'", "frame-ancestors": "'none'"} {
		if directives[name] != want {
			t.Errorf("got %s %q, want %q", name, directives[name], want)
		}
	}
	if strings.Contains(page.Policy, "http:") || strings.Contains(page.Policy, "https:") || strings.Contains(page.Policy, "*") {
		t.Errorf("got the policy %q, want nobody else in it", page.Policy)
	}
	allowed := strings.Fields(directives["script-src"])
	if strings.Contains(directives["script-src"], "unsafe") {
		t.Errorf("got script-src %q, want hashes alone", allowed)
	}
	var scripts []string
	parts, _ := split(page.HTML)
	for _, p := range parts {
		if p.kind != "script" || strings.Contains(p.attributes, "application/json") {
			continue
		}
		sum := sha256.Sum256([]byte(p.text))
		scripts = append(scripts, "'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'")
	}
	if len(scripts) != 2 || !reflect.DeepEqual(scripts, allowed) {
		t.Errorf("got the scripts %q and the policy's %q, want the same two", scripts, allowed)
	}
}

func TestPage_HoldsTheDocumentUnchanged(t *testing.T) {
	t.Parallel()
	equalDocuments(t, realPage(t), docs.OpenAPI)
}

// equalDocuments wants the document in the page to mean what the given one means.
func equalDocuments(t *testing.T, page apipage.Page, want []byte) {
	t.Helper()
	var inPage, given any
	parts, _ := split(page.HTML)
	for _, p := range parts {
		if strings.Contains(p.attributes, `id="openapi"`) {
			if err := json.Unmarshal([]byte(p.text), &inPage); err != nil {
				t.Errorf("got a document that is no JSON: %v", err)
			}
		}
	}
	if err := json.Unmarshal(want, &given); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(inPage, given) {
		t.Errorf("got another document in the page, want the one given")
	}
}

func TestPage_ADocumentCannotLeaveItsScriptElement(t *testing.T) {
	t.Parallel()
	// All in one document: a page takes a while to make.
	evil := []string{
		"</script><script>alert(1)</script>", "</SCRIPT >", "</script\t", "</ script>", "<!--<script>", "<!-- <script> -->", "]]>", "<![CDATA[",
		"\u2028\u2029", `</scr\u0069pt>`, `"</script>`, "&lt;/script&gt;", "<style>", "<plaintext>", "{{.Title}}", "\u003c/script\u003e",
	}
	paths := map[string]any{}
	for _, text := range evil {
		paths["/"+text] = map[string]any{"get": map[string]any{"operationId": text, "summary": text, "description": text}}
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false) // as the real document is written
	all := strings.Join(evil, " ")
	if err := encoder.Encode(map[string]any{"openapi": "3.1.0", "info": map[string]string{"title": all, all: all}, "paths": paths}); err != nil {
		t.Fatal(err)
	}
	page, err := apipage.New(text.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	equalDocuments(t, page, text.Bytes())
	found, markup := split(page.HTML)
	if len(found) != 4 {
		t.Fatalf("got %d script and style elements, want the style, the document and two scripts", len(found))
	}
	if document := found[1].text; strings.Contains(document, "<") {
		t.Errorf("got %q in the document's element, want no < in it", document)
	}
	for _, piece := range []string{"</script>", "<plaintext", "<!--", "<![CDATA", "<style"} {
		if strings.Contains(strings.ToLower(markup), piece) {
			t.Errorf("got %s of the document in the markup, want it escaped", piece)
		}
	}
}

func TestPage_ListsTheOperationsInPlainHTML(t *testing.T) {
	t.Parallel()
	_, markup := split(realPage(t).HTML)
	var document struct {
		Paths map[string]map[string]struct{ OperationID, Summary string }
	}
	if err := json.Unmarshal(docs.OpenAPI, &document); err != nil {
		t.Fatal(err)
	}
	for path, methods := range document.Paths {
		for method, op := range methods {
			row := fmt.Sprintf("<tr><td><code>%s %s</code></td><td>%s</td><td>%s</td></tr>", strings.ToUpper(method), path, op.OperationID, html.EscapeString(op.Summary))
			if !strings.Contains(markup, row) {
				t.Errorf("got no row %s in the page", row)
			}
		}
	}
	if !strings.Contains(markup, `<html lang="en">`) || !strings.Contains(markup, "<title>Gavel</title>") || !strings.Contains(markup, `charset="utf-8"`) {
		t.Error("got no language, title or character set, want a page for people")
	}
}

func TestGzip_IsThePage(t *testing.T) {
	t.Parallel()
	page := realPage(t)
	packed, err := page.Gzip()
	if err != nil {
		t.Fatal(err)
	}
	unpacked, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(unpacked)
	if err != nil || !bytes.Equal(plain, page.HTML) {
		t.Errorf("got %d bytes and %v, want the %d of the page", len(plain), err, len(page.HTML))
	}
	// A Lambda's answer may be 6 MB, and is a third longer in Base64.
	if len(packed) > 1<<20 || len(page.HTML) > 4<<20 {
		t.Errorf("got %d bytes, %d compressed, want few enough for a Lambda's answer", len(page.HTML), len(packed))
	}
}

func TestLazy_MakesThePageOnce(t *testing.T) {
	t.Parallel()
	lazy := apipage.NewLazy(docs.OpenAPI)
	var askers sync.WaitGroup
	pages := make([]apipage.Page, 4)
	for i := range pages {
		askers.Go(func() {
			page, err := lazy.Page()
			if err != nil {
				t.Error(err)
			}
			pages[i] = page
		})
	}
	askers.Wait()
	for _, page := range pages[1:] {
		if &page.HTML[0] != &pages[0].HTML[0] {
			t.Fatal("got a page made again, want the first for all")
		}
	}
}

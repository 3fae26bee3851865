package systemapi_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"gavel/shared/api"
	"gavel/shared/api/systemapi"
	"gavel/shared/apipage"
	"gavel/shared/auth"
)

// setup serves the operations with a small page, and to anybody: none of them may ask who calls.
func setup(t *testing.T, lazy apipage.Lazy) string {
	t.Helper()
	mux := http.NewServeMux()
	a := api.New(mux)
	systemapi.RegisterHealth(a)
	systemapi.RegisterOpenAPI(a, []byte(`{"openapi":"3.1.0"}`))
	systemapi.RegisterDocs(a, lazy)
	handler := api.Handler(mux)
	served := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := auth.WithResolver(r.Context(), func(context.Context) (auth.Principal, error) {
			t.Error("got credentials checked, want the operation open")
			return auth.Principal{}, auth.ErrNoCredentials
		})
		handler.ServeHTTP(w, r.WithContext(ctx))
	}))
	t.Cleanup(served.Close)
	return served.URL
}

const html = "<!DOCTYPE html><p>ü</p>"

// page is a small one.
func page() apipage.Lazy {
	made := apipage.Page{HTML: []byte(html), Policy: "default-src 'none'"}
	return apipage.Lazy{Page: func() (apipage.Page, error) { return made, nil }, Gzip: made.Gzip}
}

func fetch(t *testing.T, url string, header http.Header) (response *http.Response, body []byte) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	request.Header = header
	// Without a hand of the client in the encoding.
	client := &http.Client{Transport: &http.Transport{DisableCompression: true}}
	response, err = client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer client.CloseIdleConnections()
	defer func() { _ = response.Body.Close() }()
	if body, err = io.ReadAll(response.Body); err != nil {
		t.Fatal(err)
	}
	return response, body
}

func TestDocs_ThatCannotBeMadeIsAFailureWithoutItsCause(t *testing.T) {
	t.Parallel()
	fails := page()
	fails.Gzip = func() ([]byte, error) { return nil, errors.New("hush") }
	url := setup(t, fails)
	if response, _ := fetch(t, url+"/docs", nil); response.StatusCode != 200 {
		t.Errorf("got HTTP %d for the plain page, want 200", response.StatusCode)
	}
	fails.Page = func() (apipage.Page, error) { return apipage.Page{}, errors.New("hush") }
	for url, accept := range map[string]string{url: "gzip", setup(t, fails): ""} {
		response, body := fetch(t, url+"/docs", http.Header{"Accept-Encoding": {accept}})
		header := response.Header
		if response.StatusCode != 500 || bytes.Contains(body, []byte("hush")) || header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("got HTTP %d with %s, want a 500 problem without the cause", response.StatusCode, body)
		}
		if header.Get("Content-Encoding") != "" || header.Get("Cache-Control") != "no-store" {
			t.Errorf("got the headers %v, want those of a plain answer that is not kept", header)
		}
	}
}

func TestUnknownQueryParameter_IsRefused(t *testing.T) {
	t.Parallel()
	url := setup(t, page())
	for _, path := range []string{"/health", "/openapi.json", "/docs"} {
		if response, _ := fetch(t, url+path+"?x=1", nil); response.StatusCode != 422 {
			t.Errorf("got HTTP %d for %s, want 422", response.StatusCode, path)
		}
	}
}

func TestHealth_SaysThatItIsWell(t *testing.T) {
	t.Parallel()
	response, body := fetch(t, setup(t, page())+"/health", nil)
	if want := `{"status":"ok","version":"` + api.Version + `"}`; response.StatusCode != 200 || strings.TrimSpace(string(body)) != want {
		t.Errorf("got HTTP %d with %s, want 200 with %s", response.StatusCode, body, want)
	}
	if got := response.Header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("got Cache-Control %q, want no-store", got)
	}
}

func TestOpenAPI_IsTheDocumentByteForByte(t *testing.T) {
	t.Parallel()
	response, body := fetch(t, setup(t, page())+"/openapi.json", nil)
	if response.StatusCode != 200 || string(body) != `{"openapi":"3.1.0"}` || response.Header.Get("Content-Type") != "application/json" {
		t.Errorf("got HTTP %d as %s with %s, want the document", response.StatusCode, response.Header.Get("Content-Type"), body)
	}
	if got := response.Header.Get("Cache-Control"); got != "public, max-age=300" {
		t.Errorf("got Cache-Control %q, want a short while", got)
	}
}

func TestDocs_AreCompressedForWhoTakesThat(t *testing.T) {
	t.Parallel()
	url := setup(t, page())
	for accept, packed := range map[string]bool{
		"gzip": true, "gzip, deflate, br": true, "br;q=1.0, GZIP;q=0.8": true, "br,gzip ; q=0.001": true,
		"": false, "identity": false, "br": false, "gzip;q=0": false, "gzip; q=0.0, br": false, "x-gzipped": false, "*;q=0": false,
	} {
		response, body := fetch(t, url+"/docs", http.Header{"Accept-Encoding": {accept}})
		if got := response.Header.Get("Content-Encoding") == "gzip"; got != packed {
			t.Errorf("got compressed %v for Accept-Encoding %q, want %v", got, accept, packed)
			continue
		}
		if packed {
			unpacked, err := gzip.NewReader(bytes.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			if body, err = io.ReadAll(unpacked); err != nil {
				t.Fatal(err)
			}
		}
		if string(body) != html {
			t.Errorf("got %q for Accept-Encoding %q, want the page", body, accept)
		}
		header := response.Header
		if header.Get("Vary") != "Accept-Encoding" || header.Get("Content-Security-Policy") != "default-src 'none'" || header.Get("Content-Type") != "text/html; charset=utf-8" {
			t.Errorf("got the headers %v, want Vary, the policy and HTML in UTF-8", header)
		}
	}
}

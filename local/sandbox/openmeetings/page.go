package openmeetings

import (
	"crypto/rand"
	"encoding/json"
	"html/template"
	"net/http"
	"strings"
	"sync"
)

// pages are what browsers see. Leaving the page takes its client out of the room, as the end of the real page's
// websocket would.
var pages = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("").Parse(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{{.Title}} - OpenMeetings sandbox</title></head><body>
{{- with .Refusal}}
<h1>{{.Message}}</h1>
<p>{{.Code}}</p>
{{- with .Redirect}}<p><a href="{{.}}">Go on</a></p>{{end}}
{{- if .AskPassword}}
<form method="post"><label>Password <input type="password" name="password"></label> <button>Enter</button></form>
{{- end}}
{{- else}}{{with .Entry}}
<h1>{{.Title}}</h1>
<p>{{.Firstname}} {{.Lastname}}{{if .ExternalID}} ({{.ExternalType}} / {{.ExternalID}}){{end}}</p>
{{- if .RecordingID}}
<p>Recording {{.RecordingID}}</p>
{{- else}}
<p>Room {{.RoomID}}, {{if .SuperModerator}}super moderator{{else if .Moderator}}moderator{{else}}no moderator{{end}}</p>
{{- end}}
{{- if .ClientID}}
<script nonce="{{$.Nonce}}">addEventListener("pagehide", () => navigator.sendBeacon({{printf "sandbox/clients/%s/leave" .ClientID}}));</script>
{{- end}}
{{- end}}{{end}}
</body></html>
`))
})

type pageData struct {
	Title   string
	Nonce   string
	Entry   *entry
	Refusal *refusal
}

// wantsJSON tells programs from browsers, which ask for HTML before all.
func wantsJSON(r *http.Request) bool {
	accept := strings.Join(r.Header.Values("Accept"), ",")
	return strings.Contains(accept, jsonType) && !strings.Contains(accept, "text/html")
}

func writeEntry(w http.ResponseWriter, r *http.Request, came entry) {
	if wantsJSON(r) {
		writeJSON(w, http.StatusOK, came)
		return
	}
	writePage(w, http.StatusOK, pageData{Title: came.Title, Entry: &came})
}

func writeRefusal(w http.ResponseWriter, r *http.Request, no refusal) {
	if wantsJSON(r) {
		writeJSON(w, http.StatusForbidden, no)
		return
	}
	writePage(w, http.StatusForbidden, pageData{Title: no.Message, Refusal: &no})
}

// writePage writes what other people chose the names in: nothing but its own script runs in it.
func writePage(w http.ResponseWriter, status int, data pageData) {
	data.Nonce = rand.Text()
	h := w.Header()
	h.Set("Content-Type", "text/html;charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer") // the URL holds the hash
	h.Set("Content-Security-Policy", "default-src 'none'; connect-src 'self'; form-action 'self'; script-src 'nonce-"+data.Nonce+"'")
	w.WriteHeader(status)
	// The status is out already; a failed write means the reader has gone.
	_ = pages().Execute(w, data)
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", jsonType)
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	// The status is out already; a failed write means the caller has gone.
	_ = enc.Encode(body)
}

package jitsi

import (
	"fmt"
	"net/http"
	"strings"

	"gavel/local/sandbox/jitsimeet"
)

// serveJoinLink answers what would be the web client: /{room} or /{tenant}/{room}.
func serveJoinLink(w http.ResponseWriter, r *http.Request, path string) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "this path is for browsers", http.StatusMethodNotAllowed)
		return
	}
	room, tenant := "{room}", ""
	segments := strings.Split(path, "/")
	if name := jitsimeet.NormalRoom(segments[len(segments)-1]); name != "" {
		room = name
	}
	if name, err := tenantName(segments[0]); len(segments) == 2 && err == nil && name != "" {
		tenant = "?tenant=" + name
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	// The status is out with the first byte; a failed write means the caller has gone.
	_, _ = fmt.Fprintf(w, joinText, room, tenant) //nolint:gosec // plain text, and names as these hold no markup
}

// joinText is for whoever follows a join link.
const joinText = `This is a sandbox: there is no web client and no video behind this link.

To join as the link's owner would, post the link's jwt, with Content-Type application/json,
below the address at which the sandbox is mounted:

  POST /rooms/%[1]s/participants%[2]s    {"jwt": "…"}

Look at who is inside with GET /rooms/%[1]s%[2]s, and leave with
DELETE /rooms/%[1]s/participants/{participantId}%[2]s.
`

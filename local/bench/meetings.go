package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strconv"
	"strings"
)

// meetingsPath is where the upstream stands in for an OpenMeetings server.
const meetingsPath = "/openmeetings"

// anyMeeting is an answer that every service of OpenMeetings could give: each caller reads the part that it expects.
const anyMeeting = `{"serviceResult":{"message":0,"type":"SUCCESS"},"roomDTO":{"id":2,"name":"Stand-up","type":"CONFERENCE"},` +
	`"userDTO":{"id":7},"groupDTO":{"id":1},"appointmentDTO":{"id":5},"recordingDTO":{"id":11},"fileItemDTO":{"id":9},` +
	`"userSearchResult":{"records":1},"fileExplorerObject":{"userHomeSize":0},"health":{"inited":true},"info":{"version":"9.1.0"}}`

func answerMeeting(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, anyMeeting)
}

// jitsiPath is where the upstream stands in for the HTTP port of a Jitsi server.
const jitsiPath = "/jitsi"

// answerJitsi has somebody inside who is not to be removed.
func answerJitsi(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	if r.Method == http.MethodGet {
		_, _ = io.WriteString(w, `[{"jid":"standup@conference.meet.jitsi/0a1b2c3d","display_name":"Ada","email":""}]`)
	}
}

// secretsPath is where the upstream plays Secrets Manager.
const secretsPath = "/secrets"

// meetingsSecret gives functions the upstream as their OpenMeetings server and as their Jitsi server, and leaves other
// secrets to the local server.
func meetingsSecret(upstream string, local *url.URL) http.Handler {
	others := httputil.NewSingleHostReverseProxy(local)
	others.ModifyResponse = func(answer *http.Response) error { return pointedAt(answer, upstream, local) }
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if !strings.Contains(string(body), `/openmeetings"`) {
			r.Body = io.NopCloser(bytes.NewReader(body))
			others.ServeHTTP(w, r)
			return
		}
		secret, _ := json.Marshal(map[string]string{"baseUrl": upstream + strings.TrimPrefix(meetingsPath, "/"), "user": "bench", "password": "bench"})
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		_ = json.NewEncoder(w).Encode(map[string]string{"Name": "openmeetings", "VersionId": "1", "SecretString": string(secret)})
	})
}

// pointedAt has a secret of the sandbox Jitsi, with its keys, point at the upstream.
func pointedAt(answer *http.Response, upstream string, local *url.URL) error {
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	sandbox := local.Scheme + "://" + local.Host + "/local/sandbox/jitsi/prosody"
	text := strings.ReplaceAll(string(body), sandbox, upstream+strings.TrimPrefix(jitsiPath, "/"))
	answer.Body = io.NopCloser(strings.NewReader(text))
	answer.ContentLength = int64(len(text))
	answer.Header.Set("Content-Length", strconv.Itoa(len(text)))
	return nil
}

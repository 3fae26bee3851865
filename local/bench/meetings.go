package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httputil"
	"net/url"
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

// secretsPath is where the upstream plays Secrets Manager.
const secretsPath = "/secrets"

// meetingsSecret gives functions the upstream as their OpenMeetings server, and leaves other secrets to the local server.
func meetingsSecret(upstream string, local *url.URL) http.Handler {
	others := httputil.NewSingleHostReverseProxy(local)
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

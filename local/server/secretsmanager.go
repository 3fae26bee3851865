package server

import (
	"encoding/json"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"

	"gavel/shared/api"
	"gavel/shared/secrets"
)

// aws is the one endpoint of all AWS services, for functions that run outside of this process. Secrets Manager is played
// here, as the secrets are; the rest is the emulator's, if there is one.
func (s *Server) aws() (http.Handler, error) {
	own := http.HandlerFunc(s.secretsManager)
	if s.emulator == "" {
		return own, nil
	}
	emulator, err := url.Parse(s.emulator)
	if err != nil {
		return nil, err
	}
	others := http.StripPrefix(awsPrefix, &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(emulator) }})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.Header.Get("X-Amz-Target"), "secretsmanager.") {
			own.ServeHTTP(w, r)
			return
		}
		others.ServeHTTP(w, r)
	}), nil
}

// secretsManager answers GetSecretValue, the one call the functions make, so that they can be
// run outside of this process (sam local, the benchmark) without an AWS account: with
// AWS_ENDPOINT_URL set to {url}/local/aws
// (https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html).
// Signatures are not checked; it is not Secrets Manager, it only speaks as one.
func (s *Server) secretsManager(w http.ResponseWriter, r *http.Request) {
	var want struct{ SecretId string } //nolint:revive,staticcheck // the API's own spelling
	body := http.MaxBytesReader(w, r.Body, api.MaxBody)
	if r.Header.Get("X-Amz-Target") != "secretsmanager.GetSecretValue" || json.NewDecoder(body).Decode(&want) != nil {
		awsError(w, "InvalidRequestException", "only GetSecretValue is served here")
		return
	}
	name := strings.TrimPrefix(want.SecretId, s.settings.SecretPrefix+"/")
	raw, err := s.secretsSeenFrom(r).Read(r.Context(), name)
	if err != nil {
		awsError(w, "ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
		return
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	_ = json.NewEncoder(w).Encode(map[string]any{
		"Name":          want.SecretId,
		"SecretString":  string(raw.Bytes()),
		"VersionId":     raw.Version,
		"VersionStages": []string{"AWSCURRENT"},
	})
}

// secretsSeenFrom gives the secrets with the sandboxes at the address by which the caller reaches this server: in a
// container 127.0.0.1 is the container.
func (s *Server) secretsSeenFrom(r *http.Request) secrets.Source {
	if s.settings.SecretsFile != "" {
		return s.secrets
	}
	return s.generatedAt("http://" + r.Host)
}

func awsError(w http.ResponseWriter, kind, message string) {
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	w.WriteHeader(http.StatusBadRequest)
	_ = json.NewEncoder(w).Encode(map[string]string{"__type": kind, "message": message})
}

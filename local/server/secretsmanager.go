package server

import (
	"encoding/json"
	"net/http"
	"strings"

	"gavel/shared/api"
)

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
	raw, err := s.secrets.Read(r.Context(), name)
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

func awsError(w http.ResponseWriter, kind, message string) {
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	w.WriteHeader(http.StatusBadRequest)
	_ = json.NewEncoder(w).Encode(map[string]string{"__type": kind, "message": message})
}

package server

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/golang-jwt/jwt/v5"

	"gavel/shared/api"
	"gavel/shared/clock"
	"gavel/shared/problem"
)

// issuerKeyID is the id of the identity provider's one key.
const issuerKeyID = "local-1"

func (s *Server) issuer() string { return s.url + oidcPrefix }

// discovery serves the identity provider's configuration
// (https://openid.net/specs/openid-connect-discovery-1_0.html).
func (s *Server) discovery(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, map[string]any{
		"issuer":                                s.issuer(),
		"jwks_uri":                              s.issuer() + "/jwks",
		"id_token_signing_alg_values_supported": []string{"ES256"},
	})
}

func (s *Server) jwks(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{
		Key: s.state.issuerKey.Public(), KeyID: issuerKeyID, Algorithm: "ES256", Use: "sig",
	}}})
}

// createToken gives anybody on this machine an access token for any subject.
func (s *Server) createToken(w http.ResponseWriter, r *http.Request) {
	want := struct {
		Sub              string `json:"sub"`
		Scope            string `json:"scope"`
		ExpiresInSeconds int64  `json:"expiresInSeconds"`
	}{ExpiresInSeconds: 3600}
	decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, api.MaxBody))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&want); err != nil || want.Sub == "" {
		api.Write(w, r, problem.New(http.StatusUnprocessableEntity, problem.InvalidRequest,
			`send {"sub": "alice"}, and "scope" and "expiresInSeconds" if you like`))
		return
	}
	now := clock.Now()
	claims := jwt.MapClaims{
		"iss": s.issuer(), "aud": audience, "sub": want.Sub,
		"iat": now.Unix(), "exp": now.Add(time.Duration(want.ExpiresInSeconds) * time.Second).Unix(),
	}
	if want.Scope != "" {
		claims["scope"] = want.Scope
	}
	token := jwt.NewWithClaims(jwt.SigningMethodES256, claims)
	token.Header["kid"] = issuerKeyID
	signed, err := token.SignedString(s.state.issuerKey)
	if err != nil {
		api.Write(w, r, api.Problem(r.Context(), err))
		return
	}
	writeJSON(w, map[string]string{"token": signed})
}

func writeJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	// An error here means that the caller has gone.
	_ = encoder.Encode(v)
}

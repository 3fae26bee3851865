package jaas

import (
	"gavel/local/sandbox/jitsimeet"
)

// banUser bans a user id. Whoever is inside already stays, as with the open-source module
// https://github.com/jitsi/jitsi-meet/blob/master/resources/prosody-plugins/mod_muc_auth_ban.lua
func (s *Server) banUser(c command) (jitsimeet.Answer, error) {
	if err := c.requirePathTenant(); err != nil {
		return jitsimeet.Answer{}, err
	}
	if len(c.body) > 0 {
		return jitsimeet.Answer{}, jitsimeet.BadRequest("there must be no body")
	}
	if err := s.state.banUser(c.appID, c.values[1]); err != nil {
		return jitsimeet.Answer{}, err
	}
	return done("user banned"), nil
}

// banJWT bans one participant token; see [Server.banUser] for the reach of it.
func (s *Server) banJWT(c command) (jitsimeet.Answer, error) {
	if err := c.requirePathTenant(); err != nil {
		return jitsimeet.Answer{}, err
	}
	if err := jitsimeet.RequireJSON(c.r.Header); err != nil {
		return jitsimeet.Answer{}, err
	}
	fields, err := jitsimeet.Object(c.body, "jwt")
	if err != nil {
		return jitsimeet.Answer{}, err
	}
	raw, err := jitsimeet.Text(fields, "jwt")
	if err != nil {
		return jitsimeet.Answer{}, err
	}
	t, err := s.bannable(c, raw)
	if err != nil {
		return jitsimeet.Answer{}, err
	}
	if s.expired(t) {
		return done("token has expired already"), nil
	}
	if err := s.state.banToken(c.appID, t.Hash); err != nil {
		return jitsimeet.Answer{}, err
	}
	return done("token banned"), nil
}

// bannable returns the token when it is a participant token of the caller's tenant. Its times do not
// matter: a token that is not valid yet can be banned as well.
func (s *Server) bannable(c command, raw string) (jitsimeet.Token, error) {
	t, err := jitsimeet.ParseToken(raw)
	if err != nil {
		return jitsimeet.Token{}, jitsimeet.BadRequest("jwt: " + err.Error())
	}
	tenant, err := tenantOf(t)
	if err != nil {
		return jitsimeet.Token{}, jitsimeet.BadRequest("jwt: " + err.Error())
	}
	if tenant != c.appID {
		return jitsimeet.Token{}, forbidden("jwt: the token is another tenant's")
	}
	if err := s.verify(c.r.Context(), t); err != nil {
		return jitsimeet.Token{}, jitsimeet.BadRequest("jwt: " + err.Error())
	}
	return t, participantOnly(t.Claims)
}

// participantOnly refuses what could never join a room.
func participantOnly(claims map[string]any) error {
	_, hasContext := claims["context"].(map[string]any)
	_, hasRoom := claims["room"].(string)
	if !hasContext || !hasRoom {
		return jitsimeet.BadRequest("jwt: not a participant jitsimeet.Token, room or context is missing")
	}
	return nil
}

func (s *Server) expired(t jitsimeet.Token) bool {
	exp, ok := jitsimeet.Seconds(t.Claims["exp"])
	return ok && float64(s.now().Unix()) >= exp
}

package jaas

// banUser bans a user id. Whoever is inside already stays, as with the open-source module
// https://github.com/jitsi/jitsi-meet/blob/master/resources/prosody-plugins/mod_muc_auth_ban.lua
func (s *Server) banUser(c command) (answer, error) {
	if err := c.requirePathTenant(); err != nil {
		return answer{}, err
	}
	if len(c.body) > 0 {
		return answer{}, badRequest("there must be no body")
	}
	if err := s.state.banUser(c.appID, c.values[1]); err != nil {
		return answer{}, err
	}
	return done("user banned"), nil
}

// banJWT bans one participant token; see [Server.banUser] for the reach of it.
func (s *Server) banJWT(c command) (answer, error) {
	if err := c.requirePathTenant(); err != nil {
		return answer{}, err
	}
	if err := requireJSON(c.r.Header); err != nil {
		return answer{}, err
	}
	fields, err := object(c.body, "jwt")
	if err != nil {
		return answer{}, err
	}
	raw, err := text(fields, "jwt")
	if err != nil {
		return answer{}, err
	}
	t, err := s.bannable(c, raw)
	if err != nil {
		return answer{}, err
	}
	if s.expired(t) {
		return done("token has expired already"), nil
	}
	if err := s.state.banToken(c.appID, t.hash); err != nil {
		return answer{}, err
	}
	return done("token banned"), nil
}

// bannable returns the token when it is a participant token of the caller's tenant. Its times do not
// matter: a token that is not valid yet can be banned as well.
func (s *Server) bannable(c command, raw string) (token, error) {
	t, err := parseToken(raw)
	if err != nil {
		return token{}, badRequest("jwt: " + err.Error())
	}
	tenant, err := t.tenant()
	if err != nil {
		return token{}, badRequest("jwt: " + err.Error())
	}
	if tenant != c.appID {
		return token{}, forbidden("jwt: the token is another tenant's")
	}
	if err := s.verify(c.r.Context(), t); err != nil {
		return token{}, badRequest("jwt: " + err.Error())
	}
	return t, participantOnly(t.claims)
}

// participantOnly refuses what could never join a room.
func participantOnly(claims map[string]any) error {
	_, hasContext := claims["context"].(map[string]any)
	_, hasRoom := claims["room"].(string)
	if !hasContext || !hasRoom {
		return badRequest("jwt: not a participant token, room or context is missing")
	}
	return nil
}

func (s *Server) expired(t token) bool {
	exp, ok := seconds(t.claims["exp"])
	return ok && float64(s.now().Unix()) >= exp
}

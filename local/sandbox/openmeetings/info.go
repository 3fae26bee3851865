package openmeetings

// The info, error and whiteboard services.
// See InfoWebService.java, ErrorWebService.java and WbWebService.java in openmeetings-webservice.

func version(c *call) (answer, error) {
	at := map[Profile]string{Profile81: "2025-09-22T00:00:00Z", Profile91: "2026-07-06T00:00:00Z"}
	return one("info", fields{
		{"version", string(c.s.version) + ".0"}, {"revision", "sandbox"}, {"buildDate", at[c.s.version]},
	}), nil
}

func health(*call) (answer, error) {
	return one("health", fields{{"inited", true}, {"installed", true}, {"dbOk", true}}), nil
}

// translate answers with the text of a key. What has none is its own text.
func translate(c *call) (answer, error) {
	language, err := c.id(1)
	if err != nil {
		return answer{}, err
	}
	return success(label(c.values[0], language)), nil
}

// report logs on the real server, and asks no more than that.
func report(*call) (answer, error) { return nothing(), nil }

// clean empties whiteboards, of which the sandbox's rooms have none. Any numbers will do.
func clean(c *call) (answer, error) {
	if _, err := c.ids(); err != nil {
		return answer{}, err
	}
	if err := c.allow(rightSOAP); err != nil {
		return answer{}, err
	}
	return success(""), nil
}

// uploadWhiteboard takes the id of a browser's client, which no caller of the services knows.
func uploadWhiteboard(c *call) (answer, error) {
	c.denied = "this method is for the web client"
	return answer{}, errNotAllowed
}

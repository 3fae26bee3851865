package jitsi

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
)

// occupantEntry is an occupant in the answer of /room.
type occupantEntry struct {
	JID         string `json:"jid"`
	Email       string `json:"email"`
	DisplayName string `json:"display_name"`
}

// roomSize counts. Focus is left out only if it is not alone, which never is the case here.
func (c *call) roomSize() page {
	return c.aboutRoom(func(rm *room) page {
		n := rm.count()
		if n > 1 {
			n--
		}
		return page{status: http.StatusOK, body: fmt.Sprintf(`{"participants":%d}`, n)}
	})
}

// room lists who is inside, without focus.
func (c *call) room() page {
	return c.aboutRoom(func(rm *room) page {
		list := []occupantEntry{}
		for _, o := range rm.occupants {
			list = append(list, occupantEntry{rm.address + "/" + o.id, o.email, o.displayName()})
		}
		return withJSON(http.StatusOK, list)
	})
}

// aboutRoom finds the room that the query means, in which nothing is decoded.
func (c *call) aboutRoom(show func(*room) page) (p page) {
	if !hasQuery(c.r) {
		return bare(http.StatusBadRequest)
	}
	query := rawPairs(c.r.URL.RawQuery)
	domain, given := query["domain"]
	if !given {
		return errorPage(http.StatusInternalServerError) // the module fails
	}
	address := node(query["subdomain"], query["room"]) + "@" + c.set.MUCPrefix + "." + domain
	c.s.state.look(address, func(rm *room) {
		if rm != nil {
			p = show(rm)
		}
	})
	live := p.status != 0
	if c.s.traits.RoomSizeToken {
		if c.tokenErr = c.checkLogin(query, live); c.tokenErr != nil {
			return bare(http.StatusForbidden)
		}
	}
	if !live {
		return bare(http.StatusNotFound)
	}
	return p
}

// checkLogin verifies the login token in the query against the room there. No token fits a room that is not there.
func (c *call) checkLogin(query map[string]string, live bool) (err error) {
	c.claims, err = c.s.login(c.set).verify(c.r.Context(), query["token"])
	if err != nil {
		return err
	}
	if !live {
		return errors.New("room does not exist")
	}
	return c.set.checkRoom(c.claims, query["subdomain"], query["room"])
}

// sessions counts the connections: everybody's, and jicofo's own.
func (c *call) sessions() page {
	n := 1
	c.s.state.each(func(rm *room) { n += rm.humans() })
	return page{status: http.StatusOK, body: strconv.Itoa(n)}
}

// censusEntry is a room in the answer of /room-census.
type censusEntry struct {
	RoomName     string `json:"room_name"`
	Participants int    `json:"participants"`
	// CreatedTime is text, in milliseconds: it is what mod_conference_duration wrote down for the web client.
	CreatedTime string `json:"created_time"`
	Leaked      bool   `json:"leaked"`
}

// roomCensus lists all rooms.
func (c *call) roomCensus() page {
	list := []censusEntry{}
	c.s.state.each(func(rm *room) {
		list = append(list, censusEntry{
			RoomName: rm.address, Participants: rm.count() - 1,
			CreatedTime: strconv.FormatInt(rm.created.Unix(), 10) + "000",
		})
	})
	return withJSON(http.StatusOK, map[string]any{"room_census": list})
}

package openmeetings

import (
	"crypto/sha256"
	"crypto/subtle"
	"time"
)

// How long invitations are valid. See Invitation.java in openmeetings-db.
const (
	validPeriod  = "PERIOD"
	validEndless = "ENDLESS"
	validOnce    = "ONE_TIME"
)

// early is how long before its time an invitation lets in.
const early = 5 * time.Minute

// inviteInput is an InvitationDTO.
type inviteInput struct {
	email, firstname, lastname string
	roomID                     int64
	passwordProtected          bool
	password                   string
	valid                      string
	from, to                   string
}

// readInvite reads an InvitationDTO. The class has a languageId, which nothing reads.
// See InvitationDTO.java in openmeetings-db.
func readInvite(in *input) inviteInput {
	i := inviteInput{
		email: in.word("email"), firstname: in.word("firstname"), lastname: in.word("lastname"),
		passwordProtected: in.flag("passwordProtected"), password: in.word("password"),
		valid: in.enum("valid", []string{validPeriod, validEndless, validOnce}),
		from:  in.word("validFrom"), to: in.word("validTo"),
	}
	in.text("subject") // of a mail that the sandbox does not send
	in.text("message")
	if i.valid == "" {
		i.valid = validPeriod
	}
	if roomID := in.integer("roomId"); roomID != nil {
		i.roomID = *roomID
	} else {
		in.fail(true, "an invitation needs a roomId")
	}
	in.close("languageId")
	return i
}

// invitation lets somebody into a room without touching any sid.
type invitation struct {
	invitee, room int64
	valid         string
	from, to      time.Time
	password      *[sha256.Size]byte
	used          bool
}

// invite answers POST /room/hash, whose parameters are in the query.
func invite(c *call) (answer, error) {
	dto, err := parse(c.query, "invite", queryDTO, readInvite)
	if err != nil {
		return answer{}, err
	}
	if err := c.allow(rightSOAP); err != nil {
		return answer{}, err
	}
	if dto == nil {
		return answer{}, nullPointer("org.apache.openmeetings.db.dto.room.InvitationDTO.isPasswordProtected", "dto")
	}
	i, err := dto.invitation()
	if err != nil {
		return answer{}, err
	}
	if c.s.state.full(c.now) {
		return answer{}, errFull
	}
	i.invitee = c.s.state.contact(c.user, dto.email, dto.firstname, dto.lastname, c.now).id
	hash := newUUID()
	c.s.state.invitations[hash] = i
	return successSecret("hash", hash), nil
}

func (dto inviteInput) invitation() (*invitation, error) {
	i := &invitation{room: dto.roomID, valid: dto.valid}
	if dto.passwordProtected {
		sum := sha256.Sum256([]byte(dto.password))
		i.password = &sum
	}
	if dto.valid != validPeriod {
		return i, nil
	}
	from, fromErr := time.ParseInLocation(time.DateTime, dto.from, serverZone)
	to, toErr := time.ParseInLocation(time.DateTime, dto.to, serverZone)
	if fromErr != nil || toErr != nil {
		return nil, exception("java.text.ParseException: Unparseable date")
	}
	i.from, i.to = from.Add(-early), to
	return i, nil
}

// allows is InvitationDao.getByHash; it does not use the invitation up.
func (i *invitation) allows(now time.Time) bool {
	switch i.valid {
	case validOnce:
		return !i.used
	case validPeriod:
		return now.After(i.from) && now.Before(i.to)
	}
	return true
}

// acceptInvitation signs the invitee in. Unlike a hash, an invitation is looked at again with every GET, and whoever is
// signed in is signed out first, so a reload of a ONE_TIME invitation finds it used. Its password is sent in another
// request, which needs no second look.
func (s *Server) acceptInvitation(b *browser, hash string, posted bool, password string) (*browser, *refusal) {
	i := s.state.invitations[hash]
	if posted && b != nil && b.locked == hash {
		sum := sha256.Sum256([]byte(password))
		if subtle.ConstantTimeCompare(sum[:], i.password[:]) != 1 {
			return b, &passwordRequired
		}
		b.locked, b.room = "", i.room
		return b, nil
	}
	if b != nil {
		s.state.endBrowser(b)
	}
	if i == nil || !i.allows(s.now()) {
		return nil, &invalidHash
	}
	i.used = true
	b = s.state.newBrowser(row(s.state.users, i.invitee))
	if i.password != nil {
		b.locked = hash
		return b, &passwordRequired
	}
	b.room = i.room
	return b, nil
}

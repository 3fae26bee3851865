package openmeetings

// The file service, save the upload.
// See FileWebService.java in openmeetings-webservice.

func errNoFile(variable string) error {
	return nullPointer("org.apache.openmeetings.db.entity.file.BaseFileItem.getParentId", variable)
}

func shownFiles(files []*file) []any {
	all := []any{}
	for _, f := range files {
		all = append(all, f.shown())
	}
	return all
}

func filesOfType(c *call) (answer, error) {
	if err := c.allow(rightSOAP); err != nil {
		return answer{}, err
	}
	found := c.s.state.selectFiles(func(f *file) bool { return value(f.externalType) == c.values[0] })
	return many("fileItemDTO", shownFiles(found)), nil
}

func filesOfRoom(c *call) (answer, error) {
	id, err := c.allowID(rightSOAP)
	if err != nil {
		return answer{}, err
	}
	home, inRoom := c.s.state.homeOf(c.user.id), c.s.state.filesInRoom(id)
	return one("fileExplorerObject", fields{
		{"userHome", shownFiles(home)},
		{"roomHome", shownFiles(inRoom)},
		{"userHomeSize", sizeOf(home)},
		{"roomHomeSize", sizeOf(inRoom)},
	}), nil
}

func sizeOf(files []*file) int64 {
	var all int64
	for _, f := range files {
		all += deref(f.size)
	}
	return all
}

func filesBelow(c *call) (answer, error) {
	ids, err := c.ids()
	if err != nil {
		return answer{}, err
	}
	if err := c.allow(rightRoom); err != nil {
		return answer{}, err
	}
	roomID, parent := ids[0], ids[1]
	s := c.s.state
	switch {
	case parent == -1:
		return many("fileItemDTO", shownFiles(s.homeOf(c.user.id))), nil
	case parent < 0:
		return many("fileItemDTO", shownFiles(s.filesInRoom(roomID))), nil
	}
	if c.s.version == Profile91 {
		if err := c.checkFolder(roomID, parent); err != nil {
			return answer{}, err
		}
	}
	return many("fileItemDTO", shownFiles(s.filesIn(parent))), nil
}

// checkFolder is the access check of 9.0.0 (CVE-2026-33005): the folder's root must be the caller's own, or the room's.
func (c *call) checkFolder(roomID, parent int64) error {
	root := c.s.state.file(parent)
	for depth := 0; root != nil && root.parentID != nil && depth < maxRows; depth++ {
		root = c.s.state.file(*root.parentID)
	}
	if root == nil {
		return errNoFile("item")
	}
	return c.require(is(root.owner, c.user.id) || is(root.roomID, roomID), "to see this folder")
}

// deleteFile lets SOAP delete anything, and owners their own.
func deleteFile(c *call) (answer, error) {
	id, err := c.id(0)
	if err != nil {
		return answer{}, err
	}
	c.identify()
	f := c.s.state.file(id)
	if !c.has(rightSOAP) && c.has(rightRoom) && f == nil {
		return answer{}, nullPointer("org.apache.openmeetings.db.entity.file.FileItem.getOwnerId", "f")
	}
	own := f != nil && c.has(rightRoom) && is(f.owner, c.user.id)
	if err := c.require(c.has(rightSOAP) || own, rightSOAP); err != nil {
		return answer{}, err
	}
	if f == nil {
		return failure("Bad id"), nil
	}
	f.deleted = true
	return success("Deleted"), nil
}

func deleteExternalFile(c *call) (answer, error) {
	if err := c.allow(rightSOAP); err != nil {
		return answer{}, err
	}
	found := c.s.state.selectFiles(func(f *file) bool {
		return value(f.externalType) == c.values[0] && f.externalID != nil && *f.externalID == c.values[1]
	})
	if len(found) == 1 { // of several the query for the only one returns none
		found[0].deleted = true
	}
	return success("Deleted"), nil
}

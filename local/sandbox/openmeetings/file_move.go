package openmeetings

func renameFile(c *call) (answer, error) {
	id, err := c.allowID(rightSOAP)
	if err != nil {
		return answer{}, err
	}
	f := c.s.state.file(id)
	if f == nil {
		return nothing(), nil
	}
	f.name = &c.values[1]
	return c.updated(f), nil
}

func (c *call) updated(f *file) answer {
	c.s.state.inheritType(f)
	return one("fileItemDTO", f.shown())
}

func moveFile(c *call) (answer, error) {
	ids, err := c.ids()
	if err != nil {
		return answer{}, err
	}
	if err := c.allow(rightSOAP); err != nil {
		return answer{}, err
	}
	roomID, parent := ids[0], ids[2]
	f := c.s.state.file(ids[1])
	switch {
	case f == nil:
		return nothing(), nil
	case parent == -1:
		f.owner, f.roomID, f.parentID = &c.user.id, nil, nil
	case parent < 0:
		f.owner, f.roomID, f.parentID = nil, &roomID, nil
	default:
		f.owner, f.parentID = nil, &parent
	}
	c.s.state.moveChildren(f, maxDepth)
	return c.updated(f), nil
}

// maxDepth ends the walk through folders that were moved into each other.
const maxDepth = 100

// moveChildren gives what is in a folder the owner and the room of the folder.
func (s *state) moveChildren(f *file, depth int) {
	if f.kind != "FOLDER" || depth == 0 {
		return
	}
	for _, child := range s.filesIn(f.id) {
		child.owner, child.roomID = f.owner, f.roomID
		s.inheritType(child)
		s.moveChildren(child, depth-1)
	}
}

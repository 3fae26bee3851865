package openmeetings

import (
	"cmp"
	"slices"
)

func fileTypes() []string {
	return []string{"FOLDER", fileImage, "POLL_CHART", filePresentation, "RECORDING", fileVideo, "WML_FILE"}
}

// Types that are found out from the content.
const (
	fileImage        = "IMAGE"
	filePresentation = "PRESENTATION"
	fileVideo        = "VIDEO"
)

// fileData is what a FileItemDTO holds.
type fileData struct {
	name, hash               *string
	parentID, roomID, owner  *int64
	size, width, height      *int64
	externalID, externalType *string
	kind                     string
}

// file is a row of the files. Its id is of the same sequence as those of recordings.
type file struct {
	fileData
	id       int64
	uploader int64
	deleted  bool
}

// fileInput is a FileItemDTO as it comes in.
type fileInput struct {
	fileData
	id *int64
}

// readFile reads a FileItemDTO in its wrapper. In all versions the group is put where the room belongs, and nothing
// where the group does.
// See FileItemDTO.java in openmeetings-db.
func readFile(outer *input) fileInput {
	in := outer.object("fileItemDTO")
	if in == nil {
		outer.fail(true, "fileItemDTO is missing")
		return fileInput{}
	}
	outer.close()
	in.integer("roomId")
	in.text("externalType") // is that of what the file belongs to
	f := fileInput{id: in.integer("id"), fileData: fileData{
		name: in.text("name"), hash: in.text("hash"),
		parentID: positive(in.integer("parentId")), roomID: positive(in.integer("groupId")), owner: positive(in.integer("ownerId")),
		size: in.integer("size"), width: in.integer("width"), height: in.integer("height"),
		externalID: in.text("externalId"), kind: in.enum("type", fileTypes()),
	}}
	in.close()
	return f
}

func positive(n *int64) *int64 {
	if n != nil && *n <= 0 {
		return nil
	}
	return n
}

func (f *file) shown() fields {
	return fields{
		{"id", f.id},
		{"name", opt(f.name)},
		{"hash", opt(f.hash)},
		{"parentId", opt(f.parentID)},
		{"roomId", opt(f.roomID)},
		{"ownerId", opt(f.owner)},
		{"size", opt(f.size)},
		{"externalId", opt(f.externalID)},
		{"externalType", opt(f.externalType)},
		{"type", orNil(f.kind)},
		{"width", opt(f.width)},
		{"height", opt(f.height)},
	}
}

func orNil(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// file returns a file that is not deleted, or nil.
func (s *state) file(id int64) *file {
	i := slices.IndexFunc(s.files, func(f *file) bool { return f.id == id && !f.deleted })
	if i < 0 {
		return nil
	}
	return s.files[i]
}

// hasFile knows recordings too: they lie in the same table.
func (s *state) hasFile(id int64) bool { return s.file(id) != nil || s.recording(id) != nil }

// selectFiles returns files in the order of the queries.
func (s *state) selectFiles(which func(*file) bool) []*file {
	found := []*file{}
	for _, f := range s.files {
		if !f.deleted && which(f) {
			found = append(found, f)
		}
	}
	slices.SortStableFunc(found, func(a, b *file) int {
		return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(value(a.name), value(b.name)))
	})
	return found
}

func (s *state) homeOf(userID int64) []*file {
	return s.selectFiles(func(f *file) bool { return f.parentID == nil && is(f.owner, userID) })
}

func (s *state) filesInRoom(roomID int64) []*file {
	return s.selectFiles(func(f *file) bool { return f.parentID == nil && f.owner == nil && is(f.roomID, roomID) })
}

func (s *state) filesIn(folder int64) []*file {
	return s.selectFiles(func(f *file) bool { return is(f.parentID, folder) })
}

func is(id *int64, want int64) bool { return id != nil && *id == want }

// inheritType sets the external type as every update does: it is that of the folder, the room, the owner or the
// uploader, whichever has one.
// See BaseFileItemDao.java in openmeetings-db.
func (s *state) inheritType(f *file) {
	f.externalType = nil
	if f.parentID != nil {
		if parent := s.file(*f.parentID); parent != nil {
			f.externalType = parent.externalType
		}
	}
	if r := s.room(deref(f.roomID)); f.externalType == nil && r != nil {
		f.externalType = textOf(s.externalTypeOf(r.groups))
	}
	for _, id := range []int64{deref(f.owner), f.uploader} {
		if u := s.user(id); f.externalType == nil && u != nil {
			f.externalType = textOf(s.externalTypeOf(u.groups))
		}
	}
}

func deref(n *int64) int64 {
	if n == nil {
		return 0
	}
	return *n
}

func textOf(v any) *string {
	if s, ok := v.(string); ok {
		return &s
	}
	return nil
}
